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

_ANY = (check_http.check_redirects, check_http.check_encryption, check_http.check_compression)
_READ = (*_ANY, check_files.check_type, check_http.check_charset)
RULES: dict[Kind, tuple[Callable[[Examined], Iterator[Symptom]], ...]] = {
    Kind.FEED: (
        *_ANY,
        check_http.check_charset,
        check_feed.check_type,
        check_feed.check_size,
        check_feed.check_gzip,
        check_feed.check_conditional,
        check_feed.check_caching,
    ),
    Kind.RECORDING: (
        *_ANY,
        check_http.check_head,
        check_files.check_type,
        check_files.check_length,
        check_files.check_ranges,
    ),
    Kind.PICTURE: (*_ANY, check_http.check_head, check_files.check_picture),
    Kind.TRANSCRIPT: (*_READ, check_http.check_cors, check_files.check_content),
    Kind.CHAPTERS: (*_READ, check_http.check_cors, check_files.check_content),
    Kind.PAGE: _READ,
    Kind.PART: (*_ANY, check_files.check_type),
    Kind.CATALOGUE: (*_READ, check_files.check_content),
    Kind.LINK: (check_http.check_link,),
    Kind.WITHDRAWN: (check_files.check_withdrawn,),
}


def examine(examined: Examined) -> list[Symptom]:
    """Return the symptoms of a resource; without a response there is only that one."""
    if examined.resource.kind not in {Kind.LINK, Kind.WITHDRAWN}:
        stopped = list(check_http.check_arrival(examined))
        if stopped:
            return stopped
    return [symptom for rule in RULES[examined.resource.kind] for symptom in rule(examined)]


def examine_contents(examined: Examined, feed: FeedContents) -> list[Symptom]:
    """Return the symptoms of what a feed contains."""
    return [*check_feed.check_own_url(examined, feed), *check_feed.check_items(examined, feed)]
