"""Command line: what may be typed, and nothing else.

main the command; options what commands share; inputs what was typed; output what is printed. Each
command stands once, with its arguments, beside the others of its group: look, warn, outcome, study,
reading, present, code, exchange.
"""
