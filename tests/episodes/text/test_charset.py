"""Text of elsewhere: whatever it is written in and says, its words arrive, or are told."""

from __future__ import annotations

import codecs
import html
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from episodes.frontmatter.value_types import CONTROL
from episodes.text import charset
from feed.reader import document
from feed.reader import read as reading
from feed.reader.result import Attachment
from podcast.importing import attachments
from podcast.network.client import Client
from tests.kit.foreign_feeds import Shelf, feed, item, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.foreign_feeds import Answer

SAID = "We’re here – “café” … naïve."
ENCODED = ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
DECLARED = ["", "utf-8", "UTF-16", "iso-8859-1", "windows-1252", "us-ascii", "nonsense", "zip",
            "utf-7", "rot13", "punycode", "unicode_escape", "idna", "undefined"]  # fmt: skip


@pytest.mark.parametrize("encoded", ENCODED)
@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("told", DECLARED)
def test_words_arrive_whatever_a_text_is_written_in_and_says(
    encoded: str, declared: str, told: str
) -> None:
    data = f"1\n00:00:00,000 --> 00:00:03,000\n{SAID}\n".encode(encoded)
    assert SAID in charset.decode(data, declared, told).text


@pytest.mark.parametrize("encoded", ENCODED)
@pytest.mark.parametrize("declared", DECLARED)
def test_a_feed_is_read_whatever_it_is_written_in_and_says(encoded: str, declared: str) -> None:
    said = f' encoding="{declared}"' if declared else ""
    text = feed(item(1).replace("Talk 1", SAID)).decode()
    text = f"<?xml version='1.0'{said}?>{text.partition('?>')[2]}"
    for told in DECLARED:
        taken = reading.read(text.encode(encoded), "https://example.org/feed.xml", None, told)
        assert taken.episodes[0].title == SAID


@pytest.mark.parametrize(
    ("name", "said"),
    [("iso-8859-15", "20 € à Œuvre"), ("windows-1251", "Привет, мир"), ("koi8-r", "Привет, мир"),
     ("shift_jis", "こんにちは世界"), ("euc-kr", "안녕하세요"), ("gb2312", "你好世界"),
     ("big5", "你好世界"), ("iso-2022-jp", "こんにちは世界"),
     ("iso-8859-2", "Zażółć gęślą jaźń"), ("macintosh", "It’s naïve")],
)  # fmt: skip
def test_a_charset_that_is_named_is_used(name: str, said: str) -> None:
    assert charset.decode(said.encode(name), name).text == said
    assert charset.decode(said.encode(), name).text == said  # and is UTF-8 after all


@given(st.binary(max_size=200), st.sampled_from(DECLARED))
@example(b"\x81\x8d\x90", "")
@example(codecs.BOM_UTF16_LE + b"\x00", "")
@example(b"\0\0\0\0", "")
def test_any_bytes_are_read_and_what_is_lost_is_told(data: bytes, name: str) -> None:
    text = charset.decode(data, name).text
    kept, lost = charset.drop_unprintable(text)
    assert not CONTROL.search(kept)
    assert bool(lost) == (kept != text or "\ufffd" in kept)


@given(st.integers(0, 0x10FFFF))
@example(0x92)
@example(0x85)
def test_a_reference_is_the_character_that_browsers_read(number: int) -> None:
    read = html.unescape(f"&#{number};")
    expected = "" if read == "\ufffd" != chr(number) or CONTROL.search(read) else read
    if read and number != 0x0D:  # the line ends that XML knows
        assert charset.character_of(number) == expected


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Don&#146;t", "Don’t"), ("Don&#x92;t", "Don’t"), ("Don&#146t", "Don’t"),
        ("Don&#0000146;t", "Don’t"), ("wait&#133;", "wait…"), ("Don\x92t", "Don’t"),
        ("&#55357;&#56832; yes", "😀 yes"), ("AT&amp;T &#38; &lt;b", "AT&T & <b"),
        ("R&#38;D", "R&D"),
        ("&#8217;", "’"), ("Tom &#1 x", "Tom &#1 x"),
    ],
)  # fmt: skip
def test_references_are_read_as_browsers_do_in_words_and_attributes(said: str, read: str) -> None:
    root, losses = document.read(f"<rss><a b='{said}'>{said}</a></rss>".encode(), "")
    assert (root.text("a"), root.all("a")[0].get("b")) == (read, read)
    assert losses == []


@pytest.mark.parametrize("said", ["a&#129;b", "a&#7;b", "a\x07b", "a&#xD83D;b", "a\x81b", "a\x00b"])
def test_what_a_feed_cannot_carry_is_told(said: str) -> None:
    root, losses = document.read(f"<rss><a>{said}</a></rss>".encode(), "")
    assert root.text("a") == "ab"
    assert "1 character that a feed cannot carry" in losses[0].why


def test_characters_that_cannot_be_read_are_told() -> None:
    _, losses = document.read(b"<rss><a>caf\xe9 \x81</a></rss>", "")
    assert ["cannot be read" in each.why for each in losses] == [False, True]


def _gate(folder: Path) -> Any:
    return Shelf(folder, "")


SRT = f"1\n00:00:00,000 --> 00:00:03,000\nAnn: {SAID}\n"


@pytest.mark.parametrize("encoded", ENCODED)
@pytest.mark.parametrize("told", ["", "utf-8", "iso-8859-1", "utf-16", "nonsense"])
def test_a_transcript_is_read_whatever_it_is_written_in(encoded: str, told: str) -> None:
    def answer(_: object) -> Answer:
        return 200, {"Content-Type": f'application/srt; charset="{told}"'}, SRT.encode(encoded)

    client = Client(private=True, patience=5)
    with serving(answer) as server:
        found = attachments.fetch_transcript(
            client, [Attachment(server.address, "application/srt")]
        )
    client.close()
    assert found
    assert SAID in found[1]
    assert found[2] == ""


def test_characters_of_a_transcript_that_are_lost_are_told(tmp_path: Path) -> None:
    (tmp_path / "t").write_text(SRT.replace("Ann", "An\0n\ufffd"), "utf-8")
    found = attachments.fetch_transcript(_gate(tmp_path), [Attachment("t", "application/srt")])
    assert found
    assert found[2] == (
        "has 1 character that cannot be read, shown as \ufffd and 1 character that a feed "
        "cannot carry, which were left out"
    )


def test_a_transcript_of_html_has_its_references_read_as_browsers_do(tmp_path: Path) -> None:
    page = "<meta charset='windows-1251'><cite>Ann</cite><p>We&#146;re &#x96; Привет</p>"
    (tmp_path / "t").write_bytes(page.encode("cp1251"))
    found = attachments.fetch_transcript(_gate(tmp_path), [Attachment("t", "text/html")])
    assert found
    assert found[1] == "Ann: We’re – Привет\n"
