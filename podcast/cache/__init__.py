"""Caches what is needed between builds, and checks whether it can be trusted."""
