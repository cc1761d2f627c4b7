"""What was withdrawn is nothing to mend, as long as nobody can hear it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from podcast.building import pipeline
from podcast.doctor import resources
from tests.kit import shows
from tests.kit.doctor_site import SHOW, Site, look, run, served


@pytest.fixture
def taken(public: Path, tmp_path: Path) -> Iterator[tuple[Site, Path]]:
    """A show of which the first episode was withdrawn, and its recording."""
    show = tmp_path / "show"
    shutil.copytree(public.parent, show)
    (recording,) = (show / "public" / "media").glob("01-talk-*")
    data = recording.read_bytes()
    page = show / "episodes" / "01-talk" / "episode.md"
    text = page.read_text("utf-8").replace("number: 1", "number: 1\nwithdrawn: 2026-11-01")
    page.write_text(text, "utf-8")
    out = pipeline.build(show, now=shows.NOW).out
    assert not (out / "media" / recording.name).exists()
    (tmp_path / recording.name).write_bytes(data)
    there = Site(out, "https://example.org/")
    with served(there) as there.address:
        yield there, tmp_path / recording.name


def test_what_was_withdrawn_is_nothing_to_mend(taken: tuple[Site, Path]) -> None:
    assert look(taken[0].address, links=False) == []


def test_what_was_withdrawn_and_can_be_heard_all_the_same_is_found(
    taken: tuple[Site, Path], tmp_path: Path
) -> None:
    site, recording = taken
    shutil.copy(recording, tmp_path / "show" / "public" / "media")
    assert look(site.address, links=False) == [(f"media/{recording.name}", "error", "withdrawn")]
    assert 'can still be heard, but "Talk A" was withdrawn' in run(site.address).stderr


def test_a_page_for_whatever_is_missing_is_no_recording(taken: tuple[Site, Path]) -> None:
    def page(_request: Request, response: Response) -> None:
        if response.status_code == 404:
            response.status_code, response.mimetype = 200, "text/html"

    taken[0].fault = page
    assert look(taken[0].address, links=False) == []


@pytest.mark.parametrize(
    "said", [b"", b"[]", b'{"withdrawn": 1}', b'{"withdrawn": [{"title": "T", "media": null}]}',
             b'{"withdrawn": [{"title": "T", "media": {"former": ["https://x.example/a.mp3"]}}]}'],
)  # fmt: skip
def test_no_catalogue_leads_the_doctor_elsewhere(said: bytes) -> None:
    assert resources.withdrawn_recordings(said, SHOW) == []
