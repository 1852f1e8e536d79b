"""Runs: evaluation runs: who owns which facts, the snapshot, the stages, what is published."""
