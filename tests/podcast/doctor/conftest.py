"""What the tests of the doctor share: a small show that is right, and other sites."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Response

from podcast.building import pipeline
from tests.kit import shows
from tests.kit.doctor_site import MORE, REFERENCES, Site, served

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[str]:
    """Other sites: /404 answers 404, /head-403 refuses HEAD only, all else is fine."""

    def app(environ: WSGIEnvironment, start: StartResponse) -> object:
        found = re.fullmatch(r"/(head-)?(\d\d\d)", environ["PATH_INFO"])
        get_only = bool(found and found[1] and environ["REQUEST_METHOD"] == "GET")
        status = int(found[2]) if found and not get_only else 200
        return Response("a page", status)(environ, start)

    with served(app) as address:
        yield address


@pytest.fixture(scope="session")
def public(
    tmp_path_factory: pytest.TempPathFactory, tone: Path, cover: Path, elsewhere: str
) -> Path:
    """A small show, built: right in every way."""
    show = tmp_path_factory.mktemp("doctor") / "show"
    show.mkdir()
    (show / "show.md").write_text(shows.SHOW, encoding="utf-8")
    shutil.copy(cover, show / "cover.jpg")
    for number in (1, 2):
        rests = REFERENCES.format(elsewhere)
        shows.add_episode(show, number, tone, content_note=MORE, references=rests)
    return pipeline.build(show, now=shows.NOW).out


@pytest.fixture(scope="session")
def serving(public: Path, elsewhere: str) -> Iterator[Site]:
    site = Site(public, elsewhere)
    with served(site) as site.address:
        yield site


@pytest.fixture
def site(serving: Site) -> Iterator[Site]:
    yield serving
    serving.fault = serving.before = None
