"""Words that templates of all apps need."""
