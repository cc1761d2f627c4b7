"""Downloads a recording, resumes after an interruption, and checks the file before it counts.

The unfinished download is `NAME.part`; `NAME.json` beside it says of which file.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from episodes.audio import formats, mp3_frames, stream_copy, tags
from episodes.audio.ffmpeg import FfmpegError
from podcast import atomic_files
from podcast.cache import identity
from podcast.network.decompression import GZIP
from podcast.network.limited_get import SLOWEST, GateError, answered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podcast.network.limited_get import Gate, Response

_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
GRACE = 30  # seconds before anybody is called slow


class NotFetchedError(GateError):
    """A recording did not come, or is not what it should be."""


class NotAudioError(NotFetchedError):
    """What came whole is no recording at all."""


def fetch(
    gate: Gate, address: str, part: Path, limit: int, moved: Callable[[int], None]
) -> tuple[Path, str]:
    """Fetch a recording into `part`, and return it with the ending that it deserves.

    Raises GateError; where going on makes sense the part stays. `limit` is in bytes.
    """
    note = part.with_suffix(".json")
    done, headers, whole = _begun(part, note, address)
    moved(done)
    if done != whole:
        with gate.open(address, headers) as response:
            whole = _placed(response, part, note, address, done, limit)
            _append(response, part, limit, moved)
    size = part.stat().st_size
    if whole is not None and size != whole:
        raise NotFetchedError(f"is cut short: {size:,} of {whole:,} bytes arrived; run it again")
    try:
        ending = _looked_at(part)
    except GateError:
        forget(part)
        raise
    return part, ending


class Measured(NamedTuple):
    """What a server says of a recording: its bytes, None where it does not say, and its type."""

    size: int | None
    type: str


def measure(gate: Gate, address: str) -> Measured:
    """Ask a server what a recording is. Raises GateError."""
    with gate.open(address, {"Range": "bytes=0-0"}) as response:
        said = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        kind = said if _TYPE.fullmatch(said) else ""
        if response.status == 206:
            found = _RANGE.fullmatch(response.headers.get("content-range", ""))
            return Measured(int(found[3]) if found else None, kind)
        if response.status != 200:
            raise NotFetchedError(answered(response))
        return Measured(response.size, kind)


def forget(part: Path) -> None:
    """Remove what was fetched so far."""
    for path in (part, part.with_suffix(".json")):
        with contextlib.suppress(OSError):
            path.unlink()


def _begun(part: Path, note: Path, address: str) -> tuple[int, dict[str, str], int | None]:
    """Return (how much is there already, how to ask for the rest, how much there is in all).

    (0, {}, None) is to begin again. Without a validator of the server nobody could know that both
    halves belong together, and what came with a folder from elsewhere was not fetched here. If all
    of it is there, an import was stopped after this.
    """
    try:
        said, seal = json.loads(note.read_text(encoding="utf-8"))
        size = part.stat().st_size
        ours = identity.sealed(note.name, json.dumps(said).encode(), seal)
        if ours and size and said["address"] == address and said["validator"]:
            rest = {"Range": f"bytes={size}-", "If-Range": str(said["validator"])}
            return size, rest, said["whole"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    forget(part)
    return 0, {}, None


def _placed(  # noqa: PLR0913 - what is known on both sides
    response: Response, part: Path, note: Path, address: str, done: int, limit: int
) -> int | None:
    """Make room for the answer, remember what it is, and return the bytes of the whole."""
    if response.status == 206:
        found = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if not found or int(found[1]) != done:
            forget(part)
            raise NotFetchedError("sent a different part from the one requested; run it again")
        whole: int | None = int(found[3])
    elif response.status == 200:
        whole = response.size
        part.write_bytes(b"")
    else:
        if response.status == 416:
            forget(part)
        changed = response.status == 416
        raise NotFetchedError("changed (HTTP 416); run it again" if changed else answered(response))
    if whole is not None and whole > limit:
        forget(part)
        raise NotFetchedError(f"is {whole / 1e6:,.0f} MB, over the limit of {limit / 1e6:,.0f} MB")
    etag = response.headers.get("etag", "")
    validator = etag if etag and not etag.startswith("W/") else ""
    validator = validator or response.headers.get("last-modified", "")
    said = {"address": address, "validator": validator, "whole": whole}
    seal = identity.seal(note.name, json.dumps(said).encode())
    atomic_files.write(note, json.dumps([said, seal]).encode())
    return whole


def _append(response: Response, part: Path, limit: int, moved: Callable[[int], None]) -> None:
    began, came = time.monotonic(), 0
    with part.open("ab") as file:
        for chunk in response.chunks:
            file.write(chunk)
            came += len(chunk)
            moved(len(chunk))
            if file.tell() > limit:
                forget(part)
                raise NotFetchedError(f"is over the limit of {limit / 1e6:,.0f} MB")
            passed = time.monotonic() - began
            if passed > GRACE and came < passed * SLOWEST:
                raise NotFetchedError("arrives too slowly; run it again later to carry on")


def _looked_at(part: Path) -> str:
    """Return the ending of a file that is audio with sound in it. Raises NotFetchedError."""
    with part.open("rb") as file:
        start = file.read(200)
    head = start.lstrip().lower()
    if start.startswith(GZIP):
        raise NotFetchedError("is sent compressed (gzip), which was not requested")
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise NotAudioError("is a web page, not a recording")
    try:
        header = tags.read_header(part)
        if header.kind == "mp3":
            _counted(part, header)
        else:
            stream_copy.packets_digest(part)
    except tags.UnreadableAudioError as error:
        raise NotAudioError(str(error).partition(";")[0]) from None
    except (FfmpegError, OSError) as error:
        raise NotFetchedError(f"cannot be played ({str(error)[:80]})") from None
    return formats.ENDINGS[header.kind][0]


def _counted(part: Path, header: tags.Header) -> None:
    """Find an MP3 that has no frames, or fewer than it says."""
    length = mp3_frames.find_frames(part).length
    declared = header.bitrate * header.seconds / 8 if header.sure else 0
    if length <= 0 or length < declared * 0.95 - 4_000:
        raise NotFetchedError("is cut short: it should be longer than it is")
