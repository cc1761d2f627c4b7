"""`earmark review` prints what is due, and writes it as a page, a calendar and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import icalendar
import pytest
from click.testing import CliRunner, Result

from podcast.cli import main
from tests.kit.broken_shows import MD, MD2, SHOW, both, edit, line
from tests.podcast.test_link_check import server

TODAY = date.today()  # noqa: DTZ011 - as the command
SOON = TODAY + timedelta(days=300)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["review", *map(str, words)])


@pytest.fixture
def made(make_show: Callable[..., Path]) -> Path:
    """A show in which nothing is due for a while, whenever the tests happen."""
    made = make_show(2)
    line(MD, "review_due", f"review_due: {SOON}")(made)
    line(MD2, "review_due", f"review_due: {SOON}")(made)
    edit(SHOW, "2026-10-01", f"{TODAY}")(made)
    return made


def test_a_show_that_is_looked_after_has_nothing_overdue(made: Path) -> None:
    done = run(made, "--offline")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Nothing is overdue. After that 3 more, the first on ")
    assert not (made / ".earmark").exists()


def test_what_is_overdue_is_told_with_its_line_and_ends_in_1(made: Path) -> None:
    both(line(MD, "review_due", "review_due: 2026-01-01"),
         edit(SHOW, "    checked_on: ", "    # checked_on: "))(made)  # fmt: skip
    done = run(made, "--offline")
    assert done.exit_code == 1
    assert "  Ring or open each one, then write `checked_on:` with the day.\n" in done.output
    assert "    show.md:15: Samaritans (116 123) was never checked" in done.output
    assert "    episodes/01-talk/episode.md:15: the facts of “Talk A” were to be" in done.output
    assert done.output.endswith("2 overdue. After that 1 more, the first on "
                                f"{SOON}.\n")  # fmt: skip


def test_links_are_asked_and_only_the_dead_are_overdue(made: Path) -> None:
    with server() as site:
        block = f'references:\n  - {{title: A, year: 2024, kind: research, link: "{site}status/'
        for status, code in (("200", 0), ("500", 0), ("404", 1)):
            text = (made / MD).read_text(encoding="utf-8")
            start = re.sub(r"references:\n.*\n", f'{block}{status}"}}\n', text, count=1)
            (made / MD).write_text(start, encoding="utf-8")
            done = run(made, "--intranet")
            assert done.exit_code == code, done.output
            assert ("status/" in done.output) is (status != "200")
        assert "episodes/01-talk/episode.md:12: http://127.0.0.1" in done.output
        assert "no longer works: its server answers 404" in done.output
        done = run(made)  # never into one's own network, unless told so
        assert "in your own network" in done.output
        assert done.exit_code == 0
        assert json.loads(run(made, "--intranet", "--json").stdout)["links"] == 1


def test_a_link_in_notes_is_told_with_its_line(made: Path) -> None:
    with server() as site:
        edit(MD, "Some *notes*.", f"Some [notes]({site}status/410).")(made)
        done = run(made, "--intranet")
    assert "episodes/01-talk/episode.md:18: http://" in done.output


def test_without_a_network_no_link_is_blamed(made: Path) -> None:
    edit(MD, "Some *notes*.", "Some [notes](http://127.0.0.1:1/).")(made)
    done = run(made, "--intranet")
    assert done.exit_code == 0
    assert "Is this computer online?" in done.output
    assert "127.0.0.1" not in done.output


def test_a_page_a_calendar_and_json_are_written_where_they_are_asked_for(
    made: Path, tmp_path: Path
) -> None:
    page, ics = tmp_path / "due.html", tmp_path / "due.ics"
    done = run(made, "--offline", "--page", page, "--ics", ics, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["due"][0]["places"][0]["line"] > 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert len(icalendar.Calendar.from_ical(ics.read_bytes()).walk("VEVENT")) == 3


def test_an_episode_that_cannot_be_read_is_named_and_the_rest_is_reviewed(made: Path) -> None:
    (made / MD).write_text("---\n", encoding="utf-8")
    done = run(made, "--offline")
    assert done.exit_code == 0
    assert "Left out, because it cannot be read:\nepisodes/01-talk/episode.md:1:" in done.output
    assert "After that 2 more" in done.output


@pytest.mark.parametrize("words", [["nowhere"], [".", "--page", "no/such/place.html"]])
def test_what_cannot_be_done_is_one_sentence(
    made: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(made)
    done = run("--offline", *words)
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert isinstance(done.exception, SystemExit)
    assert ".part" not in done.output
