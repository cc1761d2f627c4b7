"""Statements: privacy, keeping, complaints, accessibility; texts that an organisation edits."""
