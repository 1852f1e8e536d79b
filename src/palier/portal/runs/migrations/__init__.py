"""The tables of runs, step by step."""
