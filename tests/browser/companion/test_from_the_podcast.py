"""From an episode to the place where it is thought about: its page, its notes in a podcast app."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from podcast.building import pipeline
from tests.kit.chromium import EPISODES, expect, watch
from tests.kit.companion.learner_browser import EPISODE, PATIENCE, SESSION, Learner, complaints
from tests.kit.servers import companion_server, preview_server
from web import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

NOTES = "{http://purl.org/rss/1.0/modules/content/}encoded"


@pytest.fixture
def learner(browser: Browser, example: preview_server.Served) -> Iterator[Learner]:
    """Somebody at the demo's companion, which lives below the show's own address."""
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    learner = Learner(watch(context), f"{example.address}companion/", script=True)
    yield learner
    context.close()
    asked = [link for _, link in learner.seen.asked]
    assert [link for link in asked if not link.startswith(example.address)] == []
    assert complaints(learner.seen) == []


@pytest.fixture
def code(example: preview_server.Served) -> str:
    """The join code that the demo printed."""
    said = example.folder.with_name(f"{example.folder.name}.log").read_text(encoding="utf-8")
    found = re.search("the join code: ([0-9A-Z-]+)", said)
    assert found
    return found[1]


def links(feed: bytes) -> dict[str, str]:
    """Return where the notes of each item lead to be reflected on, by the item's title."""
    found = {}
    for item in etree.fromstring(feed).iter("item"):
        text = item.findtext(NOTES) or item.findtext("description") or ""
        addresses = re.findall(r'href="([^"]*/reflect/[^"]*)"', text)
        assert len(addresses) == 1, text
        found[str(item.findtext("title"))] = addresses[0]
    return found


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_demo_plays_by_either_name_of_this_computer(
    browser: Browser, example: preview_server.Served, code: str, name: str
) -> None:
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    address = example.address.replace("127.0.0.1", name)
    alice = Learner(watch(context), f"{address}companion/", script=True)
    alice.join(code)
    alice.listen()
    alice.page.evaluate("document.querySelector('audio').play()")
    alice.page.wait_for_function("() => document.querySelector('audio').currentTime > 1")
    context.close()


def test_an_episodes_page_leads_to_its_own_writing_page_and_back(
    learner: Learner, code: str, example: preview_server.Served
) -> None:
    phrase = learner.join(code)
    learner.page.goto(example.address + EPISODES[1])
    learner.follow("Write a private note")
    expect(learner.heading).to_have_text(EPISODE)
    learner.save("Heard on the page itself.")
    learner.press("Sign out")
    learner.page.goto(example.address + EPISODES[2])
    learner.follow("Write a private note")
    expect(learner.heading).to_have_text("Sign in")
    learner.give_phrase(phrase)
    expect(learner.heading).to_have_text("Agreeing what happens next")
    learner.listen("Agreeing what happens next")
    learner.follow("Transcript and show notes")
    learner.page.wait_for_url(example.address + EPISODES[2])


def test_the_notes_in_a_podcast_app_lead_to_the_writing_page_of_each_episode(
    learner: Learner, code: str, example: preview_server.Served
) -> None:
    learner.join(code)
    found = links(preview_server.get(example.feed))
    assert list(found) == example.titles
    for title, link in found.items():
        learner.page.goto(link)
        expect(learner.heading).to_have_text(title)
        expect(learner.page.locator("form.writing")).to_be_visible()


def test_below_a_path_words_come_back_and_are_saved_too(learner: Learner, code: str) -> None:
    phrase = learner.join(code)
    learner.reflect()
    learner.context.clear_cookies(name=SESSION)
    learner.write("Below a path.")
    learner.press("Save")
    expect(learner.heading).to_have_text("You have been signed out")
    learner.give_phrase(phrase, "Sign in and save")
    expect(learner.status).to_have_text("Saved.")
    assert learner.written == ["Below a path."]
    learner.follow("Earmark example")
    assert learner.page.url == learner.address


GUIDS = ("https://example.org/?p=12&x=a#part", "tag:example.org,2026:ü%20c%2F")


def change(path: Path, before: str, after: str) -> None:
    path.write_text(path.read_text("utf-8").replace(before, after, 1), encoding="utf-8")


def test_an_episode_is_found_whatever_its_guid_looks_like(
    browser: Browser, make_show: Callable[..., Path], tmp_path: Path
) -> None:
    """A guid that came from another host is often an address, with signs that addresses use."""
    folder = tmp_path / "companion"
    companion_server.make(folder, preview_server.free_port())
    address = settings.read(folder).address
    show = make_show(len(GUIDS))
    change(show / "show.md", "author:", f"companion: {address}\nauthor:")
    for number, guid in enumerate(GUIDS, start=1):
        episode = show / "episodes" / f"{number:02}-talk" / "episode.md"
        change(episode, f"guid: guid-{number}", f'guid: "{guid}"')
    pipeline.build(show)
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    with companion_server.serve(folder, show / "public") as running:
        learner = Learner(watch(context), address, script=True)
        phrase = learner.join(running.new_code())
        for title, link in links((show / "public" / "feed.xml").read_bytes()).items():
            learner.context.clear_cookies(name=SESSION)
            learner.page.goto(link)
            learner.give_phrase(phrase)
            expect(learner.heading).to_have_text(title)
            learner.write("Begun.")
            learner.kept()
            learner.page.reload()
            expect(learner.answers.nth(0)).to_have_value("Begun.")
            learner.context.clear_cookies(name=SESSION)
            learner.write(f"About {title}.")
            learner.press("Save")
            learner.give_phrase(phrase, "Sign in and save")
            expect(learner.status).to_have_text("Saved.")
            expect(learner.heading).to_have_text(title)
            learner.follow("Write another note about this episode")
            expect(learner.heading).to_have_text(title)
        assert len(learner.notes()) == len(GUIDS)
    context.close()
