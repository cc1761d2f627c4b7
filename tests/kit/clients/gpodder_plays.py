"""Plays an episode in Debian's gPodder without a window: `gpodder_plays.py HOME TITLE`.

`gpo` has no command for it; this is what gPodder's own windows do when something plays to a place.
Run by Debian's own Python.
"""

import sys

import gpodder

gpodder.home, gpodder.prefix = sys.argv[1], "/usr"
gpodder.ui.cli = True
from gpodder import core  # noqa: E402 - it looks for its folder as it is imported

store = core.Core()
(episode,) = [each for podcast in store.model.get_podcasts()
              for each in podcast.get_all_episodes() if each.title == sys.argv[2]]  # fmt: skip
episode.playback_mark()
episode.current_position, episode.total_time = 2, 3
episode.save()
store.shutdown()
