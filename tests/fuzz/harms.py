"""What every harm uses: files put in the place of others, and text that is no longer right."""

from __future__ import annotations

import contextlib
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.fuzz import hostile_values
from tests.kit.seeds import Seeds

ONE, TWO = "episodes/01-talk", "episodes/02-talk"
MD, SHOW_MD, MP3, LOCK = f"{ONE}/episode.md", "show.md", f"{ONE}/recording.mp3", "earmark.lock"
Chance = random.Random
Harm = Callable[[Path, Chance, Seeds], None]


def read(show: Path, name: str) -> bytes:
    """Return a file of the show; nothing where an earlier harm took it away."""
    path = show / name
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""


def put(show: Path, name: str, data: bytes) -> None:
    """Write a file in place of what is there: the good show has links to the same files."""
    path = show / name
    if clear(path.parent):
        remove(path)
        path.write_bytes(data)


def clear(folder: Path) -> bool:
    """Make a folder where there is none; False where an earlier harm put something else there."""
    if any(each.is_symlink() for each in (folder, folder.parent, folder.parent.parent)):
        return False
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder.is_dir()


def remove(path: Path) -> None:
    """Take away whatever is there."""
    if not clear(path.parent):
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def text_harmed(data: bytes, chance: Chance) -> bytes:
    """Harm text with what means something to YAML, Markdown or a caption, or byte by byte."""
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        data = chance.choice(TEXTS)(data, chance)
    return data


def _value(data: bytes, chance: Chance) -> bytes:
    """Give some key another value."""
    keys = list(re.finditer(rb"[\w\"]{1,40}: ?", data))
    if not keys:
        return hostile_values.garbled(data, chance)
    key = chance.choice(keys)
    ends = [at for at in (data.find(end, key.end()) for end in (b"\n", b",", b"}")) if at > 0]
    end = min(ends, default=len(data)) if chance.random() < 0.8 else data.find(b"\n", key.end())
    return data[: key.end()] + hostile_values.value(chance) + data[end:]


def _line(data: bytes, chance: Chance) -> bytes:
    """Repeat, drop, move, indent or put in a line."""
    lines = data.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            lines[at:at] = [lines[other]] * chance.choice([1, 1, 1, 300])
        case 1:
            del lines[at]
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = b" " * chance.randrange(5) + lines[at].lstrip()
        case _:
            lines[at:at] = chance.choice(hostile_values.LINES).split(b"\n")
    return b"\n".join(lines)


def _encoded(data: bytes, chance: Chance) -> bytes:
    """Write the text down in another way."""
    text = data.decode("utf-8", "replace")
    how = chance.choice(["utf-16", "utf-8-sig", "latin-1", "utf-32", "cp1252", "utf-7", "crlf"])
    if how == "crlf":
        return data.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\r", b"\xe2\x80\xa8"]))
    return text.encode(how, "replace")


TEXTS = [
    _value,
    _value,
    _value,
    _value,
    _line,
    _line,
    hostile_values.garbled,
    hostile_values.garbled,
    _encoded,
]


def timed(data: bytes, chance: Chance) -> bytes:
    """Change one of the numbers or words."""
    found = list(re.finditer(rb"[\d:.,]+|\"[^\"]*\"|\w+", data))
    if not found:
        return data
    at = chance.choice(found)
    new = (
        chance.choice(hostile_values.TIMES)
        if chance.random() < 0.6
        else hostile_values.text(chance)
    )
    return data[: at.start()] + new + data[at.end() :]
