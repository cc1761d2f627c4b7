"""Lists the checks for each kind of resource: the table of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.doctor import check_feed, check_files, check_http
from podcast.doctor.resources import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podcast.doctor.check_http import Examined
    from podcast.doctor.feed_contents import FeedContents
    from podcast.doctor.symptoms import Symptom

_ANY = (check_http.way, check_http.secure, check_http.unpacked)
_READ = (*_ANY, check_files.typed, check_http.lettered)
RULES: dict[Kind, tuple[Callable[[Examined], Iterator[Symptom]], ...]] = {
    Kind.FEED: (
        *_ANY,
        check_http.lettered,
        check_feed.typed,
        check_feed.heavy,
        check_feed.packed,
        check_feed.conditional,
        check_feed.kept,
    ),
    Kind.RECORDING: (
        *_ANY,
        check_http.head,
        check_files.typed,
        check_files.long,
        check_files.parted,
    ),
    Kind.PICTURE: (*_ANY, check_http.head, check_files.pictured),
    Kind.TRANSCRIPT: (*_READ, check_http.readable, check_files.worded),
    Kind.CHAPTERS: (*_READ, check_http.readable, check_files.worded),
    Kind.PAGE: _READ,
    Kind.PART: (*_ANY, check_files.typed),
    Kind.CATALOGUE: (*_READ, check_files.worded),
    Kind.LINK: (check_http.link,),
    Kind.WITHDRAWN: (check_files.taken_back,),
}


def examine(examined: Examined) -> list[Symptom]:
    """Return what is wrong with one thing; what cannot be had is not examined further."""
    if examined.resource.kind not in {Kind.LINK, Kind.WITHDRAWN}:
        stopped = list(check_http.arrival(examined))
        if stopped:
            return stopped
    return [symptom for rule in RULES[examined.resource.kind] for symptom in rule(examined)]


def examine_told(examined: Examined, feed: FeedContents) -> list[Symptom]:
    """Return what is wrong with what a feed tells."""
    return [*check_feed.itself(examined, feed), *check_feed.filled(examined, feed)]
