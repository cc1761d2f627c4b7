"""Reading an existing feed: bytes in, what Earmark can keep out, and a list of what it cannot.

`reading.read` is the front door. `document` makes a tree of bytes however broken, `show` and `item`
know what stands where, `podcasting` the tags of Podcasting 2.0, `ours` the notes that Earmark wrote
itself. No I/O: what a feed only names is fetched by `podcast/taking`.
"""
