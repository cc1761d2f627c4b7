"""Import into a folder: what is written, what is refused, what goes on after a stop."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from episodes.findings import EarmarkError, Level
from podcast.building import pipeline
from podcast.cli import main
from podcast.importing import attachments, download, import_feed
from podcast.network.limited_get import Gate, GateError
from tests.kit import full_show, shows
from tests.kit.foreign_feeds import Shelf, built, feed, item, ranged, serving, take, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feed.reader.result import Taken
    from tests.kit.foreign_feeds import Answer, Asked

LOCKED = "<title>A show</title><podcast:locked owner='lead@example.org'>yes</podcast:locked>"


def earmark(*words: str | Path, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, [*map(str, words)], input=answer)


def written(folder: Path, data: bytes, name: str = "feed.xml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate(private=True, patience=2)
    yield made
    made.close()


def test_a_show_comes_with_recordings_chapters_transcripts_and_art(
    tmp_path: Path, make_show: Callable[..., Path]
) -> None:
    public = built(make_show(2), shows.NOW)
    done = take("https://podcast.example.org/night/feed.xml", tmp_path / "copy",
                Shelf(public, "https://podcast.example.org/night/"))  # fmt: skip
    assert (done.added, done.missing, done.lost) == (2, 0, [])
    assert set(tree(tmp_path / "copy")) == {
        ".gitignore", "cover.jpg", "show.md",
        *(f"episodes/0{n}-talk/{name}" for n in (1, 2)
          for name in ("episode.md", "recording.mp3", "transcript.vtt")),
    }  # fmt: skip
    assert not [each for each in pipeline.check(tmp_path / "copy") if each.level is Level.ERROR]


def test_every_key_that_a_feed_can_tell_survives(tmp_path: Path, tone: Path, cover: Path) -> None:
    full_show.write(tmp_path / "show", tone, cover)
    public = built(tmp_path / "show", shows.NOW)
    shelf = Shelf(public, full_show.ADDRESS)
    take(f"{full_show.ADDRESS}feed.xml", tmp_path / "copy", shelf)
    before, after = full_show.read_show(tmp_path / "show"), full_show.read_show(tmp_path / "copy")
    untold = {"recordings", "contributors", "support", "timezone", "publish", "waive"}
    assert after.model_dump(exclude=untold) == before.model_dump(exclude=untold)
    old, new = (full_show.read_episodes(tmp_path / each) for each in ("show", "copy"))
    assert set(old) == set(new) == set(full_show.NEWEST_FIRST)
    kept = {"title", "date", "summary", "season", "number", "display", "type", "explicit",
            "language", "chapters", "soundbites", "elsewhere", "places", "comments", "txt",
            "prompts", "outcomes", "answers", "licence", "licence_link", "picture_alt"}  # fmt: skip
    for guid in old:
        assert new[guid].model_dump(include=kept) == old[guid].model_dump(include=kept), guid


def test_a_second_import_into_the_folder_changes_no_byte(
    tmp_path: Path, make_show: Callable[..., Path]
) -> None:
    shelf = Shelf(built(make_show(2), shows.NOW), "https://podcast.example.org/night/")
    take(f"{shelf.address}feed.xml", tmp_path / "copy", shelf)
    text = (tmp_path / "copy" / "episodes" / "01-talk" / "episode.md").read_text("utf-8")
    edited = text.replace("Talk A", "My own title")
    (tmp_path / "copy" / "episodes" / "01-talk" / "episode.md").write_text(edited, "utf-8")
    before = tree(tmp_path / "copy")
    done = take(f"{shelf.address}feed.xml", tmp_path / "copy", shelf)
    assert (done.added, done.before) == (0, 2)
    assert tree(tmp_path / "copy") == before


def test_a_later_import_adds_what_is_new(tmp_path: Path, make_show: Callable[..., Path]) -> None:
    shelf = Shelf(built(make_show(3), shows.NOW), "https://podcast.example.org/night/")
    first = take(f"{shelf.address}feed.xml", tmp_path / "copy", shelf, most=1)
    assert (first.added, first.left) == (1, 2)
    before = tree(tmp_path / "copy")
    done = take(f"{shelf.address}feed.xml", tmp_path / "copy", shelf)
    after = tree(tmp_path / "copy")
    assert (done.added, done.before) == (2, 1)
    assert {name: after[name] for name in before} == before


def test_a_guid_that_is_too_long_becomes_the_same_short_one_at_every_import(tmp_path: Path) -> None:
    long = b"https://example.org/" + b"x" * 2000
    said = feed(item(1), head="<title>A show</title>").replace(b"guid-1", long)
    path = written(tmp_path, said)
    done = take(path, tmp_path / "show", leave_audio=True)
    assert "has too long a guid" in " ".join(each.why for each in done.lost)
    assert take(path, tmp_path / "show", leave_audio=True).before == 1
    (kept,) = full_show.read_episodes(tmp_path / "show")
    assert len(kept) == 36


def test_another_show_in_the_folder_is_refused(
    tmp_path: Path, make_show: Callable[..., Path]
) -> None:
    show = make_show(1)
    before = tree(show)
    other = feed(item(1), head="<title>B</title><podcast:guid>"
                 "917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>")  # fmt: skip
    with pytest.raises(EarmarkError, match="another show"):
        take(written(tmp_path / "f", other.replace(b"guid-1", b"x")), show)
    assert tree(show) == before


def test_recordings_may_stay_where_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, feed(item(1), item(2), head="<title>A show</title>"))
    done = take(path, tmp_path / "show", leave_audio=True)
    assert (done.added, done.missing) == (2, 0)
    folder = tmp_path / "show"
    assert not list(folder.rglob("*.mp3"))
    complete(folder)
    found = {each.rule: each for each in pipeline.check(folder)}
    assert "example.org" in found["audio-elsewhere"].message
    pipeline.build(folder, now=shows.NOW)
    made = (folder / "public" / "feed.xml").read_text("utf-8")
    assert '<enclosure url="https://example.org/1.mp3" length="1000" type="audio/mpeg"/>' in made
    page = (folder / "public" / "episodes" / "01-talk-1.html").read_text("utf-8")
    assert 'src="https://example.org/1.mp3"' in page
    assert "media-src https: http:" in page
    assert not [each for each in pipeline.check(folder, shows.NOW) if each.level is Level.ERROR]
    said = json.loads((folder / "public" / "catalogue.json").read_bytes())
    assert said["episodes"][0]["media"]["file"] == "https://example.org/2.mp3"
    assert pipeline.build(folder, now=shows.NOW).written == 0


def complete(folder: Path) -> None:
    """Write what no feed tells: the address, the guid, whom to turn to."""
    text = (folder / "show.md").read_text("utf-8")
    more = (
        "address: https://podcast.example.org/a/\nguid: 917393e3-1b1e-5cef-ace4-edaa54e1f810\n"
        'support: [{name: Samaritans, phone: "116 123"}]\n'
    )
    (folder / "show.md").write_text(text.replace("---\n#", f"---\n{more}#", 1), "utf-8")


def test_a_recording_in_the_folder_comes_before_one_elsewhere(tmp_path: Path, tone: Path) -> None:
    take(written(tmp_path, feed(item(1))), tmp_path / "show", leave_audio=True)
    complete(tmp_path / "show")
    place = tmp_path / "show" / "episodes" / "01-talk-1"
    (place / "recording.mp3").write_bytes(tone.read_bytes())
    assert "audio-elsewhere" not in {each.rule for each in pipeline.check(tmp_path / "show")}
    pipeline.build(tmp_path / "show", now=shows.NOW)
    assert (
        b"https://podcast.example.org/a/media/01-talk-1-"
        in (tmp_path / "show" / "public" / "feed.xml").read_bytes()
    )


def test_an_episode_whose_recording_stays_elsewhere_is_not_packed(tmp_path: Path) -> None:
    take(written(tmp_path, feed(item(1))), tmp_path / "show", leave_audio=True)
    complete(tmp_path / "show")
    result = earmark("offline", "guid-1", "--show", tmp_path / "show")
    assert result.exit_code == 1
    assert "on another server" in result.output


# What is asked, and what is refused.


def test_a_locked_show_is_asked_about(tmp_path: Path) -> None:
    asked: list[Taken] = []
    take(written(tmp_path, feed(item(1), head=LOCKED)), tmp_path / "show", agree=asked.append,
         leave_audio=True)  # fmt: skip
    assert [each.owner for each in asked] == ["lead@example.org"]
    take(tmp_path / "feed.xml", tmp_path / "show", agree=asked.append, leave_audio=True)
    assert len(asked) == 1  # what was agreed to once is not asked again


def test_nobody_to_ask_means_no_import(tmp_path: Path) -> None:
    path = written(tmp_path, feed(item(1), head=LOCKED))
    result = earmark("import", path, tmp_path / "show", "--leave-audio")
    assert result.exit_code == 1
    assert "lead@example.org" in result.output
    assert "--yes" in result.output
    assert not (tmp_path / "show").exists()
    result = earmark("import", path, tmp_path / "show", "--leave-audio", "--yes")
    assert result.exit_code == 0
    assert "1 episode of A show in" in result.output


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nowhere.xml", "neither a file nor an address"),
        (".", "neither a file nor an address"),
        ("ftp://example.org/feed.xml", "neither a file nor an address"),
        ("http://127.0.0.1:9/feed.xml", "--private"),
        ("feed://127.0.0.1:9/feed.xml", "--private"),
        ("page.html", "it names this one: https://example.org/rss"),
        ("note.txt", "is not a feed"),
        ("empty.xml", "is empty"),
    ],
)
def test_what_is_no_feed_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    link = '<link rel="alternate" type="application/rss+xml" href="https://example.org/rss">'
    written(tmp_path, f"<!doctype html><html><head>{link}</head>".encode(), "page.html")
    written(tmp_path, b"just words", "note.txt")
    written(tmp_path, b"", "empty.xml")
    result = earmark("import", given)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
    assert result.output.count("\n") == 1


def test_what_could_not_be_kept_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, feed(item(1), "<title>No sound</title>"))
    result = earmark("import", path, tmp_path / "show", "--leave-audio")
    assert re.search(
        r'feed\.xml:\d+: "No sound": has no recording, so it was left out', result.output
    )


# Hostile names, and links in the folder.


@pytest.mark.parametrize(
    "title", ["../../../etc/passwd", "/etc", "..", "a\\..\\b", "CON", "ü" * 300]
)
def test_names_from_a_feed_stay_inside_the_folder(tmp_path: Path, title: str) -> None:
    said = item(1).replace("Talk 1", title)
    outside = tree(tmp_path)
    take(written(tmp_path / "f", feed(said)), tmp_path / "a" / "show", leave_audio=True)
    assert [each for each in tree(tmp_path) if not each.startswith(("a/show/", "f/"))] == list(
        outside
    )
    (made,) = (tmp_path / "a" / "show" / "episodes").iterdir()
    assert re.fullmatch(r"01-[a-z0-9-]+", made.name)


@pytest.mark.parametrize("name", ["episodes", ".earmark", ".earmark/import"])
def test_nothing_is_written_through_a_link(tmp_path: Path, name: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "show" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EarmarkError, match="link"):
        take(written(tmp_path / "f", feed(item(1))), tmp_path / "show", leave_audio=True)
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize(
    "name", ["show.md", ".show.md.part", "episodes/.01-talk-1.part", "episodes/01-talk-1"]
)
def test_a_link_in_the_place_of_a_file_is_never_followed(tmp_path: Path, name: str) -> None:
    target = tmp_path / "elsewhere"
    link = tmp_path / "show" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(target)
    take(written(tmp_path / "f", feed(item(1))), tmp_path / "show", leave_audio=True)
    assert not target.exists()


def test_files_of_this_computer_that_a_feed_names_are_not_read(tmp_path: Path) -> None:
    secret = written(tmp_path, b"WEBVTT\n\n00:00.000 --> 00:01.000\nSecret\n", "secret.vtt")
    more = (
        f'<podcast:transcript url="file://{secret}" type="text/vtt"/>'
        f'<podcast:chapters url="{secret}" type="application/json+chapters"/>'
        f'<itunes:image href="file:secret.png"/>'
    )
    path = written(tmp_path, feed(item(1, more), item(2, url=f"file://{secret}")))
    done = take(path, tmp_path / "show", leave_audio=True)
    assert done.added == 1
    assert not any(b"Secret" in data for data in tree(tmp_path / "show").values())


# Downloads.


class Host:
    """Serves a feed with one recording, in ways that a test chooses."""

    def __init__(self, data: bytes, **headers: str) -> None:
        self.data, self.headers = data, headers
        self.cut: int | None = None
        self.status, self.told = 200, 1000

    def __call__(self, asked: Asked) -> Answer | None:
        if asked.path == "/feed.xml":
            told = item(1, url="/1.mp3").replace('length="1000"', f'length="{self.told}"')
            return 200, {}, feed(told)
        if self.status != 200:
            return self.status, {}, b""
        status, headers, data = ranged(asked, self.data, self.headers)
        if self.cut is not None:
            headers = {**headers, "Content-Length": str(len(data))}
            data = data[: self.cut]
        return status, headers, data


def test_a_download_that_breaks_goes_on_where_it_stopped(
    tmp_path: Path, tone: Path, gate: Gate
) -> None:
    host = Host(tone.read_bytes(), ETag='"a"')
    host.cut = 10_000
    with serving(host) as server:
        first = take(f"{server.address}feed.xml", tmp_path / "show", gate)
        assert (first.added, first.missing) == (0, 1)
        assert not list((tmp_path / "show").glob("episodes/*"))
        host.cut = None
        second = take(f"{server.address}feed.xml", tmp_path / "show", gate)
        assert (second.added, second.missing) == (1, 0)
        assert server.asked[-1][1]["Range"] == "bytes=10000-"
        assert server.asked[-1][1]["If-Range"] == '"a"'
    (made,) = (tmp_path / "show").rglob("recording.mp3")
    assert made.read_bytes() == tone.read_bytes()
    assert not list((tmp_path / "show" / ".earmark").rglob("*.part"))


def test_a_recording_that_is_whole_is_not_asked_for_again(
    tmp_path: Path, tone: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Host(tone.read_bytes(), ETag='"a"')) as server:

        def stopped(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(attachments, "transcript", stopped)
            take(f"{server.address}feed.xml", tmp_path / "show", gate)
        asked = len(server.asked)
        assert take(f"{server.address}feed.xml", tmp_path / "show", gate).added == 1
        assert "/1.mp3" not in [path for path, _ in server.asked[asked:]]
    (made,) = (tmp_path / "show").rglob("recording.mp3")
    assert made.read_bytes() == tone.read_bytes()


def test_sound_that_lies_in_a_folder_from_elsewhere_is_not_taken_for_fetched(
    tmp_path: Path, tone: Path, gate: Gate
) -> None:
    host = Host(tone.read_bytes(), ETag='"a"')
    host.cut = 10_000
    with serving(host) as server:
        take(f"{server.address}feed.xml", tmp_path / "show", gate)
        (part,) = (tmp_path / "show" / ".earmark").rglob("*.part")
        other = b"\0" * 100 + tone.read_bytes()  # somebody packed another sound, and says it is all
        part.write_bytes(other)
        note = part.with_suffix(".json")
        said, seal = json.loads(note.read_text("utf-8"))
        for forged in ([said | {"whole": len(other)}, seal], said | {"whole": len(other)}):
            note.write_text(json.dumps(forged), "utf-8")
            part.write_bytes(other)
            assert download._begun(part, note, said["address"]) == (0, {}, None)
            assert not part.exists()
        host.cut = None
        assert take(f"{server.address}feed.xml", tmp_path / "show", gate).added == 1
    (made,) = (tmp_path / "show").rglob("recording.mp3")
    assert made.read_bytes() == tone.read_bytes()


def test_a_length_that_the_feed_does_not_tell_is_asked_of_the_server(
    tmp_path: Path, tone: Path, gate: Gate
) -> None:
    for headers in ({"ETag": '"a"'}, {}):
        host = Host(tone.read_bytes(), **headers)
        host.told = 0
        with serving(host) as server:
            folder = tmp_path / f"show{len(headers)}"
            assert take(f"{server.address}feed.xml", folder, gate, leave_audio=True).added == 1
        (path,) = folder.glob("episodes/*/episode.md")
        assert f"length: {len(host.data)}" in path.read_text("utf-8")


UNTYPED = ' type="audio/mpeg"'


@pytest.mark.parametrize(
    ("gone", "headers", "added"),
    [
        ("<itunes:duration>60</itunes:duration>", {"Content-Type": "audio/mpeg"}, 0),
        (UNTYPED, {"Content-Type": "audio/mp4; codecs=x"}, 1),
        (UNTYPED, {"Content-Type": "text/html"}, 0),
        (UNTYPED, {}, 0),
        (' length="1000"', {"Content-Type": "audio/mpeg"}, 1),
    ],
)
def test_what_a_feed_does_not_say_of_a_recording_is_asked_or_it_cannot_stay(
    tmp_path: Path, gate: Gate, gone: str, headers: dict[str, str], added: int
) -> None:
    with serving(lambda _: (200, headers, b"x" * 1000)) as server:
        rows = [item(each, url=f"{server.address}play/{each}") for each in range(1, 8)]
        path = written(tmp_path, feed(*(each.replace(gone, "") for each in rows)))
        done = take(path, tmp_path / "show", gate, leave_audio=True)
    assert (done.added, done.unfit, done.missing) == (7 * added, 7 - 7 * added, 0)
    said = [each.why for each in done.lost if "import it without --leave-audio" in each.why]
    assert len(said) == done.unfit
    texts = [each.read_text("utf-8") for each in tmp_path.rglob("episode.md")]
    assert all(re.search('type: "?audio/mp', each) for each in texts)


def test_a_server_that_does_not_answer_is_asked_again_another_time(tmp_path: Path) -> None:
    said = item(1).replace('length="1000"', 'length="0"')
    done = take(written(tmp_path, feed(said)), tmp_path / "show", leave_audio=True)
    assert (done.added, done.missing, done.unfit) == (0, 1, 0)
    assert "is not there" in done.lost[-1].why


def test_a_recording_that_changed_meanwhile_begins_anew(
    tmp_path: Path, tone: Path, gate: Gate
) -> None:
    host = Host(bytes(50_000), ETag='"a"')
    host.cut = 10_000
    with serving(host) as server:
        take(f"{server.address}feed.xml", tmp_path / "show", gate)
        host.data, host.headers, host.cut = tone.read_bytes(), {"ETag": '"b"'}, None
        assert take(f"{server.address}feed.xml", tmp_path / "show", gate).added == 1
    (made,) = (tmp_path / "show").rglob("recording.mp3")
    assert made.read_bytes() == tone.read_bytes()


def test_what_nobody_can_tell_apart_is_never_joined(tmp_path: Path, tone: Path, gate: Gate) -> None:
    host = Host(tone.read_bytes())  # no ETag and no date
    host.cut = 10_000
    with serving(host) as server:
        take(f"{server.address}feed.xml", tmp_path / "show", gate)
        host.cut = None
        assert take(f"{server.address}feed.xml", tmp_path / "show", gate).added == 1
        assert "Range" not in server.asked[-1][1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<!DOCTYPE html><html>Sorry</html>", "is a web page"),
        (b"", "is empty"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "is not audio"),
        (bytes(5_000), "is not audio"),
        (b"ID3\x03\x00\x00\x00\x00\x00\x00", "is not audio"),
    ],
)
def test_what_is_no_recording_does_not_become_one(
    tmp_path: Path, gate: Gate, data: bytes, said: str
) -> None:
    with serving(Host(data)) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", gate)
    assert (done.added, done.missing) == (0, 1)
    assert any(said in each.why for each in done.lost), done.lost
    assert not list((tmp_path / "show").rglob("*.mp3"))
    assert not list((tmp_path / "show").rglob("*.part"))


@pytest.mark.parametrize("kind", ["", "application/octet-stream"])
def test_what_nobody_called_a_recording_and_is_none_is_not_asked_for_again(
    tmp_path: Path, gate: Gate, kind: str
) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/feed.xml":
            post = item(1, url="/1").replace("audio/mpeg", kind)
            return 200, {}, feed(post)
        return 200, {}, b"<!DOCTYPE html><html>News</html>"

    with serving(answer) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", gate)
    assert (done.added, done.missing) == (0, 0)
    assert any("has no recording" in each.why for each in done.lost), done.lost


def test_a_recording_cut_short_is_found(tmp_path: Path, gate: Gate) -> None:
    whole = shows.sound(tmp_path / "long.mp3", 30, ("-ac", "1", "-q:a", "9")).read_bytes()
    with serving(Host(whole[: len(whole) // 2])) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", gate)
    assert done.missing == 1
    assert any("cut short" in each.why for each in done.lost), done.lost


def test_recordings_over_the_limit_are_left(tmp_path: Path, tone: Path, gate: Gate) -> None:
    with serving(Host(tone.read_bytes())) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", gate, limit=1_000)
    assert any("over the limit" in each.why for each in done.lost)


def test_a_recording_without_end_is_left(tmp_path: Path, gate: Gate) -> None:
    def endless(asked: Asked) -> Answer | None:
        if asked.path == "/feed.xml":
            return 200, {}, feed(item(1, url="/1.mp3"))
        asked.send_response(200)
        asked.end_headers()
        while True:
            asked.wfile.write(bytes(1 << 16))

    with serving(endless) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", gate, limit=1_000_000)
    assert any("over the limit" in each.why for each in done.lost)


def test_a_host_that_is_gone_is_not_asked_five_hundred_times(tmp_path: Path, gate: Gate) -> None:
    def answer(asked: Asked) -> Answer:
        rows = [item(n, url=f"/{n}.mp3") for n in range(1, 21)]
        return (200, {}, feed(*rows)) if asked.path == "/feed.xml" else (404, {}, b"")

    with serving(answer) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", gate)
        assert len(server.asked) == 1 + import_feed.GIVE_UP
    assert done.missing == 20
    assert any("no more were requested" in each.why for each in done.lost)


def test_a_slow_recording_is_left_for_another_day(
    tmp_path: Path, gate: Gate, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "GRACE", -1)
    monkeypatch.setattr(download, "SLOWEST", 1e12)
    with serving(Host(tone.read_bytes(), ETag='"a"')) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", gate)
    assert any("too slowly" in each.why for each in done.lost)


def test_ctrl_c_leaves_what_can_be_gone_on_with(
    tmp_path: Path, tone: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*said: Any) -> None:
        raise KeyboardInterrupt

    host = Host(tone.read_bytes(), ETag='"a"')
    with serving(host) as server:
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(download, "_looked_at", interrupted)
            take(f"{server.address}feed.xml", tmp_path / "show", gate)
        assert list((tmp_path / "show" / ".earmark").rglob("*.part"))
        assert take(f"{server.address}feed.xml", tmp_path / "show", gate).added == 1


def test_the_command_fetches_from_this_computer_only_when_told(tmp_path: Path, tone: Path) -> None:
    with serving(Host(tone.read_bytes())) as server:
        where = f"{server.address}feed.xml"
        result = earmark("import", where, tmp_path / "show")
        assert (result.exit_code, "--private" in result.output) == (1, True)
        result = earmark("import", where, tmp_path / "show", "--private")
        assert result.exit_code == 0, result.output
    assert "1 episode of A show" in result.output
    assert "earmark check" in result.output


def test_a_cover_that_was_drawn_gives_way_to_the_right_one(
    tmp_path: Path, make_show: Callable[..., Path]
) -> None:
    public = built(make_show(1), shows.NOW)
    address = "https://podcast.example.org/night/"
    (cover,) = public.glob("art/cover-*[0-9a-f].jpg")
    right = cover.read_bytes()
    cover.unlink()
    take(f"{address}feed.xml", tmp_path / "copy", Shelf(public, address))
    drawn = (tmp_path / "copy" / "cover.jpg").read_bytes()
    right = right[:-2] + b"\0\0" + right[-2:]  # not the same as one that is drawn
    cover.write_bytes(right)
    take(f"{address}feed.xml", tmp_path / "copy", Shelf(public, address))
    assert (tmp_path / "copy" / "cover.jpg").read_bytes() == right != drawn
    (tmp_path / "copy" / "cover.jpg").write_bytes(b"the lead's own")
    take(f"{address}feed.xml", tmp_path / "copy", Shelf(public, address))
    assert (tmp_path / "copy" / "cover.jpg").read_bytes() == b"the lead's own"


def test_a_cover_that_is_not_square_is_cropped_with_a_word(
    tmp_path: Path, make_show: Callable[..., Path]
) -> None:
    public = built(make_show(1), shows.NOW)
    address = "https://podcast.example.org/night/"
    (cover,) = public.glob("art/cover-*[0-9a-f].jpg")
    Image.new("RGB", (1600, 1400), "white").save(cover)
    done = take(f"{address}feed.xml", tmp_path / "copy", Shelf(public, address))
    (lost,) = (each for each in done.lost if each.what == "the cover")
    assert lost.why.startswith("is 1600 x 1400 pixels; its middle is used")
    with Image.open(tmp_path / "copy" / "cover.jpg") as image:
        assert image.size == (1400, 1400)
        assert image.getpixel((700, 700)) == (255, 255, 255)


def test_a_gate_error_is_for_people() -> None:
    assert issubclass(GateError, EarmarkError)
