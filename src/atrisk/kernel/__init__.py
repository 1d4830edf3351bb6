"""Kernel: arrays in, arrays out; NumPy and SciPy, nothing else.

persistence how long a condition holds; severity the worst one in force and its exact
split; rules how values join; estimate what claims count as readings; alarms, survival; sampling,
told, propagation many draws; weights, blocks bounds over weights; sobol which input matters.
"""
