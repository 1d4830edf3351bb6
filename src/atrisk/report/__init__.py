"""Report: one brief of a case, in words, in figures, on a page; a month of it; several cases.

brief everything that is asked of a case, computed once; answers the key questions, in words; events
what raised a score; scales what it is read by; figures its pictures; annex every number opened;
markup how a page is filled; page one file that opens offline; board several cases beside one
another; changes what is new since another month; wording that in a paragraph; copies the same
between two copies of a case; briefing a month on two pages.
"""
