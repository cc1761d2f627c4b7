"""Publishing: what is built goes where the world can reach it, feed last, and can be undone.

`publisher` is the front door; `plan` says what to do, `applying` does it through a `target`.
"""
