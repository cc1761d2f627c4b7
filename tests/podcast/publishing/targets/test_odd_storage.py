"""Storage that lacks something of S3, drips or is cut: a sentence, or it works all the same."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore import exceptions

from podcast.publishing.destination import Bucket
from podcast.publishing.targets import s3_connection, s3_errors, s3_quick_read
from podcast.publishing.targets.contract import TargetError
from podcast.publishing.targets.s3 import S3
from tests.kit.published_shows import built, publish
from tests.kit.servers import failing_proxy
from tests.kit.servers.slow_servers import DRIPS, dripping, saying

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Broken = tuple[Bucket, failing_proxy.Network]
CONDITION, MD5 = "If-None-Match", "Content-MD5"
LOCK = ".published/lock.json"
VERBS: dict[str, Callable[[S3], Any]] = {
    "listing": lambda target: target.listing(),
    "read": lambda target: target.read("a.txt"),
    "digest": lambda target: target.digest("a.txt"),
    "write": lambda target: target.write("a.txt", b"words"),
    "create": lambda target: target.create("b.txt", b"words"),
    "copy": lambda target: target.copy("a.txt", "c.txt"),
    "delete": lambda target: target.delete("d.txt"),
    "age": lambda target: target.age("a.txt"),
    "open_to_players": lambda target: target.open_to_players(),
}


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience of a second, and one attempt."""
    for name, value in {"ATTEMPTS": 1, "BASE": 1, "PATIENCE": 0.5, "SLOWEST": 1e9}.items():
        monkeypatch.setattr(s3_connection, name, value)
    monkeypatch.setattr(s3_quick_read, "PATIENCE", 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("status", [501, 400, 405, 422])
@pytest.mark.parametrize("headers", [[CONDITION], [MD5], [CONDITION, MD5]])
def test_a_header_that_storage_does_not_know_is_left_out(
    show: Path, broken: Broken, status: int, headers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, network = broken
    monkeypatch.setitem(failing_proxy._ERRORS, 405, "MethodNotAllowed")
    monkeypatch.setitem(failing_proxy._ERRORS, 422, "InvalidRequest")
    network.unknown = dict.fromkeys(headers, status)
    done = publish(show, bucket)
    assert done.exclusive is (CONDITION not in headers)
    there = {name: S3(bucket).read(name) for name in built(show)}
    assert there == built(show)


@pytest.mark.slow
def test_a_refusal_that_is_about_no_header_is_told(show: Path, broken: Broken) -> None:
    bucket, network = broken
    network.fail(501, "PUT", "")
    with pytest.raises(TargetError, match=r"does not understand the request \(NotImplemented\)"):
        publish(show, bucket)


@pytest.mark.slow
@pytest.mark.parametrize("status", [501, 400, 405])
def test_storage_without_cors_is_said_to_have_none(broken: Broken, status: int) -> None:
    bucket, network = broken
    network.fail(status, "PUT", "?cors")
    with pytest.raises(TargetError, match="this storage has no CORS; set it at the CDN"):
        S3(bucket).open_to_players()


@pytest.mark.slow
@pytest.mark.parametrize(
    "what", [failing_proxy.LOST, failing_proxy.HEADLESS, failing_proxy.CONTINUE]
)
def test_a_lost_answer_to_our_own_lock_is_our_lock(broken: Broken, what: str) -> None:
    bucket, network = broken
    network.fail(what, "PUT", "lock.json", times=1)
    target = S3(bucket)
    assert target.create(LOCK, b"ours")
    assert not target.create(LOCK, b"ours")
    assert not S3(bucket).create(LOCK, b"theirs")


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_an_answer_may_be_cut_inside_its_head(
    moto_bucket: Bucket, broken: Broken, verb: str, hasty: None
) -> None:
    S3(moto_bucket).write("a.txt", b"words")
    bucket, network = broken
    for what in (
        failing_proxy.HEADLESS,
        failing_proxy.CONTINUE,
        failing_proxy.TRUNCATE,
        failing_proxy.LOST,
    ):
        network.rule = lambda *_, what=what: what
        try:
            found = VERBS[verb](S3(bucket))
        except TargetError as error:
            assert "Error" not in str(error)
        else:
            assert verb != "read" or found == b"words"


@pytest.mark.slow
def test_a_record_that_is_read_badly_once_is_read_again(
    show: Path, moto_bucket: Bucket, broken: Broken
) -> None:
    publish(show, moto_bucket)
    bucket, network = broken
    for what in (failing_proxy.HEADLESS, failing_proxy.TRUNCATE, failing_proxy.LOST):
        network.fail(what, "GET", "current.json", times=2)
        assert not publish(show, bucket).done


@pytest.mark.slow
def test_weak_marks_and_no_clock_do_no_harm(show: Path, broken: Broken) -> None:
    bucket, network = broken
    network.weak, network.left_out = True, {"date"}
    assert publish(show, bucket).done
    assert not publish(show, bucket).done
    assert (S3(bucket).age("feed.xml") or 0) < 600
    assert ".published/clock" not in S3(bucket).listing()


@pytest.mark.slow
@pytest.mark.parametrize("name", DRIPS)
@pytest.mark.parametrize("verb", ["listing", "read", "write", "delete"])
def test_storage_that_drips_is_given_up(keys: None, hasty: None, verb: str, name: str) -> None:
    with dripping(*DRIPS[name]) as address:
        began = time.monotonic()
        with pytest.raises(TargetError) as caught:
            VERBS[verb](S3(Bucket("b", "night/", address, "us-east-1")))
        assert time.monotonic() - began < 20
    assert "Error" not in str(caught.value)


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("https://s3.example.org/talks", "write https://s3.example.org"),
        ("https://s3.example.org/talks/", "write https://s3.example.org"),
        ("https://key:secret@s3.example.org:9000/talks/night", "write https://s3.example.org:9000"),
    ],
)
def test_an_endpoint_that_names_the_bucket_too_is_said_to(endpoint: str, said: str) -> None:
    with pytest.raises(TargetError, match="the endpoint names the bucket too") as caught:
        S3(Bucket("talks", "night/", endpoint))
    assert str(caught.value).endswith(said)


