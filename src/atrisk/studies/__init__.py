"""Studies: what else the result could be.

methods every way to settle the method; weights all admissible ones; scenarios what-ifs beside the
base; flips the least that moves the alarm; removal scores without some rows; omission what is left
without a part; sensitivity which judgement matters; backtest what alarms would have said; agreement
several coders; judging several readers of its months; alpha how far they agree beyond chance;
reading whether more of it would change the answer.
"""
