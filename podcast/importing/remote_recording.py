"""Describes a recording that stays on its server, for the front-matter key `audio_at`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from episodes.audio import formats
from episodes.errors import EarmarkError
from podcast.importing import download

if TYPE_CHECKING:
    from feed.reader.result import Enclosure, TakenEpisode
    from podcast.network.limited_get import Gate

_WHOLE = re.compile(r"audio/[a-z0-9.+-]+")
_USUAL = dict.fromkeys(("audio/mp3", "audio/x-mp3", "audio/mpeg3", "audio/x-mpeg"), "audio/mpeg")
_FETCH = "import it without --leave-audio"


class NotLeftError(EarmarkError):
    """A recording cannot stay where it is, because nobody says what has to be known of it."""


def described(gate: Gate, episode: TakenEpisode) -> dict[str, Any]:
    """Return address, length in bytes, type and seconds of a recording.

    What the feed does not say of bytes and type its server is asked. Raises GateError where it does
    not answer, NotLeftError where something is still not known.
    """
    said = episode.enclosure
    if not (seconds := round(episode.seconds)):
        raise NotLeftError(f"has no duration in the feed; {_FETCH}")
    kind, length = _kind(said), said.length
    if not (kind and length):
        found = download.measure(gate, said.url)
        length = length or found.size or 0
        kind = kind or _named(found.type)
        if not kind:
            what = found.type or "nothing"
            raise NotLeftError(f"has no type in the feed, and its server says {what}; {_FETCH}")
    if not length:
        raise NotLeftError(f"has no length in the feed, and its server gives none; {_FETCH}")
    return {"url": said.url, "length": length, "type": kind, "seconds": seconds}


def _kind(said: Enclosure) -> str:
    """Return the type that the feed says, else that of the file's ending; "" without both."""
    ending = urlsplit(said.url).path.lower().rpartition(".")[2]
    return _named(said.type) or formats.MEDIA_TYPES.get(f".{ending}", "")


def _named(kind: str) -> str:
    return _USUAL.get(kind, kind) if _WHOLE.fullmatch(kind) else ""
