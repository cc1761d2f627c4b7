"""A catalogue by somebody who means harm: refused, or nothing of it does anything on a page."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from copy import deepcopy
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Response, g
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from episodes import catalogue
from episodes.catalogue_types import _folder_address, web_address
from episodes.errors import EarmarkError
from episodes.frontmatter.value_types import Address, Link
from podcast.building import pipeline
from podcast.creating.companion_settings import NewCompanion, create_settings
from tests.kit import shows as kit_shows
from tests.kit.companion import cast
from tests.kit.companion.cast import GUIDS, SHOW, House
from tests.kit.translated_templates import unwrapped
from web import security
from web import settings as reading
from web.database.engine import Database
from web.maintenance import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kit.companion.visitor import Answer, Visitor

OURS = "http://127.0.0.1:8090"
POLICY = re.compile(
    re.escape(security.POLICY)
    + r"(; media-src https?:(//[A-Za-z0-9.:-]+)?( https?:(//[A-Za-z0-9.:-]+)?)?)?"
)
LINK = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+([/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%|^-]*)?|")
ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)//", "java\tscript:alert(1)", "\x01javascript:x",
    "data:text/html,x", "vbscript:x", "//evil.example/", "\\\\evil.example\\", "https:evil.example",
    "https://podcast.example.org@evil.example/", "https://user:word@evil.example/x.mp3",
    "https://evil.example; script-src https://evil.example/", "https://evil.example,x/",
    "https://evil.example:443;x/", "https://evil.example:99999/", "https://evil.example:0/",
    "https://evil.example\\@podcast.example.org/", "https://[::1]/", "https://[::1/",
    "https://ev\u0131l.example/", "https://\uff45vil.example/", "https://evil.example/\r\nX: y",
    "https://evil.example/ script-src *", "https://e'vil.example/", "https://*/", "https://*.org/",
    "http://evil.example/", "../../../delete-everything", "/etc/passwd", "media/../../x.mp3",
    "media/%2e%2e/x.mp3", "%2e%2e/x", ".", "..", "", "x;script-src *", "x' 'unsafe-inline",
    "media/x y.mp3", "a.html?q#f", "episodes/\u202elmth.x", "x\0y", "https://" + "a" * 9000 + "/",
)  # fmt: skip
GUIDS_TRIED = (
    "../delete-everything", "../../delete-everything", "..", ".", "x/../../sign-out", "a/./b",
    "..\\delete-everything", "/", "//evil.example/x", "?next=//evil", "#", "%2e%2e/leave",
    "javascript:alert(1)", '"><script>alert(1)</script>', "x" * 3000, "a\nb", "a\x00b", "\u202e",
)  # fmt: skip
TEXTS = (
    '"><script>alert(1)</script>', "</title><img src=x onerror=alert(1)>", "' onload='x",
    "\x1b[31m", "{{7*7}}", "\u202eabc", "=HYPERLINK(1)", "x" * 60_000, "a\r\nSet-Cookie: x=y",
    "\ud800",
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (
    -1,
    0,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    True,
    "1",
    [],
    {},
    None,
)
ANY = st.one_of(
    st.sampled_from(ADDRESSES), st.sampled_from(GUIDS_TRIED), st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS), st.text(max_size=20),
    st.builds("https://{}{}".format, st.text(max_size=8), st.text(max_size=8)),
    st.recursive(st.none() | st.booleans(), lambda each: st.lists(each, max_size=3), max_leaves=5),
)  # fmt: skip

FULL: dict[str, Any] = deepcopy(SHOW)
FULL["show"] |= {"feed": "https://podcast.example.org/night/feed.xml", "summary": "s",
                 "former": ["https://old.example.org/night/"], "type": "serial"}  # fmt: skip
FULL["show"]["support"] = [{"name": "Samaritans", "phone": "116 123", "text": "t", "note": "n",
                            "hours": "h", "link": "https://samaritans.example/"}]  # fmt: skip
for _each in FULL["episodes"]:
    _each |= {
        "summary": "s", "replaces": GUIDS[1], "replaced_by": GUIDS[0], "transcript": "t/x.vtt",
        "support": FULL["show"]["support"],
        "chapters": [{"start": 0, "title": "Start", "link": "https://example.org/"}],
        "content_note": {"text": "c", "skip": [{"start": 1, "end": 2, "what": "w"}]},
        "corrections": [{"on": "2026-10-02", "note": "n"}],
    }  # fmt: skip
    _each["media"]["former"] = ["media/x.mp3", "https://old.example.org/x.mp3?a=1"]
FULL["withdrawn"] = [
    {"guid": "gone-1", "title": "Gone", "page": "episodes/gone.html",
     "published": "2026-09-01T07:00:00+00:00", "withdrawn": {"on": "2026-10-03", "reason": "r"},
     "support": FULL["show"]["support"], "media": {"seconds": 3, "version": "v", "former": []}}
]  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return where each value of a document is."""
    many = enumerate(value) if isinstance(value, list) else ()
    for key, each in value.items() if isinstance(value, dict) else many:
        yield (*path, key)
        yield from _paths(each, (*path, key))


