"""A companion of an earlier version is upgraded, and its notes open with the old phrase."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from tests.kit import earlier_version
from tests.kit.companion import cast
from tests.kit.companion.cast import Clock
from tests.kit.earlier_version import run
from web import settings

pytestmark = pytest.mark.slow


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    return earlier_version.unpack(tmp_path)


def check_notes(companion: Path, show: Path) -> None:
    """Sign in with the old phrase, read both notes, and write another."""
    house = cast.house(settings.read(companion, str(show / "public")), clock=Clock())
    try:
        learner = house.nobody()
        assert learner.sign_in(earlier_version.PHRASE).status == 303
        listed = learner.get("/notes")
        for title, words in earlier_version.NOTES.items():
            assert title in listed.text
            assert words in html.unescape(listed.text)
        assert learner.get("/listen/guid-1").status == 200
        assert learner.get("/reflect/guid-2").status == 200
        learner.sign_out()
        assert house.nobody().sign_in("cod sardine wrongdoer sliding lilac").status == 401
    finally:
        house.close()


def test_an_old_companion_is_upgraded_and_the_old_phrase_opens_every_note(earlier: Path) -> None:
    assert "0008_spent_forms" in run("web", "upgrade", earlier / "companion")
    check_notes(earlier / "companion", earlier / "show")


def test_an_old_backup_is_restored_and_the_old_phrase_opens_every_note(earlier: Path) -> None:
    (earlier / "companion" / "companion.db").unlink()
    for path in (earlier / "companion").glob("companion.db-*"):
        path.unlink()
    run("web", "upgrade", earlier / "companion")
    run("web", "restore", earlier / "companion.backup", earlier / "companion")
    check_notes(earlier / "companion", earlier / "show")
