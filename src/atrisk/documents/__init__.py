"""Documents: what a file says, as text.

formats how each kind of file is read; folding one spelling of what a reader sees as one; runs which
words stand in a text only once; passages the blocks as passages and their anchors; collection the
documents of a folder, and their languages; echoes what of a coded case a passage names again;
misses what an anchor that does not stand there is most like; months what months are called; terms
the stretches that name a time; dates those as a case writes them.
"""