PATHS = sorted(_paths(FULL), key=str)


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Return the document with another value somewhere."""
    document = deepcopy(FULL)
    inner: Any = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return document


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            if name in {"href", "src", "action", "formaction", "data-drafts", "data-heard"}:
                self.found.append((tag, name, value or ""))
        assert tag not in {"iframe", "object", "embed", "base", "style"}, tag
        if tag == "script":
            assert dict(attrs)["src"], "no script of its own"


def look(answer: Answer) -> None:
    """Look at the headers and links of an answer."""
    policies = [value for name, value in answer.headers if name == "Content-Security-Policy"]
    assert len(policies) == 1
    assert POLICY.fullmatch(policies[0]), policies
    for name, value in answer.headers:
        assert value.isascii() and value.isprintable(), name
    page = _Links()
    page.feed(answer.text)
    for tag, name, value in page.found:
        if value.startswith(("/", "#", "?")) and not value.startswith("//"):
            path = urlsplit(value).path
            assert "\\" not in value
            assert not {".", ".."} & set(path.split("/")), value
            assert urlsplit(urljoin(OURS, value)).netloc == urlsplit(OURS).netloc
        elif not value.startswith(("tel:", "mailto:")):
            assert (tag, name) in {("a", "href"), ("audio", "src")}, (tag, name, value)
            assert LINK.fullmatch(value), value


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("strangers")
    (folder / "companion").mkdir()
    made = _house(folder)
    yield made
    made.database.close()


def _house(folder: Path) -> House:
    database = Database(f"sqlite:///{folder / 'companion.db'}")
    migrate.upgrade(database)
    return cast.house(cast.settings(folder, database))


def put(house: House, document: Any) -> bool:
    """Give a companion another catalogue; return whether it took it."""
    shows = house.companion.shows
    shows._found = None
    path = Path(house.settings.catalogue or "") / "catalogue.json"
    path.write_bytes(json.dumps(document).encode("utf-8", "surrogatepass"))
    shows.renew()
    return shows.current() is not None


def visit(house: House) -> None:
    """Look at every page on which something of the catalogue stands."""
    alice = alice_of(house)
    shows = house.companion.shows
    guids = [quote(each.guid, safe="") for each in shows._every()][:3]
    for path in ("/", "/privacy", "/notes", *(f"/{kind}/{guid}" for guid in guids
                                              for kind in ("listen", "reflect"))):  # fmt: skip
        answer = alice.get(path)
        assert answer.status in {200, 404, 308}, (path, answer.status)
        assert answer.location.startswith(f"{OURS}/") or answer.status != 308
        look(answer)
    look(house.nobody().get("/"))


@cache
def alice_of(house: House) -> Visitor:
    """Return Alice's browser, the same for every example."""
    return house.learner("Alice").visitor


RELAXED = settings(
    max_examples=40, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@RELAXED
@given(st.sampled_from(PATHS), ANY)
def test_a_catalogue_is_refused_or_nothing_of_it_reaches_a_header_or_a_link(
    house: House, path: tuple[Any, ...], value: Any
) -> None:
    if put(house, changed(path, value)):
        visit(house)


@pytest.mark.slow
@settings(RELAXED, max_examples=600)
@given(st.lists(st.tuples(st.sampled_from(PATHS), ANY), min_size=1, max_size=3))
def test_so_is_one_with_several_changes(house: House, changes: list[tuple[Any, Any]]) -> None:
    document = deepcopy(FULL)
    for path, value in changes:
        inner: Any = document
        try:
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = deepcopy(value)
        except (KeyError, TypeError, IndexError):
            continue
    if put(house, document):
        visit(house)


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=str)
def test_each_value_with_everything_that_we_could_think_of(
    house: House, path: tuple[Any, ...]
) -> None:
    for value in (*ADDRESSES, *GUIDS_TRIED, *TEXTS, *NUMBERS):
        if put(house, changed(path, value)):
            visit(house)
    assert put(house, FULL)


def test_a_file_name_cannot_add_a_directive_to_the_policy(house: House) -> None:
    for name in ("x;script-src *", "https://evil.example;script-src *;/x.mp3", "//evil.example/x"):
        assert not put(house, changed(("episodes", 0, "media", "file"), name)), name
    assert put(house, FULL)
    page = alice_of(house).get(f"/listen/{GUIDS[0]}")
    assert page.header("Content-Security-Policy") == (
        f"{security.POLICY}; media-src https://podcast.example.org"
    )


def test_a_guid_cannot_send_a_form_to_another_page(house: House) -> None:
    for guid in ("../delete-everything", "a/../../delete-everything", ".."):
        assert not put(house, changed(("episodes", 0, "guid"), guid)), guid


@pytest.mark.parametrize(
    ("address", "sources"),
    [
        ("https://podcast.example.org/a/x.mp3", "https://podcast.example.org"),
        ("https://Podcast.Example.org:8443/x", "https://podcast.example.org:8443"),
        ("http://127.0.0.1:9000/", "http://127.0.0.1:9000"),
        ("https://my_bucket.example/x", "https:"),
        ("http://[::1]:80/x", "http:"),
    ],
)
def test_a_policy_names_scheme_host_and_port_alone(address: str, sources: str) -> None:
    assert security.media_sources(address, elsewhere=False) == sources
    assert security.media_sources(address, elsewhere=True) == "https: http:"


