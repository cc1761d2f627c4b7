"""Pictures: what directories refuse is found, and small copies are made of the rest."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from episodes.pictures import artwork
from feed import pages


def saved(
    path: Path, mode: str = "RGB", size: tuple[int, int] = (1400, 1400), kind: str = ""
) -> Path:
    Image.new(mode, size).save(path, kind or None)
    return path


def transparent_palette(path: Path) -> Path:
    Image.new("P", (1400, 1400)).save(path, "PNG", transparency=0)
    return path


def truncated(path: Path) -> Path:
    target = io.BytesIO()
    Image.effect_noise((1400, 1400), 80).convert("RGB").save(target, "JPEG")
    path.write_bytes(target.getvalue()[: target.tell() // 2])
    return path


def bomb(path: Path) -> Path:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def text(path: Path) -> Path:
    path.write_text("not a picture")
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


@pytest.mark.parametrize(
    ("name", "make", "found"),
    [
        ("a.jpg", saved, []),
        ("a.png", saved, []),
        ("a.png", lambda path: saved(path, "L"), []),
        ("a.png", lambda path: saved(path, "P"), []),
        ("a.png", lambda path: saved(path, size=(3000, 3000)), []),
        ("png.jpg", lambda path: saved(path, kind="PNG"), []),
        ("a.png", lambda path: saved(path, "RGBA"), ["has transparency; Earmark puts it on white"]),
        ("a.png", lambda path: saved(path, "LA"), ["has transparency; Earmark puts it on white"]),
        ("a.png", transparent_palette, ["has transparency; Earmark puts it on white"]),
        (
            "a.jpg",
            lambda path: saved(path, "CMYK"),
            ["has colours for printing (CMYK); Earmark converts its colours"],
        ),
        ("a.jpg", lambda path: saved(path, size=(1400, 1401)), ["make it square"]),
        ("a.jpg", lambda path: saved(path, size=(1399, 1399)), ["make it 1400 to 3000 pixels"]),
        ("a.jpg", lambda path: saved(path, size=(3001, 3001)), ["it is published as 3000 x 3000"]),
        ("a.jpg", truncated, ["cannot be read (it is cut short or damaged); save it again"]),
        ("a.jpg", lambda path: saved(path, kind="GIF"), ["is GIF; save it as JPEG or PNG"]),
        ("a.png", lambda path: saved(path, kind="WEBP"), ["is WEBP; save it as JPEG or PNG"]),
        ("a.png", bomb, ["is far too large; make it 1400 to 3000 pixels"]),
        ("a.jpg", text, ["is not a picture; save it as JPEG or PNG"]),
        ("a.jpg", empty, ["is not a picture; save it as JPEG or PNG"]),
        (
            "a.png",
            lambda path: saved(path, "RGBA", (10, 20)),
            ["make it square", "has transparency"],
        ),
    ],
)
def test_what_directories_refuse_is_found(
    tmp_path: Path, name: str, make: Callable[[Path], Path], found: list[str]
) -> None:
    problems = artwork.inspect_picture(make(tmp_path / name), name)
    assert len(problems) == len(found)
    assert all(words in problem.said for words, problem in zip(found, problems, strict=True))


def test_a_picture_that_is_gone_is_a_problem_not_an_error(tmp_path: Path) -> None:
    (problem,) = artwork.inspect_picture(tmp_path / "gone.jpg", "gone.jpg")
    assert problem.said == "cannot be read (No such file or directory); save it again"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("at", [0.001, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_picture_cut_or_garbled_anywhere_never_raises(
    tmp_path: Path, kind: str, at: float
) -> None:
    target = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(target, kind)
    data, cut = target.getvalue(), int(target.tell() * at)
    (tmp_path / "a").write_bytes(data[:cut])
    assert artwork.inspect_picture(tmp_path / "a", "a")
    (tmp_path / "a").write_bytes(data[:cut] + b"\xff\x00\x80\x7f" * 8 + data[cut + 32 :])
    assert artwork.inspect_picture(tmp_path / "a", "a")


def test_small_copies_are_jpegs_that_fit(tmp_path: Path) -> None:
    picture = artwork.load_picture(saved(tmp_path / "a.png"))
    assert (picture.suffix, picture.width) == (".png", 1400)
    assert picture.data == (tmp_path / "a.png").read_bytes()
    for data, width in ((picture.embedded, artwork.EMBEDDED), (picture.small, artwork.SMALL)):
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (width, width))
        assert len(data) <= artwork.EMBEDDED_BYTES


def test_a_small_jpeg_is_embedded_as_it_is(tmp_path: Path) -> None:
    picture = artwork.load_picture(saved(tmp_path / "a.jpg"))
    assert picture.embedded == picture.data


def test_a_noisy_picture_still_fits_into_a_recording(tmp_path: Path) -> None:
    Image.effect_noise((700, 700), 200).convert("RGB").save(tmp_path / "a.png")
    assert (
        len(artwork.load_picture(tmp_path / "a.png", artwork.CHAPTER).embedded)
        <= artwork.EMBEDDED_BYTES
    )


@pytest.mark.parametrize("title", ["T", "Ünïcode & <tags>", "word " * 60, "x" * 300, "日本語"])
def test_a_drawn_cover_is_one_that_directories_accept(tmp_path: Path, title: str) -> None:
    artwork.draw_cover(title, tmp_path / "a.jpg")
    assert artwork.inspect_picture(tmp_path / "a.jpg", "a.jpg") == []


def test_a_drawn_cover_is_in_the_colours_of_the_pages_and_the_same_every_time(
    tmp_path: Path,
) -> None:
    tokens = pages.static()["tokens.css"].decode()
    assert all(f": {colour};" in tokens for colour in (artwork.GROUND, artwork.WAVE, artwork.WORDS))
    for name, title in (("a", "Night shift"), ("b", "Night shift"), ("c", "Day shift")):
        artwork.draw_cover(title, tmp_path / name)
    first, again, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == again != other
    assert len(first) < artwork.EMBEDDED_BYTES
