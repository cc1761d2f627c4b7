"""A publish on a terminal: the plan first, then a question where audio changes or goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from podcast.cli import main
from tests.kit.computers.real_terminal import Terminal
from tests.kit.published_shows import edit, public, publish, whole
from tests.kit.shows import sound

pytestmark = pytest.mark.slow
ASKED = "Publish? [Y/n]"
ELSEWHERE = """  # Ctrl-C comes to another thread: noted, and it does not wake the wait
import threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def changed_audio(show: Path, site: Path) -> dict[str, bytes]:
    """Publish, then put another recording into the show; return what is public."""
    publish(show, site)
    sound(show / "episodes" / "01-talk" / "recording.mp3", 4, volume=0.05)
    return public(site)


def test_a_first_publish_shows_the_plan_and_does_not_ask(show: Path, site: Path) -> None:
    seen = Terminal("publish", show, "--to", site).end()
    assert seen.code == 0, seen.text
    assert ASKED not in seen.text
    assert seen.text.index("Publishing to") < seen.text.index("Published to")
    assert seen.text.count("New episode: Talk A") == 1
    assert whole(site) == ["Talk B", "Talk A"]


@pytest.mark.parametrize(("keys", "done"), [("\n", True), ("y\n", True), ("n\n", False)])
def test_audio_that_changes_is_asked_about(show: Path, site: Path, keys: str, done: bool) -> None:
    before = changed_audio(show, site)
    terminal = Terminal("publish", show, "--to", site)
    plan = terminal.until(ASKED)
    assert "New audio: Talk A" in plan
    assert public(site) == before
    terminal.type(keys)
    seen = terminal.end()
    assert seen.code == 0, seen.text
    assert (public(site) != before) is done
    assert ("Published to" if done else "Nothing was published.") in seen.text


@pytest.mark.parametrize("keys", ["\x03", "\x04"])
def test_ctrl_c_at_the_question_does_nothing_and_leaves_no_lock(
    show: Path, site: Path, keys: str
) -> None:
    before = changed_audio(show, site)
    terminal = Terminal("publish", show, "--to", site)
    terminal.until(ASKED)
    records = sorted(path.name for path in site.rglob("*"))
    terminal.type(keys)
    seen = terminal.end()
    assert seen.code == 130, seen.text
    assert "Traceback" not in seen.text
    assert public(site) == before
    assert sorted(path.name for path in site.rglob("*")) == records
    assert CliRunner().invoke(main, ["publish", str(show), "--to", str(site)]).exit_code == 0


def test_ctrl_c_ends_the_question_though_it_does_not_wake_the_wait(show: Path, site: Path) -> None:
    """As where it comes between the question and the wait, which hung one time in 25."""
    before = changed_audio(show, site)
    terminal = Terminal("publish", show, "--to", site, first=ELSEWHERE)
    terminal.until(ASKED)
    terminal.type("\x03")
    seen = terminal.end()
    assert (seen.code, public(site)) == (130, before), seen.text


@pytest.mark.parametrize("keys", ["what\nn\n", b"\xff\nNO\n", "n\x04\n", " n \n"])
def test_only_an_answer_answers(show: Path, site: Path, keys: str | bytes) -> None:
    before = changed_audio(show, site)
    terminal = Terminal("publish", show, "--to", site)
    terminal.until(ASKED)
    terminal.type(keys)
    seen = terminal.end()
    assert (seen.code, public(site)) == (0, before), seen.text
    assert "Nothing was published." in seen.text


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("publish", "--to"), 0, "Nothing to publish"),
        (("build", "--out"), 1, "changed before you answered"),
    ],
)
def test_nothing_is_locked_while_a_person_thinks(
    show: Path, site: Path, words: tuple[str, str], code: int, said: str
) -> None:
    changed_audio(show, site)
    terminal = Terminal("publish", show, "--to", site)
    terminal.until(ASKED)
    edit(show, 2, "title: Talk B", "title: Talk Z")
    place = site if code == 0 else show / "public"
    other = CliRunner().invoke(main, [words[0], str(show), words[1], str(place)])
    assert other.exit_code == 0, other.output
    terminal.type("y\n")
    seen = terminal.end()
    assert (seen.code, said in " ".join(seen.text.split())) == (code, True), seen.text


def test_yes_does_not_ask(show: Path, site: Path) -> None:
    before = changed_audio(show, site)
    seen = Terminal("publish", show, "--to", site, "--yes").end()
    assert seen.code == 0, seen.text
    assert ASKED not in seen.text
    assert public(site) != before


def test_what_is_withdrawn_is_asked_about_and_words_are_not(show: Path, site: Path) -> None:
    publish(show, site)
    edit(show, 1, "title: Talk A", "title: Talk A, again\nslug: 01-talk")
    edit(show, 2, "number: 2", "number: 2\nwithdrawn: 2026-11-01")
    terminal = Terminal("publish", show, "--to", site)
    terminal.until(ASKED)
    terminal.type("y\n")
    assert terminal.end().code == 0
    (show / "show.md").write_text(
        (show / "show.md").read_text("utf-8").replace("For people who", "For anyone who"), "utf-8"
    )
    seen = Terminal("publish", show, "--to", site).end()
    assert (seen.code, ASKED in seen.text) == (0, False)


def test_without_a_terminal_it_acts_at_once(show: Path, site: Path) -> None:
    before = changed_audio(show, site)
    assert CliRunner().invoke(main, ["publish", str(show), "--to", str(site)]).exit_code == 0
    assert public(site) != before
