"""What was reported: beside what the page measured, taken away, and gone where it should be."""

from __future__ import annotations

import json
import re

import pytest

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import Line, basic, play
from tests.kit.companion import database_rows
from tests.kit.companion.cast import Clock, House, Person, reported
from tests.kit.companion.sync_reports import OTHERS, episodes, page, report, told
from web.sync import rebuild
from web.sync.grants import Credentials


def test_nothing_of_other_podcasts_is_kept_anywhere(
    house: House, who: Credentials, capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    line = Line(house.ask)
    line.send("GET", episodes(who), basic(who))  # the day of its last use is known already
    before = database_rows.contents(house.database)
    elsewhere = "https://elsewhere.example.com"
    rows = [
        play(60, podcast=OTHERS, episode=f"{elsewhere}/a.mp3", guid="guid-1"),
        play(60, podcast=OTHERS, episode=f"{elsewhere}/talk-1.mp3"),
    ]
    for method, path, sent in (
        ("POST", episodes(who), rows),
        ("POST", f"/api/2/subscriptions/{who.handle}/x.json", {"add": [OTHERS], "remove": []}),
        ("POST", f"{sync_clients.NEXTCLOUD}/episode_action/create", rows),
        ("POST", f"{sync_clients.NEXTCLOUD}/subscription_change/create", {"add": [OTHERS]}),
        ("PUT", f"/subscriptions/{who.handle}/x.json", [OTHERS]),
        ("POST", f"/api/2/settings/{who.handle}/podcast.json?podcast={OTHERS}", {"set": {"a": 1}}),
    ):
        answer = line.send(method, path, basic(who), json.dumps(sent).encode())
        assert answer.status == 200, (path, answer.text)
        assert "elsewhere" not in answer.text
    after = database_rows.contents(house.database)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"sync_devices"}, "that there is a device"
    assert "elsewhere" not in str(after)
    assert told(house, who) == []
    assert capfd.readouterr() == ("", "")
    assert not reported(caplog)


def test_page_and_app_add_up_and_stay_apart(house: House, alice: Person, who: Credentials) -> None:
    report(house, who, play(180, 0), play(300, 300, timestamp="2026-10-20T11:00:00"))
    assert "Your app says you have heard 3 of 5 minutes. Your app says it reached the end." in page(
        house, alice
    )
    token = re.search('data-token="([^"]+)"', page(house, alice))
    assert token
    sent = {"token": token[1], "sequence": 0, "runs": [[150, 209]], "place": 209, "ended": False}
    assert house.nobody().send("POST", "/heard", {}, json.dumps(sent).encode()).status == 204
    said = page(house, alice)
    assert (
        "You have heard 3 of 5 minutes (less than one of them on this site). Your app says" in said
    )
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
    assert "heard 3 of 5 minutes" in said
    assert "#t=" not in said.partition("<audio")[2].partition(">")[0]


def test_what_an_app_reported_is_taken_away(house: House, alice: Person, who: Credentials) -> None:
    report(house, who, play(180, 0, device="pixel"))
    alice.visitor.get("/take-away")
    text = alice.visitor.post("/take-away").text
    assert "2026-10-20T11:00:00+01:00,Talk 1,guid-1,pixel,play,0,180,300,interval" in text
    assert "my phone,2026-11-23" in text
    assert '"reported_by_apps_seconds": 180.0' in text


@pytest.mark.parametrize("path", ["/recording/off", "/delete-everything"])
def test_nothing_is_left_where_it_is_deleted(
    house: House, alice: Person, who: Credentials, path: str
) -> None:
    report(house, who, play(180, 0, device="pixel"))
    before = database_rows.contents(house.database)
    assert before["reported"]
    alice.visitor.get("/connect")
    assert alice.visitor.post(path).status == 303
    after = database_rows.contents(house.database)
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
        assert rebuild.rebuild(connection) == (2, 0)
