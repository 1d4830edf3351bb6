"""Coding: for those who write a case.

template the folder of a new case; schemas its files as other tools read them; lints what deserves a
second look; likeness how like each indicator a text is; suggestions likely indicators, and why;
recall how many are found; listing documents among a case's sources; drafting a row for each of
their passages; anchors every quote found exactly once; blind a case for a second coder, and the
rows back.
"""
