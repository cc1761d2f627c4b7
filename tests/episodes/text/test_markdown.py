"""Notes: Markdown becomes HTML in which nothing can run, load or call home."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.text import markdown as notes
from tests.kit.shows import ROOT

GOLDEN = sorted((ROOT / "tests" / "golden" / "notes").glob("*.md"))


@pytest.mark.parametrize("source", GOLDEN, ids=lambda path: path.stem)
def test_notes_are_rendered_as_in_the_golden_file(source: Path) -> None:
    html = notes.render(source.read_text(encoding="utf-8"))
    assert html + "\n" == source.with_suffix(".html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<SCRIPT src=//evil.example/x.js></SCRIPT>",
        "<style>body{display:none}</style>",
        "<iframe src='https://evil.example/'></iframe>",
        "<img src=x onerror=alert(1)>",
        "![](https://evil.example/pixel.gif)",
        "<p onclick='alert(1)'>x</p>",
        "<p style='background:url(https://evil.example/)'>x</p>",
        "[x](javascript:alert(1))",
        "<a href='JaVaScRiPt:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "[x](vbscript:alert)",
        "<object data=x></object><embed src=x><base href=//evil.example/>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
        "<form action=//evil.example/><input name=a><button>go</button></form>",
        "<link rel=stylesheet href=//evil.example/>",
        "<meta http-equiv=refresh content='0;url=//evil.example/'>",
        "<video src=//evil.example/ autoplay></video>",
        "<template><script>alert(1)</script></template>",
        "<!--[if IE]><script>alert(1)</script><![endif]-->",
    ],
)
def test_nothing_can_run_or_call_home(hostile: str) -> None:
    html = notes.render(f"Before {hostile}\n\n{hostile}\n\nafter")
    tags = re.findall(r"<\s*(\w+)([^>]*)>", html)
    assert {name for name, _ in tags} <= {"p", "a"}
    assert all(re.fullmatch(r"( rel=\"noopener\")?", rest) for _, rest in tags)
    assert "Before" in html


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<script", ">", "<", "a", " href=", "'", '"', "javascript:", "[x](", ")", "*", "`",
             "\n", "\n\n", "<a ", "<p ", "onclick=1 ", "&#", ";", "&lt;", "|", "- ", "> ", "</"]
        ), max_size=40,
    ).map("".join) | st.text(max_size=80)
)  # fmt: skip
def test_no_text_gets_an_attribute_through(markdown: str) -> None:
    for name, rest in re.findall(r"<(\w+)((?:\s[^>]*)?)>", notes.render(markdown)):
        assert name in notes._TAGS
        assert not re.search(r"\son\w+=|\sstyle=", re.sub(r'"[^"]*"', '""', rest))
        for address in re.findall(r'href="([^"]*)"', rest):
            assert _scheme(address) not in {"javascript", "vbscript", "data"}, rest


def _scheme(address: str) -> str:
    """Return the scheme that a browser sees: it drops line ends, tabs and leading blanks."""
    seen = re.sub(r"[\t\r\n]", "", html.unescape(address)).lstrip("".join(map(chr, range(33))))
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", seen, re.IGNORECASE)
    return scheme[1].lower() if scheme else ""


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("java&#9;script:alert(1)", "javascript"),
        ("\x01 JavaScript:x", "javascript"),
        ("%3Ejavascript:", ""),  # no scheme begins with a percent sign: a relative address
        ("https://example.org/javascript:", "https"),
    ],
)
def test_a_scheme_is_what_a_browser_sees(address: str, scheme: str) -> None:
    assert _scheme(address) == scheme


def test_headings_begin_below_those_of_the_page() -> None:
    html = notes.render("# One\n\n## Two\n\n###### Six\n")
    assert html == "<h3>One</h3>\n<h4>Two</h4>\n<h5>Six</h5>"


@pytest.mark.parametrize("piece", ["> ", "* ", "[", "<b>", "`", "**", "![", "<a href='", "| "])
def test_deep_nesting_never_raises(piece: str) -> None:
    notes.render(piece * 3_000)


def test_plain_is_the_words_on_one_line() -> None:
    assert (
        notes.plain_text("<p>Fish &amp; <b>chips</b></p>\n<p>1 &lt; 2</p>") == "Fish & chips 1 < 2"
    )
