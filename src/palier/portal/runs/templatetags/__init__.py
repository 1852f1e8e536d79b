"""Words that templates of runs need."""
