"""Remembers who listened: the companion, a small application that is optional to run."""
