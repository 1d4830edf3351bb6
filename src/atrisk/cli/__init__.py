"""Command line: what may be typed, and nothing else.

main the command; options what commands share; inputs what was typed; output what is printed;
columns what those of each table mean; commands each command, beside the others of its kind.
"""
