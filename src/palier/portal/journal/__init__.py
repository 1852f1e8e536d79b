"""The journal: what changed, who changed it, and proof that nobody rewrote it."""
