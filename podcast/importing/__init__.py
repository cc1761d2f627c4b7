"""Import: an existing podcast becomes a show's folder ("import" is a word that Python keeps).

`taking.take` is the front door. `feed/reader` reads the feed; here `fitting` says what `show.md`
and `episode.md` may hold of it, `writing` writes them, `downloading` and `papers` fetch what the
feed names, all of it through `gate`.
"""
