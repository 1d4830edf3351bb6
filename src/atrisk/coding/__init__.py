"""Coding: for those who write a case.

template the folder of a new case; schemas its files as other tools read them; lints what deserves a
second look; suggestions likely indicators; recall how many are found; anchors every quote found
exactly once; blind a case for a second coder, and the rows back.
"""
