"""What happened: the declared fact tables, their check and sample facts of any size."""
