"""Tests downloads: what is fetched, what goes on after a stop, and what is left."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podcast.importing import attachments, download, episode_fetcher
from podcast.network.client import Client
from tests.kit import shows
from tests.kit.foreign_feeds import earmark, feed, item, ranged, serving, take, written

if TYPE_CHECKING:
    from tests.kit.foreign_feeds import Answer, Asked


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
    tmp_path: Path, tone: Path, client: Client
) -> None:
    host = Host(tone.read_bytes(), ETag='"a"')
    host.cut = 10_000
    with serving(host) as server:
        first = take(f"{server.address}feed.xml", tmp_path / "show", client)
        assert (first.added, first.missing) == (0, 1)
        assert not list((tmp_path / "show").glob("episodes/*"))
        host.cut = None
        second = take(f"{server.address}feed.xml", tmp_path / "show", client)
        assert (second.added, second.missing) == (1, 0)
        assert server.asked[-1][1]["Range"] == "bytes=10000-"
        assert server.asked[-1][1]["If-Range"] == '"a"'
    (made,) = (tmp_path / "show").rglob("recording.mp3")
    assert made.read_bytes() == tone.read_bytes()
    assert not list((tmp_path / "show" / ".earmark").rglob("*.part"))


def test_a_recording_that_is_whole_is_not_asked_for_again(
    tmp_path: Path, tone: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Host(tone.read_bytes(), ETag='"a"')) as server:

        def stopped(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(attachments, "fetch_transcript", stopped)
            take(f"{server.address}feed.xml", tmp_path / "show", client)
        asked = len(server.asked)
        assert take(f"{server.address}feed.xml", tmp_path / "show", client).added == 1
        assert "/1.mp3" not in [path for path, _ in server.asked[asked:]]
    (made,) = (tmp_path / "show").rglob("recording.mp3")
    assert made.read_bytes() == tone.read_bytes()


def test_sound_that_lies_in_a_folder_from_elsewhere_is_not_taken_for_fetched(
    tmp_path: Path, tone: Path, client: Client
) -> None:
    host = Host(tone.read_bytes(), ETag='"a"')
    host.cut = 10_000
    with serving(host) as server:
        take(f"{server.address}feed.xml", tmp_path / "show", client)
        (part,) = (tmp_path / "show" / ".earmark").rglob("*.part")
        other = b"\0" * 100 + tone.read_bytes()  # somebody packed another sound, and says it is all
        part.write_bytes(other)
        note = part.with_suffix(".json")
        said, seal = json.loads(note.read_text("utf-8"))
        for forged in ([said | {"whole": len(other)}, seal], said | {"whole": len(other)}):
            note.write_text(json.dumps(forged), "utf-8")
            part.write_bytes(other)
            assert download._resume(part, note, said["address"]) == (0, {}, None)
            assert not part.exists()
        host.cut = None
        assert take(f"{server.address}feed.xml", tmp_path / "show", client).added == 1
    (made,) = (tmp_path / "show").rglob("recording.mp3")
    assert made.read_bytes() == tone.read_bytes()


def test_a_length_that_the_feed_does_not_tell_is_asked_of_the_server(
    tmp_path: Path, tone: Path, client: Client
) -> None:
    for headers in ({"ETag": '"a"'}, {}):
        host = Host(tone.read_bytes(), **headers)
        host.told = 0
        with serving(host) as server:
            folder = tmp_path / f"show{len(headers)}"
            assert take(f"{server.address}feed.xml", folder, client, leave_audio=True).added == 1
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
    tmp_path: Path, client: Client, gone: str, headers: dict[str, str], added: int
) -> None:
    with serving(lambda _: (200, headers, b"x" * 1000)) as server:
        rows = [item(each, url=f"{server.address}play/{each}") for each in range(1, 8)]
        path = written(tmp_path, feed(*(each.replace(gone, "") for each in rows)))
        done = take(path, tmp_path / "show", client, leave_audio=True)
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
    tmp_path: Path, tone: Path, client: Client
) -> None:
    host = Host(bytes(50_000), ETag='"a"')
    host.cut = 10_000
    with serving(host) as server:
        take(f"{server.address}feed.xml", tmp_path / "show", client)
        host.data, host.headers, host.cut = tone.read_bytes(), {"ETag": '"b"'}, None
        assert take(f"{server.address}feed.xml", tmp_path / "show", client).added == 1
    (made,) = (tmp_path / "show").rglob("recording.mp3")
    assert made.read_bytes() == tone.read_bytes()


def test_what_nobody_can_tell_apart_is_never_joined(
    tmp_path: Path, tone: Path, client: Client
) -> None:
    host = Host(tone.read_bytes())  # no ETag and no date
    host.cut = 10_000
    with serving(host) as server:
        take(f"{server.address}feed.xml", tmp_path / "show", client)
        host.cut = None
        assert take(f"{server.address}feed.xml", tmp_path / "show", client).added == 1
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
    tmp_path: Path, client: Client, data: bytes, said: str
) -> None:
    with serving(Host(data)) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", client)
    assert (done.added, done.missing) == (0, 1)
    assert any(said in each.why for each in done.lost), done.lost
    assert not list((tmp_path / "show").rglob("*.mp3"))
    assert not list((tmp_path / "show").rglob("*.part"))


@pytest.mark.parametrize("kind", ["", "application/octet-stream"])
def test_what_nobody_called_a_recording_and_is_none_is_not_asked_for_again(
    tmp_path: Path, client: Client, kind: str
) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/feed.xml":
            post = item(1, url="/1").replace("audio/mpeg", kind)
            return 200, {}, feed(post)
        return 200, {}, b"<!DOCTYPE html><html>News</html>"

    with serving(answer) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", client)
    assert (done.added, done.missing) == (0, 0)
    assert any("has no recording" in each.why for each in done.lost), done.lost


def test_a_recording_cut_short_is_found(tmp_path: Path, client: Client) -> None:
    whole = shows.sound(tmp_path / "long.mp3", 30, ("-ac", "1", "-q:a", "9")).read_bytes()
    with serving(Host(whole[: len(whole) // 2])) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", client)
    assert done.missing == 1
    assert any("cut short" in each.why for each in done.lost), done.lost


def test_recordings_over_the_limit_are_left(tmp_path: Path, tone: Path, client: Client) -> None:
    with serving(Host(tone.read_bytes())) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", client, limit=1_000)
    assert any("over the limit" in each.why for each in done.lost)


def test_a_recording_without_end_is_left(tmp_path: Path, client: Client) -> None:
    def endless(asked: Asked) -> Answer | None:
        if asked.path == "/feed.xml":
            return 200, {}, feed(item(1, url="/1.mp3"))
        asked.send_response(200)
        asked.end_headers()
        while True:
            asked.wfile.write(bytes(1 << 16))

    with serving(endless) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", client, limit=1_000_000)
    assert any("over the limit" in each.why for each in done.lost)


def test_a_host_that_is_gone_is_not_asked_five_hundred_times(
    tmp_path: Path, client: Client
) -> None:
    def answer(asked: Asked) -> Answer:
        rows = [item(n, url=f"/{n}.mp3") for n in range(1, 21)]
        return (200, {}, feed(*rows)) if asked.path == "/feed.xml" else (404, {}, b"")

    with serving(answer) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", client)
        assert len(server.asked) == 1 + episode_fetcher.GIVE_UP
    assert done.missing == 20
    assert any("no more were requested" in each.why for each in done.lost)


def test_a_slow_recording_is_left_for_another_day(
    tmp_path: Path, client: Client, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podcast.network.client.GRACE", -1)
    monkeypatch.setattr("podcast.network.client.SLOWEST", 1e12)
    with serving(Host(tone.read_bytes(), ETag='"a"')) as server:
        done = take(f"{server.address}feed.xml", tmp_path / "show", client)
    assert any("too slowly" in each.why for each in done.lost)


def test_ctrl_c_leaves_what_can_be_gone_on_with(
    tmp_path: Path, tone: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*said: Any) -> None:
        raise KeyboardInterrupt

    host = Host(tone.read_bytes(), ETag='"a"')
    with serving(host) as server:
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(download, "_check", interrupted)
            take(f"{server.address}feed.xml", tmp_path / "show", client)
        assert list((tmp_path / "show" / ".earmark").rglob("*.part"))
        assert take(f"{server.address}feed.xml", tmp_path / "show", client).added == 1


def test_the_command_fetches_from_this_computer_only_when_told(tmp_path: Path, tone: Path) -> None:
    with serving(Host(tone.read_bytes())) as server:
        where = f"{server.address}feed.xml"
        result = earmark("import", where, tmp_path / "show")
        assert (result.exit_code, "--private" in result.output) == (1, True)
        result = earmark("import", where, tmp_path / "show", "--private")
        assert result.exit_code == 0, result.output
    assert "1 episode of A show" in result.output
    assert "earmark check" in result.output
