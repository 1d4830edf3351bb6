"""Base: files in, rows out, dates and errors; it knows nothing of risk.

marks what of a text is seen; errors what can go wrong; dates months and imprecise dates; countries
the code behind a name; delimiters how programs save tables; folders where data lies; cells what may
stand in a table; tables CSV and TOML into records and back; files what is written, whole or not at
all; rows what every result can do; output rows as text, CSV or JSON, and
numbers in words; version.
"""
