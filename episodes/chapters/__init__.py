"""Chapters: reading them from other programs' files, and every way of writing them down."""
