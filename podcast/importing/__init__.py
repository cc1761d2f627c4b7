"""Import: an existing podcast becomes a show's folder (`import` is a Python keyword).

`import_feed.import_show` is the entry point. `feed/reader` reads the feed; here `fit_schema`
removes what `show.md` and `episode.md` cannot hold, `write_show` writes them, `download` and
`attachments` download what the feed names, all of it through `podcast/network/`.
"""
