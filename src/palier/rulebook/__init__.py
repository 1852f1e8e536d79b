"""Rules as frozen, dated values, read from YAML with the file and line of each."""
