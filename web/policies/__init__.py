"""Policies on privacy, retention, complaints and accessibility, which an organisation edits."""
