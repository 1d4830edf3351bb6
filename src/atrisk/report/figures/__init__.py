"""Figures: one style, every axis with its unit, every colour told apart without colour vision."""
