"""Writes of programs: versions, trials, recalibrations, the vendor's list; each whole in one transaction."""
