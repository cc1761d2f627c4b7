"""Uploads a built show to its destination, the feed last, and rolls back to earlier releases.

`publish` is the entry; `plan` decides what to upload, and `upload` does it through a target.
"""
