"""Command line: what may be typed, and nothing else.

main the command; options what commands share; inputs what was typed; output what is printed;
commands each command, beside the others of its kind.
"""
