"""Import, build, import again: the second folder is the first, byte by byte, whatever the show."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from episodes.audio.mp3_frames import digest_of, find_frames
from episodes.errors import SourceError
from episodes.frontmatter import write as matter
from episodes.frontmatter.apple_categories import NAMES
from episodes.frontmatter.people import Knowledge, Role
from episodes.frontmatter.podcast_namespace import Protocol, Service, Weekday
from episodes.frontmatter.references import Reference
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.text import html_to_markdown, markdown
from feed.podcast_tags import RULES
from feed.show_notes import support_line
from podcast.show_folder import show_guid
from tests.kit import full_show, shows
from tests.kit.foreign_feeds import Shelf, built, take, tree

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # to make an example small takes minutes
ADDRESS = "https://podcast.example.org/night/"
LETTERS = st.sampled_from("aäßЖ夜😀 &<>\"'`*_#-+.,:;!?()[]{}|\\/~=%$@019\u00a0\u200b")
WORD = st.sampled_from([
    "night", "shift", "& more", "<b>", "a: b", "- x", "1.", "#", "'", '"', "]]>", "&amp;", "**",
    "_", "`", "\\", "夜", "true", "null", "2026-01-01", "{", "[", "</p>", ", ", " or ", "(guest)",
    "https://example.net/?a=1&b=2",
])  # fmt: skip


def text(longest: int = 100) -> SearchStrategy[str]:
    """Text on one line that begins with a letter: a title that is only a sign is nobody's."""
    loose = st.text(LETTERS, max_size=20) | st.lists(WORD, max_size=6).map(" ".join)
    return loose.map(lambda said: " ".join(f"A{said}".split())[:longest].strip())


LINK = st.sampled_from([f"https://example.net/{each}" for each in ("", "?a=1&b=2", "%20x", "a,b")])
CLOCK = st.integers(0, 2900).map(lambda ms: ms / 1000)


def _start(chapter: dict[str, Any]) -> float:
    return float(chapter["start"])


