"""What is examined of each kind of thing: the table of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.doctor import contents, syndication, ways
from podcast.doctor.looks import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podcast.doctor.feed import Told
    from podcast.doctor.symptoms import Symptom
    from podcast.doctor.ways import Case

_ANY = (ways.way, ways.secure, ways.unpacked)
_READ = (*_ANY, contents.typed, ways.lettered)
RULES: dict[Kind, tuple[Callable[[Case], Iterator[Symptom]], ...]] = {
    Kind.FEED: (
        *_ANY,
        ways.lettered,
        syndication.typed,
        syndication.heavy,
        syndication.packed,
        syndication.conditional,
        syndication.kept,
    ),
    Kind.RECORDING: (*_ANY, ways.head, contents.typed, contents.long, contents.parted),
    Kind.PICTURE: (*_ANY, ways.head, contents.pictured),
    Kind.TRANSCRIPT: (*_READ, ways.readable, contents.worded),
    Kind.CHAPTERS: (*_READ, ways.readable, contents.worded),
    Kind.PAGE: _READ,
    Kind.PART: (*_ANY, contents.typed),
    Kind.CATALOGUE: (*_READ, contents.worded),
    Kind.LINK: (ways.link,),
    Kind.WITHDRAWN: (contents.taken_back,),
}


def examine(case: Case) -> list[Symptom]:
    """Return what is wrong with one thing; what cannot be had is not examined further."""
    if case.look.kind not in {Kind.LINK, Kind.WITHDRAWN}:
        stopped = list(ways.arrival(case))
        if stopped:
            return stopped
    return [symptom for rule in RULES[case.look.kind] for symptom in rule(case)]


def examine_told(case: Case, feed: Told) -> list[Symptom]:
    """Return what is wrong with what a feed tells."""
    return [*syndication.itself(case, feed), *syndication.filled(case, feed)]
