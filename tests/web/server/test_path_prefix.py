"""Behind nginx, below a path, with the configuration that we ship: everything stays below it."""

from __future__ import annotations

import html
import http.client
import re
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

import pytest

from tests.kit import shows
from tests.kit.companion import cast
from tests.kit.companion.cast import GUIDS
from tests.kit.companion.visitor import FORM, Answer, Line, Visitor, form
from tests.kit.servers import companion_server, preview_server
from tests.kit.servers import nginx as nginx_server
from tests.kit.servers.companion_server import Accompanied
from web import settings as reading
from web.limits import rate_limits

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow
HOSTING = shows.ROOT / "docs" / "hosting"
INSIDE = "gzip on; include {run}/companion.conf;"
PREFIX = "/notes"


class Ports(NamedTuple):
    """Where nginx listens, and where the companion does."""

    outer: int
    inner: int


def shipped(ports: Ports, run: Path) -> str:
    """Return the shipped file with a path; only what says CHANGE is changed, and the port."""
    return change(own_name(ports, run), (r"location \^~ / \{", "location ^~ /notes/ {"))


def own_name(ports: Ports, run: Path) -> str:
    """Return the shipped file; only what says CHANGE is changed, and the port."""
    text = (HOSTING / "companion-nginx.conf").read_text(encoding="utf-8")
    return change(
        text,
        (r"listen 80;", f"listen 127.0.0.1:{ports.outer};"),
        (r"listen \[::\]:80;", ""),
        (r"http://127\.0\.0\.1:8090", f"http://127.0.0.1:{ports.inner}"),
        (r"error_log \S+(?= \w+;)", f"error_log {run}/companion.log"),
    )


def change(text: str, *pairs: tuple[str, str]) -> str:
    for pattern, line in pairs:
        text, count = re.subn(pattern, line, text, count=1)
        assert count == 1, f"the file has no {pattern}"
    return text


def beside_the_podcast(ports: Ports, run: Path) -> str:
    """Return the podcast's file with the companion's place in its server."""
    found = re.search(r"\n    location \^~ /notes/ \{.*?\n    \}\n", shipped(ports, run), re.DOTALL)
    assert found
    text = (HOSTING / "nginx.conf").read_text(encoding="utf-8")
    text = change(
        text,
        (r"listen 80;", f"listen 127.0.0.1:{ports.outer};"),
        (r"listen \[::\]:80;", ""),
        (r"root [^;]+;(?= +# CHANGE)", f"root {run};"),
        (r"error_log \S+(?= \w+;)", f"error_log {run}/companion.log"),
    )
    return text[: text.rindex("}")] + found[0] + "}\n"


def taken_away(ports: Ports, run: Path) -> str:
    """Return the shipped file as people write it who take the path away, and say so."""
    said = r"\1/; proxy_set_header X-Forwarded-Prefix /notes;"
    return change(shipped(ports, run), (r"(proxy_pass http://[0-9.:]+);", said))


def appended(ports: Ports, run: Path) -> str:
    """Return the shipped file as it stands behind one more proxy: what came is passed on."""
    return change(shipped(ports, run), (r"\$remote_addr;", "$proxy_add_x_forwarded_for;"))


def talkative(ports: Ports, run: Path) -> str:
    """Return the shipped file with a log that says when something is put into a file."""
    return change(shipped(ports, run), (r" crit;", " warn;"))


def leaky(ports: Ports, run: Path) -> str:
    """Return that one as it would be without our lines: nginx's own sizes."""
    text = talkative(ports, run)
    return change(text, (r"client_body_buffer_size 10m;", ""), (r"proxy_max_temp_file_size 0;", ""))


KINDS = {each.__name__: each for each in (shipped, beside_the_podcast, taken_away, appended)}
OTHERS = {"talkative": talkative, "leaky": leaky, "own_name": own_name}


class Site(NamedTuple):
    """A companion behind nginx."""

    running: Accompanied
    run: Path
    name: str

    def visitor(self) -> Visitor:
        return Visitor(Line(self.running.address), PREFIX)

    def logs(self) -> dict[str, str]:
        return {path.name: path.read_text("utf-8") for path in sorted(self.run.glob("*.log"))}


