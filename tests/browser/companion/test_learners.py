"""What learners do, in a real browser against the real server: with JavaScript, and without."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kit.chromium import expect
from tests.kit.companion.learner_browser import EPISODE, expire

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.companion.learner_browser import Arrive, Learner
    from tests.kit.servers.companion_server import Accompanied

pytestmark = [pytest.mark.slow, pytest.mark.long(11)]

WORDS = 'I waited.\n\n  She said: "<b>not now</b>" & went ünd café 🙂'
FIRST = "Noticing, and finding the first words"
OTHER = "The one thing that I will try is asking first."
WRONG = "abacus abdomen abdominal abide abiding"
FOUND = {0: "No notes found", 1: "1 note found"}


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def script(request: pytest.FixtureRequest) -> bool:
    """Whether there is JavaScript."""
    found: bool = request.param
    return found


@pytest.fixture
def newcomer(arrive: Arrive, script: bool) -> Learner:
    """Somebody who arrives for the first time."""
    return arrive(script=script)


@pytest.fixture
def learner(arrive: Arrive, script: bool) -> Learner:
    """Somebody who joined, and is signed in."""
    return arrive(script=script, joined=True)


def test_somebody_joins_with_a_code_typed_anyhow_and_keeps_a_phrase(
    newcomer: Learner, code: str
) -> None:
    phrase = newcomer.page.locator("#the-phrase")
    newcomer.go()
    newcomer.follow("Join with a code")
    newcomer.page.get_by_label("Join code").fill(f" {code.lower().replace('-', '  ')} ")
    newcomer.press("Join and see my five words")
    words = phrase.inner_text()
    assert len(words.split()) == 5
    newcomer.page.reload()
    expect(phrase).to_have_text(words)
    newcomer.follow("Riverside Trust")
    newcomer.follow("Show my phrase")
    expect(phrase).to_have_text(words)
    newcomer.press("I have saved my five words")
    expect(newcomer.heading).to_have_text(re.compile("^Welcome"))
    for path in ("phrase", ""):
        newcomer.go(path)
        assert phrase.count() == 0
        assert words not in newcomer.page.content()


def test_the_words_of_a_phrase_show_until_they_are_hidden(newcomer: Learner) -> None:
    newcomer.go("sign-in")
    field = newcomer.page.get_by_label("Your phrase")
    field.fill("crayom abacus zoom zebra yield")
    assert field.get_attribute("type") == "text"
    style = "field => getComputedStyle(field).webkitTextSecurity"
    assert field.evaluate(style) == "none"
    newcomer.page.get_by_label("Hide the words").check()
    assert field.evaluate(style) == "disc"
    newcomer.press("Sign in")
    expect(newcomer.page.get_by_role("alert")).to_contain_text("Did you mean \u201ccrayon\u201d?")
    expect(field).to_have_value("crayom abacus zoom zebra yield")


def test_a_code_that_is_not_open_is_refused_and_stays_to_be_mended(newcomer: Learner) -> None:
    newcomer.go("join/abcd-efgh")
    field = newcomer.page.get_by_label("Join code")
    expect(field).to_have_value("ABCD-EFGH")
    newcomer.press("Join and see my five words")
    expect(newcomer.page.get_by_role("alert")).to_contain_text("That code did not work.")
    expect(field).to_have_value("ABCD-EFGH")
    assert field.get_attribute("aria-invalid") == "true"
    assert not newcomer.session()


def test_a_note_is_written_on_the_authors_questions_and_shown_as_it_was_typed(
    learner: Learner,
) -> None:
    learner.reflect()
    labels = learner.page.locator("form.writing .field > label")
    expect(labels).to_have_text(
        [
            re.compile("^What do you say first when someone tells you something difficult,"),
            "Think of a time when somebody listened to you well, about anything. What did they do?",
            "Which sentence from this session could you say in your own words?",
            "Time in the episode (optional)",
        ]
    )
    before = learner.page.locator(".honest")
    expect(before).to_contain_text("Nobody else reads this")
    expect(before).to_contain_text("A court could ask you for it")
    learner.save(WORDS, "", OTHER)
    assert learner.written == [WORDS, OTHER]
    expect(learner.heading).to_have_text(EPISODE)
    assert len(learner.notes()) == 1


def test_words_that_arrive_after_the_session_stay_beside_the_phrase_field_until_they_are_saved(
    newcomer: Learner, code: str, companion: Accompanied
) -> None:
    phrase = newcomer.join(code)
    newcomer.reflect()
    newcomer.page.get_by_label("Time in the episode").fill("1:05")
    expire(companion)
    newcomer.write(WORDS, "", OTHER)
    if newcomer.script:
        expect(newcomer.page.locator(".draft-state")).to_contain_text("You have been signed out")
    newcomer.press("Save")
    expect(newcomer.heading).to_have_text("You have been signed out")
    holds(newcomer.page, WORDS, OTHER)
    assert newcomer.page.get_by_label("What do you say first").input_value() == WORDS
    newcomer.give_phrase(WRONG, "Sign in and save")
    expect(newcomer.heading).to_have_text("That phrase does not match")
    holds(newcomer.page, WORDS, OTHER)
    newcomer.give_phrase(phrase.upper(), "Sign in and save")
    expect(newcomer.status).to_have_text("Saved.")
    assert newcomer.written == [WORDS, OTHER]
    expect(newcomer.page.locator("article")).to_contain_text("At 1:05")
    assert len(newcomer.notes()) == 1


def holds(page: Page, *words: str) -> None:
    """Expect these words in the fields of a page, in this order."""
    fields = page.locator("main textarea")
    expect(fields).to_have_count(len(words))
    for place, each in enumerate(words):
        expect(fields.nth(place)).to_have_value(each)


def test_what_is_looked_for_after_the_session_is_found_once_the_phrase_is_there(
    newcomer: Learner, code: str, companion: Accompanied
) -> None:
    phrase = newcomer.join(code)
    newcomer.reflect()
    newcomer.save(WORDS)
    newcomer.go("notes")
    expire(companion)
    newcomer.page.get_by_label("Search my notes").fill("waited CAFÉ")
    newcomer.press("Search")
    newcomer.give_phrase(phrase, "Sign in and continue")
    expect(newcomer.page.get_by_role("status")).to_contain_text("1 note found.")
    expect(newcomer.page.get_by_label("Search my notes")).to_have_value("waited CAFÉ")


def test_a_page_asked_for_after_the_session_comes_once_the_phrase_is_there(
    newcomer: Learner, code: str, companion: Accompanied
) -> None:
    phrase = newcomer.join(code)
    newcomer.reflect()
    address = newcomer.page.url
    expire(companion)
    newcomer.page.goto(f"{address}?t=754")
    expect(newcomer.heading).to_have_text("Sign in")
    newcomer.give_phrase(WRONG)
    expect(newcomer.page.get_by_role("alert")).to_contain_text("That phrase does not match")
    newcomer.give_phrase(f"  {phrase.replace(' ', '-')}  ")
    expect(newcomer.heading).to_have_text(EPISODE)
    expect(newcomer.page.get_by_label("Time in the episode")).to_have_value("12:34")


def test_two_devices_change_the_same_note_and_both_versions_are_kept(
    newcomer: Learner, code: str, arrive: Arrive
) -> None:
    phrase = newcomer.join(code)
    newcomer.reflect()
    newcomer.save("As it was.")
    other = arrive(script=newcomer.script)
    other.sign_in(phrase)
    assert other.notes() == ["As it was."]
    other.open_note()
    for each in (newcomer, other):
        each.follow("Edit")
    other.save("Changed on the ward.")
    newcomer.write("Changed at home.")
    if newcomer.script:
        state = newcomer.page.locator(".draft-state")
        expect(state).to_contain_text("changed somewhere else. Press Save and we will keep both")
    newcomer.press("Save")
    expect(newcomer.status).to_contain_text("We kept both")
    assert newcomer.written == ["Changed at home."]
    assert newcomer.notes() == other.notes() == ["Changed at home.", "Changed on the ward."]


def test_a_new_phrase_counts_once_it_is_kept_and_then_the_old_one_opens_nothing(
    newcomer: Learner, code: str, arrive: Arrive
) -> None:
    old = newcomer.join(code)
    newcomer.reflect()
    newcomer.save(WORDS)
    other = arrive(script=newcomer.script)
    other.sign_in(old)
    newcomer.go()
    newcomer.follow("Get a new phrase")
    newcomer.give_phrase(old, "Get a new phrase")
    new = newcomer.page.locator("#the-phrase").inner_text()
    assert new != old
    other.sign_in(old)  # it may be lost before it is kept: the old one still opens everything
    newcomer.press("I have saved my five words")
    expect(newcomer.heading).to_have_text(re.compile("^Welcome"))
    other.go("notes")
    expect(other.heading).to_have_text("Sign in")
    other.give_phrase(old)
    expect(other.page.get_by_role("alert")).to_contain_text("That phrase does not match")
    other.give_phrase(new)
    expect(other.heading).to_have_text("My notes")
    other.open_note()
    assert other.written == [WORDS]


def test_somebody_finds_takes_away_and_deletes_what_is_theirs_and_nothing_else(
    newcomer: Learner, code: str, arrive: Arrive, tmp_path: Path
) -> None:
    bob = arrive(script=newcomer.script, joined=True)
    bob.reflect()
    bob.save("Bob alone knows about the heron.")
    phrase = newcomer.join(code)
    newcomer.reflect(FIRST)
    newcomer.save(WORDS)
    newcomer.reflect()
    newcomer.page.get_by_label("Time in the episode").fill("2")
    newcomer.save("", "=HYPERLINK(1) and a heron", OTHER)

    newcomer.go("notes")
    search_notes(newcomer)

    newcomer.follow("Download my notes")
    expect(newcomer.page.locator("main")).to_contain_text("2 notes.")
    compare(download(newcomer, "Download my notes", tmp_path / "notes.zip"))

    newcomer.go("notes")
    newcomer.open_note(FIRST)
    note = download(newcomer, "Download", tmp_path / "note.md").read_text(encoding="utf-8")
    assert note.startswith(f"# {FIRST}\n")
    assert WORDS in note
    assert "heron" not in note

    newcomer.follow("Delete")
    newcomer.follow("Cancel")
    newcomer.follow("Delete")
    newcomer.press("Delete for good")
    expect(newcomer.status).to_have_text("Deleted for good.")
    assert newcomer.notes() == [f"=HYPERLINK(1) and a heron {OTHER}"]

    newcomer.follow("Download my notes")
    newcomer.follow("Delete everything")
    newcomer.press("Delete everything now")
    expect(newcomer.heading).to_have_text("Everything has been deleted")
    assert not newcomer.session()
    newcomer.go("sign-in")
    newcomer.give_phrase(phrase)
    expect(newcomer.page.get_by_role("alert")).to_contain_text("That phrase does not match")
    assert bob.notes() == ["Bob alone knows about the heron."]


def search_notes(learner: Learner) -> None:
    """Search in two notes for words of one, of neither, and of both; no word is in the URL."""
    status = learner.page.get_by_role("status")
    for words, count in (("heron ASKING", 1), ("noticing", 1), ("Bob", 0), ("", 2)):
        learner.page.get_by_label("Search my notes").fill(words)
        learner.press("Search")
        expect(learner.page.locator(".rows li")).to_have_count(count)
        expect(status).to_contain_text(FOUND[count] if words else "2 notes, newest first")
        assert learner.page.url == f"{learner.address}notes"


def download(learner: Learner, name: str, path: Path) -> Path:
    """Press what is called so, and keep what is downloaded; its name on the disk says nothing."""
    with learner.page.expect_download() as coming:
        named = learner.page.locator("main").get_by_text(name, exact=True)
        named.and_(learner.page.locator("a, button")).click()
    assert coming.value.suggested_filename == path.name
    coming.value.save_as(path)
    return path


def compare(path: Path) -> None:
    """Compare the four forms in which two notes were taken away."""
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        texts = {name: packed.read(name).decode("utf-8") for name in packed.namelist()}
    assert not [name for name, text in texts.items() if "Bob" in text]
    notes = json.loads(texts["notes.json"])["notes"]
    assert [note["episode"]["title"] for note in notes] == [EPISODE, FIRST]
    assert [note["second"] for note in notes] == [120, None]
    assert [each["answer"] for each in notes[0]["answers"]] == [
        "",
        "=HYPERLINK(1) and a heron",
        OTHER,
    ]
    assert notes[1]["answers"][0]["answer"] == WORDS
    rows = list(csv.DictReader(io.StringIO(texts["notes.csv"].removeprefix("\ufeff"), newline="")))
    told = [(row["episode"], row["minute"], row["answer"]) for row in rows if row["answer"]]
    assert told == [
        (EPISODE, "2:00", "'=HYPERLINK(1) and a heron"),
        (EPISODE, "2:00", OTHER),
        (FIRST, "", WORDS),
    ]
    assert WORDS in texts["notes.md"]
    assert OTHER in texts["notes.md"]
    assert "&lt;b&gt;not now&lt;/b&gt;" in texts["notes.html"]
    assert "<script" not in texts["notes.html"]
    assert "A court could ask you for notes like these" in texts["README.txt"]


def test_the_way_back_from_a_note_that_was_found_leads_to_the_notes(arrive: Arrive) -> None:
    """A page that was posted and is not stored cannot be gone back to."""
    learner = arrive(joined=True)
    learner.reflect()
    learner.save(WORDS)
    learner.go("notes")
    learner.page.get_by_label("Search my notes").fill("waited")
    learner.press("Search")
    expect(learner.page.get_by_role("status")).to_contain_text("1 note found")
    learner.open_note()
    learner.page.go_back()
    expect(learner.heading).to_have_text("My notes")
    expect(learner.page.locator(".rows li")).to_have_count(1)


def test_other_questions_a_minute_and_a_wrong_minute_cost_no_word(learner: Learner) -> None:
    learner.reflect()
    minute = learner.page.get_by_label("Time in the episode")
    learner.write(WORDS)
    minute.fill("half past")
    learner.page.locator(".models summary").click()
    learner.press("What? So what? Now what?")
    holds(learner.page, "", "", "", WORDS)
    expect(minute).to_have_value("half past")
    learner.write(OTHER)
    learner.page.locator(".models summary").click()
    learner.press("This episode's questions")
    expect(learner.page.get_by_label("What do you say first")).to_be_visible()
    holds(learner.page, WORDS, "", "", OTHER)
    learner.press("Save")
    expect(learner.page.get_by_role("alert")).to_contain_text("like 12:30")
    holds(learner.page, WORDS, "", "", OTHER)
    expect(minute).to_have_value("half past")
    minute.fill("12:30")
    learner.press("Save")
    expect(learner.status).to_have_text("Saved.")
    assert learner.written == [WORDS, OTHER]
    link = learner.page.get_by_role("link", name="Listen from here")
    assert str(link.get_attribute("href")).endswith(".html#t=750")
    assert len(learner.notes()) == 1


def test_a_note_without_a_word_is_not_saved(learner: Learner) -> None:
    learner.reflect()
    learner.press("Save")
    expect(learner.page.get_by_role("alert")).to_contain_text("Write something before you save.")
    assert learner.notes() == []
