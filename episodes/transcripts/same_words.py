"""Proves that a written transcript has every word of its source, in the same order.

It reads back the written files, and shares no code with what writes them.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from episodes.transcripts.cues import Transcript

_VOICE = re.compile(r"<v ([^<>]*)>")
_TAG = re.compile(r"<[^<>]*>")


def prove_same_words(transcript: Transcript, written: Mapping[str, str]) -> None:
    """Raise EarmarkError unless each text, by its ending, has the same words in order."""
    every, changing = _cue_words(transcript, each=True), _cue_words(transcript, each=False)
    for ending, text in written.items():
        if _READ[ending](text) != (changing if ending == "srt" else every):
            raise _fault(ending.upper())


def prove_page(transcript: Transcript, page: str, name: str, begins: str = "<main") -> None:
    """Raise EarmarkError unless a page contains the words of all cues in order.

    The transcript comes after `begins`.
    """
    words = " ".join(html.unescape(_TAG.sub("", page.partition(begins)[2])).split())
    at = 0
    for cue in transcript.cues:
        text = " ".join(cue.text.split())
        at = words.find(text, at) + len(text)
        if at < len(text):
            raise _fault(name)


def _cue_words(transcript: Transcript, *, each: bool) -> list[str]:
    """Return all words with the name of each cue, or only where it changes."""
    texts: list[str] = []
    before = ""
    for cue in transcript.cues:
        if cue.speaker and (each or cue.speaker != before):
            texts.append(cue.speaker if each else f"{cue.speaker}:")
        before = cue.speaker
        texts.append(cue.text)
    return "\n".join(texts).split()


def _vtt(text: str) -> list[str]:
    blocks = text.removesuffix("\n").split("\n\n")[1:]
    spoken = "\n".join(block.partition("\n")[2] for block in blocks)
    return html.unescape(_VOICE.sub(r"\1 ", spoken)).split()


def _srt(text: str) -> list[str]:
    blocks = text.removesuffix("\n").split("\n\n")
    return "\n".join(_third(block.split("\n", 2)) for block in blocks).split()


def _third(lines: list[str]) -> str:
    return lines[2] if len(lines) > 2 else ""


def _json(text: str) -> list[str]:
    rows = json.loads(text)["segments"]
    return "\n".join(part for row in rows for part in (row.get("speaker", ""), row["body"])).split()


_READ: dict[str, Callable[[str], list[str]]] = {"vtt": _vtt, "srt": _srt, "json": _json}


def _fault(form: str) -> EarmarkError:
    return EarmarkError(
        f"the {form} transcript would not have the same words as your file, so it was not written; "
        "this is a fault in Earmark: please report it"
    )
