"""Exchange: the files of other tools, written and read without loss."""
