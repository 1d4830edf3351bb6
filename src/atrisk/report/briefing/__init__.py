"""Briefing: a month of a case on two pages, for a director.

content what it says, from data; ledgers what of it is of warnings, responses and what is due;
sections that as headings and sentences; phrases how a language writes numbers and months; template
its sentences, or one's own; writers the file as Markdown, a web page, Word or PDF. The languages
that ship lie beside: en.toml, fr.toml.
"""