@contextmanager
def served(tmp_path: Path, kind: str) -> Iterator[Site]:
    """Run a companion behind nginx until the block ends."""
    ports = Ports(preview_server.free_port(), preview_server.free_port())
    folder, run = tmp_path / "companion", tmp_path / "nginx"
    run.mkdir()
    companion_server.make(folder, ports.outer, "" if kind == "own_name" else "notes/")
    file = folder / reading.FILE
    file.write_text(file.read_text("utf-8").replace("# proxies = 1", "proxies = 1"), "utf-8")
    configuration = {**KINDS, **OTHERS}[kind](ports, run)
    (run / "companion.conf").write_text(configuration, encoding="utf-8")
    show = cast.catalogue(tmp_path / "show")
    nginx = nginx_server.nginx(run, INSIDE.format(run=run))
    with (
        nginx_server.running(nginx, run, ports.outer),
        companion_server.serve(folder, show, "--port", str(ports.inner)) as running,
    ):
        yield Site(running, run, kind)


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with served(tmp_path, request.param) as found:
        yield found


def below(answer: Answer) -> None:
    """Look at every link, form and redirect of an answer, and at the paths of its cookies."""
    if answer.header("Content-Type").startswith("text/html"):
        named = re.findall(r'\s(?:href|src|action|data-\w+)="([^"]*)"', answer.text)
        places = [html.unescape(each) for each in named if each.startswith("/")]
        assert places or answer.status != 200, answer.text
        assert [each for each in places if not each.startswith(f"{PREFIX}/")] == []
    if 300 < answer.status < 400 and not answer.header("Clear-Site-Data"):
        assert answer.location.startswith(f"{PREFIX}/"), answer.location
    for name, value in answer.headers:
        if name.lower() == "set-cookie":
            assert f"Path={PREFIX}/" in value, value


class Follower(Visitor):
    """A visitor who looks at every answer, whether it stays below the path."""

    def send(self, *args: object, **kwargs: object) -> Answer:
        answer = super().send(*args, **kwargs)  # type: ignore[arg-type]
        below(answer)
        assert answer.header("Cache-Control") in {"no-store", "max-age=31536000, immutable"}
        assert not answer.header("Access-Control-Allow-Origin")
        assert not answer.header("Content-Encoding")
        return answer


def test_a_learner_joins_writes_and_goes(site: Site) -> None:
    alice = Follower(Line(site.running.address), PREFIX)
    alice.get("/")
    phrase = alice.join(site.running.new_code())
    # nginx rebuilds a path that it removed: two slashes became one.
    guid = GUIDS[0] if site.name == "taken_away" else GUIDS[1]
    id_ = alice.save(guid, "word for word")
    begun = alice.sheet(guid) | {"answer-1": "a draft"}
    assert alice.draft(guid, begun).status == 200
    own = [f"/notes/{id_}{what}" for what in ("", "/edit", "/delete", "/download")]
    for page in ("/", "/notes", *own, "/take-away", "/phrase", "/delete-everything", "/none"):
        alice.get(page, {"Accept-Encoding": "gzip"})
    assert "word for word" in alice.post("/notes", {"q": "word"}).text
    assert "a draft" in alice.post("/take-away").text
    alice.sign_out()
    came = alice.follow(alice.get(f"/reflect/{quote(guid, safe='')}?t=75"))
    lost = alice.post(f"/reflect/{quote(guid, safe='')}", form("kept by the page"))
    action = lost.text.partition('method="post" action="')[2].partition('"')[0]
    assert action == f"{PREFIX}/reflect/{quote(guid)}"
    signed_in = alice.post("/sign-in", {"phrase": phrase, "next": came.field("next")})
    assert "a draft" in alice.follow(signed_in).text
    assert alice.get("/leave").status == 303
    assert alice.follow(alice.get("/notes")).status == 200


def test_a_lead_comes_to_the_desk(site: Site) -> None:
    charlie = Follower(Line(site.running.address), PREFIX)
    assert charlie.follow(charlie.get("/desk/")).status == 200
    assert charlie.post("/desk/sign-in", {"name": "x", "password": "y", "code": "1"}).status == 401


