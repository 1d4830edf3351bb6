"""Cases: what was seen, and what-ifs on it.

secrecy whose words may be shown; evidence facts and searches; ledger warnings, responses, needs and
own actions;
tables what a case consists of; checks faults between rows and files; case all of it; loading one
from its folder; beside what is kept with it and never scored; columns what each cell may hold;
scenario what a what-if may change; edits the case as it then is; crosswalk the case under another
framework.
"""
