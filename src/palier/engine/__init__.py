"""Rulebook and fact schemas to SQL text, lines, figures, standings; runs nothing itself."""
