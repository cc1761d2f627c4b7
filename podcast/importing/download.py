"""Downloads a recording, resumes after an interruption, and checks the file before it counts.

The unfinished download is `NAME.part`; `NAME.json` beside it has its URL, validator and size.
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
from podcast.network.client import is_too_slow
from podcast.network.decompression import GZIP
from podcast.network.failures import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podcast.network.client import Client, Stream

_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")


class NotFetchedError(FetchError):
    """A recording could not be downloaded, or is damaged."""


class NotAudioError(NotFetchedError):
    """A complete file is not a recording."""


def fetch_recording(
    client: Client, address: str, part: Path, limit: int, moved: Callable[[int], None]
) -> tuple[Path, str]:
    """Download a recording to `part`; return it with the usual ending of its format.

    `limit` is in bytes; `moved` is called with each number of bytes. Raises FetchError, and leaves
    `part` if another attempt can resume it.
    """
    note = part.with_suffix(".json")
    done, headers, whole = _resume(part, note, address)
    moved(done)
    if done != whole:
        with client.stream(address, headers) as response:
            whole = _prepare(response, part, note, address, done, limit)
            _append(response, part, limit, moved)
    size = part.stat().st_size
    if whole is not None and size != whole:
        raise NotFetchedError(f"is cut short: {size:,} of {whole:,} bytes arrived; run it again")
    try:
        ending = _check(part)
    except FetchError:
        forget(part)
        raise
    return part, ending


class RemoteFile(NamedTuple):
    """The size of a file in bytes, None if its server does not say, and its media type or ""."""

    size: int | None
    type: str


def ask_server(client: Client, address: str) -> RemoteFile:
    """Ask a server for the size and type of a recording. Raises FetchError."""
    with client.stream(address, {"Range": "bytes=0-0"}) as response:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        kind = kind if _TYPE.fullmatch(kind) else ""
        if response.status == 206:
            content_range = _RANGE.fullmatch(response.headers.get("content-range", ""))
            return RemoteFile(int(content_range[3]) if content_range else None, kind)
        if response.status != 200:
            raise NotFetchedError(response.describe())
        return RemoteFile(response.size, kind)


def forget(part: Path) -> None:
    """Delete an unfinished download."""
    for path in (part, part.with_suffix(".json")):
        with contextlib.suppress(OSError):
            path.unlink()


def _resume(part: Path, note: Path, address: str) -> tuple[int, dict[str, str], int | None]:
    """Return (bytes that are there, headers to ask for the rest, bytes of the whole file).

    (0, {}, None) means to begin again: without the server's validator, the two halves might not
    belong together, and a note without this computer's seal may be forged. If nothing is missing,
    an import was interrupted after the download.
    """
    try:
        noted, seal = json.loads(note.read_text(encoding="utf-8"))
        size = part.stat().st_size
        is_ours = identity.sealed(note.name, json.dumps(noted).encode(), seal)
        if is_ours and size and noted["address"] == address and noted["validator"]:
            rest = {"Range": f"bytes={size}-", "If-Range": str(noted["validator"])}
            return size, rest, noted["whole"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    forget(part)
    return 0, {}, None


def _prepare(  # noqa: PLR0913 - all that the note has to say
    response: Stream, part: Path, note: Path, address: str, done: int, limit: int
) -> int | None:
    """Empty or keep `part`, write the note, and return the bytes of the whole file."""
    if response.status == 206:
        content_range = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if not content_range or int(content_range[1]) != done:
            forget(part)
            raise NotFetchedError("sent a different part from the one requested; run it again")
        whole: int | None = int(content_range[3])
    elif response.status == 200:
        whole = response.size
        part.write_bytes(b"")
    else:
        if response.status == 416:
            forget(part)
        has_changed = response.status == 416
        raise NotFetchedError(
            "changed (HTTP 416); run it again" if has_changed else response.describe()
        )
    if whole is not None and whole > limit:
        forget(part)
        raise NotFetchedError(f"is {whole / 1e6:,.0f} MB, over the limit of {limit / 1e6:,.0f} MB")
    etag = response.headers.get("etag", "")
    validator = etag if etag and not etag.startswith("W/") else ""
    validator = validator or response.headers.get("last-modified", "")
    noted = {"address": address, "validator": validator, "whole": whole}
    seal = identity.seal(note.name, json.dumps(noted).encode())
    atomic_files.write(note, json.dumps([noted, seal]).encode())
    return whole


def _append(response: Stream, part: Path, limit: int, moved: Callable[[int], None]) -> None:
    start, received = time.monotonic(), 0
    with part.open("ab") as file:
        for chunk in response.chunks:
            file.write(chunk)
            received += len(chunk)
            moved(len(chunk))
            if file.tell() > limit:
                forget(part)
                raise NotFetchedError(f"is over the limit of {limit / 1e6:,.0f} MB")
            if is_too_slow(received, time.monotonic() - start):
                raise NotFetchedError("arrives too slowly; run it again later to carry on")


def _check(part: Path) -> str:
    """Return the usual ending of a file, if it is audio with sound. Raises NotFetchedError."""
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
            _check_frames(part, header)
        else:
            stream_copy.packets_digest(part)
    except tags.UnreadableAudioError as error:
        raise NotAudioError(str(error).partition(";")[0]) from None
    except (FfmpegError, OSError) as error:
        raise NotFetchedError(f"cannot be played ({str(error)[:80]})") from None
    return formats.ENDINGS[header.kind][0]


def _check_frames(part: Path, header: tags.Header) -> None:
    """Raise NotFetchedError if an MP3 has no frames, or fewer than its header says."""
    length = mp3_frames.find_frames(part).length
    declared = header.bitrate * header.seconds / 8 if header.sure else 0
    if length <= 0 or length < declared * 0.95 - 4_000:
        raise NotFetchedError("is cut short: it should be longer than it is")
