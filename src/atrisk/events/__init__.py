"""Events: what publishers of event data counted, read into one table a country, month and kind.

counts what a table holds; codes what publishers' codes mean; values what a cell says; lines a file
as rows, and where each begins; layouts which column says what; reading all of it, in one pass;
derive evidence and outcomes of a case from it; adding them to its folder.
"""
