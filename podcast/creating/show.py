"""Creates shows: a folder with `show.md`, a cover and a `.gitignore`."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.errors import EarmarkError
from episodes.frontmatter.write import quoted
from episodes.pictures import artwork
from episodes.show_folder.real_paths import real_path
from episodes.text import random_text
from feed.checks import directories
from podcast import atomic_files
from podcast.cache.store import FOLDER
from podcast.creating import stubs
from podcast.show_folder import show_address, show_guid

if TYPE_CHECKING:
    from pathlib import Path

RANDOM = 28  # characters in the path of an unlisted show: 130 bits

UNLISTED = """\
This show is unlisted. What that means:
  Anyone who has the address can listen, and can pass it on. It is not a password.
  Nobody finds it by searching: directories and search engines are asked to leave it out, and the
  address cannot be guessed.
  The web host knows the address, and so does anyone who sees it on a shared computer or in its
  history.
  Never change it: you would have to move every subscriber.
"""

DRAWN = """\
A cover was drawn. Replace it with your own cover.jpg: square, 1400 to 3000 pixels, or any photo
with `cover_crop: centre` in show.md.
"""


def new_show(
    folder: Path, title: str | None, address: str | None, *, unlisted: bool = False
) -> list[str]:
    """Make a show folder, and return what to print. Raises EarmarkError if it has a show already.

    An unlisted show gets a random path below the given address.
    """
    if (folder / "show.md").exists():
        raise EarmarkError(_exists(folder))
    if unlisted and not address:
        raise EarmarkError("an unlisted show needs its web host; add `--address https://HOST/`")
    title = title or real_path(folder).name.replace("-", " ").replace("_", " ").capitalize()
    address_lines = "# The web address of the show:\n# address: https://example.org/talks/"
    if address:
        url = show_address.parse_address(address) + (random_path() if unlisted else "")
        address_lines = f"address: {url}\nguid: {show_guid.guid_of_show(url)}"
    (folder / "episodes").mkdir(parents=True, exist_ok=True)
    owner = "unlisted: true" if unlisted else stubs.OWNER
    text = stubs.SHOW.format(
        title=quoted(title), address=address_lines, owner=owner, author=directories.UNSAID
    )
    is_drawn = _add_other_files(folder, title)
    try:  # last: after an interruption, the same command makes the rest
        atomic_files.write_new(folder / "show.md", text.encode())
    except FileExistsError:
        raise EarmarkError(_exists(folder)) from None
    typed = atomic_files.typed(folder)
    return [
        f"Made {folder / 'show.md'}: open it in a plain-text editor and fill it in.",
        *(DRAWN.splitlines() if is_drawn else ()),
        *(UNLISTED.splitlines() if unlisted else ()),
        f'Next: earmark new episode "Its title" --show {typed} --audio YOUR-FILE',
        "Instead of YOUR-FILE, type the name of your recording, or drag the file into this window.",
    ]


def _add_other_files(folder: Path, title: str) -> bool:
    """Add the missing files beside `show.md`; return whether a cover was drawn."""
    cover, ignored = folder / "cover.jpg", folder / ".gitignore"
    if is_drawn := not cover.exists():
        with atomic_files.beside(cover) as part:
            artwork.draw_cover(title, part)
            part.replace(cover)
    if not ignored.exists():
        atomic_files.write(ignored, f"{FOLDER}/\n{site_layout.PUBLIC}/\n".encode())
    return is_drawn


def _exists(folder: Path) -> str:
    return f"{folder / 'show.md'} is there already; choose another folder"


def random_path() -> str:
    """Return a last part of a web address that nobody can guess, ending in /."""
    return random_text.draw(RANDOM, secrets.choice).lower() + "/"
