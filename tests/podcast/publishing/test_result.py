"""What a publish says: what goes first, alike lines counted, and whether audio changes."""

from __future__ import annotations

import json

import pytest

from podcast.publishing import subscriber_changes
from podcast.terminal import publish_result


def catalogue(**files: str) -> bytes:
    rows = [{"guid": guid, "media": {"file": file} if file else None}
            for guid, file in files.items()]  # fmt: skip
    return json.dumps({"episodes": rows}).encode()


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (None, catalogue(a="1.mp3"), False),
        (catalogue(a="1.mp3"), catalogue(a="1.mp3", b="2.mp3"), False),
        (catalogue(a="1.mp3"), catalogue(a="2.mp3"), True),
        (catalogue(a="1.mp3", b="2.mp3"), catalogue(a="1.mp3"), True),
        (catalogue(a="1.mp3"), catalogue(a=""), True),
        (b'{"episodes": [1]}', catalogue(a="1.mp3"), True),
        (b"{", catalogue(a="1.mp3"), False),
    ],
)
def test_audio_changes_where_a_public_file_gets_another_name_or_none(
    before: bytes | None, after: bytes, changes: bool
) -> None:
    assert subscriber_changes.audio_changes(before, after) is changes


def test_what_goes_is_first_and_alike_lines_are_counted() -> None:
    def document(numbers: range, title: str) -> bytes:
        rows = [
            {"guid": str(each), "title": f"{title} {each}", "published": ""} for each in numbers
        ]
        return json.dumps({"episodes": rows}).encode()

    said = subscriber_changes.compare_catalogues(
        document(range(60), "Talk"), document(range(1, 60), "Session")
    )
    assert said[0] == "Removed from the feed: Talk 0; apps that have it keep it"
    rows = publish_result.shorten_notices(said)
    assert len(rows) == 1 + publish_result.ALIKE + 1
    assert rows[-1] == f"New title: {59 - publish_result.ALIKE} more"
    assert publish_result.shorten_notices(said[:7]) == said[:7]
