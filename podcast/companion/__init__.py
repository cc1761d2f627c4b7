"""The commands that run and look after a companion."""
