"""Does once what hundreds of tests need and what always comes out the same.

Nothing is replaced by something cheaper: what is kept is the result of the real code, by
everything it depends on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask
from jinja2 import BytecodeCache
from werkzeug.routing import Rule

from episodes.audio import ffmpeg, measurement
from episodes.pictures import artwork

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jinja2.bccache import Bucket

    from episodes.audio.loudness import Loudness
    from episodes.findings import Finding
    from episodes.pictures.artwork import Picture, PictureRequest


_MOST_EPISODES = 1000  # of a show of the tests


class CompiledTemplates(BytecodeCache):
    """Keeps the code of each template, by its name and a checksum of its source."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def compile_templates_once() -> None:
    """Let the applications of all tests share the code of their templates."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}


def compile_routes_once() -> None:
    """Let them share the functions that make a URL of a route; they know nothing of an app."""
    compile_builder = getattr(Rule, "_compile_builder", None)
    if compile_builder is None:  # it is private to Werkzeug, and saves time only
        return
    compiled: dict[str, Any] = {}

    def once(self: Any, append_unknown: bool = True) -> Any:
        key = repr((self.rule, self._trace, self.defaults, append_unknown))
        if key not in compiled:
            compiled[key] = compile_builder(self, append_unknown)
        return compiled[key]

    setattr(Rule, "_compile_builder", once)  # noqa: B010 - mypy does not know it


def prepare_once(cover: Path) -> None:
    """Keep the published form of the cover that every show of the tests has."""
    data, prepare = cover.read_bytes(), artwork.prepare_picture
    prepared: dict[Any, tuple[Picture | None, list[Finding]]] = {}

    def once(
        path: Path, name: str, wish: PictureRequest = artwork.COVER, *, copies: bool = True
    ) -> tuple[Picture | None, list[Finding]]:
        if not _has(path, data):
            return prepare(path, name, wish, copies=copies)
        if (name, wish, copies) not in prepared:
            prepared[name, wish, copies] = prepare(path, name, wish, copies=copies)
        picture, findings = prepared[name, wish, copies]
        return picture, list(findings)

    artwork.prepare_picture = once


def measure_once(tone: Path) -> None:
    """Keep how loud the tone is that most episodes of the tests have, by their length.

    Each of them has some zeros behind it, as `shows.add_episode` writes them.
    """
    data, measure = tone.read_bytes(), measurement.measure_loudness
    measured: dict[Any, Loudness] = {}

    def once(
        path: Path,
        channels: str,
        progress: Callable[[float], None] | None = None,
        *,
        sides: bool = False,
        track: int = 0,
    ) -> Loudness:
        more = path.stat().st_size - len(data)
        if not 0 <= more < _MOST_EPISODES or path.read_bytes() != data + bytes(more):
            return measure(path, channels, progress, sides=sides, track=track)
        key = (more, channels, sides, track, ffmpeg.program())
        if key not in measured:
            measured[key] = measure(path, channels, progress, sides=sides, track=track)
        elif progress:
            progress(measured[key].seconds)
        return measured[key]

    measurement.measure_loudness = once


def _has(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
