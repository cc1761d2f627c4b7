"""Whatever is sent to whichever address: no fault, no trace of the program, no word of Alice's."""

from __future__ import annotations

import re
import secrets
import socket
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import quote, quote_from_bytes, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.kit.companion import cast
from tests.kit.companion.cast import GUIDS, House, Person, reported
from tests.kit.companion.visitor import FORM, Answer, Line, Visitor, form
from tests.kit.servers import companion_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from web.database.engine import Database

pytestmark = [
    pytest.mark.slow,
    # A file in a form, which no page of ours sends: Werkzeug leaves it to be closed by itself.
    pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile"),
]
T = TypeVar("T")
EXAMPLES = 300
RELAXED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.generate,),  # requests are small: nothing is gained by making them smaller
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.data_too_large],
)  # fmt: skip
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "get", "")
FIELDS = (
    "id", "version", "page", "model", "minute", "question-1", "answer-1", "answer-20",
    "question-20", "other-model", "q", "phrase", "join-code", "next", "name", "password", "code",
    "offer", "expires", "uses", "csrf_token", "once", "shown", "new", "answer-1[a][b][c]",
    "account", "",
)  # fmt: skip
HEADERS = (
    "Accept", "Cookie", "Host", "Referer", "Origin", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Prefix", "X-Forwarded-Proto", "X-Script-Name", "X-HTTP-Method-Override", "Range",
    "If-None-Match", "If-Modified-Since", "Content-Encoding", "Accept-Language",
    "Transfer-Encoding", "Expect", "Authorization", "X-CSRFToken",
)  # fmt: skip
ODD = (
    "", "0", "-1", "DIGITS", "1e999", "NaN", "None", "null", "true", "[]", "{}", "\0",
    "a\0b", "\r\nSet-Cookie: earmark=x", "../../../etc/passwd", "%00", "%2e%2e%2f", "..;/", "//x",
    "\\\\x", "' OR 1=1 --", '"><script>alert(1)</script>', "{{7*7}}", "${7*7}", "\ud800", "\ufeff",
    "\u202e\u0000\uffff", "12:30", "٣:٤٥", "1:99", "²", "2026-02-30", "0001-01-01",
    "9999-12-31", "LETTERS", "SMILES", "BRACKETS", "application/json",
)  # fmt: skip
# Short names for what is long: what is tried stays readable.
LONG = {
    "DIGITS": "9" * 5000, "LETTERS": "x" * 70_000, "SMILES": "🙂ü" * 2000, "BRACKETS": "[" * 5000,
    "MEGABYTE": "a" * 1_000_001, "MANY": "&".join(["a=b"] * 5_000),
    "MULTIPART": (
        '--x\r\nContent-Disposition: form-data; name="id"; filename="a"\r\n\r\nfile\r\n'
        '--x\r\nContent-Disposition: form-data; name="\xff\xfe"\r\n\r\n\xff\r\n--x--\r\n'
    ),
}  # fmt: skip
TYPES = (
    FORM, "multipart/form-data; boundary=x", "multipart/form-data", "application/json",
    "text/plain", FORM + "; charset=utf-16", FORM + "; charset=nonsense", "", "\0", "x" * 500,
)  # fmt: skip
texts = st.one_of(st.sampled_from(ODD), st.text(max_size=40), st.characters())
raw = st.one_of(st.binary(max_size=60), st.sampled_from([b"\xff\xfe", b"\xc3\x28", b"%", b"%%%zz"]))


class Request(NamedTuple):
    """What is sent; `token` says whether the form has its token."""

    method: str
    rule: str
    places: tuple[str, ...]
    query: str
    headers: dict[str, str]
    type: str
    fields: list[tuple[str, str]]
    body: bytes
    token: bool
    own: bool


SAVE = Request("POST", "/reflect/<path:guid>", ("guid-1",), "", {}, FORM, [], b"", True, True)


def places() -> st.SearchStrategy[str]:
    """What stands in an address, quoted; "ALICE" becomes an id of hers."""
    return st.one_of(
        st.sampled_from(["ALICE", quote(GUIDS[1], safe=""), GUIDS[0], "privacy"]),
        texts.map(lambda text: quote(text.encode("utf-8", "surrogatepass")[:3000], safe="")),
        raw.map(quote_from_bytes),
    )


