"""The companion in tests: its people, their browsers, and its database."""