@pytest.mark.parametrize(
    "media", ["https://a;script-src *", "x", "*", "https://a b", "'self'", "\n"]
)
def test_a_source_that_is_none_is_left_out_of_the_policy(house: House, media: str) -> None:
    with house.app.test_request_context("/"):
        g.media = media
        answer = house.app.process_response(Response("x"))
    assert answer.headers["Content-Security-Policy"] == security.POLICY


def test_every_link_of_a_page_goes_through_one_function() -> None:
    """Either the program makes it, or the filter `link` looks at it."""
    ours = r"url_for\(|asset\(|form_token|source\.phone \| dialled|action|address|listen|begin"
    ours += r"|contact_link|request\.script_root"
    for path in sorted((kit_shows.ROOT / "web" / "templates").rglob("*.html")):
        text = unwrapped(path.read_text(encoding="utf-8"))
        for name, value in re.findall(r'\b(href|src|action)="(\{\{.*?\}\})', text):
            found = value.strip("{} ")
            assert re.match(ours, found) or found.endswith("| link"), (path.name, name, value)


def test_what_is_written_before_a_host_is_left_out_of_a_link() -> None:
    assert web_address("https://samaritans.org@evil.example/x") == "https://evil.example/x"
    assert web_address("https://a@b.org:p^w|@example.org/x") == "https://example.org/x"


SIGNS = "aA1:/?#[]@!$&'()*+,;=%^|~._-{}`\\\"<> "


@settings(RELAXED, max_examples=300)
@given(
    st.sampled_from(["http://", "HTTPS://"]), st.text(SIGNS, max_size=9), st.text(SIGNS, max_size=9)
)
def test_every_address_that_a_show_may_have_is_one_in_its_catalogue(
    scheme: str, who: str, path: str
) -> None:
    for kind, read in ((Link, web_address), (Address, _folder_address)):
        with suppress(ValidationError):
            assert read(TypeAdapter(kind).validate_python(f"{scheme}{who}.example{path}"))


def test_a_folder_address_has_no_query_and_no_part() -> None:
    for end in ("?", "#", "/?", "/#", "?a", "#a"):
        with pytest.raises(ValidationError, match="is not the web address of a folder"):
            TypeAdapter(Address).validate_python(f"https://podcast.example.org{end}")


@pytest.mark.parametrize("address", [each for each in ADDRESSES if "@evil" not in each])
def test_what_is_no_web_address_is_none(address: str) -> None:
    fine = {"http://evil.example/", "https://[::1]/"}
    assert bool(security.link(address)) is (address in fine), address


@pytest.mark.parametrize(
    "wrong", ["http://podcast.example.org/", "http://10.0.0.1/x", "https://a b/", "http://"]
)
def test_a_catalogue_of_the_web_is_read_over_https(tmp_path: Path, wrong: str) -> None:
    create_settings(
        tmp_path / "c",
        NewCompanion("Riverside Trust", "https://notes.example.org/", "a@example.org"),
    )
    with pytest.raises(EarmarkError, match=r"settings\.toml: catalogue: "):
        reading.read(tmp_path / "c", wrong)
    for right in ("http://127.0.0.1:9/x", "http://localhost/", "https://podcast.example.org/a/"):
        assert reading.read(tmp_path / "c", right).catalogue == right


def test_a_catalogue_full_of_faults_is_refused_at_the_first(house: House) -> None:
    data = b'{"version":1,"show":{"title":"x","address":"https://x/"},"episodes":[%s{}]}'
    with pytest.raises(EarmarkError, match=r"episodes\.0\.guid: Field required") as caught:
        catalogue.parse(data % (b"{}," * 300_000))
    assert len(str(caught.value)) < 400
    with pytest.raises(EarmarkError, match="not a catalogue"):
        catalogue.parse(b"[" * 1_000_000)
    with pytest.raises(EarmarkError, match="values"):  # 20 MB of keys would take 0.8 GB
        catalogue.parse(b"{" + b'"a":1,' * 1_100_000 + b'"b":1}')


def test_what_build_writes_is_read(make_show: Callable[..., Path]) -> None:
    show = make_show(2)
    page = show / "episodes" / "01-talk" / "episode.md"
    text = page.read_text("utf-8").replace("number: 1", "number: 20260101\nslug: zoe", 1)
    page.write_text(text, encoding="utf-8")
    head = show / "show.md"
    former = 'former_addresses: ["https://old.example.org/a%20b/"]\naddress:'
    head.write_text(head.read_text("utf-8").replace("address:", former, 1), encoding="utf-8")
    pipeline.build(show, now=kit_shows.NOW)
    data = (show / "public" / "catalogue.json").read_bytes()
    found = catalogue.parse(data)
    assert len(found.episodes) == 2
    assert found.url_of(found.episodes[0].page).startswith("https://podcast.example.org/night/")
