"""Cases: what was seen, and what-ifs on it.

evidence facts and searches; ledger warnings and responses; case all of it, checked as a whole;
checks faults between rows and files; columns what each cell may hold; scenario what a what-if may
change; edits the case as it then is; crosswalk the case under another framework.
"""
