"""Changes of the tables of standings."""
