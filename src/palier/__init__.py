"""Palier: partner programs as dated data."""
