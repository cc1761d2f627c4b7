"""Tags in real files: every frame with its value, chapters that every player reads, same bytes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import mutagen
import pytest
from mutagen import id3, mp4

from episodes.audio import ffmpeg, mp3_frames, stream_copy, tags
from episodes.chapters import write
from episodes.pictures import artwork
from tests.kit.shows import sound

MARKS = (
    write.Mark(
        0, 1, "A title that is much longer than those that follow it", "https://example.org/"
    ),
    write.Mark(1, 2, "B"),
    write.Mark(2, 3, "Größe"),
)
FACTS = tags.Tags(
    title="Opening the door",
    artist="Example Trust",
    album="Night shift",
    date="2026-10-05",
    summary="What the talk gives.",
    language="en-gb",
    guid="guid-1",
    page="https://example.org/episodes/1.html",
    feed="https://example.org/feed.xml",
    category="Education",
    keywords="Courses",
    copyright="© Example Trust",
    number=3,
    season=2,
    art=b"",
    chapters=MARKS,
)


@pytest.fixture(scope="session")
def jpeg(cover: Path) -> bytes:
    return artwork.load_picture(cover).embedded


@pytest.fixture(scope="session")
def m4a(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound(tmp_path_factory.mktemp("m4a") / "a.m4a", 3)


def tagged(source: Path, target: Path, facts: tags.Tags) -> Path:
    mp3_frames.copy_frames(mp3_frames.find_frames(source), tags.render_id3(facts), target)
    return target


def ffmetadata(path: Path) -> str:
    command = [ffmpeg.program(), "-v", "error", "-i", str(path), "-f", "ffmetadata", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def read_by_ffmpeg(path: Path) -> list[tuple[float, str]]:
    """Return (start, title) of each chapter as players on ffmpeg's demuxer see it.

    Seconds are rounded to tenths: ffmpeg counts from the end of the encoder's delay.
    """
    found = re.findall(
        r"\[CHAPTER\]\nTIMEBASE=1/(\d+)\nSTART=(\d+)\nEND=\d+\ntitle=((?:\\\n|.)*)",
        ffmetadata(path),
    )
    return [
        (round(int(start) / int(ticks), 1), re.sub(r"\\(.)", r"\1", title))
        for ticks, start, title in found
    ]


def test_every_frame_is_there_with_its_value(tone: Path, tmp_path: Path, jpeg: bytes) -> None:
    path = tagged(tone, tmp_path / "a.mp3", FACTS._replace(art=jpeg))
    found = id3.ID3(path, translate=False)
    said = {name: str(found[name]) for name in found if name[0] == "T"}
    assert said == {
        "TIT2": "Opening the door", "TPE1": "Example Trust", "TALB": "Night shift",
        "TCON": "Podcast", "TRCK": "3", "TPOS": "2", "TYER": "2026", "TDAT": "0510",
        "TDRL": "2026-10-05", "TLAN": "eng", "TGID": "guid-1", "TDES": "What the talk gives.",
        "TCAT": "Education", "TKWD": "Courses", "TCOP": "© Example Trust",
    }  # fmt: skip
    assert found["COMM::eng"].text == ["What the talk gives."]
    assert found["WOAF"].url == "https://example.org/episodes/1.html"
    apple = b"\0https://example.org/feed.xml\0"  # Apple's WFED begins with an encoding
    assert apple in path.read_bytes()
    assert found["PCST"].value == 1
    (picture,) = found.getall("APIC")
    assert (picture.type, picture.mime, picture.data) == (3, "image/jpeg", jpeg)
    assert len(picture.data) <= 300_000
    (toc,) = found.getall("CTOC")
    assert toc.flags == id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    assert toc.child_element_ids == ["ch0", "ch1", "ch2"]
    assert [str(frame) for frame in toc.sub_frames.getall("TIT2")] == ["Chapters"]
    marks = sorted(found.getall("CHAP"), key=lambda frame: int(frame.start_time))
    assert [(m.start_time, m.end_time, str(m.sub_frames["TIT2"])) for m in marks] == [
        (round(mark.start * 1000), round(mark.end * 1000), mark.title) for mark in MARKS
    ]
    assert marks[0].sub_frames.getall("WXXX")[0].url == "https://example.org/"


def test_the_tag_is_version_2_3_and_there_is_none_at_the_end(tone: Path, tmp_path: Path) -> None:
    data = tagged(tone, tmp_path / "a.mp3", FACTS).read_bytes()
    assert data[:5] == b"ID3\x03\x00"
    assert data[-128:-125] != b"TAG"


def test_chapters_stand_in_time_order_in_the_bytes(tone: Path, tmp_path: Path) -> None:
    shuffled = FACTS._replace(chapters=(MARKS[2], MARKS[0], MARKS[1]))
    data = tagged(tone, tmp_path / "a.mp3", shuffled).read_bytes()
    starts = [
        int.from_bytes(data[found.end() : found.end() + 4], "big")
        for found in re.finditer(rb"CHAP.{6}ch\d\0", data, re.DOTALL)
    ]
    assert starts == [0, 1000, 2000]


def test_the_same_facts_give_the_same_bytes(jpeg: bytes) -> None:
    facts = FACTS._replace(art=jpeg)
    assert tags.render_id3(facts) == tags.render_id3(facts)


def test_tagging_does_not_touch_the_audio(tone: Path, tmp_path: Path) -> None:
    before = tone.read_bytes()
    once = tagged(tone, tmp_path / "a.mp3", FACTS)
    twice = tagged(once, tmp_path / "b.mp3", FACTS._replace(title="Another"))
    digests = {mp3_frames.digest_of(mp3_frames.find_frames(path)) for path in (tone, once, twice)}
    assert len(digests) == 1
    assert stream_copy.packets_digest(tone) == stream_copy.packets_digest(twice)
    assert tone.read_bytes() == before


def test_facts_that_are_not_there_leave_no_frames(tone: Path, tmp_path: Path) -> None:
    bare = tags.Tags("T", "A", "B", "2026-10-05", "S", "xx", "g", "", "", "", "", "", 0, 0, b"", ())
    found = id3.ID3(tagged(tone, tmp_path / "a.mp3", bare), translate=False)
    gone = {"TRCK", "TPOS", "WOAF", "WFED", "TCAT", "TKWD", "TCOP", "APIC", "CTOC", "CHAP"}
    assert {name.partition(":")[0] for name in found} & gone == set()
    assert str(found["TLAN"]) == "und"


def test_other_scripts_come_back_as_they_were(tone: Path, tmp_path: Path) -> None:
    names = ("Ночная смена", "夜勤の人のために", "مناوبة ليلية", "🌙 Ünïcode", "A & B <c> \\ ; = #")
    marks = tuple(write.Mark(n / 2, n / 2 + 0.5, name) for n, name in enumerate(names))
    facts = FACTS._replace(title=names[1], artist=names[0], album=names[2], chapters=marks)
    path = tagged(tone, tmp_path / "a.mp3", facts)
    found = mutagen.File(path).tags
    assert (str(found["TIT2"]), str(found["TPE1"]), str(found["TALB"])) == (
        names[1],
        names[0],
        names[2],
    )
    assert read_by_ffmpeg(path) == [(n / 2, name) for n, name in enumerate(names)]


@pytest.mark.parametrize("title", ["Chapter with a long title " * 4, "長い題名の章" * 20])
def test_two_hundred_chapters_with_long_titles_are_read_by_ffmpeg_too(
    tone: Path, tmp_path: Path, title: str
) -> None:
    marks = tuple(write.Mark(n, n + 1, f"{n} {title}"[:128].strip()) for n in range(200))
    path = tagged(tone, tmp_path / "a.mp3", FACTS._replace(chapters=marks))
    assert read_by_ffmpeg(path) == [(n, mark.title) for n, mark in enumerate(marks)]
    assert len(mutagen.File(path).tags.getall("CHAP")) == 200


def test_what_a_file_says_of_itself_is_read(tone: Path, m4a: Path, tmp_path: Path) -> None:
    header = tags.read_header(tone)
    assert (header.kind, header.sample_rate, header.channels) == ("mp3", 44_100, 1)
    assert header.seconds == pytest.approx(3, abs=0.1)
    assert header.bitrate == pytest.approx(96_000, rel=0.01)
    assert tags.read_header(m4a).kind == "mp4"
    for ending in ("wav", "flac", "aiff", "opus", "ogg", "aac"):
        options = ("-c:a", "flac") if ending == "ogg" else ()
        header = tags.read_header(sound(tmp_path / f"a.{ending}", 1, options))
        assert header.kind == ending
        assert header.seconds == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.mp3", b"", "is empty"),
        ("a.mp3", b"\0", "audio"),
        ("a.mp3", b"Hello, this is text." * 50, "audio"),
        ("a.wav", b"RIFF\xff\xff\xff\xffWAVE", "audio"),
        ("a.wav", b"RIFF", "audio"),
        ("a.flac", b"fLaC\0\0\0\x22", "audio"),
        ("a.m4a", b"\0\0\0\x18ftypM4A ", "audio"),
        ("a.ogg", b"OggS" + bytes(100), "audio"),
        ("a.aac", b"\xff\xf1" + bytes(5), "audio"),
        ("a.mp3", b"ID3\x03\0\0\x7f\x7f\x7f\x7f", "audio"),
    ],
)
def test_what_is_not_audio_is_refused_in_words(
    tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(tags.UnreadableAudioError, match=words):
        tags.read_header(tmp_path / name)


def test_a_recording_that_is_gone_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        tags.read_header(tmp_path / "gone.mp3")


# M4A -----------------------------------------------------------------------------------------


def tagged_m4a(source: Path, target: Path, facts: tags.Tags) -> Path:
    stream_copy.copy_mp4(source, target, write.render_ffmetadata(facts.chapters))
    tags.write_mp4(target, facts)
    return target


def test_every_atom_of_an_m4a_is_there_with_its_value(
    m4a: Path, tmp_path: Path, jpeg: bytes
) -> None:
    before = m4a.read_bytes()
    path = tagged_m4a(m4a, tmp_path / "b.m4a", FACTS._replace(art=jpeg))
    found: Any = mp4.MP4(path)
    said = {name: value[0] for name, value in found.tags.items() if name not in {"covr", "pcst"}}
    said.pop("\xa9too", None)  # which program wrote the file
    assert said == {
        "\xa9nam": "Opening the door", "\xa9ART": "Example Trust", "\xa9alb": "Night shift",
        "\xa9gen": "Podcast", "\xa9day": "2026-10-05", "trkn": (3, 0), "disk": (2, 0),
        "catg": "Education", "keyw": "Courses", "purl": "https://example.org/feed.xml",
        "egid": "guid-1", "desc": "What the talk gives.", "ldes": "What the talk gives.",
        "cprt": "© Example Trust", "stik": 21,
    }  # fmt: skip
    assert found.tags["pcst"] is True
    assert bytes(found.tags["covr"][0]) == jpeg
    assert [(c.start, c.title) for c in found.chapters] == [(m.start, m.title) for m in MARKS]
    assert [title for _, title in read_by_ffmpeg(path)] == [mark.title for mark in MARKS]
    assert stream_copy.packets_digest(path) == stream_copy.packets_digest(m4a)
    assert m4a.read_bytes() == before


def test_the_index_of_an_m4a_comes_first(m4a: Path, tmp_path: Path) -> None:
    data = tagged_m4a(m4a, tmp_path / "b.m4a", FACTS).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_same_m4a_and_facts_give_the_same_bytes(m4a: Path, tmp_path: Path) -> None:
    one = tagged_m4a(m4a, tmp_path / "b.m4a", FACTS)
    two = tagged_m4a(m4a, tmp_path / "c.m4a", FACTS)
    assert one.read_bytes() == two.read_bytes()


def test_an_m4a_without_chapters_is_tagged_too(m4a: Path, tmp_path: Path) -> None:
    path = tagged_m4a(m4a, tmp_path / "b.m4a", FACTS._replace(chapters=()))
    found: Any = mp4.MP4(path)
    assert not found.chapters
    assert found.tags["\xa9nam"] == ["Opening the door"]


def test_long_chapter_titles_of_other_scripts_in_an_m4a_are_cut_between_letters(
    m4a: Path, tmp_path: Path
) -> None:
    marks = tuple(write.Mark(n / 10, (n + 1) / 10, f"{n}" + "長い題名の章" * 20) for n in range(20))
    path = tagged_m4a(m4a, tmp_path / "b.m4a", FACTS._replace(chapters=marks))
    found: Any = mp4.MP4(path)
    assert len(found.chapters) == 20
    assert all(each.title.endswith("…") and "\ufffd" not in each.title for each in found.chapters)


def test_foreign_tags_of_an_m4a_are_gone(m4a: Path, tmp_path: Path) -> None:
    shutil.copy(m4a, tmp_path / "a.m4a")
    file: Any = mp4.MP4(tmp_path / "a.m4a")
    file["\xa9cmt"] = ["private remark"]
    file.save()
    path = tagged_m4a(tmp_path / "a.m4a", tmp_path / "b.m4a", FACTS)
    assert b"private remark" not in path.read_bytes()
