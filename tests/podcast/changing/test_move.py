"""`earmark move`: another address, the same show, and word left at the old place."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes import catalogue, lockfile
from feed import redirects
from podcast.building import pipeline, published_copy
from podcast.building.context import ProgressReport
from podcast.changing import move as moving
from podcast.publishing import subscriber_changes
from podcast.show_folder import show_guid
from tests.kit import html_checker
from tests.kit.changed_shows import ITUNES, channel, enclosures, files, items
from tests.kit.published_shows import edit
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result
    from playwright.sync_api import Browser

    Earmark = Callable[..., Result]

OLD, NEW = "https://podcast.example.org/night/", "https://audio.example.net/talks/"
PLACE = "moved/podcast.example.org-night"
ATOM = "{http://www.w3.org/2005/Atom}"


def move(show: Path, address: str = NEW) -> list[str]:
    return moving.write(moving.prepare(show, address, None, NOW), NOW, ProgressReport())


def test_the_address_is_another_and_every_identity_and_recording_the_same(show: Path) -> None:
    out = pipeline.build(show, now=NOW).out
    before, media = items(out), sorted((out / "media").iterdir())
    transcripts = sorted((out / "transcripts").iterdir())
    entries = lockfile.parse((show / "earmark.lock").read_text("utf-8")).episodes
    text = (show / "show.md").read_text("utf-8")
    move(show)
    assert (show / "show.md").read_text("utf-8") == text.replace(
        f"address: {OLD}\n", f'address: {NEW}\nformer_addresses: ["{OLD}"]\n'
    )
    after = items(out)
    assert list(after) == list(before)
    for guid, item in after.items():
        was = before[guid].find("enclosure").get("url")
        assert item.find("enclosure").get("url") == was.replace(OLD, NEW)
    assert sorted((out / "media").iterdir()) == media
    assert sorted((out / "transcripts").iterdir()) == transcripts  # no link to one is dead
    assert lockfile.parse((show / "earmark.lock").read_text("utf-8")).episodes == entries
    assert pipeline.check(show, NOW) == []
    assert pipeline.build(show, now=NOW).written == 0
    assert pipeline.build(show, now=NOW, verify=True).written == 0


def test_a_recording_is_tagged_with_the_new_address_when_something_else_changes(
    show: Path,
) -> None:
    out = pipeline.build(show, now=NOW).out
    move(show)
    path = show / "episodes" / "01-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("title: Talk A", "title: Talk Z"), "utf-8")
    pipeline.build(show, now=NOW)
    (one,) = (out / "media").glob("01-*")
    (two,) = (out / "media").glob("02-*")
    assert NEW.encode() in one.read_bytes()
    assert OLD.encode() not in one.read_bytes()
    assert OLD.encode() in two.read_bytes()


def test_the_stub_is_the_same_feed_and_says_where_it_went(show: Path) -> None:
    move(show)
    feed = (show / "public" / "feed.xml").read_bytes()
    stub = (show / PLACE / "upload" / "feed.xml").read_bytes()
    assert b"new-feed-url" not in feed
    tag = f"<itunes:new-feed-url>{NEW}feed.xml</itunes:new-feed-url>"
    assert stub.decode().replace(tag, "").split() == feed.decode().split()
    assert channel(stub).findtext(f"{ITUNES}new-feed-url") == f"{NEW}feed.xml"
    assert channel(stub).find(f"{ATOM}link").get("href") == f"{NEW}feed.xml"
    assert enclosures(stub) == enclosures(feed)
    assert all(each.startswith(NEW) for each in enclosures(stub))


def test_pages_at_the_old_place_lead_on_without_a_script(show: Path) -> None:
    move(show)
    left = show / PLACE / "upload"
    for name in ("index.html", "episodes/01-talk.html", "episodes/02-talk.html"):
        page = (left / name).read_text("utf-8")
        target = NEW + name.replace("index.html", "")
        assert f'<meta http-equiv="refresh" content="0; url={target}">' in page
        assert f'<link rel="canonical" href="{target}">' in page
        assert f'href="{target}"' in page
        assert "116 123" in page
        assert "<script" not in page
        for style in re.findall(r'stylesheet" href="([^"]+)"', page):
            assert (left / name).parent.joinpath(style).is_file()
    assert catalogue.parse((left / "catalogue.json").read_bytes()).show.address == NEW


def test_an_unlisted_show_stays_out_of_search_engines(show: Path) -> None:
    path = show / "show.md"
    path.write_text(path.read_text("utf-8").replace("author:", "unlisted: true\nauthor:"), "utf-8")
    move(show)
    page = (show / PLACE / "upload" / "index.html").read_text("utf-8")
    assert '<meta name="robots" content="noindex, nofollow">' in page
    assert "canonical" not in page


def test_the_rules_of_servers_name_each_kind_of_file_and_each_recording_of_before(
    show: Path,
) -> None:
    out = pipeline.build(show, now=NOW).out
    (was,) = (out / "media").glob("01-*")
    path = show / "episodes" / "01-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("title: Talk A", "title: Talk Z"), "utf-8")
    move(show)
    (now,) = (out / "media").glob("01-*")
    rules = show / PLACE / "redirects"
    nginx, apache = ((rules / name).read_text("utf-8") for name in ("nginx.conf", "htaccess"))
    exact = f'location = "/night/media/{was.name}" {{ return 301 {NEW}media/{now.name}; }}'
    assert exact in nginx
    assert f'$" "{NEW}media/{now.name}"' in apache
    hosts = (rules / "_redirects").read_text("utf-8")
    assert f"/night/media/{was.name} {NEW}media/{now.name} 301\n/night/feed.xml" in hosts
    assert f"/night/episodes/* {NEW}episodes/:splat 301\n" in hosts
    s3 = json.loads((rules / "s3-routing-rules.json").read_text("utf-8"))
    assert s3[0]["Condition"] == {"KeyPrefixEquals": f"night/media/{was.name}"}
    assert s3[1]["Redirect"] == {
        "Protocol": "https", "HostName": "audio.example.net", "HttpRedirectCode": "301",
        "ReplaceKeyPrefixWith": "talks/feed.xml",
    }  # fmt: skip


def test_a_bucket_is_given_no_more_rules_than_it_takes() -> None:
    media = {"file": "media/a.mp3", "length": 1, "type": "audio/mpeg", "seconds": 1,
             "version": "v", "former": [f"media/{n}.mp3" for n in range(99)]}  # fmt: skip
    episode = {"guid": "g", "title": "T", "page": "episodes/a.html", "media": media,
               "published": "2026-10-01T07:00:00+00:00"}  # fmt: skip
    document = {"version": 1, "show": {"title": "T", "address": NEW}, "episodes": [episode]}
    show = catalogue.parse(json.dumps(document).encode())
    rules = json.loads(redirects.redirects(show, redirects.Move(OLD, NEW))["s3-routing-rules.json"])
    assert len(rules) == 50
    assert rules[-1]["Condition"]["KeyPrefixEquals"] == "night/static/"


@given(st.sampled_from(["", "night/", "a/b/", "100%25/", "a.b+c/"]), st.text(max_size=8))
def test_nothing_but_files_of_the_show_is_sent_on(path: str, name: str) -> None:
    way = redirects.Move(f"https://a.example/{path}", NEW)
    pattern = re.compile(redirects.pattern(way))
    from urllib.parse import unquote

    base = unquote(f"/{path}")
    assert pattern.fullmatch(f"{base}media/talk-1a2b.mp3")
    assert pattern.fullmatch(f"{base}feed.xml")
    found = pattern.fullmatch(f"{base}media/{name}")
    assert bool(found) == bool(re.fullmatch("[A-Za-z0-9._-]+", name))
    assert not pattern.fullmatch(f"{base}{name}/media/x.mp3")


def test_a_guid_that_was_missing_is_that_of_the_old_address(show: Path) -> None:
    path = show / "show.md"
    text = re.sub(r"guid: .*\n", "", path.read_text("utf-8"), count=1)
    path.write_text(text, encoding="utf-8")
    move(show)
    assert f"guid: {show_guid.guid_of_show(OLD)}\n" in path.read_text("utf-8")


def test_a_second_move_leaves_word_at_both_places_and_a_way_back_takes_one_away(
    show: Path,
) -> None:
    move(show)
    third = "https://third.example.net/"
    move(show, third)
    names = {path.name for path in (show / "moved").iterdir()}
    assert names == {"podcast.example.org-night", "audio.example.net-talks"}
    for name in names:
        stub = (show / "moved" / name / "upload" / "feed.xml").read_bytes()
        assert channel(stub).findtext(f"{ITUNES}new-feed-url") == f"{third}feed.xml"
    said = move(show, OLD)
    assert f"Delete what you left at {OLD}: the redirects, or the stub of a feed." in said
    assert f'former_addresses: ["{NEW}", "{third}"]' in (show / "show.md").read_text("utf-8")
    names = {path.name for path in (show / "moved").iterdir()}
    assert names == {"audio.example.net-talks", "third.example.net"}
    assert pipeline.check(show, NOW) == []


def test_the_same_command_again_makes_the_stub_anew(show: Path, earmark: Earmark) -> None:
    move(show)
    text = (show / "show.md").read_text("utf-8")
    shutil.rmtree(show / "moved")
    done = earmark("move", NEW, "--show", show, "--yes")
    assert done.exit_code == 0, done.output
    assert "Nothing. The files for the old address are made again" in done.output
    assert (show / PLACE / "upload" / "feed.xml").is_file()
    assert (show / "show.md").read_text("utf-8") == text


def test_only_https_instead_of_http_leaves_nothing_to_upload(show: Path) -> None:
    path = show / "show.md"
    path.write_text(path.read_text("utf-8").replace(OLD, OLD.replace("https", "http")), "utf-8")
    move(show, OLD)
    left = show / PLACE
    assert [each.name for each in left.iterdir()] == ["READ-ME.txt"]
    assert "there is nothing to upload" in (left / "READ-ME.txt").read_text("utf-8")


def test_the_advice_names_both_places_and_the_order(show: Path) -> None:
    move(show)
    text = (show / PLACE / "READ-ME.txt").read_text("utf-8")
    assert f"from  {OLD}\nto    {NEW}\n" in text
    steps = re.findall(r"^(\d)\. (.+)$", text, re.MULTILINE)
    assert [number for number, _ in steps] == ["1", "2", "3", "4", "5"]
    assert f"earmark doctor {NEW}" in text
    assert "at least two years" in text
    assert max(map(len, text.splitlines())) <= 100
    assert "&" not in text


def test_what_is_noticed_is_said_first_and_nobody_to_ask_changes_nothing(
    show: Path, earmark: Earmark
) -> None:
    before = files(show)
    done = earmark("move", NEW, "--show", show)
    assert done.exit_code == 1
    assert "Subscribers will notice:\n  Nothing, if you leave a forwarding notice" in done.output
    assert files(show) == before


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("audio.example.net", '"audio.example.net" is not a web address'),
        ("https://a.example/?x=1", "is not the web address of a folder"),
        (OLD, f"the show's address is {OLD} already"),
        (f"{OLD}media/x/", "go round in a circle"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(
    show: Path, earmark: Earmark, address: str, said: str
) -> None:
    before = files(show)
    done = earmark("move", address, "--show", show, "--yes")
    assert done.exit_code == 1
    assert said in done.output
    assert files(show) == before


def test_a_show_with_errors_or_without_an_address_does_not_move(
    show: Path, earmark: Earmark
) -> None:
    path = show / "episodes" / "01-talk" / "episode.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("guid: guid-1\n", ""), "utf-8")
    assert "[guid-missing]" in earmark("move", NEW, "--show", show, "--yes").output
    path.write_text(text, "utf-8")
    head = show / "show.md"
    head.write_text(head.read_text("utf-8").replace(f"address: {OLD}\n", ""), "utf-8")
    assert f"write `address: {NEW}` there" in earmark("move", NEW, "--show", show, "--yes").output


@pytest.mark.parametrize("where", ["build", "upload", "redirects"])
def test_what_is_stopped_leaves_the_show_as_it_was(
    show: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    pipeline.build(show, now=NOW)
    before = files(show)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline if where == "build" else redirects, where, stop)
    with pytest.raises(KeyboardInterrupt):
        move(show)
    assert files(show) == before
    monkeypatch.undo()
    assert pipeline.check(show, NOW) == []
    pipeline.build(show, now=NOW)
    assert pipeline.check(show, NOW) == []


def test_another_computer_finds_the_published_file_at_the_former_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def only_the_old(address: str, target: Path) -> bool:
        asked.append(address)
        target.write_bytes(b"sound")
        return address.startswith(OLD)

    monkeypatch.setattr(published_copy, "_fetch", only_the_old)
    assert published_copy.published((NEW, OLD), "media/a.mp3", tmp_path / "a")
    assert asked == [f"{NEW}media/a.mp3", f"{OLD}media/a.mp3"]
    assert not published_copy.published((NEW,), "media/a.mp3", tmp_path / "a")


def test_a_publish_says_whether_the_old_place_was_thought_of(show: Path) -> None:
    out = pipeline.build(show, now=NOW).out
    before = (out / "catalogue.json").read_bytes()
    path = show / "show.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace(OLD, NEW), "utf-8")
    pipeline.build(show, now=NOW)
    said = subscriber_changes.compare_catalogues(before, (out / "catalogue.json").read_bytes())[0]
    assert said.endswith("`earmark move` makes the files that redirect them")
    path.write_text(text, "utf-8")
    move(show)
    said = subscriber_changes.compare_catalogues(before, (out / "catalogue.json").read_bytes())[0]
    assert "follow once the files from `earmark move` are at the old address" in said


@pytest.mark.slow
def test_pages_at_the_old_place_are_valid_and_lead_on_in_a_browser(
    show: Path, browser: Browser
) -> None:
    move(show)
    left = show / PLACE / "upload"
    pages = [left / "index.html", left / "episodes" / "01-talk.html"]
    wrong = html_checker.ask([str(each) for each in pages])
    assert [each for each in wrong if "Content Security Policy" not in each] == []  # of a file
    context = browser.new_context()
    context.route(f"{NEW}**", lambda route: route.fulfill(body="arrived"))
    page = context.new_page()
    page.goto(pages[1].as_uri())
    page.wait_for_url(f"{NEW}episodes/01-talk.html")
    context.close()


def test_what_is_left_at_the_old_place_forgets_an_episode_that_is_withdrawn(
    show: Path, tmp_path: Path, earmark: Earmark
) -> None:
    edit(show, 1, "Some *notes*", "Words that somebody took back")
    move(show)
    left = show / PLACE / "upload"
    assert b"somebody took back" in (left / "feed.xml").read_bytes()
    edit(show, 1, "number: 1", "number: 1\nslug: talk-z")  # its page had another name there
    assert "made again" not in earmark("publish", show, "--to", tmp_path / "site").output
    asked = earmark("withdraw", "01-talk", "--show", show).output
    assert f"Files still at {OLD}, the previous address, stay public until" in asked
    assert earmark("withdraw", "01-talk", "--show", show, "--yes").exit_code == 0
    said = earmark("publish", show, "--to", tmp_path / "site").output
    made = f"{PLACE}/ was made again without the withdrawn episodes"
    assert f"{made}; upload it to {OLD} again." in said
    for path in left.rglob("*.*"):
        assert b"somebody took back" not in path.read_bytes(), path.name
    assert list(items(left)) == ["guid-2"]
    assert "116 123" in (left / "episodes" / "talk-z.html").read_text("utf-8")
    assert not (left / "episodes" / "01-talk.html").exists()
    there = said.partition(f"{OLD} may still have it, from when the show lived there.")[2]
    assert "  episodes/01-talk.html\n" in there
    for slug in ("01-talk", "talk-z"):
        assert (
            f"  in media, transcripts, chapters and art: files that begin with {slug}-\n" in there
        )
    assert "made again" not in earmark("build", show).output


def test_a_build_makes_what_is_left_at_the_old_place_anew_too(show: Path, earmark: Earmark) -> None:
    move(show)
    edit(show, 1, "number: 1", "number: 1\nwithdrawn: 2026-11-01")
    assert f"{PLACE}/ was made again" in earmark("build", show).output
    assert list(items(show / PLACE / "upload")) == ["guid-2"]
