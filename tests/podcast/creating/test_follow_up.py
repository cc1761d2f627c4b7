"""Follow-ups: an episode that goes back to another, right in `check` from the start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from episodes.findings import Finding, Level
from episodes.frontmatter import read as frontmatter
from episodes.frontmatter.schema import EpisodeFacts
from podcast.building import pipeline
from podcast.cli import main
from podcast.creating import follow_up
from tests.kit.shows import NOW, add_episode

MakeShow = Callable[..., Path]
LONDON = ZoneInfo("Europe/London")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def wrong(show: Path) -> list[Finding]:
    """Return what is found, but for notes and for how far away these days are."""
    found = pipeline.check(show, NOW)
    return [each for each in found if each.level is not Level.NOTE and each.rule != "date-far"]


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def read(path: Path) -> tuple[EpisodeFacts, str]:
    parts = frontmatter.split_file((path / "episode.md").read_text("utf-8"), "-")
    return frontmatter.parse_facts(EpisodeFacts, parts, "-"), parts.body


@pytest.fixture
def back(tmp_path: Path, tone: Path) -> Path:
    """A recording of its own."""
    path = tmp_path / "looking back.mp3"
    path.write_bytes(tone.read_bytes() + bytes(99))
    return path


@pytest.fixture
def show(make_show: MakeShow, tone: Path) -> Path:
    """Two episodes that are out, and one to come."""
    folder = make_show()
    add_episode(
        folder, 3, tone, date="date: 2098-10-03 18:30", title="title: 'Talk: *C* [now] & co'"
    )
    return folder


FOLLOW = "episodes/03-talk-two-weeks-on"


@pytest.mark.parametrize("kind", ["episodic", "serial"])
def test_a_follow_up_is_right_but_for_its_transcript(show: Path, back: Path, kind: str) -> None:
    edit(show / "show.md", "licence:", f"type: {kind}\nlicence:")
    answer = run("new", "follow-up", "03-talk", "--audio", back, "--show", show)
    assert answer.exit_code == 0, answer.output
    assert "it appears on 2098-10-17 at 18:30." in answer.stdout
    (missing,) = wrong(show)
    assert (missing.path, missing.key) == (f"{FOLLOW}/episode.md", "transcript")
    facts, body = read(show / FOLLOW)
    assert facts.title == "Two weeks on: Talk: *C* [now] & co"
    assert f"{facts.date:%Y-%m-%d %H:%M}" == "2098-10-17 18:30"
    assert facts.type == ("bonus" if kind == "serial" else "full")
    assert facts.number is None
    assert len(facts.prompts) == 3
    assert "https://podcast.example.org/night/episodes/03-talk.html" in body


def test_a_follow_up_is_published_with_a_link_to_its_first_episode(show: Path, back: Path) -> None:
    transcript = show / "episodes" / "03-talk" / "transcript.vtt"
    words = ("--audio", back, "--transcript", transcript, "--show", show)
    assert run("new", "follow-up", "03-talk", *words).exit_code == 0
    assert wrong(show) == []
    built = pipeline.build(show, now=datetime(2098, 12, 1, tzinfo=UTC))
    page = (built.out / f"{FOLLOW}.html").read_text(encoding="utf-8")
    address = "https://podcast.example.org/night/episodes/03-talk.html"
    assert f'<a href="{address}" rel="noopener">Talk: *C* [now] &amp; co</a>' in page
    assert (built.out / "episodes" / "03-talk.html").is_file()
    assert (show / FOLLOW / "looking back.mp3").read_bytes() == back.read_bytes()


@pytest.mark.parametrize("wanted", ["03-talk", "03-talk/", "guid-3", "episodes/03-talk", "slug-c"])
def test_the_episode_is_named_by_folder_slug_or_guid(show: Path, back: Path, wanted: str) -> None:
    if wanted == "slug-c":
        edit(show / "episodes/03-talk/episode.md", "number: 3", "number: 3\nslug: slug-c")
    answer = run("new", "follow-up", wanted, "--audio", back, "--show", show)
    assert answer.exit_code == 0, answer.output
    slug = "slug-c" if wanted == "slug-c" else "03-talk"
    assert (show / f"episodes/{slug}-two-weeks-on" / "episode.md").is_file()


@pytest.mark.parametrize("name", ["", "episode.md"])
def test_a_path_to_the_episode_says_which_show_it_is(show: Path, back: Path, name: str) -> None:
    answer = run("new", "follow-up", show / "episodes" / "03-talk" / name, "--audio", back)
    assert answer.exit_code == 0, answer.output
    assert (show / FOLLOW / "episode.md").is_file()


def test_an_episode_that_is_not_there_is_one_sentence(show: Path, back: Path) -> None:
    answer = run("new", "follow-up", "04-talk", "--audio", back, "--show", show)
    assert answer.exit_code == 1
    wanted = (
        'error: no episode is called "04-talk"; write the name of its folder, like 01-talk, '
        "02-talk or 03-talk\n"
    )
    assert answer.stderr == wanted


def test_an_episode_that_cannot_be_read_is_a_finding(show: Path, back: Path) -> None:
    edit(show / "episodes/03-talk/episode.md", "number: 3", "numbr: 3")
    answer = run("new", "follow-up", "03-talk", "--audio", back, "--show", show)
    assert answer.exit_code == 1
    assert (
        "episodes/03-talk/episode.md:7: error: numbr: is not a key that Earmark knows"
        in answer.stderr
    )
    assert not (show / FOLLOW).exists()


def test_a_follow_up_is_never_overwritten(show: Path, back: Path) -> None:
    words = ("new", "follow-up", "03-talk", "--audio", back, "--show", show)
    assert run(*words).exit_code == 0
    before = (show / FOLLOW / "episode.md").read_bytes()
    answer = run(*words)
    assert answer.exit_code == 1
    assert "is there already" in answer.stderr
    assert (show / FOLLOW / "episode.md").read_bytes() == before
    assert run(*words, "--weeks", "6").exit_code == 0


def test_a_text_is_no_recording(show: Path) -> None:
    answer = run("new", "follow-up", "03-talk", "--audio", show / "show.md", "--show", show)
    assert "show.md is not a recording" in answer.stderr
    assert not (show / FOLLOW).exists()


def test_what_the_episode_has_of_its_own_is_taken_over(show: Path, back: Path) -> None:
    edit(
        show / "episodes/03-talk/episode.md",
        "content_note: none",
        "content_note:\n"
        "  text: 'Names a loss: \"one\".'\n"
        "  skip: [{start: '0:01', end: '0:02', what: A loss}]\n"
        "season: 2\nlanguage: cy\n"
        "support:\n  - {name: 'Line: one', phone: '0800 1', checked_on: 2026-10-01}\n"
        "contributors:\n"
        "  - {credit: Ann, role: guest, brings: practice, paid: true, stage: [review],\n"
        "     consent: {given_on: 2026-09-01}}\n",
    )
    answer = run("new", "follow-up", "03-talk", "--audio", back, "--show", show)
    assert "if they agree to this one too" in answer.stdout
    assert "content note is a copy of the first" in answer.stdout
    first, _ = read(show / "episodes/03-talk")
    facts, _ = read(show / FOLLOW)
    assert (facts.season, facts.language, facts.support) == (2, "cy", first.support)
    assert facts.content_note
    assert facts.content_note.text == 'Names a loss: "one".'
    assert facts.content_note.skip == (), "those passages are of the other recording"
    (person,) = facts.contributors or ()
    assert (person.credit, person.role, person.brings) == ("Ann", "guest", "practice")
    assert (person.consent, person.paid, person.stage) == (None, None, ())
    found = {each.key for each in pipeline.check(show, NOW) if each.path == f"{FOLLOW}/episode.md"}
    assert "contributors[1].consent" in found


def test_what_the_show_says_is_left_to_the_show(show: Path, back: Path) -> None:
    answer = run("new", "follow-up", "03-talk", "--audio", back, "--show", show)
    assert answer.stdout.splitlines()[1:] == [
        "Open it and change anything that does not fit.",
        f"Next: earmark check {show}",
    ]
    facts, _ = read(show / FOLLOW)
    assert (facts.support, facts.contributors, facts.language) == (None, None, None)
    assert facts.content_note
    assert not facts.content_note.needed


def test_a_follow_up_takes_a_minute_of_its_own(show: Path, back: Path, tone: Path) -> None:
    add_episode(show, 4, tone, date="date: 2098-10-17 18:30")
    run("new", "follow-up", "03-talk", "--audio", back, "--show", show)
    assert f"{read(show / FOLLOW)[0].date:%Y-%m-%d %H:%M}" == "2098-10-17 18:31"


def test_where_the_weeks_have_passed_already_it_is_said(make_show: MakeShow, back: Path) -> None:
    show = make_show()
    words = ("new", "follow-up", "01-talk", "--audio", back, "--show", show, "--weeks", "1")
    assert "One week has passed already; check that its title" in run(*words).stdout


def test_a_new_episode_does_not_wait_for_a_follow_up(
    make_show: MakeShow, back: Path, tone: Path
) -> None:
    show = make_show()
    run("new", "follow-up", "02-talk", "--audio", back, "--show", show, "--weeks", "52")
    assert run("new", "episode", "Now", "--audio", tone, "--show", show).exit_code == 0
    held = [title for _, title in pipeline.coming(show)[0]]
    assert held == ["52 weeks on: Talk B"]


def test_a_show_without_an_address_gets_no_dead_link(show: Path, back: Path) -> None:
    edit(show / "show.md", "address:", "# address:")
    run("new", "follow-up", "03-talk", "--audio", back, "--show", show)
    assert "This follows on from “Talk: \\*C\\* \\[now\\] \\& co”." in read(show / FOLLOW)[1]


@pytest.mark.parametrize(
    "weeks, words",
    [(1, "One week"), (2, "Two weeks"), (12, "Twelve weeks"), (13, "13 weeks"), (52, "52 weeks")],
)
def test_weeks_are_words_up_to_twelve(weeks: int, words: str) -> None:
    assert follow_up.weeks_in_words(weeks) == words


def test_a_very_long_title_still_fits(show: Path, back: Path) -> None:
    edit(show / "episodes/03-talk/episode.md", "Talk: *C* [now] & co", "n" * 255)
    run("new", "follow-up", "03-talk", "--audio", back, "--show", show)
    assert len(read(show / FOLLOW)[0].title) == 255


@pytest.mark.parametrize(
    "first, now, due",
    [
        ((10, 20, 7, 0), (10, 21, 12, 0), (11, 3, 7, 0)),  # the clock goes back in between
        ((10, 1, 7, 0), (11, 3, 12, 0), (11, 4, 7, 0)),
        ((10, 1, 18, 30), (11, 3, 12, 0), (11, 4, 18, 30)),
        ((10, 20, 7, 0), (11, 3, 7, 0), (11, 4, 7, 0)),
    ],
)
def test_a_follow_up_is_never_in_the_past(
    first: tuple[int, int, int, int], now: tuple[int, int, int, int], due: tuple[int, int, int, int]
) -> None:
    def at(day: tuple[int, int, int, int]) -> datetime:
        return datetime(2026, *day, tzinfo=LONDON)

    found = follow_up.follow_up_date(at(first), 2, at(now))
    assert found == at(due)
    assert found - at(now) > timedelta(0)
