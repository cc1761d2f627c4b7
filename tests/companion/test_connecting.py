"""Connecting apps, what they may ask and how, and what is left of them where nothing should be."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any
from urllib.parse import quote

import keeping
import pytest
import syncing
from gathering import GUIDS, NOON, Clock, House, Person
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syncing import FEED, TALKS, Line, Nextcloud, basic, play
from visiting import Visitor

from web.sync import rebuilding, rules
from web.sync.granting import Credentials

OTHERS = "https://elsewhere.example.com/private/feed.xml"
LABEL = "Annas-Telefon-ünïque"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def alice(house: House) -> Person:
    return house.learner("Alice")


@pytest.fixture
def who(house: House, alice: Person) -> Credentials:
    return syncing.let_in(house.companion, alice.id, alice.key)


def episodes(who: Credentials) -> str:
    return f"/api/2/episodes/{who.handle}.json"


def report(house: House, who: Credentials, *rows: Any) -> int:
    """Report actions; return the number since when to ask."""
    body = json.dumps([*rows]).encode()
    found = Line(house.ask).json("POST", episodes(who), basic(who), body)["timestamp"]
    return int(found)


def told(house: House, who: Credentials, since: int = 0) -> list[dict[str, Any]]:
    path = f"{episodes(who)}?since={since}"
    found: list[dict[str, Any]] = Line(house.ask).json("GET", path, basic(who))["actions"]
    return found


def page(house: House, alice: Person, path: str = "/listen/guid-1") -> str:
    return house.again(alice).get(path).text


def made(page: str) -> Credentials:
    """Read what a page shows once."""
    found = [re.search(rf'id="{each}">([^<]+)<', page) for each in ("handle", "password")]
    assert all(found), page
    return Credentials(*(each[1] for each in found if each))


def test_a_password_is_made_shown_once_named_used_and_taken_back(
    house: House, alice: Person, clock: Clock
) -> None:
    assert "No app is connected" in page(house, alice, "/connect")
    alice.visitor.get("/connect/gpodder")
    answer = alice.visitor.post("/connect/gpodder", {"name": f"  {LABEL}\n phone "})
    who = made(answer.text)
    assert re.fullmatch("[2-9a-z]{8}", who.handle)
    assert len(who.password.replace("-", "")) == 28
    listed = page(house, alice, "/connect")
    assert f"{LABEL} phone" in listed
    assert "not used yet" in listed
    assert who.password not in listed + page(house, alice, "/connect/gpodder")
    clock.wait(days=2)
    report(house, who, play(60))
    assert "last used on 25 November 2026" in page(house, alice, "/connect")
    line = Line(house.ask)
    assert line.send("GET", episodes(who), basic(who)).status == 200
    cookie = {"Cookie": f"sessionid={line.cookies['sessionid'][0]}"}
    assert Line(house.ask).send("GET", episodes(who), cookie).status == 200
    (id_,) = re.findall("/connect/([0-9a-f]{32})/revoke", page(house, alice, "/connect"))
    visitor = house.again(alice)
    visitor.get("/connect")
    assert visitor.post(f"/connect/{id_}/revoke").status == 303
    for headers in (basic(who), cookie):
        assert Line(house.ask).send("GET", episodes(who), headers).status == 401
    assert "1 of 5 minutes heard" in page(house, alice), "what it reported stays"


def test_the_three_ways_in(house: House, who: Credentials) -> None:
    line = Line(house.ask)
    asked = line.send("GET", episodes(who))
    assert asked.status == 401
    assert asked.header("WWW-Authenticate").startswith("Basic realm=")
    typed = who._replace(handle=who.handle.upper(), password=who.password.upper().replace("-", " "))
    for each in (who, typed):
        assert line.send("GET", episodes(who), basic(each)).status == 200
    assert line.send("GET", episodes(who)).status == 200, "by the cookie"
    out = line.send("POST", f"/api/2/auth/{who.handle}/logout.json")
    assert (out.status, out.body, line.cookies) == (200, b"", {})


def test_after_logging_out_the_cookie_opens_nothing(house: House, who: Credentials) -> None:
    line = Line(house.ask)
    line.send("POST", f"/api/2/auth/{who.handle}/login.json", basic(who))
    cookie = {"Cookie": f"sessionid={line.cookies['sessionid'][0]}"}
    line.send("POST", f"/api/2/auth/{who.handle}/logout.json")
    assert Line(house.ask).send("GET", episodes(who), cookie).status == 401


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic Og==", "Bearer x", "Basic w7w6w7w=", "Digest a=b"]
)
def test_what_is_no_password_is_asked_for_one(house: House, who: Credentials, header: str) -> None:
    answer = house.nobody().send("GET", episodes(who), {"Authorization": header} if header else {})
    assert answer.status == 401
    assert answer.header("WWW-Authenticate").startswith("Basic ")


def test_nobody_asks_for_somebody_elses(house: House, who: Credentials) -> None:
    bob = house.learner("Bob")
    other = syncing.let_in(house.companion, bob.id, bob.key)
    mixed = who._replace(password=other.password)
    assert house.nobody().send("GET", episodes(who), basic(mixed)).status == 401
    assert house.nobody().send("GET", episodes(who), basic(other)).status == 400
    line = Line(house.ask)
    line.send("GET", episodes(other), basic(other))
    assert line.send("GET", episodes(who)).status == 400, "the cookie of another"
    report(house, who, play(60))
    assert told(house, other) == []
    forged = line.cookies["sessionid"][0][:-1] + "x"
    assert (
        house.nobody().send("GET", episodes(other), {"Cookie": f"sessionid={forged}"}).status == 401
    )


def test_nothing_of_other_podcasts_is_kept_anywhere(
    house: House, who: Credentials, capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    line = Line(house.ask)
    line.send("GET", episodes(who), basic(who))  # the day of its last use is known already
    before = keeping.contents(house.database)
    elsewhere = "https://elsewhere.example.com"
    rows = [
        play(60, podcast=OTHERS, episode=f"{elsewhere}/a.mp3", guid="guid-1"),
        play(60, podcast=OTHERS, episode=f"{elsewhere}/talk-1.mp3"),
    ]
    for method, path, sent in (
        ("POST", episodes(who), rows),
        ("POST", f"/api/2/subscriptions/{who.handle}/x.json", {"add": [OTHERS], "remove": []}),
        ("POST", f"{syncing.NEXTCLOUD}/episode_action/create", rows),
        ("POST", f"{syncing.NEXTCLOUD}/subscription_change/create", {"add": [OTHERS]}),
        ("PUT", f"/subscriptions/{who.handle}/x.json", [OTHERS]),
        ("POST", f"/api/2/settings/{who.handle}/podcast.json?podcast={OTHERS}", {"set": {"a": 1}}),
    ):
        answer = line.send(method, path, basic(who), json.dumps(sent).encode())
        assert answer.status == 200, (path, answer.text)
        assert "elsewhere" not in answer.text
    after = keeping.contents(house.database)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"sync_devices"}, "that there is a device"
    assert "elsewhere" not in str(after)
    assert told(house, who) == []
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_what_an_app_calls_a_device_is_told_to_apps_and_not_written_down(
    house: House, who: Credentials
) -> None:
    line = Line(house.ask)
    path = f"/api/2/devices/{who.handle}"
    sent = json.dumps({"caption": LABEL, "type": "mobile"}).encode()
    assert line.send("POST", f"{path}/anna.json", basic(who), sent).body == b""
    assert line.send("PUT", f"{path}/anna.json", basic(who), b'{"type": "spaceship"}').body == b""
    assert line.send("POST", f"{path}/other.json", basic(who)).body == b""
    report(house, who, play(60, device="anna"), play(61))
    found = line.json("GET", f"{path}.json", basic(who))
    assert found == [
        {"id": "anna", "caption": LABEL, "type": "mobile", "subscriptions": 0},
        {"id": "other", "caption": "other", "type": "other", "subscriptions": 0},
    ]
    assert "Anna" not in str(keeping.contents(house.database))
    assert "anna" not in str(keeping.contents(house.database))
    sent = json.dumps({"synchronize": [["anna", "other", "none"]], "stop-synchronize": []}).encode()
    path = f"/api/2/sync-devices/{who.handle}.json"
    together = {"synchronized": [["anna", "other"]], "not-synchronized": []}
    assert line.json("POST", path, basic(who), sent) == together
    sent = json.dumps({"stop-synchronize": ["anna", "other"]}).encode()
    alone = {"synchronized": [], "not-synchronized": ["anna", "other"]}
    assert line.json("POST", path, basic(who), sent) == alone


@pytest.mark.parametrize(
    "headers",
    [{}, {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "text/plain"},
     {"Content-Type": "multipart/form-data; boundary=x"}, {"Content-Encoding": "gzip"},
     {"Content-Type": "plain/text; charset=utf-8"}],
)  # fmt: skip
@pytest.mark.parametrize("slashes", ["/api/2", "//api/2", "//api//2/"])
def test_content_types_packing_and_slashes_do_not_matter(
    house: House, who: Credentials, headers: dict[str, str], slashes: str
) -> None:
    body = json.dumps([play(60), {"junk": 1}, None]).encode()
    body = gzip.compress(body) if "Content-Encoding" in headers else body
    path = episodes(who).replace("/api/2", slashes, 1)
    assert house.nobody().send("POST", path, basic(who) | headers, body).status == 200
    assert [each["position"] for each in told(house, who)] == [60]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 200), (b"[]", 200), (b"null", 200), (b'{"a": 1}', 200), (b"nonsense", 400),
     (b"[" * 100_000, 400), (gzip.compress(b"[" + b" " * 20_000_000 + b"]"), 413),
     (b"\x1f\x8bnonsense", 400), (b"\xff\xfe", 400), (b"9" * 9999, 400)],
)  # fmt: skip
def test_whatever_is_sent_is_answered_plainly(
    house: House, who: Credentials, body: bytes, status: int
) -> None:
    answer = house.nobody().send("POST", episodes(who), basic(who), body)
    assert answer.status == status
    assert "<html" not in answer.text
    assert told(house, who) == []


def test_actions_come_back_as_clients_can_read_them(house: House, who: Credentials) -> None:
    rows = [
        play(60, 30, device="one", guid="guid-1"), play(9, talk=1) | {"total": -1},
        play(50, 50) | {"action": "download"}, play(50, 50) | {"action": "new"},
        play(70) | {"started": None, "timestamp": 1792490460000},
    ]  # fmt: skip
    number = report(house, who, *rows, {"action": "flattr"})
    assert number == int(NOON.timestamp()) + 2
    assert report(house, who, *rows) == number, "what is sent again is one"
    since = number - 1
    found = told(house, who, since - 5)
    assert len(found) == len(rows)
    assert [each["timestamp"] for each in found] == sorted(each["timestamp"] for each in found)
    for each in found:
        assert {"podcast", "episode", "action", "timestamp"} <= set(each)
        places = {"started", "position", "total"} & set(each)
        assert places in ({"started", "position", "total"}, set())
        assert (places == set()) == (each["action"] != "play")
    assert told(house, who, number) == []
    newest = {(each["episode"], each["action"]): each.get("position") for each in told(house, who)}
    assert newest == {
        (TALKS[0], "play"): 70, (TALKS[0], "new"): None, (TALKS[0], "download"): None,
        (TALKS[1], "play"): 9,
    }  # fmt: skip
    path = f"{episodes(who)}?since={since - 5}"
    line = Line(house.ask)
    for more, count in (("&aggregated=true", 2), ("&device=one", 1), ("&device=none", 0),
                        (f"&podcast={FEED}", 5), (f"&podcast={OTHERS}", 0)):  # fmt: skip
        assert len(line.json("GET", path + more, basic(who))["actions"]) == count, more


def test_subscriptions_in_every_form(house: House, who: Credentials) -> None:
    line, base = Line(house.ask), f"/api/2/subscriptions/{who.handle}/phone.json"
    spelled = "http://podcast.example.org/night/feed.xml"
    nothing = line.json("GET", f"{base}?since=0", basic(who))
    assert (nothing["add"], nothing["remove"]) == ([], [])
    sent = json.dumps({"add": [OTHERS, spelled], "remove": [spelled]}).encode()
    number = line.json("POST", base, basic(who), sent)["timestamp"]
    assert line.json("GET", f"{base}?since={number}", basic(who))["add"] == []
    assert line.json("GET", f"{base}?since=0", basic(who))["add"] == [spelled], "as it writes it"
    plain = f"/subscriptions/{who.handle}"
    assert line.json("GET", f"{plain}/phone.json", basic(who)) == [spelled]
    assert line.send("GET", f"{plain}.txt", basic(who)).text == f"{spelled}\n"
    assert f'xmlUrl="{spelled}"' in line.send("GET", f"{plain}.opml", basic(who)).text
    assert line.send("GET", f"{plain}.xml", basic(who)).status == 404
    got = line.json("GET", f"/api/2/updates/{who.handle}/phone.json?since=0", basic(who))
    assert [each["url"] for each in got["add"]] == [spelled]
    assert [each["title"] for each in got["updates"]] == ["Talk 1", "Talk 2"]
    assert got["remove"] == got["rem"] == []
    for form, text in (("txt", f"{OTHERS}\n"), ("opml", f'<outline xmlUrl="{OTHERS}"/>')):
        answer = line.send("PUT", f"{plain}/phone.{form}", basic(who), text.encode())
        assert (answer.status, answer.body) == (200, b"")
        assert line.json("GET", f"{base}?since={number}", basic(who))["remove"] == [spelled]
        sent = json.dumps([OTHERS, spelled]).encode()
        assert line.send("PUT", f"{plain}/phone.json", basic(who), sent).status == 200
    assert line.send("PUT", f"{plain}/phone.json", basic(who), b"{}").status == 400
    assert line.json("GET", "/clientconfig.json")["mygpo"]["baseurl"] == house.settings.address


def test_an_app_that_is_let_in_by_a_tap(house: House, alice: Person, clock: Clock) -> None:
    phone = Nextcloud(Line(house.ask), clock.now.timestamp)
    path = phone.begin().removeprefix(house.settings.address.rstrip("/"))
    assert not phone.poll()
    nobody = house.nobody()
    assert nobody.get(path).location.startswith("/sign-in?next=/connect/grant/")
    page = alice.visitor.get(path)
    assert "Let AntennaPod in?" in page.text
    assert alice.visitor.post(path, {"name": LABEL}, token="").status == 400
    assert not phone.poll()
    assert "It is connected" in alice.visitor.post(path, {"name": LABEL}).text
    assert alice.visitor.post(path, {"name": LABEL}).status == 404, "once"
    assert phone.poll()
    assert not phone.poll(), "once"
    assert LABEL in alice.visitor.get("/connect").text
    assert phone.who.password not in str(keeping.contents(house.database))
    again = phone.begin().removeprefix(house.settings.address.rstrip("/"))
    clock.wait(minutes=21)
    assert house.again(alice).get(again).status == 404
    assert not phone.poll()


def test_a_poll_in_json_and_what_is_no_poll(house: House, alice: Person) -> None:
    begun = json.loads(house.nobody().send("POST", "/index.php/login/v2").body)
    visitor: Visitor = alice.visitor
    path = begun["login"].removeprefix(house.settings.address.rstrip("/"))
    visitor.get(path)
    visitor.post(path)
    poll = "/index.php/login/v2/poll"
    for body in (b"", b"token=", b"{", b"[]", b'{"token": 5}', b"token=x", b"\xff",
                 f"token={path.rpartition('/')[2]}".encode()):  # fmt: skip
        assert house.nobody().send("POST", poll, {}, body).status == 404
    sent = json.dumps({"token": begun["poll"]["token"]}).encode()
    answer = house.nobody().send("POST", poll, JSON, sent)
    assert set(json.loads(answer.body)) == {"server", "loginName", "appPassword"}


def test_page_and_app_add_up_and_stay_apart(house: House, alice: Person, who: Credentials) -> None:
    report(house, who, play(180, 0), play(300, 300, timestamp="2026-10-20T11:00:00"))
    assert (
        "3 of 5 minutes heard, as your app reported; your app reported reaching the end."
        in page(house, alice)
    )
    token = re.search('data-token="([^"]+)"', page(house, alice))
    assert token
    sent = {"token": token[1], "sequence": 0, "runs": [[150, 209]], "place": 209, "ended": False}
    assert house.nobody().send("POST", "/heard", {}, json.dumps(sent).encode()).status == 204
    said = page(house, alice)
    assert "3 of 5 minutes heard, less than one of them measured here; your app reported" in said
    assert "#t=209" in said, "the page was later"
    report(house, who, play(20, 0, timestamp="2026-11-23T12:00:05"))
    assert "#t=209" in page(house, alice), "the app's clock is ahead of ours, and was set to it"


def test_marking_unplayed_takes_back_the_place_and_nothing_else(
    house: House, alice: Person, who: Credentials
) -> None:
    report(house, who, play(180, 0))
    assert "#t=180" in page(house, alice)
    report(house, who, play(0) | {"action": "new", "timestamp": "2026-10-21T10:00:00"})
    said = page(house, alice)
    assert "3 of 5 minutes heard" in said
    assert "#t=" not in said.partition("<audio")[2].partition(">")[0]


def test_what_an_app_reported_is_taken_away(house: House, alice: Person, who: Credentials) -> None:
    report(house, who, play(180, 0, device="pixel"))
    alice.visitor.get("/take-away")
    text = alice.visitor.post("/take-away").text
    assert "2026-10-20T10:00:00,Talk 1,guid-1,pixel,play,0,180,300,interval" in text
    assert "my phone,2026-11-23" in text
    assert '"reported_by_apps_seconds": 180.0' in text


@pytest.mark.parametrize("path", ["/recording/off", "/delete-everything"])
def test_nothing_is_left_where_it_is_deleted(
    house: House, alice: Person, who: Credentials, path: str
) -> None:
    report(house, who, play(180, 0, device="pixel"))
    before = keeping.contents(house.database)
    assert before["reported"]
    alice.visitor.get("/connect")
    assert alice.visitor.post(path).status == 303
    after = keeping.contents(house.database)
    for table in ("app_passwords", "sync_accounts", "sync_cursors", "sync_devices", "sync_actions",
                  "reported", "listeners"):  # fmt: skip
        assert after[table] == [], table
    assert house.nobody().send("GET", episodes(who), basic(who)).status == 401


def test_what_was_reported_is_the_same_when_it_is_counted_anew(
    house: House, who: Credentials, clock: Clock
) -> None:
    for number in range(5):
        report(
            house, who, play(40 + 9 * number, 9 * number, timestamp=1792490400 + number * 600),
            play(0, 0, timestamp=1792490430 + number * 600),
            play(299, 299, talk=1, timestamp=1792490400 - number * 60),
        )  # fmt: skip
        clock.wait(seconds=1)
    with house.database.writing() as connection:
        assert rebuilding.rebuild(connection) == (2, 0)


def test_an_app_keeps_what_it_has_while_the_show_cannot_be_read(
    house: House, who: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(house.companion.shows), "current", lambda _: None)
    sent = json.dumps([play(60)]).encode()
    assert house.nobody().send("POST", episodes(who), basic(who), sent).status == 503


def test_a_guid_with_slashes_still_has_its_page(house: House, alice: Person) -> None:
    assert house.again(alice).get(f"/listen/{quote(GUIDS[1], safe='')}").status == 200


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    | st.sampled_from(["\ud800", "a\0b", "9" * 400, FEED, f"{FEED}?\ud800\0", TALKS[0], "play",
                       "guid-1", 2**40, -1, "mobile"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from([*rules.KEYS, "add", "remove", "synchronize", "stop-synchronize", "set",
                         "caption", "type", "token"]), inner, max_size=9),
    max_leaves=12,
)  # fmt: skip
ACTIONS = st.lists(
    st.fixed_dictionaries(
        {"podcast": st.just(FEED), "episode": st.sampled_from(TALKS), "action": st.just("play")},
        optional=dict.fromkeys(rules.KEYS[2:4] + rules.KEYS[5:], JUNK),
    ),
    max_size=3,
)  # fmt: skip


@pytest.mark.slow
def test_whatever_an_app_sends_there_is_no_fault(
    house: House, who: Credentials, caplog: pytest.LogCaptureFixture
) -> None:
    rules_of_apps = [
        (rule.rule, sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}))
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint.startswith(("gpodder.", "nextcloud."))
    ]
    names = st.text(min_size=1, max_size=9) | st.sampled_from(["json", "opml", "txt", "5", "a\0b"])

    @settings(max_examples=400, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(st.sampled_from(rules_of_apps), JUNK | ACTIONS, names, JUNK)
    def check(rule: tuple[str, list[str]], body: Any, name: str, since: Any) -> None:
        path = rule[0].replace("<user>", who.handle)
        path = re.sub("<[^>]+>", lambda _: quote(name, safe=""), path)
        query = quote(str(since).encode("utf-8", "replace"))
        for method in rule[1]:
            answer = house.nobody().send(
                method, f"{path}?since={query}&device={query}&podcast={query}", basic(who),
                json.dumps(body).encode() if method != "GET" else b"",
            )  # fmt: skip
            assert answer.status < 500, (method, path, body, answer.text)

    check()
    assert not caplog.records
    with house.database.writing() as connection:
        assert rebuilding.rebuild(connection)[1] == 0
