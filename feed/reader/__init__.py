"""Reading an existing feed: bytes in, what Earmark can keep out, and a list of what it cannot.

`read.read` is the front door. `document` makes a tree of bytes however broken, `channel` and `item`
know which tag is which key, `podcast_tags` those of Podcasting 2.0, `earmark_notes` the show notes
that Earmark wrote itself. No I/O: `podcast/importing` fetches what a feed only names.
"""
