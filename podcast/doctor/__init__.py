"""The doctor: requests a published show as a podcast app would, and says what to fix.

`run` is the front door. `feed_contents` lists the addresses in the feed, `requests` chooses the
requests, `podcast/network/client.py` sends them, `checks` examines the responses, and `remedies`
says what to do.
"""
