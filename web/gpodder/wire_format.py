"""Reads and writes the JSON of the gPodder API; pure."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from web.sync import actions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from episodes.catalogue import Catalogue, CatalogueEpisode
    from web.sync.devices import Device
    from web.sync.exchange import AnsweredAction

FORMATS = {
    "json": "application/json; charset=utf-8",
    "opml": "text/x-opml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
OPML = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Podcasts</title></head><body>
{rows}</body></opml>
"""
_OUTLINE = re.compile(r"""\bxmlUrl\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_URL = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
WEEK = 7 * 24 * 3600  # seconds after which a client requests its configuration again


def action(line: AnsweredAction) -> dict[str, Any]:
    """Return an action with all three positions or none: mygpoclient refuses a list with fewer."""
    fields: dict[str, Any] = {
        "podcast": line.podcast,
        "episode": line.episode,
        "guid": line.guid,
        "action": line.kind,
        "timestamp": actions.format_time(line.at),
    }
    if line.device:
        fields["device"] = line.device
    if line.places:
        fields |= dict(zip(("started", "position", "total"), line.places, strict=True))
    return fields


def device(entry: Device, subscriptions: int) -> dict[str, Any]:
    """Return a device with all four keys: clients fail if one is missing."""
    return {
        "id": entry.id,
        "caption": entry.caption,
        "type": entry.type,
        "subscriptions": subscriptions,
    }


def synchronized(every: Sequence[Device]) -> dict[str, Any]:
    """Return the groups of synchronised devices."""
    groups: dict[int, list[str]] = {}
    for each in every:
        if each.synchronized:
            groups.setdefault(each.synchronized, []).append(each.id)
    alone = [each.id for each in every if not each.synchronized]
    return {"synchronized": [*groups.values()], "not-synchronized": alone}


def listed(urls: Sequence[str], title: str, form: str) -> str:
    """Return a list of feeds."""
    if form == "json":
        return json.dumps([*urls])
    if form == "txt":
        return "".join(f"{url}\n" for url in urls)
    rows = (
        f'<outline type="rss" text="{html.escape(title)}" xmlUrl="{html.escape(url)}"/>\n'
        for url in urls
    )
    return OPML.format(rows="".join(rows))


def _is_url(text: str) -> bool:
    return bool(_URL.match(text.strip()))


def urls(text: str, form: str) -> list[str]:
    """Read a list of feeds; ValueError if it is not one: an empty list ends the subscription."""
    if form == "opml":
        addresses = [html.unescape(one or other) for one, other in _OUTLINE.findall(text)]
        if not addresses and "<opml" not in text.casefold():
            raise ValueError("no OPML")
        return addresses
    sent = text.split() if form == "txt" else json.loads(text)
    if not isinstance(sent, list):
        raise ValueError("no list")  # noqa: TRY004 - the text is wrong, not the caller
    rows = [each.get("url") if isinstance(each, dict) else each for each in sent]
    addresses = [actions.text(each) for each in rows if isinstance(each, str) and _is_url(each)]
    if sent and not addresses:
        raise ValueError("no feeds in it")
    return addresses


def podcast(show: Catalogue, feed: str) -> dict[str, Any]:
    """Return our show as an entry of a directory."""
    return {
        "url": feed, "title": show.show.title, "description": show.show.summary,
        "website": show.show.address, "subscribers": 0, "subscribers_last_week": 0,
        "logo_url": "", "scaled_logo_url": "", "mygpo_link": show.show.address, "author": "",
    }  # fmt: skip


def episode(show: Catalogue, entry: CatalogueEpisode, feed: str, address: str) -> dict[str, Any]:
    """Return an episode as an entry of a directory."""
    return {
        "title": entry.title, "url": address, "podcast_title": show.show.title,
        "podcast_url": feed, "description": entry.summary,
        "website": show.url_of(entry.page), "mygpo_link": show.url_of(entry.page),
        "released": actions.format_time(int(entry.published.timestamp())), "status": "new",
    }  # fmt: skip
