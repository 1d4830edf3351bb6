"""Command line: what may be typed, and nothing else.

main the command; arguments, options what may be typed; inputs what it means; output what is
printed; study, code the commands of those two rooms.
"""
