"""Uploads of apps in every form: read, or refused with a status that is honest."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import FEED, Line, basic, play
from tests.kit.companion import cast
from tests.kit.companion.sync_reports import episodes
from web.sync import upload_bodies
from web.sync.upload_bodies import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.kit.companion.cast import House
    from web.database.engine import Database
    from web.sync.grants import Credentials


@pytest.fixture
def house(tmp_path: Path, database: Database) -> Iterator[House]:
    found = cast.house(cast.settings(tmp_path, database))
    yield found
    found.close()


ROWS = [play(120, 0, device="Zoës Händy"), play(60, 0, talk=1, podcast=FEED)]
TEXT = json.dumps(ROWS, ensure_ascii=False)
# Of another podcast, of a kind that we do not store; and a row that is none among good ones.
PLAIN = json.dumps([play(60, podcast="", action="flattr"), None, 7]).encode()


def raw(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(data) + packing.flush()


BODIES: dict[str, tuple[bytes, str]] = {
    "UTF-8": (TEXT.encode(), ""),
    "UTF-8 with a mark": (TEXT.encode("utf-8-sig"), ""),
    "Latin-1": (TEXT.encode("latin-1"), ""),
    "UTF-16": (TEXT.encode("utf-16"), ""),
    "UTF-16 without a mark": (TEXT.encode("utf-16-le"), ""),
    "gzip": (gzip.compress(TEXT.encode()), "gzip"),
    "gzip, not said": (gzip.compress(TEXT.encode("latin-1")), ""),
    "gzip of UTF-16": (gzip.compress(TEXT.encode("utf-16")), "gzip"),
    "deflate": (zlib.compress(TEXT.encode()), "deflate"),
    "deflate, not said": (zlib.compress(TEXT.encode()), ""),
    "deflate without a head": (raw(TEXT.encode()), "Deflate"),
    "deflate, unpacked on the way": (TEXT.encode(), "deflate"),
    "identity": (TEXT.encode(), "identity"),
    "spaces around": (b"\r\n  " + TEXT.encode() + b"\n\n", ""),
}


@pytest.mark.parametrize("form", BODIES)
def test_every_form_of_a_body_is_read(house: House, who: Credentials, form: str) -> None:
    body, coding = BODIES[form]
    headers = basic(who) | ({"Content-Encoding": coding} if coding else {})
    answer = Line(house.ask).send("POST", episodes(who), headers, body)
    assert answer.status == 200, answer.text
    told = Line(house.ask).json("GET", f"{episodes(who)}?since=0", basic(who))["actions"]
    assert sorted(each["position"] for each in told) == [60, 120]
    assert "Zoës Händy" in {each.get("device") for each in told}


@pytest.mark.parametrize(
    ("body", "coding", "status"),
    [
        (b'{"actions": []}', "", 400), (b'"text"', "", 400), (b"7", "", 400), (b"null", "", 400),
        (b"[1, 2", "", 400), (b"[1 2]", "", 400), (b"[,]", "", 400), (b"[]]", "", 400),
        (b"[" * 100_000, "", 400), (b"", "", 200), (b"  ", "", 200), (b"[]", "", 200),
        (b"[7, null, []]", "", 400), (b'[1, 2, "x", null]', "", 400),
        (b"[{}]", "", 400), (b'[{"action": "play"}]', "", 400), (PLAIN, "", 200),
        (b"x", "br", 415), (b"x", "zstd", 415),
        (zlib.compress(TEXT.encode())[:-9], "deflate", 400),
        (b'["' + b"x" * 2_000_000 + b'"]', "", 413),
    ],
)  # fmt: skip
def test_what_is_no_list_of_actions_is_refused_honestly(
    house: House, who: Credentials, body: bytes, coding: str, status: int
) -> None:
    headers = basic(who) | ({"Content-Encoding": coding} if coding else {})
    for path in (episodes(who), f"{sync_clients.NEXTCLOUD}/episode_action/create"):
        assert Line(house.ask).send("POST", path, headers, body).status == status


@pytest.mark.parametrize(
    "body",
    [[], 7, "add", {}, {"add": FEED}, {"adds": [FEED]}, {"subscriptions": [FEED]}, {"add": [1]},
     {"add": {"url": FEED}}, {"add": [FEED], "remove": FEED}, {"add": [], "remove": [None]}],
)  # fmt: skip
def test_subscriptions_that_are_no_lists_are_refused(
    house: House, who: Credentials, body: Any
) -> None:
    for path in (f"/api/2/subscriptions/{who.handle}/phone.json",
                 f"{sync_clients.NEXTCLOUD}/subscription_change/create"):  # fmt: skip
        answer = Line(house.ask).send("POST", path, basic(who), json.dumps(body).encode())
        assert answer.status == 400
        assert answer.text.startswith(("add ", "remove ", "the body is"))


@pytest.mark.parametrize(
    "body",
    [{"add": [], "remove": []}, {"add": None, "remove": []}, {"add": [FEED]}, {"remove": [FEED]},
     {"add": [FEED, None], "remove": None, "more": 1}],
)  # fmt: skip
def test_subscriptions_as_apps_send_them_are_read(
    house: House, who: Credentials, body: dict[str, Any]
) -> None:
    for path in (f"/api/2/subscriptions/{who.handle}/phone.json",
                 f"{sync_clients.NEXTCLOUD}/subscription_change/create"):  # fmt: skip
        line = Line(house.ask)
        line.json("POST", path, basic(who), json.dumps(body).encode())
        found = line.json("GET", f"/subscriptions/{who.handle}.json", basic(who))
        assert found == ([FEED] if FEED in (body.get("add") or []) else [])


@pytest.mark.parametrize(
    ("form", "body"),
    [("json", b"[1]"), ("json", b'[{"feed": "x"}]'), ("opml", b"<html></html>"), ("opml", b""),
     ("txt", b'{"add": 1}'), ("txt", b"nothing")],
)  # fmt: skip
def test_what_is_no_list_of_feeds_does_not_end_a_subscription(
    house: House, who: Credentials, form: str, body: bytes
) -> None:
    line, path = Line(house.ask), f"/subscriptions/{who.handle}/phone"
    line.json("PUT", f"{path}.json", basic(who), json.dumps([FEED]).encode())
    assert line.send("PUT", f"{path}.{form}", basic(who), body).status == 400
    assert line.json("GET", f"{path}.json", basic(who)) == [FEED]


@pytest.mark.parametrize(
    ("path", "body"),
    [("sync-devices/{}", {"synchronise": [["a", "b"]]}), ("sync-devices/{}", {}),
     ("sync-devices/{}", {"synchronize": ["a", "b"]}), ("devices/{}/phone", {"caption": 5}),
     ("devices/{}/phone", {"type": ["mobile"]}), ("devices/{}/phone", [])],
)  # fmt: skip
def test_what_says_nothing_of_devices_is_refused(
    house: House, who: Credentials, path: str, body: Any
) -> None:
    path = f"/api/2/{path.format(who.handle)}.json"
    assert Line(house.ask).send("POST", path, basic(who), json.dumps(body).encode()).status == 400


@pytest.mark.slow
@pytest.mark.parametrize(
    "device", ["a/b", "a/b/c.d", "my phone", "téléphone", "手机", "x" * 64, "x" * 300, "a.json",
               "?#%", "subscriptions/x.opml"]
)  # fmt: skip
@pytest.mark.parametrize("safe", ["", "/"])
def test_every_name_of_a_device_has_an_address(
    house: House, who: Credentials, device: str, safe: str
) -> None:
    line, name = Line(house.ask), quote(device, safe=safe)
    described = f"/api/2/devices/{who.handle}/{name}.json"
    assert line.send("POST", described, basic(who), b'{"caption": "mine"}').status == 200
    (found,) = line.json("GET", f"/api/2/devices/{who.handle}.json", basic(who))
    assert found["id"] == device[:200]
    mine = f"{who.handle}/{name}"
    for path in (f"/api/2/subscriptions/{mine}.json", f"/api/2/updates/{mine}.json",
                 f"/subscriptions/{mine}.txt", f"/subscriptions/{mine}.opml"):  # fmt: skip
        assert line.send("GET", path, basic(who)).status == 200, path
    body = json.dumps({"add": [FEED], "remove": []}).encode()
    line.json("POST", f"/api/2/subscriptions/{who.handle}/{name}.json", basic(who), body)
    assert (
        line.send(
            "PUT", f"/subscriptions/{who.handle}/{name}.txt", basic(who), FEED.encode()
        ).status
        == 200
    )
    assert len(line.json("GET", f"/api/2/devices/{who.handle}.json", basic(who))) == 1


@pytest.mark.slow
def test_a_first_upload_of_a_whole_life_is_read_in_little_memory(
    house: House, who: Credentials
) -> None:
    """More than ten megabytes, of which two rows are ours."""
    other = play(
        60, 0, podcast="https://other.example.com/feed", episode="https://other.example.com/1"
    )
    row = json.dumps(other).encode()
    body = b"[" + b",".join([json.dumps(ROWS[0]).encode(), *[row] * 60_000,
                             json.dumps(ROWS[1]).encode()]) + b"]"  # fmt: skip
    assert len(body) > 10_000_000
    tracemalloc.start()
    assert Line(house.ask).send("POST", episodes(who), basic(who), body).status == 200
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000, "a twentieth of that; the body is the client's"
    told = Line(house.ask).json("GET", f"{episodes(who)}?since=0", basic(who))["actions"]
    assert len(told) == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)


@given(st.lists(JSON, max_size=5), st.integers(1, 9), st.sampled_from([None, 1]))
def test_a_list_is_the_same_in_whatever_pieces_it_comes(
    value: list[Any], size: int, indent: int | None
) -> None:
    text = json.dumps(value, indent=indent)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert [*upload_bodies.rows(pieces)] == value


@given(st.text(max_size=40), st.integers(1, 9))
def test_what_json_refuses_is_refused_in_pieces_too(text: str, size: int) -> None:
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    try:
        found = [*upload_bodies.rows(pieces)]
    except (ValueError, TooLargeError):
        assert not isinstance(value, list)
    else:
        assert found == (value or [])


@given(
    st.text(max_size=40),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
    st.integers(1, 5),
)
def test_text_is_the_same_in_whatever_pieces_it_comes(text: str, name: str, size: int) -> None:
    wanted = f'["{text}"]' if name != "latin-1" else '["Zoë"]'
    data = wanted.encode(name)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert "".join(upload_bodies.texts(pieces)) == wanted


WAYS: list[Callable[[bytes], bytes]] = [gzip.compress, zlib.compress, raw, bytes]


@pytest.mark.parametrize("way", range(len(WAYS)))
def test_a_bomb_is_refused_however_it_is_packed(way: int) -> None:
    with pytest.raises(TooLargeError):
        for _ in upload_bodies.unpacked([WAYS[way](b" " * 20_000_000)], 10_000_000, "deflate"):
            pass
