"""The only code that runs SQL or opens a facts file."""
