"""Figures for training leads: rounded, frozen, and none about one person."""
