"""Downloads the transcripts and pictures that a feed names."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from lxml import etree

from episodes.findings import Level, errors_in
from episodes.pictures import artwork
from episodes.text import charset
from episodes.transcripts import read as transcripts
from episodes.transcripts import write
from feed.reader.result import Loss
from podcast.cache.store import CacheFolder
from podcast.importing import write_show
from podcast.network.failures import FetchError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from feed.reader.result import Attachment, ParsedFeed
    from podcast.network.client import Client

TEXT, PICTURE = 5_000_000, 20_000_000  # bytes
# The best first: with times, then without.
_BEST = ("text/vtt", "application/x-subrip", "application/srt", "application/json", "text/html",
         "text/plain")  # fmt: skip
_NAMES = {"text/vtt": "t.vtt", "application/x-subrip": "t.srt", "application/srt": "t.srt",
          "application/json": "t.json"}  # fmt: skip
_REFERENCE = re.compile(r"&#(?:[xX]0{0,6}([89][0-9a-fA-F])|0{0,6}(1[2-5][0-9]));?")


def fetch_transcript(
    client: Client, attachments: Sequence[Attachment]
) -> tuple[str, str, str] | None:
    """Return (file name, text, what was lost) of the best transcript that can be read.

    The text is as Earmark itself writes it: words, times and speakers. None if the feed names no
    transcript; raises FetchError with the last reason if none can be read.
    """
    reason: FetchError | None = None
    for attachment in sorted(attachments, key=_rank):
        try:
            text, lost = client.download(attachment.url, TEXT).text()
            read = _parse(text, attachment)
        except FetchError as error:
            reason = error
            continue
        if read.timed:
            return "transcript.vtt", write.render_vtt(read), lost
        rows = (f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text for cue in read.cues)
        return "transcript.txt", "\n\n".join(rows) + "\n", lost
    if reason:
        raise reason
    return None


def _rank(attachment: Attachment) -> int:
    return _BEST.index(attachment.type) if attachment.type in _BEST else len(_BEST)


def _parse(text: str, attachment: Attachment) -> transcripts.Transcript:
    if attachment.type == "text/html" or re.match(
        r"\s*<(!doctype|html|cite|p)\b", text, re.IGNORECASE
    ):
        text = _text_of_html(text)
    read, wrong = transcripts.parse_transcript(text, _NAMES.get(attachment.type, "t.txt"))
    bad = [each for each in wrong if each.level is Level.ERROR]
    if bad or not read.cues:
        raise FetchError(f"cannot be read ({bad[0].message if bad else 'it has no words'})")
    return read


def _text_of_html(text: str) -> str:
    """Return the HTML of a transcript as lines of name and words, with times if it has them.

    podcastindex.org/namespace/1.0: the name in `<cite>`, the time in `<time>`, words in `<p>`.
    """
    text = _REFERENCE.sub(_character, text)
    parser = etree.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise FetchError("cannot be read (it is no HTML)")
    rows, name, when = [], "", ""
    for each in root.iter("cite", "time", "p"):
        words = html.unescape(" ".join("".join(map(str, each.itertext())).split()))
        if each.tag == "cite":
            name = words.rstrip(":").strip()
        elif each.tag == "time":
            when = words
        elif words and next(each.iterancestors("header", "footer"), None) is None:
            rows.append(" ".join(filter(None, (when, f"{name}:" if name else "", words))))
            when = ""
    return "\n\n".join(rows)


def _character(match: re.Match[str]) -> str:
    """Return the character that browsers read for a number that is none; lxml does not."""
    number = int(match[1], 16) if match[1] else int(match[2])
    return charset.character_of(number) if 128 <= number < 160 else match[0]


_MIDDLE = artwork.PictureRequest(crop=True)


def fetch_picture(
    client: Client, address: str, part: Path, request: artwork.PictureRequest = artwork.COVER
) -> str:
    """Download a picture to `part`; return its ending. Raises FetchError if it cannot be used."""
    if not address:
        raise FetchError("is not in the feed")
    return save_picture(client.get(address, PICTURE), part, request)


def save_picture(data: bytes, part: Path, request: artwork.PictureRequest) -> str:
    """Write a picture to `part`; return its ending. Raises FetchError if it cannot be used."""
    part.write_bytes(data)
    wrong = errors_in(artwork.inspect_picture(part, "it", request))
    if wrong:
        part.unlink()
        raise FetchError(f"cannot be used: {wrong[0].said}")
    return artwork.ending_of(part)


def fetch_cover(
    folder: Path, feed: ParsedFeed, title: str, client: Client, lost: list[Loss]
) -> None:
    """Download the cover, unless the lead has one; draw one if it cannot be used."""
    part = CacheFolder(folder).directory("import") / "cover.part"
    if any(folder.glob("cover.*")) and not _is_drawn(folder / "cover.jpg", title, part):
        return
    try:
        ending = fetch_picture(client, feed.picture, part, _MIDDLE)
        if wrong := errors_in(artwork.inspect_picture(part, "it")):
            part.write_bytes(artwork.load_picture(part, _MIDDLE).data)
            what = "its middle is used: check it, or replace it with a square one"
            lost.append(Loss(0, "the cover", f"{wrong[0].message}; {what}"))
        (folder / "cover.jpg").unlink(missing_ok=True)  # drawn by an earlier import
        write_show.write_file(folder / f"cover{ending}", part.read_bytes())
        part.unlink()
    except FetchError as error:
        lost.append(Loss(0, "the cover", f"{error}; one was drawn, replace it with your own"))
        artwork.draw_cover(title, folder / "cover.jpg")


def _is_drawn(cover: Path, title: str, part: Path) -> bool:
    """Return whether an earlier import drew this cover, because the show's could not be used."""
    if not cover.is_file() or cover.is_symlink():
        return False
    artwork.draw_cover(title, part)
    same = part.read_bytes() == cover.read_bytes()
    part.unlink()
    return same
