"""The tables of partners."""
