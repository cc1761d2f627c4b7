"""The small file: Opus beside the recording, made once, told in feed and page."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from episodes import lockfile
from episodes.audio import encode, ffmpeg, measurement, tags
from episodes.errors import SourceError
from podcast.building import pipeline, published_copy
from podcast.publishing import http_headers
from tests.kit.broken_shows import released
from tests.kit.shows import NOW, add_episode, sound

MakeShow = Callable[..., Path]
pytestmark = pytest.mark.slow  # each encodes with ffmpeg

PODCAST = "{https://podcastindex.org/namespace/1.0}"


@pytest.fixture
def show(make_show: MakeShow) -> Path:
    folder = make_show(1)
    ask_for_small(folder)
    return folder


def ask_for_small(folder: Path, more: str = "") -> None:
    edit(folder / "show.md", "licence:", f"recordings: {{small: true{more}}}\nlicence:")


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def build(folder: Path) -> None:
    pipeline.build(folder, now=NOW)


def small_of(folder: Path) -> Path:
    (found,) = (folder / "public" / "media").glob("*.opus")
    return found


def entry(folder: Path) -> lockfile.LockedSmallFile:
    (one,) = lockfile.parse((folder / "earmark.lock").read_text(encoding="utf-8")).episodes.values()
    assert one.small
    return one.small


def alternate(folder: Path) -> Any:
    feed = etree.fromstring((folder / "public" / "feed.xml").read_bytes())
    (found,) = feed.iter(f"{PODCAST}alternateEnclosure")
    return found


def never(*_: object) -> None:
    msg = "nothing is encoded here"
    raise AssertionError(msg)


def test_the_feed_tells_the_small_file_as_it_is(show: Path) -> None:
    build(show)
    small = small_of(show)
    told = alternate(show)
    assert told.attrib["type"] == "audio/ogg"
    assert told.attrib["codecs"] == "opus"
    assert int(told.attrib["length"]) == small.stat().st_size
    (source,) = told.iter(f"{PODCAST}source")
    assert source.attrib["uri"] == f"https://podcast.example.org/night/media/{small.name}"
    (integrity,) = told.iter(f"{PODCAST}integrity")
    digest = base64.b64encode(hashlib.sha256(small.read_bytes()).digest()).decode()
    assert integrity.attrib == {"type": "sri", "value": f"sha256-{digest}"}


def test_it_is_opus_in_mono_as_long_as_the_recording_with_tags_and_chapters(show: Path) -> None:
    edit(
        show / "episodes/01-talk/episode.md",
        "content_note: none",
        'content_note: none\nchapters: [{start: 0, title: Hello}, {start: 1, title: "A & b"},'
        " {start: 2, title: End}]",
    )
    build(show)
    header = tags.read_header(small_of(show))
    assert (header.kind, header.channels) == ("opus", 1)
    assert header.seconds == pytest.approx(3, abs=0.1)
    said = {key.lower(): value for key, value in written(small_of(show)).items()}
    assert said["title"] == ["Talk A"]
    assert said["album"] == ["Night shift"]
    assert said["chapter001"] == ["00:00:01.000"]
    assert said["chapter001name"] == ["A & b"]
    assert "metadata_block_picture" not in said


def written(path: Path) -> dict[str, list[str]]:
    import mutagen

    found: Any = mutagen.File(path)
    return dict(found.tags.as_dict())


def test_it_is_as_loud_as_the_recording(make_show: MakeShow, tmp_path: Path) -> None:
    folder = make_show(0)
    ask_for_small(folder)
    add_episode(folder, 1, sound(tmp_path / "quiet.wav", 3, ("-ac", "2"), volume=0.05))
    build(folder)
    assert measurement.measure_loudness(small_of(folder), "mono").integrated == pytest.approx(
        -19, abs=0.6
    )


def test_the_page_offers_it_with_its_size(show: Path) -> None:
    build(show)
    page = (show / "public" / "episodes" / "01-talk.html").read_text(encoding="utf-8")
    assert f'href="../media/{small_of(show).name}" download>Smaller file, 0.0 MB (Opus)' in page


def test_the_catalogue_knows_it(show: Path) -> None:
    build(show)
    catalogue = json.loads((show / "public" / "catalogue.json").read_bytes())
    (episode,) = catalogue["episodes"]
    assert episode["media"]["small"]["file"] == f"media/{small_of(show).name}"


def test_hosts_send_it_as_ogg_for_ever() -> None:
    sent = http_headers.choose_headers("media/01-talk-0123456789ab.opus")
    assert sent.content_type == "audio/ogg"
    assert "immutable" in sent.cache_control


def test_a_show_that_does_not_ask_has_none(make_show: MakeShow) -> None:
    folder = make_show(1)
    build(folder)
    assert not list((folder / "public").rglob("*.opus"))
    assert b"alternateEnclosure" not in (folder / "public" / "feed.xml").read_bytes()
    assert "small" not in (folder / "earmark.lock").read_text(encoding="utf-8")


def test_a_second_build_encodes_nothing(show: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(show)
    before = small_of(show).stat().st_mtime_ns
    monkeypatch.setattr(encode, "encode", never)
    edit(show / "episodes/01-talk/episode.md", "Some *notes*.", "Other notes.")
    build(show)
    assert small_of(show).stat().st_mtime_ns == before


def test_another_title_gives_another_name_and_the_same_sound(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(show)
    before = entry(show)
    monkeypatch.setattr(encode, "encode", never)
    edit(show / "episodes/01-talk/episode.md", "title: Talk A", "title: Talk Z")
    build(show)
    after = entry(show)
    assert after.audio == before.audio
    assert after.file != before.file
    assert after.former == (before.file,)
    assert small_of(show).name == after.file.removeprefix("media/")


def test_a_file_that_was_lost_is_made_again_from_the_encoding(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(show)
    data = small_of(show).read_bytes()
    monkeypatch.setattr(encode, "encode", never)
    small_of(show).unlink()
    build(show)
    assert small_of(show).read_bytes() == data


def test_the_same_recording_gives_the_same_bytes(show: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(show, other)
    build(show)
    build(other)
    assert small_of(show).read_bytes() == small_of(other).read_bytes()
    assert small_of(show).name == small_of(other).name


def test_another_computer_fetches_what_was_published(
    show: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(show)
    published, data = show / "public", small_of(show).read_bytes()
    other = tmp_path / "other"
    shutil.copytree(show, other, ignore=shutil.ignore_patterns("public", ".earmark"))

    def fetched(_address: str, file: str, target: Path) -> bool:
        shutil.copyfile(published / file, target)
        return True

    monkeypatch.setattr(published_copy, "published", fetched)
    monkeypatch.setattr(ffmpeg, "encoder", lambda library="x": f"another {library}")
    monkeypatch.setattr(encode, "encode", never)
    build(other)
    assert small_of(other).read_bytes() == data
    assert entry(other) == entry(show)


def test_without_the_network_another_encoder_says_that_the_file_is_new(
    show: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(show)
    released(show)
    other = tmp_path / "other"
    shutil.copytree(show, other, ignore=shutil.ignore_patterns("public", ".earmark"))
    monkeypatch.setattr(published_copy, "published", lambda *_: False)
    monkeypatch.setattr(ffmpeg, "encoder", lambda library="x": f"another {library}")
    changed = (*encode.OPUS.options[:3], "20k", *encode.OPUS.options[4:])
    monkeypatch.setattr(encode, "OPUS", encode.OPUS._replace(options=changed))
    built = pipeline.build(other, now=NOW)
    assert any("encoded again by another libopus" in each.message for each in built.findings)
    assert entry(other).former == (entry(show).file,)


def test_a_show_that_asks_no_more_takes_it_back(show: Path) -> None:
    build(show)
    edit(show / "show.md", "recordings: {small: true}\n", "")
    build(show)
    assert not list((show / "public").rglob("*.opus"))
    assert b"alternateEnclosure" not in (show / "public" / "feed.xml").read_bytes()


def test_a_recording_that_is_small_already_gets_none(make_show: MakeShow, tmp_path: Path) -> None:
    folder = make_show(0)
    ask_for_small(folder, ", finished: true")
    options = ("-ac", "1", "-ar", "44100", "-b:a", "32k", "-write_id3v2", "0")
    add_episode(folder, 1, sound(tmp_path / "small.mp3", 3, options))
    build(folder)
    assert not list((folder / "public").rglob("*.opus"))


def test_a_finished_recording_keeps_its_loudness(make_show: MakeShow, tone: Path) -> None:
    folder = make_show(1)
    ask_for_small(folder, ", finished: true")
    build(folder)
    assert entry(folder).recipe == "opus 24 kbit/s mono as it is"
    before = measurement.measure_loudness(tone, "mono").integrated
    assert measurement.measure_loudness(small_of(folder), "mono").integrated == pytest.approx(
        before, abs=0.7
    )


def test_a_disk_that_is_full_leaves_nothing_half_written(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "recording.opus")

    monkeypatch.setattr(tags, "write_ogg", full)
    with pytest.raises(SourceError) as caught:
        build(show)
    assert "No space left" in str(caught.value)
    assert not list((show / "public" / "media").glob("*.part"))
    assert not list((show / "public" / "media").glob(".*"))
    monkeypatch.undo()
    build(show)
    assert small_of(show).is_file()
