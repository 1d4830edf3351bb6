"""Scoring: a case under a framework, month by month, explained, with alarms.

view from which day each month is looked at; seen the case as that day and an audience had it,
tellings the record as arrays; intensity evidence into
months x indicators; readings claims as readings of a factor, for methods that estimate; scores
into factors, crimes, overall; explanation back to the evidence;
assessment all of it; run how it is made; news what happened and what was
learnt; comparison of two scores; flags alarms, surges, triggers.
"""
