"""Reads an existing feed: returns what Earmark can keep, and a list of what it cannot.

The entry point is `read.read`. `document` parses even broken bytes, `channel` and `item` map tags
to keys, `podcast_tags` those of Podcasting 2.0, `earmark_notes` the show notes that Earmark wrote
itself. No I/O: `podcast/importing` downloads what a feed names.
"""
