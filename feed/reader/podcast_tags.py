"""Reads the `podcast:` tags of a feed under the keys of front matter.

The reverse of `feed/podcast_tags.py`; validation drops values that have no key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from episodes.frontmatter.podcast_namespace import Protocol
from episodes.text.timecodes import format_clock
from feed.podcast_tags import ROLES, RULES
from feed.reader import plain_text
from feed.reader.result import Loss
from feed.show_notes import licence_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feed.reader.document import Node

Facts = dict[str, Any]

_OURS = {(told, group): ours for ours, (told, group) in ROLES.items()}
_NEAR = {
    "co-host": "host", "guest host": "host", "guest co-host": "host", "announcer": "host",
    "reporter": "author", "editorial director": "editor", "story editor": "editor",
    "fact checker": "reviewer", "researcher": "researcher", "managing editor": "editor",
    "consultant": "consultant", "voice actor": "narrator",
}  # fmt: skip
_GROUPS = {
    "cast": "guest", "writing": "author", "audio production": "editor",
    "audio post-production": "editor", "misc.": "consultant",
}  # fmt: skip
_DAYS = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday",
    "SA": "Saturday", "SU": "Sunday",
}  # fmt: skip
_EVERY = {rule: every for every, rule in RULES.items()}
_GEO = re.compile(r"geo:\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)")
_CREATIVE = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/([\d.]+)"
)


def people(node: Node, losses: list[Loss]) -> list[Facts]:
    """Return the people; an unknown role becomes the nearest known one."""
    people = []
    for each in node.all("podcast:person"):
        role, group = (each.get("role") or "host").lower(), (each.get("group") or "cast").lower()
        ours = _OURS.get((role, group)) or _NEAR.get(role)
        ours = ours or (role if role in ROLES else None)
        if ours is None:
            ours = _GROUPS.get(group, "producer")
            why = f'has the role "{plain_text.cut(role, 40)}", which became {ours}'
            losses.append(Loss(each.line, f"{plain_text.cut(each.text(), 60)}", why))
        person = {
            "credit": _line(each.text()),
            "role": ours,
            "link": each.link(each.get("href")),
        }
        people.append(_known(person))
    return people


def _line(text: str) -> str:
    """Return a text on one line; these tags contain no HTML."""
    return " ".join(text.split())


def _known(values: Facts) -> Facts:
    return {key: value for key, value in values.items() if value not in (None, "", (), [])}


def places(node: Node) -> list[Facts]:
    """Return the places where it is made, or that it is about."""
    locations = []
    for each in node.all("podcast:location"):
        geo = _GEO.match(each.get("geo"))
        location = {
            "name": _line(each.text()),
            "what": "made here" if each.get("rel").lower() == "creator" else "about",
            "point": f"{geo[1]},{geo[2]}" if geo else None,
            "osm": each.get("osm"),
            "country": each.get("country"),
        }
        locations.append(_known(location))
    return locations


def txt(node: Node) -> list[Facts]:
    """Return the texts for other services (`podcast:txt`)."""
    return [
        _known({"text": each.text(), "purpose": each.get("purpose")})
        for each in node.all("podcast:txt")
        if each.text()
    ]


def comments(node: Node) -> list[Facts]:
    """Return the comment threads, in the order of their priority."""
    rows = []
    for each in node.all("podcast:socialinteract"):
        where = each.get("protocol").lower()
        if where in get_args(Protocol):
            thread = {
                "where": where,
                "link": each.link(each.get("uri")),
                "account": each.get("accountId"),
                "account_link": each.link(each.get("accountUrl")),
            }
            rows.append((plain_text.whole(each.get("priority")) or 99, _known(thread)))
    return [thread for _, thread in sorted(rows, key=lambda row: row[0])]


def licence(node: Node) -> Facts:
    """Return the licence and, unless it is a Creative Commons one, its URL."""
    tag = next(iter(node.all("podcast:license")), None)
    if tag is None:
        older = next(iter(node.all("cc:license")), None)
        match = _CREATIVE.match(older.text()) if older else None
        if not match:
            return {}
        zero = match[1] == "publicdomain"
        return {"licence": "CC0-1.0" if zero else f"CC-{match[2].upper()}-{match[3]}"}
    name, link = _line(tag.text()), tag.link(tag.get("url"))
    name = name.upper() if re.match(r"(?i)cc(0|-by)", name) else name
    return _known(
        {"licence": name, "licence_link": "" if link == licence_link(name, None) else link}
    )


def funding(node: Node) -> list[Facts]:
    """Return where listeners may give money."""
    return [
        {"text": _line(each.text()) or "Support the show", "link": each.link(each.get("url"))}
        for each in node.all("podcast:funding")
    ]


def recommends(node: Node) -> list[Facts]:
    """Return the other podcasts that it recommends."""
    return [
        _known({"title": each.get("title"), "guid": each.get("feedGuid"),
                "feed": each.link(each.get("feedUrl"))})
        for roll in node.all("podcast:podroll")
        for each in roll.all("podcast:remoteitem")
    ]  # fmt: skip


def rhythm(node: Node) -> Facts:
    """Return how often an episode appears, and whether none will come again."""
    complete = plain_text.yes(node.text("itunes:complete"))
    facts: Facts = {}
    for each in node.all("podcast:updatefrequency")[:1]:
        complete = complete or plain_text.yes(each.get("complete"))
        rule = dict(part.partition("=")[::2] for part in each.get("rrule").upper().split(";"))
        every = f"FREQ={rule.get('FREQ')}"
        every += f";INTERVAL={rule['INTERVAL']}" if rule.get("INTERVAL", "1") != "1" else ""
        recurrence = {
            "text": _line(each.text()),
            "every": _EVERY.get(every),
            "on": [_DAYS[day] for day in rule.get("BYDAY", "").split(",") if day in _DAYS],
            "starting": each.get("dtstart")[:10],
            "times": plain_text.whole(rule.get("COUNT", "")),
        }
        if recurrence["text"] != "Complete" or recurrence["every"]:
            facts["rhythm"] = _known(recurrence)
    return facts | ({"complete": True} if complete else {})


def blocks(node: Node) -> Facts:
    """Return the directories asked not to list the show, and whether all are."""
    rows = [(each.get("id"), plain_text.yes(each.text())) for each in node.all("podcast:block")]
    every = plain_text.yes(node.text("itunes:block")) or ("", True) in rows
    some = [name for name, blocked in rows if name and blocked]
    return {**({"unlisted": True} if every else {}), **({"keep_out_of": some} if some else {})}


def soundbites(node: Node) -> Iterator[Facts]:
    """Yield the soundbites of an episode."""
    for each in node.all("podcast:soundbite"):
        start, length = (
            plain_text.seconds(each.get("startTime")),
            plain_text.seconds(each.get("duration")),
        )
        if length:
            soundbite = {"start": clock(start), "end": clock(start + length),
                    "title": _line(each.text())}  # fmt: skip
            yield _known(soundbite)


def elsewhere(node: Node) -> list[Facts]:
    """Return the other places where the episode can be heard, watched or read."""
    return [
        {"text": _line(each.text()) or "Elsewhere", "link": each.link(each.get("href"))}
        for each in node.all("podcast:contentlink")
    ]


def alt(node: Node) -> str:
    """Return the alt text of a picture."""
    return next(
        (description for each in node.all("podcast:image") if (description := each.get("alt"))), ""
    )


def clock(seconds: float) -> str:
    """Write a time as a lead would: 1:15, with thousandths if there are any."""
    hours, minutes, rest = format_clock(seconds).split(":")
    whole = f"{int(hours)}:{minutes}:{rest}" if int(hours) else f"{int(minutes)}:{rest}"
    return whole.rstrip("0").rstrip(".") if not whole.endswith(".000") else whole[:-4]
