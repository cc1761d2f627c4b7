"""A show's folder as commands use it: its lock, the episode that is meant, reading without building."""
