"""Words of partners in templates."""
