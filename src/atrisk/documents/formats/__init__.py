"""Formats: a file of any kind into its blocks, within limits.

readers the one table of formats; apart what is read in a process of its own; pages the text on the
pages of a PDF, or in their pictures; layout its order of reading; office the formats of word
processors, and messages; web pages of the web.
"""