def facts(**keys: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    """Values of front matter, each there or not."""
    return st.fixed_dictionaries({}, optional=keys)


def row(needed: dict[str, Any], **more: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(needed, optional=more)


def several(inner: SearchStrategy[Any], most: int = 3) -> SearchStrategy[list[Any]]:
    return st.lists(inner, min_size=1, max_size=most)


PERSON = row({"credit": text(), "role": st.sampled_from(get_args(Role))},
             brings=st.sampled_from(get_args(Knowledge)), link=LINK)  # fmt: skip
SUPPORT = row({"name": text()}, phone=st.just("116 123"), text=text(), link=LINK, hours=text(),
              note=text())  # fmt: skip
KINDS = get_args(Reference.model_fields["kind"].annotation)
REFERENCE = row({"title": text(), "kind": st.sampled_from(KINDS)}, by=text(), limits=text(),
                year=st.integers(1800, 2200), link=LINK)  # fmt: skip
WHAT = st.sampled_from(["made here", "about"])
PLACE = row({"name": text(), "what": WHAT}, point=st.just("53.80,-1.55"), osm=st.just("R118362"),
            country=st.just("GB"))  # fmt: skip
THREAD = row({"where": st.sampled_from(get_args(Protocol)), "link": LINK}, account=text(),
             account_link=LINK)  # fmt: skip
TXT = row({"text": text()}, purpose=text(100))
LICENCE = st.sampled_from(["CC-BY-4.0", "CC0-1.0", "MIT", "Our own", "CC-BY-NC-SA-4.0"])
RHYTHM = st.one_of(
    row({"text": text(), "every": st.sampled_from(list(RULES)), "starting": st.just("2026-01-01")},
        times=st.integers(1, 9)),
    row({"text": text(), "every": st.sampled_from(["week", "two weeks"])},
        on=several(st.sampled_from(get_args(Weekday)))),
    row({"text": text()}),
)  # fmt: skip
SHOW = facts(
    owner=st.fixed_dictionaries({"name": text(), "email": st.just("a@example.org")}),
    feedback=st.sampled_from(["a@example.org", "https://example.net/write?a=1&b=2"]),
    companion=st.just("https://companion.example.org/x/"),
    language=st.sampled_from(["en-gb", "cy", "de"]),
    categories=st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=3,
                        unique_by=lambda name: name.partition(" > ")[0]),
    medium=st.sampled_from(["podcast", "course"]),
    explicit=st.booleans(),
    licence=LICENCE,
    licence_link=LINK,
    copyright=text(),
    locked=st.booleans(),
    cover_alt=text(),
    seasons=st.dictionaries(st.integers(1, 3), text(), min_size=1),
    contributors=several(PERSON),
    support=several(SUPPORT),
    rhythm=RHYTHM,
    complete=st.booleans(),
    places=several(PLACE),
    funding=several(st.fixed_dictionaries({"text": text(), "link": LINK})),
    recommends=several(st.fixed_dictionaries(
        {"title": text(), "guid": st.just("917393e3-1b1e-5cef-ace4-edaa54e1f810")})),
    comments=several(THREAD),
    keep_out_of=st.lists(st.sampled_from(get_args(Service)), min_size=1, max_size=3, unique=True),
    txt=several(TXT),
)  # fmt: skip
EPISODE = facts(
    season=st.integers(1, 3),
    display=text(32),
    type=st.sampled_from(["full", "trailer", "bonus"]),
    explicit=st.booleans(),
    licence=LICENCE,
    content_note=st.just("none") | row({"text": text()}, skip=several(
        st.fixed_dictionaries({"start": st.just("0:00"), "end": st.just("0:02"), "what": text()}))),
    support=several(SUPPORT),
    contributors=several(PERSON),
    references=several(REFERENCE),
    outcomes=several(text()),
    prompts=several(text()),
    answers=several(text()),
    chapters=st.lists(st.fixed_dictionaries({"start": CLOCK, "title": text()}), max_size=4,
                      unique_by=lambda each: each["start"]).map(
        lambda rows: [{"start": 0.0, "title": "Start"}, *sorted(
            (each for each in rows if each["start"]), key=_start)]),
    soundbites=several(st.fixed_dictionaries(
        {"start": st.just("0:00"), "end": st.just("0:02.5"), "title": text()})),
    elsewhere=several(st.fixed_dictionaries({"text": text(), "link": LINK})),
    places=several(PLACE),
    comments=several(THREAD),
    txt=several(TXT),
)  # fmt: skip
NOTES = st.lists(
    text() | st.sampled_from([
        "", "- a\n- b\n  - c\n", "1. a\n2. b\n", "# A\n\n## B\n", "> said\n> so\n", "---\n",
        "```\na\n\n b\n```\n", "| a | b |\n|---|---|\n| 1 | x \\| y |\n", "a  \nb", "<div>x</div>",
        "**To think about**\n\n- mine\n", "[a](https://example.net/?a=1&b=2 \"t\")", "*a* `b`",
        "**Chapters**", "\\# no", "    code", "<p><strong>Who made this</strong></p>",
    ]), max_size=6,
).map("\n\n".join)  # fmt: skip


def write(show: Path, said: dict[str, Any], episodes: list[tuple[dict[str, Any], str]],
          tone: Path, cover: Path) -> None:  # fmt: skip
    """Write a show of these values; each episode has another sound."""
    shutil.copytree(cover.parent, show, ignore=lambda *_: {"tone.mp3"})
    needed = {"title": "Nights", "author": "Trust", "summary": "Talks.", "address": ADDRESS,
              "guid": show_guid.guid_of_show(ADDRESS), "recordings": {"finished": True},
              "support": [{"name": "Samaritans"}]}  # fmt: skip
    (show / "show.md").write_text(matter.write(ShowFacts, needed | said, {}), "utf-8")
    for number, (each, body) in enumerate(episodes, 1):
        folder = show / "episodes" / f"{number:02}-talk"
        folder.mkdir(parents=True)
        when = datetime(2026, 10, 25, tzinfo=UTC) + timedelta(hours=number)
        own = {"title": f"Talk {number}", "guid": f"guid-{number}", "summary": f"Of {number}.",
               "number": number, "date": f"{when:%Y-%m-%d %H:%M}"}  # fmt: skip
        head = matter.write(EpisodeFacts, own | each, {})
        (folder / "episode.md").write_text(f"{head}\n{body}\n", "utf-8")
        (folder / "recording.mp3").write_bytes(tone.read_bytes() + bytes(number))
        (folder / "transcript.vtt").write_text(shows.TRANSCRIPT, "utf-8")


def again(show: Path, work: Path) -> tuple[Path, Path]:
    """Import what a show is published as, build that, and import it once more."""
    first, second = work / "first", work / "second"
    try:
        shelf = Shelf(built(show, shows.NOW), ADDRESS)
    except SourceError:  # a show that no lead could publish
        assume(False)
    take(f"{ADDRESS}feed.xml", first, shelf)
    shelf = Shelf(built(first, shows.NOW), ADDRESS)
    take(f"{ADDRESS}feed.xml", second, shelf)
    return first, second


@pytest.fixture(scope="module")
def art(cover: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("art")
    return Path(shutil.copy(cover, folder / "cover.jpg"))


def survives(show: Path, copy: Path) -> None:
    """Assert that what a feed tells is in the copy as the lead wrote it."""
    old, new = full_show.read_episodes(show), full_show.read_episodes(copy)
    assert set(old) == set(new)
    kept = {"title", "date", "summary", "season", "number", "type", "chapters", "prompts",
            "outcomes", "answers", "soundbites", "elsewhere", "places", "comments",
            "txt"}  # fmt: skip
    for guid, was in old.items():
        assert new[guid].model_dump(include=kept) == was.model_dump(include=kept)
    before, after = (people_and_support(each) for each in (show, copy))
    assert after == before


def people_and_support(show: Path) -> dict[str, Any]:
    """Return who made each episode and whom it turns to, from wherever they are written."""
    facts = full_show.read_show(show)
    found = {}
    for guid, each in full_show.read_episodes(show).items():
        people = facts.contributors if each.contributors is None else each.contributors
        support = facts.support if each.support is None else each.support
        found[guid] = [[(p.credit, p.role, p.brings, p.link) for p in people],
                       [support_line(one) for one in support]]  # fmt: skip
    return found


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=QUICK,
)
@given(said=SHOW, episodes=st.lists(st.tuples(EPISODE, NOTES), min_size=1, max_size=2))
def test_any_show_comes_back_the_same(
    said: dict[str, Any], episodes: list[Any], tone: Path, art: Path
) -> None:
    once(said, episodes, tone, art)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), phases=QUICK)
