"""Syncs with connected podcast apps: what every protocol shares."""
