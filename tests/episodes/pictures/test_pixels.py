"""Every picture is published upright, in 8 bit RGB, in its own colours, square and small enough."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from episodes.pictures import artwork, metadata, pixels
from episodes.pictures.artwork import PictureRequest
from tests.kit import marked_pictures as marked
from tests.kit.marked_pictures import MARKER, Extra

SMALL = PictureRequest(smallest=8)
GREEN = (35, 170, 102)


def corner(data: bytes, x: float = 0.25, y: float = 0.25) -> tuple[int, int, int]:
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "RGB"
        assert not image.getexif()
        red, green, blue = image.getpixel((int(image.width * x), int(image.height * y)))  # type: ignore[misc]
        return red, green, blue


def near(one: tuple[int, int, int], other: tuple[int, int, int], by: int = 8) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def png(depth: int, kind: int, row: bytes, clear: bytes = b"", side: int = 16) -> bytes:
    """Return a square PNG of rows that are all the same."""
    head = struct.pack(">IIBBBBB", side, side, depth, kind, 0, 0, 0)
    chunks = [(b"IHDR", head), *([(b"tRNS", clear)] if clear else []),
              (b"IDAT", zlib.compress((b"\0" + row) * side)), (b"IEND", b"")]  # fmt: skip
    return metadata.PNG + b"".join(marked.chunk(*each) for each in chunks)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "WEBP", "EPS"])
def test_no_other_reader_of_pillow_sees_a_picture(kind: str) -> None:
    target = io.BytesIO()
    Image.new("RGB", (9, 9)).save(target, kind)
    parts = metadata.split_picture(marked.encoded("JPEG"))._replace(data=target.getvalue())
    with pytest.raises(UnidentifiedImageError):
        pixels.open_picture(parts)


def test_a_jpeg_that_browsers_cannot_show_is_encoded_again() -> None:
    data = marked.encoded("JPEG")
    assert metadata.split_picture(data).sure
    for frame in (0xC3, 0xC9, 0xCA):  # without loss, and with arithmetic codes
        assert not metadata.split_picture(data.replace(b"\xff\xc0", bytes((0xFF, frame)))).sure


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_pictures_are_upright_everywhere(tmp_path: Path, turn: int, kind: str) -> None:
    upright = Image.new("RGB", (640, 640), GREEN)
    upright.paste("red", (0, 0, 320, 160))
    back = {6: 8, 8: 6}.get(turn, turn)  # the turn that undoes it
    upright.getexif()[0x112] = back
    lying = ImageOps.exif_transpose(upright)
    lying.save(tmp_path / "a", kind, exif=b"Exif\0\0" + marked.exif(turn), quality=95)
    picture = artwork.load_picture(tmp_path / "a", artwork.CHAPTER)
    for data in (picture.data, picture.embedded, picture.small):
        assert MARKER not in data
        assert metadata.is_bare(data)
        assert near(corner(data, 0.25, 0.12), (255, 0, 0))
        assert all(near(corner(data, *at), GREEN) for at in ((0.75, 0.12), (0.25, 0.8)))
    assert artwork.load_picture(tmp_path / "a", artwork.CHAPTER) == picture


@pytest.mark.parametrize(
    ("data", "colour"),
    [
        (png(16, 0, b"\x40\x99" * 16), (64, 64, 64)),
        (png(16, 0, b"\x40\x99" * 16, b"\x40\x99"), (255, 255, 255)),
        (png(16, 0, b"\x40\x99" * 16, b"\x40\x98"), (64, 64, 64)),
        (png(16, 2, b"\x40\1\x80\2\xc0\3" * 16), (64, 128, 192)),
        (png(16, 2, b"\x40\1\x80\2\xc0\3" * 16, b"\x40\1\x80\2\xc0\3"), (255, 255, 255)),
        (png(16, 4, b"\x40\x99\x80\0" * 16), (160, 160, 160)),
        (png(16, 6, b"\x40\1\x80\2\xc0\3\0\0" * 16), (255, 255, 255)),
        (png(8, 0, b"\x40" * 16), (64, 64, 64)),
        (png(8, 0, b"\x40" * 16, b"\0\x40"), (255, 255, 255)),
        (png(4, 0, b"\x88" * 8, b"\0\x08"), (255, 255, 255)),
        (png(2, 0, b"\x55" * 4), (85, 85, 85)),
        (png(1, 0, b"\xff" * 2), (255, 255, 255)),
        (png(1, 0, b"\0" * 2, b"\0\1"), (0, 0, 0)),
        (png(8, 2, b"\x40\x80\xc0" * 16, b"\0\x40\0\x80\0\xc0"), (255, 255, 255)),
        (png(8, 4, b"\x40\x80" * 16), (160, 160, 160)),
        (png(8, 6, b"\x40\x80\xc0\0" * 16), (255, 255, 255)),
        (png(8, 6, b"\x40\x80\xc0\xff" * 16), (64, 128, 192)),
    ],
)
def test_every_kind_of_png_has_its_own_colours(
    tmp_path: Path, data: bytes, colour: tuple[int, int, int]
) -> None:
    (tmp_path / "a.png").write_bytes(data)
    picture = artwork.load_picture(tmp_path / "a.png", SMALL)
    assert near(corner(picture.data), colour, 1)
    assert near(corner(picture.embedded), colour, 2)


@pytest.mark.parametrize("mode", ["LA", "P", "RGBA"])
def test_transparency_is_put_on_white_and_said(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    image.paste((200, 200, 200, 255), (8, 8, 16, 16))
    image.convert(mode).save(tmp_path / "a.png")
    picture, (finding,) = artwork.prepare_picture(tmp_path / "a.png", "a.png", SMALL)
    assert finding.said.startswith("has transparency; Earmark puts it on white")
    assert picture
    assert corner(picture.data) == (255, 255, 255)
    assert near(corner(picture.data, 0.75, 0.75), (200, 200, 200), 1)


def test_a_palette_with_one_clear_colour_is_put_on_white(tmp_path: Path) -> None:
    Image.new("P", (16, 16)).save(tmp_path / "a.png", transparency=0)
    assert corner(artwork.load_picture(tmp_path / "a.png", SMALL).data) == (255, 255, 255)


def test_a_picture_for_printing_keeps_its_colours(tmp_path: Path) -> None:
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=95)
    adobe = (tmp_path / "a.jpg").read_bytes()
    at = adobe.index(b"\xff\xee")
    plain = Image.new("CMYK", (16, 16), (255, 0, 0, 255))  # what Pillow inverts is right then
    plain.save(tmp_path / "b.jpg", quality=95)
    other = (tmp_path / "b.jpg").read_bytes()
    (tmp_path / "b.jpg").write_bytes(other[:at] + other[at + 16 :])
    for name in ("a.jpg", "b.jpg"):
        picture, (finding,) = artwork.prepare_picture(tmp_path / name, name, SMALL)
        assert finding.rule == "art-colours"
        assert picture
        assert near(corner(picture.data), (255, 0, 0), 3)


def wide_profile() -> bytes:
    """Return a profile whose red and green are exchanged, so that a change of colours shows."""
    made = bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    swapped = made.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
    assert swapped != made
    return swapped


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_profile_is_left_out_and_colours_stay(tmp_path: Path, kind: str) -> None:
    image = Image.new("RGB", (16, 16), "red")
    image.save(tmp_path / "plain", kind, quality=95)
    for name, profile in (("same", marked.profile()), ("other", wide_profile())):
        image.save(tmp_path / name, kind, icc_profile=profile, quality=95)
    same, other = (artwork.load_picture(tmp_path / name, SMALL) for name in ("same", "other"))
    assert same.data == (tmp_path / "plain").read_bytes()
    assert near(corner(other.data), (0, 255, 0), 12)
    assert all(b"Ward 7" not in each.data + each.embedded for each in (same, other))


def test_a_broken_profile_is_left_out(tmp_path: Path) -> None:
    Image.new("RGB", (16, 16), "red").save(tmp_path / "a.jpg", icc_profile=MARKER * 9)
    picture, findings = artwork.prepare_picture(tmp_path / "a.jpg", "a.jpg", SMALL)
    assert picture
    assert (findings, MARKER in picture.data) == ([], False)


def test_a_picture_that_can_be_published_keeps_its_bytes_and_name(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png"):
        Image.effect_noise((16, 16), 90).convert("RGB").save(tmp_path / name)
        picture = artwork.load_picture(tmp_path / name, SMALL)
        assert picture.bare
        assert picture.data == (tmp_path / name).read_bytes()


def test_metadata_goes_without_encoding_again(tmp_path: Path) -> None:
    extra = Extra(0xFE, b"tEXt", MARKER)
    for data, kind in ((marked.jpeg([extra]), "JPEG"), (marked.png([extra]), "PNG")):
        (tmp_path / "a").write_bytes(data)
        assert artwork.load_picture(tmp_path / "a", SMALL).data == marked.encoded(kind)


def test_a_photo_is_made_smaller_and_its_middle_is_taken_only_if_asked(tmp_path: Path) -> None:
    photo = Image.new("RGB", (4032, 3024), "red")
    photo.paste(GREEN, (504, 0, 3528, 3024))
    photo.save(tmp_path / "a.jpg")
    asking = PictureRequest(key="`cover_crop: centre` in show.md")
    nothing, (finding,) = artwork.prepare_picture(tmp_path / "a.jpg", "a.jpg", asking)
    assert (nothing, finding.rule) == (None, "art-square")
    assert "or write `cover_crop: centre` in show.md to publish its middle" in finding.said
    picture, (finding,) = artwork.prepare_picture(
        tmp_path / "a.jpg", "a.jpg", asking._replace(crop=True)
    )
    assert "its middle is published as 3000 x 3000" in finding.said
    assert picture
    assert picture.width == 3000
    assert near(corner(picture.data, 0.003, 0.003), GREEN)


@pytest.mark.parametrize("turn", [1, 6])
def test_the_middle_of_a_narrow_photo_may_be_too_small(tmp_path: Path, turn: int) -> None:
    Image.new("RGB", (3000, 600)).save(tmp_path / "a.jpg", exif=b"Exif\0\0" + marked.exif(turn))
    picture, said = artwork.prepare_picture(tmp_path / "a.jpg", "a.jpg", PictureRequest(crop=True))
    assert picture is None
    assert said[0].rule == "art-size"


def test_no_reader_but_those_of_jpeg_and_png_sees_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr("subprocess.Popen", refuse)
    monkeypatch.setattr("os.system", refuse)
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1400 1400\nshowpage\n"
    for data in (eps, b"\xff\xd8\xff" + eps, metadata.PNG + eps, b"\xc5\xd0\xd3\xc6" + eps):
        (tmp_path / "cover.jpg").write_bytes(data)
        (finding,) = artwork.inspect_picture(tmp_path / "cover.jpg", "cover.jpg")
        assert finding.rule in {"art-format", "art-damaged"}


def test_a_bomb_is_one_sentence(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    (tmp_path / "a.png").write_bytes(png(8, 2, b"\0" * 24)[:16] + struct.pack(">II", 9000, 9000)
                                     + png(8, 2, b"\0" * 24)[24:])  # fmt: skip
    text = marked.chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(99_000_000)))
    whole = marked.encoded("PNG", 16)
    (tmp_path / "b.png").write_bytes(whole[:33] + text + whole[33:])
    assert [each.rule for each in artwork.inspect_picture(tmp_path / "a.png", "a.png")] == [
        "art-damaged"
    ]
    assert [each.rule for each in artwork.inspect_picture(tmp_path / "b.png", "b", SMALL)] == [
        "art-metadata"
    ]
    assert not recwarn.list