@given(said=SHOW, episodes=st.lists(st.tuples(EPISODE, NOTES), min_size=1, max_size=2))
def test_a_hundred_shows_come_back_the_same(
    said: dict[str, Any], episodes: list[Any], tone: Path, art: Path
) -> None:
    once(said, episodes, tone, art)


def once(said: dict[str, Any], episodes: list[Any], tone: Path, art: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        write(work / "show", said, episodes, tone, art)
        first, second = again(work / "show", work)
        assert tree(second) == tree(first)
        survives(work / "show", first)


@pytest.mark.slow
def test_the_example_comes_back_with_the_same_sound(tmp_path: Path) -> None:
    """Its recordings are encoded: tags tell a length that the encoder changes by a few samples."""
    show = tmp_path / "show"
    shutil.copytree(shows.EXAMPLE, show)
    text = (show / "show.md").read_text("utf-8")
    there = "https://podcast.example.org/starting-the-conversation/"
    (show / "show.md").write_text(text.replace(there, ADDRESS), "utf-8")
    first, second = again(show, tmp_path)
    one, two = tree(first), tree(second)
    assert set(one) == set(two)
    for name in one:
        if name.endswith(".mp3"):
            assert digest_of(find_frames(first / name)) == digest_of(find_frames(second / name))
        else:
            assert one[name] == two[name], name
    survives_but_skips = full_show.read_episodes(first)
    for guid, was in full_show.read_episodes(show).items():
        assert survives_but_skips[guid].chapters == was.chapters


@given(NOTES)
@settings(max_examples=300, deadline=None)
def test_markdown_of_notes_says_the_same_and_settles(body: str) -> None:
    shown = markdown.render(body)
    made = html_to_markdown.to_markdown(shown)
    told = markdown.render(made)
    assert "".join(markdown.plain_text(told).split()) == "".join(markdown.plain_text(shown).split())
    assert html_to_markdown.to_markdown(told) == made
