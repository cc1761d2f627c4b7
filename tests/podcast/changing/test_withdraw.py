"""Tests `earmark withdraw`: what it asks, what it writes and what it leaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from podcast.building import pipeline
from podcast.cli import main
from podcast.show_folder import lockfile
from tests.kit.shows import add_episode
from tests.kit.withdrawn_shows import GUEST, PAGE, add, build, credited, files_of, take_back

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    return credited(make_show(3))


def run(*words: object, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(each) for each in words], input=answer)


def test_it_asks_first_and_says_what_will_be_noticed(show: Path) -> None:
    before = files_of(show / "episodes")
    done = run("withdraw", "02-talk", "--show", show)
    assert done.exit_code == 1
    assert 'Withdraw this episode of "Night shift":\n  Talk B (episodes/02-talk)' in done.output
    assert "from the feed" in done.output
    assert "nobody can undo that" in done.output
    assert "not why, and where to find support" in done.output
    assert "add --yes to carry on" in done.output
    assert files_of(show / "episodes") == before


def test_it_writes_one_line_and_says_what_is_left_to_do(show: Path) -> None:
    build(show)
    before = (show / "episodes" / "02-talk" / "episode.md").read_text("utf-8")
    done = run("withdraw", "02-talk", "--show", show, "--reason", 'She said:  "no"', "--yes")
    assert done.exit_code == 0, done.output
    after = (show / "episodes" / "02-talk" / "episode.md").read_text("utf-8")
    (line,) = set(after.splitlines()) - set(before.splitlines())
    assert line.startswith("withdrawn: {on: 20")
    assert line.endswith('reason: "She said: \\"no\\""}')
    assert after.replace(f"{line}\n", "") == before
    assert "Keep episode.md and earmark.lock" in done.output
    assert "If you upload another way, delete these files there:" in done.output
    (audio,) = [each for each in done.output.split() if each.startswith("media/")]
    assert audio == lockfile.read(show).episodes["guid-2"].file
    assert len([each for each in done.output.split() if each.startswith("transcripts/02")]) == 4
    assert pipeline.build(show).episodes == 2


def test_what_earlier_builds_left_is_named_by_its_beginning_for_every_name_it_had(
    show: Path,
) -> None:
    path = show / "episodes" / "02-talk"
    add(show, 3, "slug: 02-talk-two-weeks-on")
    build(show)
    path.rename(path.with_name("05-talk"))
    build(show)
    done = run("withdraw", "05-talk", "--show", show, "--yes")
    rest = done.output.partition("Also delete what earlier builds left there under other names:\n")[
        2
    ]
    begins = "  in media, transcripts, chapters and art: files that begin with"
    assert rest.splitlines() == [
        "  episodes/02-talk.html",
        f"{begins} 05-talk-",
        f"{begins} 02-talk-, but not 02-talk-two-weeks-on- (another episode)",
    ]


@pytest.mark.parametrize("reason", ["A \x01 sign", "A \udcff sign", " "])
def test_a_reason_that_no_page_can_carry_changes_nothing(show: Path, reason: str) -> None:
    before = files_of(show / "episodes")
    done = run("withdraw", "02-talk", "--show", show, "--reason", reason, "--yes")
    assert done.exit_code == 1
    assert "--reason" in done.output
    assert files_of(show / "episodes") == before


def test_what_was_withdrawn_already_is_left_as_it_is(show: Path) -> None:
    take_back(show, said="2026-10-30")
    done = run("withdraw", "02-talk", "--show", show, "--yes")
    assert done.exit_code == 0
    assert done.output == (
        "episodes/02-talk was withdrawn on 2026-10-30 already; nothing changes.\n"
        "Nothing was changed.\n"
    )


def test_every_episode_that_credits_somebody_is_withdrawn(show: Path) -> None:
    add(show, 3, GUEST.strip().replace("Alíce  Sample", "alíce sample"))
    done = run("withdraw", "--contributor", "ALÍCE Sample ", "--show", show, "--yes")
    assert done.exit_code == 0, done.output
    assert "Withdraw these 2 episodes" in done.output
    texts = [path.read_text("utf-8") for path in sorted(show.glob("episodes/*/episode.md"))]
    assert ["withdrawn:" in text for text in texts] == [False, True, True]
    assert "reason" not in "".join(texts)


def test_the_shows_own_list_counts_where_an_episode_has_none(show: Path) -> None:
    done = run("withdraw", "--contributor", "example team", "--show", show, "--yes")
    assert "Talk A (episodes/01-talk)\n  Talk C (episodes/03-talk)" in done.output
    assert "02-talk" not in done.output
    assert "They are also named in show.md; check whether that can stay." in done.output


def test_who_is_still_named_is_said(show: Path) -> None:
    path = show / "episodes" / "02-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("Talk B", "Alíce Sample speaks"), "utf-8")
    add(show, 2, "slug: alice-sample-speaks")
    other = show / "episodes" / "03-talk" / "transcript.vtt"
    other.write_text(other.read_text("utf-8").replace("Hello", "As Alíce Sample told us"), "utf-8")
    said = run("withdraw", "--contributor", "Alíce Sample", "--show", show, "--yes").output
    assert "episodes/02-talk: its title names them" in said
    assert "episodes/02-talk: its web address names them" in said
    assert "also named in episodes/03-talk/transcript.vtt" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [(("02-talk", "--contributor", "X"), "name what to withdraw"),
     ((), "name what to withdraw"),
     (("nobody",), 'no episode is called "nobody"'),
     (("--contributor", "Alice Sample"), 'did you mean "Alíce  Sample"?'),
     (("--contributor", "sample"), 'did you mean "Alíce  Sample"?'),
     (("--contributor", "Zz"), 'the show credits "Alíce  Sample", "Example team"'),
     (("02-talk", "--reason", " "), "--reason is empty"),
     (("02-talk", "--reason", "a\x07"), "--reason: contains a control character")],
)  # fmt: skip
def test_what_is_not_clear_changes_nothing(show: Path, words: tuple[str, ...], said: str) -> None:
    before = files_of(show / "episodes")
    done = run("withdraw", *words, "--show", show, "--yes")
    assert done.exit_code == 1
    assert said in done.output, done.output
    assert files_of(show / "episodes") == before


def test_an_episode_that_cannot_be_read_may_be_theirs(show: Path) -> None:
    (show / "episodes" / "03-talk" / "episode.md").write_text("---\ntitle: [\n---\n", "utf-8")
    done = run("withdraw", "--contributor", "Alíce Sample", "--show", show, "--yes")
    assert done.exit_code == 1
    assert "episodes/03-talk/episode.md" in done.output
    assert "withdrawn" not in (show / "episodes" / "02-talk" / "episode.md").read_text("utf-8")
    assert run("withdraw", "02-talk", "--show", show, "--yes").exit_code == 0
    broken = run("withdraw", "03-talk", "--show", show, "--yes")
    assert (broken.exit_code, "03-talk/episode.md" in broken.output) == (1, True)


def test_what_never_was_out_is_never_missed(show: Path, tone: Path) -> None:
    add_episode(show, 4, tone, date="date: 2099-01-01")
    done = run("withdraw", "04-talk", "--show", show, "--yes")
    assert "Talk D was scheduled and will never be published." in done.output
    assert "from the feed" not in done.output


def test_who_has_a_private_space_is_told_that_it_is_still_theirs(show: Path) -> None:
    path = show / "show.md"
    text = path.read_text("utf-8")
    there = "companion: https://notes.example.org/\nauthor:"
    path.write_text(text.replace("author:", there), "utf-8")
    take_back(show)
    assert b'<a href="https://notes.example.org/"' in files_of(build(show).out)[PAGE]
    said = run("withdraw", "01-talk", "--show", show).output
    assert "Learners keep what they wrote about it, and their listening records." in said


def test_who_speaks_without_a_credit_is_said_before_the_question(show: Path) -> None:
    other = show / "episodes" / "03-talk" / "transcript.vtt"
    other.write_text(re.sub(r"<v [^>]*>", "<v Sample>", other.read_text("utf-8")), "utf-8")
    said = run("withdraw", "--contributor", "Alíce Sample", "--show", show, "--yes").output
    line = '"Sample" speaks in episodes/03-talk, which does not credit them'
    assert line in said.partition("Subscribers will notice")[0]
    assert "`earmark withdraw 03-talk`" in said
    lost = run("withdraw", "--contributor", "Sample", "--show", show, "--yes")
    assert lost.exit_code == 1
    assert 'but "Sample" speaks in episodes/03-talk' in lost.output
