"""Partners: partner companies, employees, domains, contacts, participation and compliance."""
