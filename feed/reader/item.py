"""Reads an item of a feed as an episode: its guid, its texts, its recording, its files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote
from uuid import NAMESPACE_URL, uuid5

from episodes import site_layout
from episodes.frontmatter.value_types import LONGEST_GUID
from feed.reader import earmark_notes, enclosures, plain_text, podcast_tags
from feed.reader.result import Attachment, Loss, ParsedEpisode

if TYPE_CHECKING:
    from feed.reader.document import Node
    from feed.reader.earmark_notes import Own
    from feed.reader.result import Enclosure

LONGEST_NOTES = 1_000_000  # characters of HTML
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BODIES = ("content:encoded", "atom:content", "content", "description", "atom:summary", "summary",
           "itunes:summary")  # fmt: skip
_SHORT = ("description", "atom:summary", "itunes:summary", "summary", "itunes:subtitle")


_EMPTY = ("contributors", "support")  # written even if empty, if the show has some


class Context(NamedTuple):
    """The context of an item: values of the show and, if Earmark made it, its address."""

    facts: dict[str, Any]
    losses: list[Loss]
    ours: bool
    address: str

    def lost(self, node: Node, what: str, why: str) -> None:
        """Report something that could not be kept."""
        self.losses.append(Loss(node.line, f'"{plain_text.cut(what, 60)}"', why))


def read(item: Node, context: Context) -> ParsedEpisode | None:
    """Read an item; None if it has no recording, which is reported."""
    title = _title(item, context)
    enclosure = _enclosure(item, title, context)
    if enclosure is None:
        return None
    body = _body(item, title, context)
    own = earmark_notes.split(body) if context.ours else None
    if context.ours and own is None:
        context.lost(
            item, title, "has notes from another version of Earmark; they were kept as they are"
        )
    facts: dict[str, Any] = {"title": title, "guid": _guid(item, enclosure, title, context)}
    facts |= _numbers(item, title, context) | _tags(item, context)
    facts |= _own(own, context) if own else _summary(item, body, title)
    facts |= _people(item, own, context) | _licence(item, own, context)
    facts |= _chapters(item)
    return ParsedEpisode(
        line=item.line,
        facts={key: value for key, value in facts.items() if value or key in _EMPTY},
        notes=own.notes if own else _more(body, str(facts["summary"])),
        enclosure=enclosure,
        seconds=plain_text.seconds(item.text("itunes:duration")),
        slug=_slug(item, context) if context.ours else "",
        transcripts=tuple(_transcripts(item)),
        chapters=next((each.link(each.get("url")) for each in item.all("podcast:chapters")), ""),
        picture=_picture(item),
    )


def _title(item: Node, context: Context) -> str:
    text = item.text("title", "atom:title", "itunes:title", "media:title")
    title = " ".join(text.split()) if context.ours else plain_text.plain(text)
    if not title:
        title = plain_text.sentences(plain_text.plain(item.text(*_SHORT)), 80) or plain_text.NONE
        context.lost(item, title, "had no title; this one was made from its notes")
    if len(title) > earmark_notes.LONGEST:
        context.lost(item, title, f"has a title of {len(title)} characters, which was cut to 255")
    return plain_text.cut(title, earmark_notes.LONGEST)


def _enclosure(item: Node, title: str, context: Context) -> Enclosure | None:
    """Return the first recording; report the others."""
    audio, why = enclosures.find_recording(item)
    if not audio:
        context.lost(item, title, f"{why}, so it was left out")
        return None
    if len(audio) > 1:
        context.lost(item, title, f"has {len(audio)} recordings; the first was used")
    return audio[0]


def _guid(item: Node, enclosure: Enclosure, title: str, context: Context) -> str:
    """Return the identity that apps know it by; never invent one if it has one."""
    own = item.text("guid", "atom:id", "id")
    if not own:
        context.lost(
            item, title, "has no guid; it got the web address of its recording, as apps do"
        )
    lines = [line.strip() for line in (own or enclosure.url).splitlines()]
    if len(lines) > 1:
        why = "has a guid of several lines, which became one: apps may show it as a new episode"
        context.lost(item, title, why)
    guid = " ".join(filter(None, lines))
    if guid != short(guid):
        context.lost(
            item, title, "has too long a guid, so it got another: apps may show it as a new episode"
        )
    return short(guid)


def short(guid: str) -> str:
    """Return a guid, or a UUID made from it if it is too long."""
    whole = guid.encode("utf-8", "replace")
    return guid if len(whole) <= LONGEST_GUID else str(uuid5(NAMESPACE_URL, whole.decode()))


def _numbers(item: Node, title: str, context: Context) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, names in (
        ("season", ("itunes:season", "podcast:season")),
        ("number", ("itunes:episode", "podcast:episode")),
    ):
        text = item.text(*names)
        values[key] = plain_text.whole(text)
        if text and not values[key]:
            context.lost(
                item, title, f'has the {key} "{plain_text.cut(text, 20)}", which was left out'
            )
    kind = item.text("itunes:episodetype").lower()
    values["type"] = kind if kind in {"trailer", "bonus"} else None
    display = next((each.get("display") for each in item.all("podcast:episode")), "")
    values["display"] = plain_text.cut(display, 32)
    return values


def _tags(item: Node, context: Context) -> dict[str, Any]:
    """Return the values that may differ from the show's, and those that only episodes have."""
    explicit = item.text("itunes:explicit")
    is_explicit = plain_text.yes(explicit)
    differs = explicit and is_explicit != context.facts.get("explicit", False)
    small = any(
        each.get("title") == "Smaller file" for each in item.all("podcast:alternateenclosure")
    )
    return {
        "explicit": is_explicit if differs else None,
        "language": _language(item, context),
        "soundbites": list(podcast_tags.soundbites(item)),
        "elsewhere": podcast_tags.elsewhere(item),
        "places": podcast_tags.places(item),
        "comments": podcast_tags.comments(item),
        "txt": podcast_tags.txt(item),
        "recordings": {"finished": True, "small": True} if small and context.ours else None,
        "picture_alt": podcast_tags.alt(item) if _picture(item) else "",
    }


