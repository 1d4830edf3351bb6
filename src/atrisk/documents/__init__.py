"""Documents: what a file says, as text.

readers the one table of formats, and a file into its blocks; pages the text of a PDF, read apart;
web that of a web page; folding one spelling of what a reader sees as one; runs which words stand
in a text only once; passages the blocks as passages and their anchors; months what months are
called; terms the stretches that name a time; dates those as a case writes them.
"""
