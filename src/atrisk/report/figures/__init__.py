"""Figures: one style, every axis with its unit, every colour told apart without colour vision.

figure what one is; style how all look; canvas how a notebook shows them; risk, response, judgement,
outcome the figures themselves, each declared beside what plots it; album all of them, in order.
"""
