"""Report: one page that can be sent, opened offline, printed and defended line by line."""
