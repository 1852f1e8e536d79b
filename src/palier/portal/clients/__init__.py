"""Clients: customers as partners see them: association, access, seats, portfolio."""
