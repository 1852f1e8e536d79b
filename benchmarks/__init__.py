"""Palier's speed, measured against hand-written SQL and against its own goals."""
