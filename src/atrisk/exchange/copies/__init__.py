"""Copies: a case that was edited elsewhere, and what of that comes into its folder.

merging a case and a copy of it, row by row; rewriting rows of a file in their places; updating the
folder of a case by a copy.
"""
