"""Describes a recording that stays on its server, for the front-matter key `audio_at`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from episodes.audio import formats
from episodes.errors import EarmarkError
from podcast.importing import download

if TYPE_CHECKING:
    from feed.reader.result import Enclosure, ParsedEpisode
    from podcast.network.client import Client

_WHOLE = re.compile(r"audio/[a-z0-9.+-]+")
_USUAL = dict.fromkeys(("audio/mp3", "audio/x-mp3", "audio/mpeg3", "audio/x-mpeg"), "audio/mpeg")
_FETCH = "import it without --leave-audio"


class NotLeftError(EarmarkError):
    """A recording cannot stay on its server, because its length, type or duration is unknown."""


def describe_recording(client: Client, episode: ParsedEpisode) -> dict[str, Any]:
    """Return the URL, length in bytes, type and seconds of a recording.

    If the feed does not give length or type, asks the server. Raises FetchError if it does not
    answer, NotLeftError if something is still unknown.
    """
    enclosure = episode.enclosure
    if not (seconds := round(episode.seconds)):
        raise NotLeftError(f"has no duration in the feed; {_FETCH}")
    kind, length = _kind(enclosure), enclosure.length
    if not (kind and length):
        remote = download.ask_server(client, enclosure.url)
        length = length or remote.size or 0
        kind = kind or _usual_type(remote.type)
        if not kind:
            what = remote.type or "nothing"
            raise NotLeftError(f"has no type in the feed, and its server says {what}; {_FETCH}")
    if not length:
        raise NotLeftError(f"has no length in the feed, and its server gives none; {_FETCH}")
    return {"url": enclosure.url, "length": length, "type": kind, "seconds": seconds}


def _kind(enclosure: Enclosure) -> str:
    """Return the type in the feed, else that of the file's ending; "" if both are unknown."""
    ending = urlsplit(enclosure.url).path.lower().rpartition(".")[2]
    return _usual_type(enclosure.type) or formats.MEDIA_TYPES.get(f".{ending}", "")


def _usual_type(kind: str) -> str:
    """Return the usual name of a media type; "" if it is not audio."""
    return _USUAL.get(kind, kind) if _WHOLE.fullmatch(kind) else ""
