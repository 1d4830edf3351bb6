"""Cases: what was seen, and what-ifs on it.

evidence facts and searches; ledger warnings and responses; tables what a case consists of; checks
faults between rows and files; case all of it; loading one from its folder; columns what each cell
may hold; scenario what a what-if may change; edits the case as it then is; crosswalk the case under
another framework.
"""
