"""The portal: where partners see where they stand and why, and the vendor runs the program."""
