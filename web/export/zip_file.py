"""Packs all of a learner's data into one zip, piece by piece as it is sent; pure."""

from __future__ import annotations

import zipfile
from datetime import datetime, time
from typing import IO, TYPE_CHECKING, cast

from episodes.translations import marked
from episodes.translations import text as _
from web import dates
from web.export import formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from web.export.formats import Everything

PIECE = 64 * 1024  # bytes of the zip that are sent together, about
README = marked(
    """\
Your notes, downloaded on %(day)s.

notes.html   your notes, to read or print in any browser
notes.md     the same in Markdown
notes.csv    the same for a spreadsheet, one row for each answer
notes.json   everything, for other programs
heard.csv    your listening record, if you kept one: on this site and in your apps
apps.csv     the apps you connected
reported.csv everything they reported, as it arrived

Days and times are those of %(timezone)s.

Drafts you did not save are included and marked as drafts. If we could not open a note, it says so
and gives its number.

Anyone who has this file can read it: keep it where only you can.
A court could ask you for notes like these.
"""
)


class _Sink:
    """A file that is written to at its end, and emptied as it is sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: what sends it takes all there is."""

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts, self.size = [], 0
        return data


def zip_pieces(all_of_it: Everything, page: Iterable[str], today: date) -> Iterator[bytes]:
    """Yield one file with all of it, piece by piece; `page` is the same as HTML to print."""
    files: dict[str, Iterable[str]] = {
        "README.txt": [_(README, day=dates.day(today), timezone=all_of_it.zone)],
        "notes.html": page,
        "notes.md": formats.markdown_pieces(all_of_it.kept),
        "notes.csv": formats.csv_pieces(all_of_it.kept),
        "notes.json": formats.json_pieces(all_of_it, today),
        "heard.csv": [formats.heard_csv(all_of_it.heard)],
        "apps.csv": [formats.apps_csv(all_of_it.apps)],
        "reported.csv": formats.reported_csv(all_of_it.reported, all_of_it.zone),
    }
    moment = datetime.combine(today, time()).timetuple()[:6]
    sink = _Sink()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED) as packed:
        for name, texts in files.items():
            about = zipfile.ZipInfo(name, moment)
            about.compress_type = zipfile.ZIP_DEFLATED
            with packed.open(about, "w") as file:
                for text in _joined(texts):
                    file.write(text.encode())
                    if sink.size >= PIECE:
                        yield sink.take()
    yield sink.take()


def _joined(texts: Iterable[str]) -> Iterator[str]:
    """Yield the same text in fewer pieces: to pack a line at a time takes twice as long."""
    parts, length = [], 0
    for text in texts:
        parts.append(text)
        length += len(text)
        if length >= PIECE:
            yield "".join(parts)
            parts, length = [], 0
    yield "".join(parts)
