"""What is remembered between builds, and whether it can be believed."""
