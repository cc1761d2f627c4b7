"""Which elements of RSS 2.0 and iTunes the W3C feed validator knows, and what it asks of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.kit.w3c.values import (
    Look,
    address,
    at_most,
    category,
    contact,
    date,
    filled,
    keywords,
    language,
    mail,
    markup,
    matching,
    one_of,
    plain,
)  # fmt: skip


class Told(NamedTuple):
    """What is asked of an element."""

    looks: tuple[Look, ...] = ()
    again: bool = False
    attributes: frozenset[str] = frozenset()
    children: Mapping[str, Told] | None = None


_LINK = frozenset({"href", "rel", "type", "title", "length", "hreflang"})
_NUMBER = (matching("InvalidPositiveInteger", r"\+?0*[1-9]\d*"),)
_BOTH = {
    "itunes:author": Told((at_most(255),)),
    "itunes:block": Told((matching("InvalidYesNoClean", r"(?i:yes|no|clean)"),)),
    "itunes:explicit": Told((matching("InvalidTrueFalse", r"(?i:true|false)"),)),
    "itunes:keywords": Told((at_most(255), keywords)),
    "itunes:subtitle": Told((at_most(255),)),
    "itunes:summary": Told((at_most(4000),)),
    "itunes:image": Told(attributes=frozenset({"href"})),
    "atom:link": Told((), again=True, attributes=_LINK),
    "link": Told((address,)),
    "category": Told((plain,), again=True, attributes=frozenset({"domain"})),
    "pubDate": Told((date,)),
}  # fmt: skip
_SUB = Told((category,), again=True, attributes=frozenset({"text"}), children={})
_ITEM = _BOTH | {
    "title": Told((plain, filled)),
    "description": Told((markup,)),
    "content:encoded": Told((markup,)),
    "author": Told((contact,)),
    "comments": Told((address,)),
    "guid": Told((), attributes=frozenset({"isPermaLink"})),
    "enclosure": Told((), attributes=frozenset({"url", "length", "type"})),
    "source": Told((plain,), attributes=frozenset({"url"})),
    "itunes:title": Told(),
    "itunes:duration": Told((matching("InvalidDuration", r"\d+(:[0-5]\d(:[0-5]\d)?)?"),)),
    "itunes:episode": Told(_NUMBER),
    "itunes:season": Told(_NUMBER),
    "itunes:episodeType": Told((one_of("InvalidItunesEpisodeType", "full", "trailer", "bonus"),)),
}
CHANNEL = _BOTH | {
    "title": Told((plain, filled)),
    "description": Told((plain,)),
    "language": Told((language,)),
    "copyright": Told((plain,)),
    "managingEditor": Told((contact,)),
    "webMaster": Told((contact,)),
    "lastBuildDate": Told((date,)),
    "generator": Told(),
    "docs": Told((address,)),
    "ttl": Told(_NUMBER),
    "image": Told(children={
        "url": Told((address,)), "title": Told((plain, filled)), "link": Told((address,)),
        "description": Told((plain,)),
        "width": Told((matching("InvalidWidth", r"\d{1,2}|1[0-3]\d|14[0-4]"),)),
        "height": Told((matching("InvalidHeight", r"\d{1,2}|[123]\d\d|400"),)),
    }),
    "itunes:category": Told((category,), True, frozenset({"text"}), {"itunes:category": _SUB}),
    "itunes:owner": Told(children={
        "itunes:email": Told((mail,)), "itunes:name": Told((at_most(255),)),
    }),
    "itunes:new-feed-url": Told((address,)),
    "itunes:type": Told((one_of("InvalidItunesChannelType", "episodic", "serial"),)),
    "item": Told(again=True, children=_ITEM),
}  # fmt: skip
RSS = {"channel": Told(children=CHANNEL)}
