"""Documents: what a file says, as text.

readers the one table of formats, and a file into its blocks; apart what is read in a process of
its own; pages the text on the pages of a PDF, or in their pictures; layout its order of reading;
office the formats of word processors, and messages; web pages of the web; folding one spelling of
what a reader sees as one; runs which words stand in a text only once; passages the blocks as
passages and their anchors; months what months are called; terms the stretches that name a time;
dates those as a case writes them.
"""
