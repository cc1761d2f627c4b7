"""Remembers who listened: the place for the companion, an application that is optional to run."""
