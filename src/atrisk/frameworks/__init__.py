"""Frameworks: what to look for, the scales, and each judgement with its alternatives.

limits how large a number may be; options one way to settle each judgement; branches all of them;
header everything in ``framework.toml``; method one way for each; framework what one is;
uncertainty how far things may be off; event_rules what counted events say of indicators; outcomes
what scores are held against; loading one from its folder.
"""
