"""Changes of the tables of clients."""