@pytest.mark.parametrize(
    "endpoint",
    ["https://s3.example.org", "https://talks.example.org", "https://a.org/storage/v1/s3",
     "https://s3.example.org/talks-of-others", "https://s3.example.org/x/talks", "http://["],
)  # fmt: skip
def test_other_endpoints_are_left_to_the_server(endpoint: str) -> None:
    assert s3_errors.misplaced(Bucket("talks", "night/", endpoint)) == ""


def _refused(code: str, status: int) -> exceptions.ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return exceptions.ClientError(answer, "PutObject")


def test_a_host_that_names_the_bucket_is_said_to_where_nothing_is_found() -> None:
    bucket = Bucket("talks", "", "https://talks.s3.example.org")
    said = s3_errors.explain(_refused("NoSuchKey", 404), bucket)
    assert said == "the endpoint names the bucket too; write https://s3.example.org"
    assert "names the bucket" not in s3_errors.explain(_refused("AccessDenied", 403), bucket)


@pytest.mark.parametrize("status", [*range(400, 432), 451, 501])
@pytest.mark.parametrize("code", ["", "Weird", "NotImplemented", "InvalidRequest", "NoSuchKey"])
def test_what_is_wrong_for_good_is_not_to_be_tried_again_later(status: int, code: str) -> None:
    later = status in {408, 425, 429}
    said = s3_errors.explain(_refused(code, status))
    known = code in s3_errors._EXPLANATIONS or str(status) in s3_errors._EXPLANATIONS
    assert ("try again later" in said) is (later and not known)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 507, 520])
def test_what_may_pass_is_to_be_tried_again(status: int) -> None:
    assert s3_errors.explain(_refused("Weird", status)) == "the server says Weird; try again later"


def test_what_a_server_calls_it_is_shown_as_a_word() -> None:
    assert "\x1b" not in s3_errors.explain(_refused("\x1b[31mA\nB" + "c" * 1000, 418))
    assert len(s3_errors.explain(_refused("c" * 1000, 418))) < 200


@pytest.mark.slow
def test_an_answer_without_end_is_left_at_the_limit(
    keys: None, hasty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_connection, "LARGEST", 100_000)
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"<a>" * 100_000
    with dripping(endless, b"a") as address:
        for verb in ("listing", "read"):
            with pytest.raises(TargetError):
                VERBS[verb](S3(Bucket("b", "night/", address, "us-east-1")))


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["write", "create", "listing"])
def test_a_connection_cut_inside_100_continue_ends(keys: None, hasty: None, verb: str) -> None:
    with saying(b"HTTP/1.1 100 Continue\r\nServer: x\r\n") as address, pytest.raises(TargetError):
        VERBS[verb](S3(Bucket("b", "night/", address, "us-east-1")))
