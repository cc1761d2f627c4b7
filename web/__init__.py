"""The companion, an optional web application: private notes and listening records."""
