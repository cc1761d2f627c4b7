"""A show's folder as commands use it: its lock, the episode meant, reading without building."""
