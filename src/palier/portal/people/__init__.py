"""People: users, organisations, roles and sign-in."""
