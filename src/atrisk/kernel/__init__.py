"""The arithmetic of the method: arrays in, arrays out, NumPy and SciPy only."""
