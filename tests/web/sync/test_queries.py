"""What apps send and ask for, and how they are answered."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote

import pytest

from tests.kit.clients.sync_clients import FEED, TALKS, Line, basic, play
from tests.kit.companion import database_rows
from tests.kit.companion.cast import GUIDS, NOON, House, Person
from tests.kit.companion.sync_reports import LABEL, OTHERS, episodes, report, told
from web.sync.grants import Credentials


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
    assert "Anna" not in str(database_rows.contents(house.database))
    assert "anna" not in str(database_rows.contents(house.database))
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
    [(b"", 200), (b"[]", 200), (b"null", 400), (b'{"a": 1}', 400), (b"nonsense", 400),
     (b"[" * 100_000, 400), (gzip.compress(b"[" + b" " * 20_000_000 + b"]"), 413),
     (b"\x1f\x8bnonsense", 400), (b"\xff\xfe", 200), (b"9" * 9999, 400)],
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


def test_an_app_keeps_what_it_has_while_the_show_cannot_be_read(
    house: House, who: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(house.companion.shows), "current", lambda _: None)
    sent = json.dumps([play(60)]).encode()
    assert house.nobody().send("POST", episodes(who), basic(who), sent).status == 503


def test_a_guid_with_slashes_still_has_its_page(house: House, alice: Person) -> None:
    assert house.again(alice).get(f"/listen/{quote(GUIDS[1], safe='')}").status == 200
