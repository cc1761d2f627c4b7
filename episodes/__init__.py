"""Holds what is true of a show: its episodes, and the files they are made from."""

__version__ = "0.1.0"
