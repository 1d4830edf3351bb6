"""Report: one brief of a case, in words, in figures, on a page.

brief everything that is asked of a case, computed once; answers the first questions, in words;
changes what is new since another month; wording that in a paragraph; copies the same between two
copies of a case; briefing a month on two pages; figures its pictures; annex every number opened;
page one file that opens offline.
"""
