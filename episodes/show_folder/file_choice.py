"""Chooses the file that a key of front matter means."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from episodes.audio import formats
from episodes.rules import finding
from episodes.show_folder import file_mistakes
from episodes.show_folder.real_paths import is_endless, real_path
from episodes.show_folder.scan import every_name, signature

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from episodes.findings import Finding

TRANSCRIPTS = (".vtt", ".srt", ".txt", ".json", ".docx")
CHAPTERS = (".txt", ".json", ".xml", ".psc")
PICTURES = (".jpg", ".jpeg", ".png")
IGNORED = ("script", "notes", "readme")  # a lead's own documents, never a transcript
LISTS = ("chapters", "labels")  # chapter files, never a transcript either


def find_transcripts(folder: Path, name: str) -> list[str]:
    """Return every file in an episode's folder that could be its transcript."""
    names = [row[0] for row in signature(folder / name)]
    return [f"{name}/{each}" for each in names
            if each.lower().endswith(TRANSCRIPTS) and _meant("transcript", each)]  # fmt: skip


def _meant(key: str, name: str) -> bool:
    """Return whether a file that no key names can be meant by `key`.

    A Word document or JSON must be called a transcript: it could be anything, even a consent form.
    """
    stem, _, ending = name.lower().rpartition(".")
    if key == "chapters":
        return stem in LISTS
    if key == "transcript":
        named = "transcript" in stem or ending not in {"docx", "json"}
        return named and stem not in (*IGNORED, *LISTS)
    return key != "picture" or stem == "picture"


OUTSIDE = "points outside the show folder"


def is_inside(folder: Path, path: Path) -> bool:
    """Return whether a path stays inside the show folder; only links can leave it."""
    if not path.is_symlink():
        return True
    return not is_endless(path) and real_path(path).is_relative_to(real_path(folder))


MISTAKES = {
    "audio": file_mistakes.find_recording,
    "cover": file_mistakes.find_cover,
    "picture": file_mistakes.find_picture,
    "transcript": file_mistakes.find_transcript,
}


class Choice(NamedTuple):
    """The context for choosing the files of one Markdown file.

    root: the show folder.
    folder: that of the Markdown file, relative to it; "" for the show's own.
    path: the Markdown file.
    names: those of the files beside it.
    """

    root: Path
    folder: str
    path: str
    names: list[str]


def pick_file(
    choice: Choice,
    key: str,
    named: str | None,
    endings: tuple[str, ...],
    findings: list[Finding],
) -> str | None:
    """Return the file that a key names, or the only one it could mean."""
    if named is None:
        fitting = [n for n in choice.names if n.lower().endswith(endings) and _meant(key, n)]
        if len(fitting) > 1:
            findings.append(_unclear(choice.path, key, fitting))
        if len(fitting) != 1:
            findings += () if fitting else _mistaken(choice, key, endings)
            return None
        named = fitting[0]
    named = actual_name(choice.root, choice.folder, named)
    if wrong := why_unusable(choice.root, choice.folder, named, endings):
        findings.append(_wrong(choice, key, named, endings, wrong))
        return None
    return "/".join(part for part in (choice.folder, named) if part)


def _wrong(
    choice: Choice, key: str, named: str, endings: tuple[str, ...], wrong: tuple[str, str]
) -> Finding:
    """Return the finding about a named file, with what may have been meant."""
    rule, message = wrong
    near = _nearest(named, choice.names, endings) if rule == "file-named" else ""
    if rule in {"file-named", "file-kind"} and key in MISTAKES and is_plain(named):
        present = every_name(choice.root / choice.folder)
        names = [n for n in present if n.removeprefix(".").startswith(named)]
        if mistake := MISTAKES[key](names, endings):
            message, near = f"cannot be used: {printable(mistake.message)}", printable(mistake.fix)
    return finding(rule, choice.path, key, f'"{printable(named)}" {message}', fix=near)


def _unclear(path: str, key: str, fitting: list[str]) -> Finding:
    listed, fix = f"could be {' or '.join(fitting[:3])}", f"write which: `{key}: NAME`"
    if copies := file_mistakes.find_copies(fitting):
        fix = f"delete {copies[0]} if it is a copy, or {fix}"
    return finding("file-unclear", path, key, printable(listed), fix=printable(fix))


def _mistaken(choice: Choice, key: str, endings: tuple[str, ...]) -> Iterator[Finding]:
    """Yield the files that cannot be used, or that there is no recording or cover."""
    if key not in MISTAKES:
        return
    mistake = MISTAKES[key](every_name(choice.root / choice.folder), endings)
    if mistake:
        rule = {"audio": "audio-missing", "cover": "art-missing"}.get(key, "file-unused")
        prefix = {"audio": "there is no recording: ", "cover": "is missing: "}.get(key, "")
        message, fix = (printable(each) for each in mistake)
        yield finding(rule, choice.path, key, f"{prefix}{message}", fix=fix)


def why_no_recording(name: str) -> str:
    """Return a message: why this is not the name of a recording, and what to do."""
    mistake = file_mistakes.find_recording([name], formats.RECORDINGS)
    message, fix = mistake or (f"{name} is not a recording", f"use {', '.join(formats.RECORDINGS)}")
    return printable(f"{message}; {fix}")


def actual_name(root: Path, folder: str, named: str) -> str:
    """Return the real name of a file whose name looks the same (Unicode forms, spaces)."""
    if not is_plain(named) or os.path.lexists(root / folder / named):
        return named
    same = (
        n
        for n in every_name(root / folder)
        if file_mistakes.visible_name(n) == file_mistakes.visible_name(named)
    )
    return next(same, named)


def is_plain(named: str) -> bool:
    """Return whether this can be the name of a file in the same folder."""
    return (
        printable(named) == named
        and not re.search(r"[\\/:\x00]", named)
        and named not in {".", ".."}
    )


def _nearest(named: str, names: list[str], endings: tuple[str, ...]) -> str:
    """Return the name that was probably meant by the name of a missing file."""
    fitting = {n.lower(): n for n in names if n.lower().endswith(endings) and n != named}
    near = get_close_matches(named.lower(), fitting, 1, 0.5) or list(fitting)[:1]
    return f"did you mean {printable(fitting[near[0]])}?" if near else ""


def why_unusable(
    root: Path, folder: str, named: str, endings: tuple[str, ...]
) -> tuple[str, str] | None:
    """Return the broken rule and how it is broken; None if the file can be used."""
    if printable(named) != named:
        return "file-name", f"is a name {UNREADABLE}"
    if not is_plain(named):
        return "file-named", "must be the name of a file in the same folder, without /, \\ or :"
    file = root / folder / named
    if not os.path.lexists(file):
        return "file-named", "is not there"
    if not is_inside(root, file):
        return "file-outside", OUTSIDE
    if not file.is_file():
        return "file-kind", "is not a file"
    wrong = ("file-kind", f"must end in {', '.join(endings)}")
    if file_mistakes.visible_name(named).lower().endswith(endings):
        wrong = ("file-name", "ends with a space")
    return None if named.lower().endswith(endings) else wrong


UNREADABLE = "that this computer cannot show"


def printable(name: str) -> str:
    """Return a name that can be printed: not every name on a disk is UTF-8."""
    return name.encode("utf-8", "replace").decode()
