"""Verification: does it warn? Scores and alarms against outcomes, baselines and rivals.

verify all of it; tracks a case's months, what came and what rivals said; sample months of many
cases side by side; skill how well they are told apart; onsets what alarms warned of; intervals
drawn by country and spell; statistics the figures themselves; with_events what counted events add
to a case; panel every country of an event table.
"""
