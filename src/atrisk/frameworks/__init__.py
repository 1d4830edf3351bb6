"""Frameworks: what to look for, the scales, and each judgement with its alternatives.

branches the options of the method; framework what one is; uncertainty how far things may be off;
event_rules what counted events say of indicators; outcomes what scores are held against;
loading one from its folder.
"""