def _language(item: Node, context: Context) -> str:
    """Return the language of the transcripts, if it differs from the show's."""
    languages = {each.get("language").lower() for each in item.all("podcast:transcript")} - {""}
    show = str(context.facts.get("language", "en-gb")).lower()
    other = {each for each in languages if each.partition("-")[0] != show.partition("-")[0]}
    return other.pop() if len(languages) == len(other) == 1 else ""


def _body(item: Node, title: str, context: Context) -> str:
    """Return the longest notes; apps do the same."""
    if context.ours:
        return item.text("content:encoded")
    body = max((each.html() for each in item.all(*_BODIES)), key=len, default="")
    if len(body) > LONGEST_NOTES:
        context.lost(item, title, f"has notes of {len(body):,} characters, which were cut")
        return body[:LONGEST_NOTES].rpartition("<")[0] or body[:LONGEST_NOTES]
    return body


def _summary(item: Node, body: str, title: str) -> dict[str, Any]:
    """Return a sentence or two: the shortest complete text, or the beginning of the notes."""
    summaries = [plain_text.plain(each.html()) for each in item.all(*_SHORT)]
    summaries = [each for each in summaries if each and not each.endswith(("...", "…"))]
    short = min(summaries, key=len, default="") or plain_text.plain(body)
    return {"summary": plain_text.sentences(short) or title}


def _more(body: str, summary: str) -> str:
    """Return the notes, if they say more than the summary above them."""
    return "" if len(body) < 2_000 and plain_text.plain(body) == summary else body


def _own(own: Own, context: Context) -> dict[str, Any]:
    """Return the values of our own notes, without those of the show."""
    for key, value in own.show.items():
        if value:
            context.facts.setdefault(key, value)
    return {"support": [], **own.facts}


def _people(item: Node, own: Own | None, context: Context) -> dict[str, Any]:
    """Return the contributors, if they are not the same as the show's."""
    people = podcast_tags.people(item, context.losses)
    shared = context.facts.get("contributors", [])
    bare = [{key: value for key, value in each.items() if key != "brings"} for each in shared]
    same = people == bare
    for person, brings in zip(people, own.brings if own else (), strict=False):
        person.update({"brings": brings} if brings else {})
    if same and people and shared == bare:
        context.facts["contributors"] = people
    none = not people and not (context.ours and shared)
    return {} if none or people == context.facts.get("contributors") else {"contributors": people}


def _licence(item: Node, own: Own | None, context: Context) -> dict[str, Any]:
    show = {key: context.facts[key] for key in ("licence", "licence_link") if key in context.facts}
    licence = podcast_tags.licence(item)
    named = own.facts.get("licence") if own and not licence else None
    # An item without a tag has the channel's licence, and a tag writes SPDX names in small letters.
    if named and named.casefold() != show.get("licence", "").casefold():
        licence = {"licence": named}
    return {"licence": None} if licence == show else {"licence": None, **licence}


def _chapters(item: Node) -> dict[str, Any]:
    """Return the chapters that are in the feed itself."""
    rows = [each for group in item.all("psc:chapters") for each in group.all("psc:chapter")]
    chapters = []
    for each in rows:
        values = {"start": each.get("start"), "title": plain_text.cut(each.get("title"), 128),
                "link": each.link(each.get("href")),
                "picture": each.link(each.get("image"))}  # fmt: skip
        chapters.append({key: value for key, value in values.items() if value})
    return {"chapters": chapters} if chapters else {}


def _transcripts(item: Node) -> list[Attachment]:
    attachments = (
        Attachment(each.link(each.get("url")), each.get("type").partition(";")[0].lower(),
              each.get("language"))
        for each in item.all("podcast:transcript")
    )  # fmt: skip
    return [each for each in attachments if each.url]


def _picture(item: Node) -> str:
    return next((each.link(each.get("href")) for each in item.all("itunes:image")), "")


def _slug(item: Node, context: Context) -> str:
    """Return the name of the episode's page, so that its URL stays."""
    page = item.text("link").removeprefix(f"{context.address}{site_layout.PAGES}")
    name = unquote(page).removesuffix(".html")
    fits = page.endswith(".html") and len(name) <= 80 and _SLUG.fullmatch(name)
    return name if fits else ""
