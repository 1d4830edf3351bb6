"""Gap: warnings and alarms against responses.

matching which response answers which warning, and when; response_level how much stands on a day;
waiting what a set of lags says; gap all of it, month by month.
"""
