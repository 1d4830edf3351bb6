"""Gap: warnings and alarms against responses, own early actions against their triggers.

hearing who heard which warning, and when; matching which response answers it, and when; need what
stands beside the strength said to be needed; response_level how much stands on a day; months the
risk beside it; waiting what a set of lags says; spells the same by stretches of days; due what
a trigger makes due of own early actions; actions all of them and their lag; answers what answered
a warning, in words; gap all of it.
"""
