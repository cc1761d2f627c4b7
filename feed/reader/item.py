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

LONGEST_NOTES = 1_000_000  # signs of HTML
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BODIES = ("content:encoded", "atom:content", "content", "description", "atom:summary", "summary",
           "itunes:summary")  # fmt: skip
_SHORT = ("description", "atom:summary", "itunes:summary", "summary", "itunes:subtitle")


_EMPTY = ("contributors", "support")  # that there is nobody is said too, where the show has some


class Context(NamedTuple):
    """What an item is read in: values of the show, where Earmark made it its address."""

    facts: dict[str, Any]
    losses: list[Loss]
    ours: bool
    address: str

    def lost(self, node: Node, what: str, why: str) -> None:
        """Say what could not be kept."""
        self.losses.append(Loss(node.line, f'"{plain_text.cut(what, 60)}"', why))


def read(item: Node, here: Context) -> ParsedEpisode | None:
    """Read an item; None where it has no recording, which is said."""
    title = _title(item, here)
    enclosure = _enclosure(item, title, here)
    if enclosure is None:
        return None
    body = _body(item, title, here)
    own = earmark_notes.split(body) if here.ours else None
    if here.ours and own is None:
        here.lost(
            item, title, "has notes from another version of Earmark; they were kept as they are"
        )
    facts: dict[str, Any] = {"title": title, "guid": _guid(item, enclosure, title, here)}
    facts |= _numbers(item, title, here) | _told(item, here)
    facts |= _own(own, here) if own else _summary(item, body, title)
    facts |= _people(item, own, here) | _licence(item, own, here)
    facts |= _chapters(item)
    return ParsedEpisode(
        line=item.line,
        facts={key: value for key, value in facts.items() if value or key in _EMPTY},
        notes=own.notes if own else _more(body, str(facts["summary"])),
        enclosure=enclosure,
        seconds=plain_text.seconds(item.text("itunes:duration")),
        slug=_slug(item, here) if here.ours else "",
        transcripts=tuple(_transcripts(item)),
        chapters=next((each.link(each.get("url")) for each in item.all("podcast:chapters")), ""),
        picture=_picture(item),
    )


def _title(item: Node, here: Context) -> str:
    said = item.text("title", "atom:title", "itunes:title", "media:title")
    title = " ".join(said.split()) if here.ours else plain_text.plain(said)
    if not title:
        title = plain_text.sentences(plain_text.plain(item.text(*_SHORT)), 80) or plain_text.NONE
        here.lost(item, title, "had no title; this one was made from its notes")
    if len(title) > earmark_notes.LONGEST:
        here.lost(item, title, f"has a title of {len(title)} characters, which was cut to 255")
    return plain_text.cut(title, earmark_notes.LONGEST)


def _enclosure(item: Node, title: str, here: Context) -> Enclosure | None:
    """Return the first recording; what else there is, is said."""
    audio, why = enclosures.find_recording(item)
    if not audio:
        here.lost(item, title, f"{why}, so it was left out")
        return None
    if len(audio) > 1:
        here.lost(item, title, f"has {len(audio)} recordings; the first was used")
    return audio[0]


def _guid(item: Node, enclosure: Enclosure, title: str, here: Context) -> str:
    """Return the identity that apps know it by, which is never made up where there is one."""
    told = item.text("guid", "atom:id", "id")
    if not told:
        here.lost(item, title, "has no guid; it got the web address of its recording, as apps do")
    lines = [line.strip() for line in (told or enclosure.url).splitlines()]
    if len(lines) > 1:
        why = "has a guid of several lines, which became one: apps may show it as a new episode"
        here.lost(item, title, why)
    guid = " ".join(filter(None, lines))
    if guid != short(guid):
        here.lost(
            item, title, "has too long a guid, so it got another: apps may show it as a new episode"
        )
    return short(guid)


def short(guid: str) -> str:
    """Return a guid, or, where it is longer than any may be, the one that stands for it."""
    whole = guid.encode("utf-8", "replace")
    return guid if len(whole) <= LONGEST_GUID else str(uuid5(NAMESPACE_URL, whole.decode()))


def _numbers(item: Node, title: str, here: Context) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, names in (
        ("season", ("itunes:season", "podcast:season")),
        ("number", ("itunes:episode", "podcast:episode")),
    ):
        said = item.text(*names)
        found[key] = plain_text.whole(said)
        if said and not found[key]:
            here.lost(
                item, title, f'has the {key} "{plain_text.cut(said, 20)}", which was left out'
            )
    kind = item.text("itunes:episodetype").lower()
    found["type"] = kind if kind in {"trailer", "bonus"} else None
    display = next((each.get("display") for each in item.all("podcast:episode")), "")
    found["display"] = plain_text.cut(display, 32)
    return found


