"""Desk: a case coded in the browser, on the coder's own machine.

saving one row at a time into the tables of a case; offers what a stretch of a document may become;
effects what a row would move; settling what coders differ on; desk all that the page asks; opening
it on a folder; server who may ask it. What the browser runs lies in static/.
"""
