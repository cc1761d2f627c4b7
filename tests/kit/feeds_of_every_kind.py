"""Making one show of every kind, as hard to carry as its kind can be, and building its feed."""

from __future__ import annotations

import shutil
import unicodedata
from typing import TYPE_CHECKING

from podcast.building import pipeline
from tests.kit import full_show
from tests.kit.shows import EXAMPLE, NOW, SHOW, add_episode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Right to left, left again, combined marks, beyond the first plane, and what XML minds.
LETTERS = (
    "مرحبا بالعالم (R&D) – ﷽",
    "שיחה \u200fעם \u2067מטופל\u2069 & <מטפל>",
    "👩🏽‍⚕️🏳️‍🌈 Zażółć gęślą jaźń ]]> & <![CDATA[ &copy; &#169;",
    "नमस्ते ก็ 𝔊𝔬𝔱𝔥𝔦𝔠 𠮷野家 e\u0301\u0323",
)


def _small(folder: Path, tone: Path, cover: Path, episodes: int = 2, *changes: str) -> None:
    """Write a show with so many episodes; `changes` are lines more in show.md."""
    folder.mkdir(parents=True)
    text = SHOW.replace("\n---\n\n", "\n" + "".join(f"{line}\n" for line in changes) + "---\n\n", 1)
    (folder / "show.md").write_text(text, encoding="utf-8")
    shutil.copy(cover, folder / "cover.jpg")
    for number in range(1, episodes + 1):
        day = f"date: 2025-{(number - 1) // 28 % 12 + 1:02}-{(number - 1) % 28 + 1:02} 07:00"
        sign = chr(64 + number)
        if unicodedata.category(sign) != "Cc":
            add_episode(folder, number, tone, date=day)
            continue
        title = f"title: Talk {number}"  # front matter refuses what nobody sees; notes carry it
        page = add_episode(folder, number, tone, date=day, title=title) / "episode.md"
        found = page.read_text(encoding="utf-8")
        page.write_text(found.replace("Some *notes*.", f"Some{sign} *notes*."), encoding="utf-8")


def _unlisted(folder: Path, tone: Path, cover: Path) -> None:
    _small(folder, tone, cover, 2, "unlisted: true")


def _over(folder: Path, tone: Path, cover: Path) -> None:
    category = "categories: [Religion & Spirituality > Religion]"
    _small(folder, tone, cover, 2, "complete: true", category)


def _empty(folder: Path, tone: Path, cover: Path) -> None:
    _small(folder, tone, cover, 0)


def _many(folder: Path, tone: Path, cover: Path) -> None:
    _small(folder, tone, cover, 300, "recordings: {finished: true}")


def _letters(folder: Path, tone: Path, cover: Path) -> None:
    _small(folder, tone, cover, 0)
    for number, title in enumerate(LETTERS, 1):
        page = add_episode(folder, number, tone) / "episode.md"
        found = page.read_text(encoding="utf-8")
        found = found.replace(f"Talk {chr(64 + number)}", f">-\n  {title}")
        found = found.replace(f"What the {number}. talk gives.", f">-\n  {title}")
        notes = f"{title} `{title}`\n\n- [{title}](https://example.net/?a&b)"
        found = found.replace("Some *notes*.", notes)
        page.write_text(found, encoding="utf-8")
    path = folder / "show.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Night shift", f">-\n  {LETTERS[0]}"), encoding="utf-8")


def _example(folder: Path, _tone: Path, _cover: Path) -> None:
    shutil.copytree(EXAMPLE, folder)


KINDS: dict[str, Callable[[Path, Path, Path], None]] = {
    "everything": full_show.write,
    "unlisted": _unlisted,
    "letters": _letters,
    "over": _over,
    "empty": _empty,
    "many": _many,
    "example": _example,
}


def build(name: str, folder: Path, tone: Path, cover: Path) -> bytes:
    """Make the show of a kind, build it, and return its feed."""
    KINDS[name](folder, tone, cover)
    built = pipeline.build(folder, now=NOW)
    return (built.out / "feed.xml").read_bytes()
