"""Standings: published runs and what partners read of them."""
