"""Checks a built feed as apps and directories read it.

No code that made the feed is used here, so that its mistakes are found.
"""
