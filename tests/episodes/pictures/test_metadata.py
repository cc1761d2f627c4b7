"""What a picture says beside what it shows is left out, and its pixels stay as they are."""

from __future__ import annotations

import io
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from episodes.pictures import metadata
from episodes.pictures.metadata import DamagedPictureError, NotAPictureError, split_picture
from tests.kit import marked_pictures as marked
from tests.kit.marked_pictures import MARKER, Extra


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


TAILS = st.sampled_from([b"", MARKER, b"\xff\xd8\xff\xe1" + MARKER, b"ftypmp42" + MARKER * 9])


@given(st.lists(marked.extras(), max_size=5), TAILS, st.booleans())
def test_nothing_is_left_in_a_jpeg_but_the_picture(
    extras: list[Extra], tail: bytes, progressive: bool
) -> None:
    data = marked.jpeg(extras, tail, progressive=progressive)
    parts = split_picture(data)
    assert MARKER not in parts.data
    assert pixels(parts.data) == pixels(marked.encoded("JPEG", progressive=progressive))
    assert metadata.is_bare(parts.data)
    assert not extras or not metadata.is_bare(data)
    assert parts.sure


@given(st.lists(marked.extras(), max_size=5), TAILS)
def test_nothing_is_left_in_a_png_but_the_picture(extras: list[Extra], tail: bytes) -> None:
    data = marked.png(extras, tail)
    parts = split_picture(data)
    assert MARKER not in parts.data
    assert pixels(parts.data) == pixels(marked.encoded("PNG"))
    assert metadata.is_bare(parts.data)
    assert parts.sure


@pytest.mark.parametrize("begin", marked.BEGIN)
def test_no_segment_and_no_chunk_carries_words(begin: bytes) -> None:
    words = [MARKER[at : at + 8] for at in range(len(MARKER) - 7)]
    for mark in marked.MARKS:
        data = split_picture(marked.jpeg([Extra(mark, b"", begin + MARKER)])).data
        assert not any(each in data for each in words), hex(mark)
    for name in (*marked.KNOWN, b"prVt"):
        for length in range(48):
            body = (begin + MARKER * 3)[:length]
            data = split_picture(marked.png([Extra(0, name, body)])).data
            assert not any(each in data for each in words), (name, length)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_picture_with_nothing_beside_it_keeps_its_bytes(kind: str, mode: str) -> None:
    data = marked.encoded(kind, mode=mode)
    assert split_picture(data)._replace(data=b"") == (kind, b"", (), 1, b"", 8, True)
    assert split_picture(data).data == data


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_a_place_and_how_the_camera_was_held_are_read(turn: int, order: str) -> None:
    told = marked.exif(turn, order=order)
    for data in (
        marked.jpeg([Extra(0xE1, b"", b"Exif\0\0" + told)]),
        marked.png([Extra(0, b"eXIf", told)]),
    ):
        parts = split_picture(data)
        assert parts.orientation == turn
        assert parts.left_out[0] == metadata.PLACE


@given(st.binary(max_size=200))
def test_broken_exif_is_an_upright_picture(tiff: bytes) -> None:
    for told in (tiff, marked.exif()[: len(tiff)], marked.exif()[:20] + tiff):
        assert split_picture(
            marked.jpeg([Extra(0xE1, b"", b"Exif\0\0" + told)])
        ).orientation in range(1, 9)


@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from(["JPEG", "PNG"]))
def test_any_bytes_are_split_or_refused(junk: bytes, at: int, kind: str) -> None:
    data = marked.encoded(kind)
    for each in (junk, data[:at] + junk, data[:at] + junk + data[at + len(junk) :]):
        try:
            parts = split_picture(each)
        except (NotAPictureError, DamagedPictureError):
            continue
        assert split_picture(parts.data).data == parts.data


def test_what_hides_behind_the_pixels_of_a_png_is_seen() -> None:
    data = marked.encoded("PNG")
    head, pixels = data[:33], zlib.decompress(data[41:-16])
    for packed in (
        zlib.compress(pixels) + MARKER,
        zlib.compress(pixels + MARKER),
        zlib.compress(pixels + MARKER, 0),
    ):
        hidden = head + marked.chunk(b"IDAT", packed) + data[-12:]
        assert not split_picture(hidden).sure


def test_a_jpeg_that_never_ends_is_not_trusted() -> None:
    assert not split_picture(marked.encoded("JPEG")[:-2] + MARKER).sure


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    data = marked.encoded("JPEG")
    scan = data[data.index(b"\xff\xda") : -2]
    with pytest.raises(DamagedPictureError):
        split_picture(data[:-2] + scan * 1000 + data[-2:])


@pytest.mark.parametrize(
    "part", [b"\xff", b"\xff\0", b"\xff\xfe\0\2", b"\xff\1", b"\xff\xd0", b"\xff\xda\0\2"]
)
def test_a_picture_of_very_many_parts_is_refused_at_once(part: bytes) -> None:
    began = time.process_time()
    with pytest.raises(DamagedPictureError):
        split_picture(metadata.JPEG + part * (3_000_000 // len(part)))
    with pytest.raises(DamagedPictureError):
        split_picture(marked.encoded("PNG")[:33] + marked.chunk(b"tEXt", b"") * 250_000)
    assert time.process_time() - began < 10  # it takes half a second


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"GIF89a", "GIF"), (b"RIFF\1\2\3\4WEBPVP8 ", "WEBP"), (b"\0\0\0\x18ftypheic", "HEIC"),
     (b"\0\0\0\x18ftypavif", "AVIF"), (b"%!PS-Adobe-3.0 EPSF-3.0\n", "EPS"), (b"BM", "BMP"),
     (b"II*\0", "TIFF"), (b"%PDF-1.7", "PDF"), (b"<svg", "SVG"), (b"words", "")],
)  # fmt: skip
def test_what_is_no_picture_is_called_by_its_name(data: bytes, kind: str) -> None:
    assert metadata.kind_of(data) == kind


def test_the_beginning_of_a_picture_tells_what_it_says() -> None:
    parts = [Extra(0xE1, b"eXIf", b"Exif\0\0" + marked.exif())]
    for data in (marked.jpeg(parts), marked.png(parts)):
        assert metadata.first_metadata(data[:100]) == "data from the camera (EXIF)"
        assert {metadata.first_metadata(data[:at]) for at in range(100)} <= {
            "", "other data", "data from the camera (EXIF)"
        }  # fmt: skip
    assert [metadata.first_metadata(marked.encoded(kind)) for kind in ("JPEG", "PNG")] == ["", ""]
    assert metadata.first_metadata(b"\xff\xd8\xff" + bytes(40)) == ""
