"""Makes it happen: the command, the pipeline and the places it writes to."""