def test_the_path_without_its_slash_leads_to_it(site: Site) -> None:
    answer = Line(site.running.address)("GET", PREFIX, {})
    assert answer.status in {301, 308}
    assert answer.location == site.running.address


def guess(line: Line, count: int, claim: str = "") -> list[int]:
    """Try codes that cannot be right, each time from an address that was made up."""
    visitor = Visitor(line, PREFIX)
    token = visitor.token()
    statuses = []
    for number in range(count):
        made_up = {"X-Forwarded-For": claim.format(number), "Content-Type": FORM} if claim else {}
        sent = {"join-code": "AAAA-AAAA", "csrf_token": token, "once": secrets.token_urlsafe(32)}
        body = urlencode(sent).encode()
        headers = {"Content-Type": FORM, **made_up}
        statuses.append(visitor.send("POST", "/join", headers, body).status)
    return statuses


class Elsewhere(Line):
    """A line from another address of this computer."""

    def __call__(self, *args: object, **kwargs: object) -> Answer:
        if self._open is None:
            self._open = http.client.HTTPConnection(
                self._host, timeout=60, source_address=("127.0.0.2", 0)
            )
        return super().__call__(*args, **kwargs)  # type: ignore[arg-type]


def test_an_address_that_a_visitor_made_up_is_not_believed(site: Site) -> None:
    most = rate_limits.LIMITS["wrong code"][0].most
    statuses = guess(Line(site.running.address), most + 5, "203.0.113.{}")
    assert statuses == [422] * most + [429] * 5
    assert guess(Line(site.running.address), 1, "203.0.113.200, 203.0.113.201") == [429]
    assert guess(Elsewhere(site.running.address), 1) == [422], "somebody else is somebody else"


def test_no_log_of_nginx_names_anybody(site: Site) -> None:
    alice = site.visitor()
    alice.join(site.running.new_code())
    id_ = alice.save("guid-1", "her words")
    alice.get(f"/notes/{id_}")
    alice.get("/static/none.css")
    alice.post("/reflect/guid-1", {"answer-1": "x" * 3_000_000})
    Line(site.running.address)("GET", f"{PREFIX}/%zz", {})
    site.running.kill()
    for _ in range(2):
        assert alice.get(f"/notes/{id_}").status in {502, 504}
    assert len(site.logs()) >= 2
    for name, text in site.logs().items():
        for trace in ("127.0.0.1", id_, "guid", "her words", PREFIX + "/", "GET", "POST"):
            assert trace not in text, (name, trace, text)


@pytest.mark.parametrize("kind_of_site", ["talkative", "leaky"])
def test_what_is_written_and_read_never_lies_on_nginxs_disk(
    tmp_path: Path, kind_of_site: str
) -> None:
    long = "long words " * 1800
    with served(tmp_path, kind_of_site) as site:
        alice = site.visitor()
        alice.join(site.running.new_code())
        for _ in range(40):
            id_ = alice.save("guid-1", long)
        assert long.strip() in alice.get(f"/notes/{id_}").text
        assert len(alice.post("/take-away").body) > 10_000
        assert len(alice.post("/notes", {"q": "long"}).body) > 10_000
        too_long = alice.post("/reflect/guid-1", {"answer-1": "x" * 10_000_000})
        # The companion refuses before it has read it all: nginx may find the line closed.
        assert too_long.status in {413, 502}
        assert too_long.status == 502 or "That is too long" in too_long.text
        said = site.logs()["companion.log"]
    assert ("temporary file" in said) is (kind_of_site == "leaky")


def test_a_companion_has_a_name_to_itself_with_the_file_as_it_is(tmp_path: Path) -> None:
    with served(tmp_path, "own_name") as site:
        alice = Visitor(Line(site.running.address))
        alice.join(site.running.new_code())
        id_ = alice.save("guid-1", "her words")
        assert "her words" in alice.get(f"/notes/{id_}").text
        assert alice.get("/static/app.css").status == 200
