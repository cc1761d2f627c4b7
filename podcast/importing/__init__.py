"""Import: an existing podcast becomes a show's folder (`import` is a Python keyword).

`import_feed.import_show` is the front door. `feed/reader` reads the feed; here `fit_schema` says
what `show.md` and `episode.md` may hold of it, `write_show` writes them, `download` and
`attachments` fetch what the feed names, all of it through `podcast/network/limited_get.py`.
"""