def mostly(usual: Sequence[T], other: Sequence[T]) -> st.SearchStrategy[T]:
    """Mostly what is usual, so that what follows is reached too."""
    return st.sampled_from([*usual] * (3 * len(other) // len(usual) + 1) + [*other])


def requests(rules: list[str]) -> st.SearchStrategy[Request]:
    """Requests to every address of the application, and to some that it does not have."""
    pairs = st.tuples(st.sampled_from(FIELDS), st.one_of(texts, st.just("ALICE")))
    return st.builds(
        Request,
        mostly(["GET", "POST"], METHODS),
        st.sampled_from([*rules, "/<nowhere>", "/<a>/<b>/<c>", "/static/../<a>"]),
        st.tuples(places(), places(), places()),
        st.one_of(st.just(""), texts.map(lambda text: urlencode({"t": text, "model": text},
                  errors="replace")), raw.map(lambda data: quote_from_bytes(data, safe="%&="))),
        st.dictionaries(st.sampled_from(HEADERS), st.one_of(texts, st.just("ALICE")), max_size=3),
        mostly([FORM], TYPES),
        st.lists(pairs, max_size=6),
        st.one_of(mostly([b""], [b"MULTIPART", b"MEGABYTE", b"MANY"]), raw),
        mostly([True], [False]),
        mostly([True], [False]),
    )  # fmt: skip


def spell(text: str, alice: Person) -> str:
    """Return a text with what its short names stand for."""
    for name, long in {"ALICE": alice.ids[0], **LONG}.items():
        text = text.replace(name, long)
    return text


def header(text: str, alice: Person) -> str:
    """Return a header's value as a server hands it on: Latin-1, without line ends."""
    told = spell(text, alice)[:8000].encode("utf-8", "replace").decode("latin-1")
    return re.sub(r"[\r\n\0]", " ", told)


def send(visitor: Visitor, request: Request, alice: Person) -> Answer:
    """Send a request as somebody; `ALICE` in it is what is hers."""
    found = iter(request.places)
    path = re.sub("<[^>]+>", lambda _: next(found), request.rule)
    path = spell(path, alice).encode("ascii", "ignore").decode() + (
        f"?{request.query}" if request.query else ""
    )
    fields = [(name, spell(value, alice)) for name, value in request.fields]
    if request.own:
        fields = [*form("mine").items(), *fields]
    if request.token:
        fields += [("csrf_token", visitor.token()), ("once", secrets.token_urlsafe(32))]
    given = {name: header(value, alice) for name, value in request.headers.items()}
    kept = "; ".join(f"{name}={value}" for name, (value, _) in visitor.cookies.items())
    if "Cookie" in given:
        given["Cookie"] += f"; {kept}"
    elif kept:
        given["Cookie"] = kept
    body = spell(request.body.decode("latin-1"), alice).encode("latin-1", "replace")
    body = body or urlencode(fields, errors="replace").encode()
    given["Content-Type"] = request.type
    return visitor.ask(request.method, path, given, body)


@pytest.fixture
def house(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr("web.crypto.COST", 2)  # phrases are not what is tried here
    made = cast.house(cast.settings(tmp_path, database))
    yield made
    made.database.close()


@pytest.mark.parametrize("role", ["nobody", "bob", "charlie"])
def test_nothing_breaks_and_nothing_of_alices_comes_out(
    house: House, role: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    alice, bob, charlie = house.learner("Alice"), house.learner("Bob"), house.lead()
    before = house.notes(alice)
    rules = sorted({rule.rule for rule in house.app.url_map.iter_rules()})

    @RELAXED
    @given(requests(rules))
    def check(request: Request) -> None:
        nonlocal bob
        visitor = house.nobody()
        if role == "bob":
            if not house.notes(bob):
                bob = house.learner("Bob")  # he has deleted everything
            visitor = house.again(bob)
        elif role == "charlie":
            visitor = house.again(charlie)
        answer = send(visitor, request, alice)
        assert answer.status < 500, answer
        said = answer.body.decode("utf-8", "replace") + str(answer.headers)
        assert "Traceback" not in said
        assert not alice.traces(said, but=alice.ids[:1]), "her first id was in the request"
        assert b"alert(1)</script>" not in answer.body
        assert not answer.header("Location").startswith(("//", "http://x", "\\"))

    check()
    assert house.notes(alice) == before
    assert not reported(caplog)
    assert capfd.readouterr() == ("", "")


def test_alice_herself_can_send_anything_and_keeps_her_other_notes(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    rules = [rule.rule for rule in house.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    rules = [rule for rule in rules if "delete" not in rule and "let-go" not in rule]
    alice = house.learner("Alice")
    note = house.notes(alice)[1]

    @RELAXED
    @given(requests(rules))
    def check(request: Request) -> None:
        answer = send(house.again(alice), request, alice)
        assert answer.status < 500, answer
        assert note in house.notes(alice)

    assert send(house.again(alice), SAVE, alice).status == 303, "what is sent can be right"
    check()
    assert not reported(caplog)


# What is no request, or hardly one; the server answers it itself or hands it on.
ROUGH: tuple[bytes, ...] = (
    b"GET / HTTP/1.0\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /notes/%00%ff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: earmark=\xff\xfe; earmark_form=\xff\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
    b"POST /join HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    b"POST /join HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\0" * 100,
    b"GET / HTTP/1.1\r\n" + b"".join(b"H%d: x\r\n" % n for n in range(500)) + b"\r\n",
)


def rough(address: str, data: bytes) -> bytes:
    """Send bytes; return the beginning of what comes back, b"" where the server hangs up."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port), timeout=5) as line:
        try:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            return line.recv(9000)
        except (OSError, TimeoutError):
            return b""


def test_what_is_hardly_a_request_breaks_nothing(place: Path, tmp_path: Path) -> None:
    with companion_server.serve(place, cast.catalogue(tmp_path / "show")) as running:
        alice = Visitor(Line(running.address))
        alice.join(running.new_code())
        id_ = alice.save("guid-1", "her words")
        for data in ROUGH:
            answer = rough(running.address, data)
            assert not re.match(rb"HTTP/\S+ 5", answer), (data[:80], answer)
            assert b"evil.example" not in answer.partition(b"\r\n\r\n")[0]
        assert "her words" in alice.get(f"/notes/{id_}").text
        said: Any = running.log.read_text("utf-8")
    assert "Traceback" not in said
    assert "ERROR" not in said