def _told(item: Node, here: Context) -> dict[str, Any]:
    """Return what may differ from the show, and the tags that are for an episode only."""
    explicit = item.text("itunes:explicit")
    said = plain_text.yes(explicit)
    differs = explicit and said != here.facts.get("explicit", False)
    small = any(
        each.get("title") == "Smaller file" for each in item.all("podcast:alternateenclosure")
    )
    return {
        "explicit": said if differs else None,
        "language": _language(item, here),
        "soundbites": list(podcast_tags.soundbites(item)),
        "elsewhere": podcast_tags.elsewhere(item),
        "places": podcast_tags.places(item),
        "comments": podcast_tags.comments(item),
        "txt": podcast_tags.txt(item),
        "recordings": {"finished": True, "small": True} if small and here.ours else None,
        "picture_alt": podcast_tags.alt(item) if _picture(item) else "",
    }


def _language(item: Node, here: Context) -> str:
    """Return the language of the transcripts, where it is another than that of the show."""
    told = {each.get("language").lower() for each in item.all("podcast:transcript")} - {""}
    show = str(here.facts.get("language", "en-gb")).lower()
    other = {each for each in told if each.partition("-")[0] != show.partition("-")[0]}
    return other.pop() if len(told) == len(other) == 1 else ""


def _body(item: Node, title: str, here: Context) -> str:
    """Return the longest notes; apps do the same."""
    if here.ours:
        return item.text("content:encoded")
    found = max((each.html() for each in item.all(*_BODIES)), key=len, default="")
    if len(found) > LONGEST_NOTES:
        here.lost(item, title, f"has notes of {len(found):,} characters, which were cut")
        return found[:LONGEST_NOTES].rpartition("<")[0] or found[:LONGEST_NOTES]
    return found


def _summary(item: Node, body: str, title: str) -> dict[str, Any]:
    """Return a sentence or two: the shortest words that are not cut short, else of the notes."""
    said = [plain_text.plain(each.html()) for each in item.all(*_SHORT)]
    said = [each for each in said if each and not each.endswith(("...", "…"))]
    short = min(said, key=len, default="") or plain_text.plain(body)
    return {"summary": plain_text.sentences(short) or title}


def _more(body: str, summary: str) -> str:
    """Return notes that say more than the summary, which stands above them."""
    return "" if len(body) < 2_000 and plain_text.plain(body) == summary else body


def _own(own: Own, here: Context) -> dict[str, Any]:
    """Return what our notes say; what stands in them of the show is left to it."""
    for key, value in own.show.items():
        if value:
            here.facts.setdefault(key, value)
    return {"support": [], **own.facts}


def _people(item: Node, own: Own | None, here: Context) -> dict[str, Any]:
    """Return who made it, where they are others than those of the show."""
    told = podcast_tags.people(item, here.losses)
    shared = here.facts.get("contributors", [])
    bare = [{key: value for key, value in each.items() if key != "brings"} for each in shared]
    same = told == bare
    for person, brings in zip(told, own.brings if own else (), strict=False):
        person.update({"brings": brings} if brings else {})
    if same and told and shared == bare:
        here.facts["contributors"] = told
    none = not told and not (here.ours and shared)
    return {} if none or told == here.facts.get("contributors") else {"contributors": told}


def _licence(item: Node, own: Own | None, here: Context) -> dict[str, Any]:
    show = {key: here.facts[key] for key in ("licence", "licence_link") if key in here.facts}
    found = podcast_tags.licence(item)
    if not found and own and own.facts.get("licence"):
        found = {"licence": own.facts["licence"]}
    return {"licence": None} if found == show else {"licence": None, **found}


def _chapters(item: Node) -> dict[str, Any]:
    """Return the chapters that stand in the feed itself."""
    rows = [each for group in item.all("psc:chapters") for each in group.all("psc:chapter")]
    found = []
    for each in rows:
        said = {"start": each.get("start"), "title": plain_text.cut(each.get("title"), 128),
                "link": each.link(each.get("href")),
                "picture": each.link(each.get("image"))}  # fmt: skip
        found.append({key: value for key, value in said.items() if value})
    return {"chapters": found} if found else {}


def _transcripts(item: Node) -> list[Attachment]:
    found = (
        Attachment(each.link(each.get("url")), each.get("type").partition(";")[0].lower(),
              each.get("language"))
        for each in item.all("podcast:transcript")
    )  # fmt: skip
    return [each for each in found if each.url]


def _picture(item: Node) -> str:
    return next((each.link(each.get("href")) for each in item.all("itunes:image")), "")


def _slug(item: Node, here: Context) -> str:
    """Return the name of the episode's page, which keeps its address."""
    page = item.text("link").removeprefix(f"{here.address}{site_layout.PAGES}")
    name = unquote(page).removesuffix(".html")
    fits = page.endswith(".html") and len(name) <= 80 and _SLUG.fullmatch(name)
    return name if fits else ""
