"""Unlisted shows: asked out of directories, without an e-mail, at an address that tells nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from episodes.frontmatter.schema import ShowFacts
from episodes.text import random_text
from feed.checks import address_privacy
from feed.feedgen_extension import ITUNES, PODCAST
from podcast.building import pipeline
from podcast.cli import main
from podcast.creating import show as starting
from podcast.show_folder import show_guid
from tests.kit.shows import NOW

MakeShow = Callable[..., Path]
HIDDEN = "https://media.example.org/7k2m9qxw4v8c1r5t3n6p0s7hjd/"
ROBOTS = '<meta name="robots" content="noindex, nofollow">'


def unlist(show: Path, *changes: tuple[str, str]) -> Path:
    path = show / "show.md"
    text = path.read_text(encoding="utf-8")
    for before, after in (
        ("https://podcast.example.org/night/", HIDDEN),
        ("author:", "unlisted: true\nauthor:"),
        *changes,
    ):
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return show


def channel(show: Path) -> etree._Element:
    return etree.parse(show / "public" / "feed.xml").getroot()[0]


def said(show: Path) -> list[str]:
    return [str(finding) for finding in pipeline.check(show, NOW)]


def test_an_unlisted_show_that_is_right_has_no_findings(make_show: MakeShow) -> None:
    assert said(unlist(make_show())) == []


def test_an_unlisted_show_needs_no_owner(make_show: MakeShow) -> None:
    owner = "owner: {name: Example Trust, email: podcast@example.org}\n"
    assert said(unlist(make_show(), (owner, ""))) == []


def test_the_feed_asks_directories_and_hosts_to_leave_it_alone(make_show: MakeShow) -> None:
    show = unlist(make_show(), ("licence:", "locked: false\nlicence:"))
    pipeline.build(show, now=NOW)
    found = channel(show)
    assert [each.text for each in found.findall(f"{{{ITUNES}}}block")] == ["Yes"]
    assert [each.text for each in found.findall(f"{{{PODCAST}}}block")] == ["yes"]
    (locked,) = found.findall(f"{{{PODCAST}}}locked")
    assert (locked.text, locked.get("owner")) == ("yes", None), "locked, whatever the lead wrote"
    assert found.find(f"{{{ITUNES}}}owner") is None


def test_no_email_is_published_apart_from_feedback(make_show: MakeShow) -> None:
    page = ("feedback: podcast@example.org", "feedback: https://example.net/write")
    show = unlist(make_show(), page)
    pipeline.build(show, now=NOW)
    told = [path for path in (show / "public").rglob("*") if path.suffix in {".html", ".xml",
            ".json", ".vtt"}]  # fmt: skip
    assert len(told) > 5
    for path in told:
        assert "@" not in path.read_text(encoding="utf-8"), path.name
    for path in (show / "public").rglob("*.*"):
        assert b"podcast@example.org" not in path.read_bytes(), path.name


def test_a_feedback_address_is_the_choice_of_the_lead(make_show: MakeShow) -> None:
    show = unlist(make_show())
    pipeline.build(show, now=NOW)
    assert "mailto:podcast@example.org" in (show / "public" / "feed.xml").read_text("utf-8")
    catalogue = json.loads((show / "public" / "catalogue.json").read_bytes())
    assert catalogue["show"]["feedback"] == "podcast@example.org"


def test_every_page_asks_search_engines_to_leave_it_out(make_show: MakeShow) -> None:
    show = unlist(make_show())
    pipeline.build(show, now=NOW)
    pages = list((show / "public").rglob("*.html"))
    assert len(pages) == 6
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.count(ROBOTS) == 1, page.name
        assert f"{HIDDEN}episodes" not in text, "a citation would spread the address"


def test_an_open_show_says_nothing_of_the_sort(make_show: MakeShow) -> None:
    show = make_show()
    pipeline.build(show, now=NOW)
    found = channel(show)
    assert found.find(f"{{{ITUNES}}}block") is None
    assert found.find(f"{{{PODCAST}}}block") is None
    assert found.find(f"{{{ITUNES}}}owner") is not None
    for page in (show / "public").rglob("*.html"):
        assert "robots" not in page.read_text(encoding="utf-8"), page.name


def test_pages_are_made_anew_when_a_show_becomes_unlisted(make_show: MakeShow) -> None:
    show = make_show()
    pipeline.build(show, now=NOW)
    pipeline.build(unlist(show), now=NOW)
    for page in (show / "public").rglob("*.html"):
        assert ROBOTS in page.read_text(encoding="utf-8"), page.name


@pytest.mark.parametrize(
    "address, key, says",
    [
        ("https://media.example.org/", "address", "can be guessed"),
        ("https://media.example.org/talks-for-us-19/", "address", "can be guessed"),
        ("https://media.example.org/7k2m9qxw4v/8c1r5t3n6p0/", "address", "can be guessed"),
        (HIDDEN + "night/", "address", 'says "night"'),
        ("https://nights.example.org/7k2m9qxw4v8c1r5t3n6p0s7hjd/", "address", 'says "night"'),
        (HIDDEN + "NightShift/", "address", 'says "night" and "shift"'),
    ],
)
def test_an_address_that_can_be_guessed_or_tells_is_a_warning(
    make_show: MakeShow, address: str, key: str, says: str
) -> None:
    (found,) = said(unlist(make_show(), (HIDDEN, address)))
    assert found.startswith(f"show.md:4: warning: {key}: {says}")


@pytest.mark.parametrize(
    "to, says",
    [
        ("s3://our-nightshift/", ['says "night" and "shift"']),
        ("s3://media/night-talks/", ['says "night"']),
        ("s3://media/7k2m9qxw4v8c1r5t3n6p0s7hjd/", []),
        ("../night-shift", []),  # nobody sees a folder of the lead's own
    ],
)
def test_a_bucket_that_tells_the_subject_is_a_warning(
    make_show: MakeShow, to: str, says: list[str]
) -> None:
    found = said(unlist(make_show(), ("licence:", f"publish: {{to: '{to}'}}\nlicence:")))
    assert len(found) == len(says)
    for line, words in zip(found, says, strict=True):
        assert f"warning: publish.to: {words}" in line


def test_an_open_show_may_say_what_it_is_about(make_show: MakeShow) -> None:
    show = make_show()
    path = show / "show.md"
    publish = "publish: {to: 's3://night-shift/'}\nlicence:"
    path.write_text(path.read_text("utf-8").replace("licence:", publish), encoding="utf-8")
    assert said(show) == []


@pytest.mark.parametrize(
    "title, place, words",
    [
        ("Talking about self-harm", "example.org/selfharm-talks/x", ["self harm"]),
        ("Self harm at work", "self_harm.example.org/x", ["self harm"]),
        ("Self harm at work", "example.org/self/harm", []),
        ("A podcast: training talks about people", "example.org/podcast-training/talks/about", []),
        ("Santé mentale", "example.org/sante/x", ["sante"]),
        ("Поддержка", "example.org/%D0%BF%D0%BE%D0%B4%D0%B4%D0%B5%D1%80%D0%B6%D0%BA%D0%B0",
         ["поддержка"]),
        ("On the ward", "example.org/on-the-ward", []),
    ],
)  # fmt: skip
def test_words_that_tell_the_subject(title: str, place: str, words: list[str]) -> None:
    facts = ShowFacts(title=title, author="-", summary="Nothing.")
    assert address_privacy.find_revealing_words(facts, place) == words


def test_a_category_tells_the_subject_too() -> None:
    facts = ShowFacts.model_validate(
        {
            "title": "Nights",
            "author": "-",
            "summary": "-",
            "categories": ["Health & Fitness > Mental Health"],
        }
    )
    assert address_privacy.find_revealing_words(facts, "example.org/mental-matters/") == ["mental"]


def run(*words: str | Path) -> str:
    answer = CliRunner().invoke(main, [str(word) for word in words])
    return f"{answer.exit_code}\n{answer.output}"


def test_new_show_makes_an_address_that_nobody_guesses(tmp_path: Path) -> None:
    show = tmp_path / "show"
    told = run("new", "show", show, "--unlisted", "--address", "https://media.example.org/")
    text = (show / "show.md").read_text(encoding="utf-8")
    assert "\nunlisted: true\n" in text
    found = re.search(r"^address: https://media\.example\.org/([a-z0-9]{28})/$", text, re.MULTILINE)
    assert found
    assert f"guid: {show_guid.guid_of_show(f'https://media.example.org/{found[1]}/')}\n" in text
    for words in ("not a password", "pass it on", "web host", "shared computer", "Never change it"):
        assert words in told
    warnings = [line for line in said(show) if re.search("address:|owner:", line)]
    assert warnings == []


def test_random_paths_are_never_the_same_and_carry_128_bits() -> None:
    assert len({starting.random_path() for _ in range(100)}) == 100
    assert len(random_text.UNAMBIGUOUS) ** starting.RANDOM >= 2**128


def test_an_unlisted_show_needs_a_host(tmp_path: Path) -> None:
    told = run("new", "show", tmp_path / "show", "--unlisted")
    assert told == "1\nerror: an unlisted show needs its web host; add `--address https://HOST/`\n"
    assert not (tmp_path / "show").exists()


def test_an_address_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    told = run("new", "show", tmp_path / "show", "--address", "media.example.org")
    assert told.startswith('1\nerror: --address: "media.example.org" is not a web address; write')
    assert not (tmp_path / "show").exists()
