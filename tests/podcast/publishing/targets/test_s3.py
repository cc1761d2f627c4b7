"""S3 when things go wrong: the network, the server, the credentials, somebody else in there."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from episodes.errors import EarmarkError
from podcast.building import pipeline
from podcast.publishing import remote_lock
from podcast.publishing.destination import Bucket
from podcast.publishing.publish import PublishOptions
from podcast.publishing.targets import s3_connection, s3_parts
from podcast.publishing.targets.contract import Content, TargetError
from podcast.publishing.targets.s3 import S3
from tests.kit.published_shows import ADDRESS, built, edit, publish, rollback
from tests.kit.servers import failing_proxy
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.long(4)]
Broken = tuple[Bucket, failing_proxy.Network]


def objects(bucket: Bucket) -> dict[str, bytes]:
    """Return every public object of a bucket."""
    target = S3(bucket)
    names = [name for name in target.listing() if not name.startswith(".published/")]
    return {name: target.read(name) or b"" for name in names}


def assert_alive(bucket: Bucket, feed: bytes) -> None:
    """The old feed is there, and every address in it answers."""
    there = objects(bucket)
    assert there["feed.xml"] == feed
    for name in there:
        if f"{ADDRESS}{name}".encode() in feed:
            assert there[name]
    for part in feed.split(f'url="{ADDRESS}'.encode())[1:]:
        assert part.partition(b'"')[0].decode() in there


@pytest.fixture
def published(show: Path, moto_bucket: Bucket) -> bytes:
    """Publish once, correct an episode, and return the feed that is public."""
    publish(show, moto_bucket)
    feed = objects(moto_bucket)["feed.xml"]
    edit(show, 1, "title: Talk A", "title: Talk Z")
    pipeline.build(show, now=NOW)
    return feed


@pytest.mark.parametrize(
    "what", [500, 503, failing_proxy.CUT, failing_proxy.TRUNCATE, failing_proxy.LOST]
)
@pytest.mark.parametrize(
    ("method", "part"),
    [("PUT", "/media/"), ("PUT", "feed.xml"), ("GET", "list-type"), ("GET", "current.json")],
)
def test_a_fault_that_passes_is_not_noticed(
    show: Path, published: bytes, broken: Broken, what: int | str, method: str, part: str
) -> None:
    bucket, network = broken
    network.fail(what, method, part, times=1)
    publish(show, bucket)
    found = objects(bucket)
    assert {name: found[name] for name in built(show)} == built(show)


@pytest.mark.parametrize("what", [403, 500, failing_proxy.CUT])
@pytest.mark.parametrize(
    ("method", "part"),
    [("PUT", "/media/"), ("PUT", "/episodes/"), ("PUT", "feed.xml"), ("PUT", "current.json"),
     ("PUT", "lock.json"), ("GET", "list-type")],
)  # fmt: skip
def test_a_fault_that_stays_leaves_the_old_feed_whole_and_the_next_run_ends_the_job(
    show: Path,
    published: bytes,
    broken: Broken,
    monkeypatch: pytest.MonkeyPatch,
    what: int | str,
    method: str,
    part: str,
) -> None:
    bucket, network = broken
    monkeypatch.setattr(s3_connection, "ATTEMPTS", 2)
    network.fail(what, method, part)
    with pytest.raises(EarmarkError) as caught:
        publish(show, bucket)
    assert "Traceback" not in str(caught.value)
    network.rule = lambda *_: None
    if part != "current.json":  # the feed was out already then
        assert_alive(bucket, published)
    publish(show, bucket)
    found = objects(bucket)
    assert {name: found[name] for name in built(show)} == built(show)
    rollback(show, bucket)
    assert objects(bucket)["feed.xml"] == published


@pytest.mark.parametrize("journal", [True, False], ids=["with its journal", "by digests"])
def test_an_interrupted_publish_goes_on_where_it_was(
    show: Path, broken: Broken, monkeypatch: pytest.MonkeyPatch, *, journal: bool
) -> None:
    bucket, network = broken
    monkeypatch.setattr(s3_connection, "ATTEMPTS", 1)
    network.fail(500, "PUT", "feed.xml")
    with pytest.raises(TargetError):
        publish(show, bucket)
    if not journal:
        (show / ".earmark" / "publishing.jsonl").unlink()
    network.rule = lambda *_: None
    network.seen.clear()
    publish(show, bucket)
    put = [path for method, path in network.seen if method == "PUT" and ".published" not in path]
    assert [path.rpartition("/")[2] for path in put] == ["feed.xml"]
    asked = [path for method, path in network.seen if method == "HEAD" and "/media/" in path]
    assert bool(asked) is not journal


def test_nothing_changed_is_one_listing_and_one_small_read(
    show: Path, moto_bucket: Bucket, broken: Broken
) -> None:
    publish(show, moto_bucket)
    bucket, network = broken
    assert not publish(show, bucket).done
    assert [method for method, _ in network.seen] == ["GET", "GET"]
    assert "list-type" in network.seen[0][1]
    assert network.seen[1][1].endswith("/.published/current.json")


def test_the_parts_of_a_large_file_that_arrived_are_not_sent_again(
    tmp_path: Path, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, network = broken
    monkeypatch.setattr(s3_connection, "ATTEMPTS", 1)
    data = bytes(range(256)) * ((3 * s3_parts.PART + 7) // 256) + b"end"
    path = tmp_path / "long.mp3"
    path.write_bytes(data)
    content = Content(path, len(data), hashlib.sha256(data).hexdigest())
    network.fail(failing_proxy.CUT, "PUT", "partNumber=3")
    with pytest.raises(TargetError, match="the connection broke"):
        S3(bucket).put("media/long-1.mp3", content, lambda _: None)
    assert S3(bucket).read("media/long-1.mp3") is None
    network.rule = lambda *_: None
    network.seen.clear()
    S3(bucket).put("media/long-1.mp3", content, lambda _: None)
    sent = [path.partition("partNumber=")[2][0] for method, path in network.seen
             if method == "PUT" and "partNumber" in path]  # fmt: skip
    assert sent == ["3", "4"]
    assert S3(bucket).digest("media/long-1.mp3") == content.digest


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "not-the-secret"}, "the secret key is wrong"),
        ({"AWS_ACCESS_KEY_ID": "unknown-key"}, "the access key is not known"),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "no credentials were found"),
        ({"AWS_SECRET_ACCESS_KEY": None}, "half of the credentials is missing"),
        ({"AWS_PROFILE": "nobody"}, "there is no such profile"),
    ],
)
def test_credentials_that_do_not_do_are_one_sentence_that_does_not_show_them(
    show: Path,
    rclone_bucket: tuple[Bucket, Path],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    change: dict[str, str | None],
    said: str,
) -> None:
    for name, value in change.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    with caplog.at_level(logging.INFO), pytest.raises(TargetError, match=said) as caught:
        publish(show, rclone_bucket[0])
    told = str(caught.value) + caplog.text
    assert "secret-of-the-tests" not in told
    assert "not-the-secret" not in told


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("ExpiredToken", 400, "the credentials have expired"),
        ("RequestTimeTooSkewed", 403, "this computer's clock is wrong"),
        ("PermanentRedirect", 301, "the bucket is in another region"),
        ("Weird", 418, r"the server refuses it \(Weird\)"),
    ],
)
def test_what_a_server_refuses_is_one_sentence(
    show: Path, broken: Broken, monkeypatch: pytest.MonkeyPatch, code: str, status: int, said: str
) -> None:
    bucket, network = broken
    monkeypatch.setitem(failing_proxy._ERRORS, status, code)
    monkeypatch.setattr(s3_connection, "ATTEMPTS", 1)
    network.fail(status, "GET", "")
    with pytest.raises(TargetError, match=said):
        publish(show, bucket)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "no-such-bucket"}, "there is no such bucket"),
        ({"name": "Not A Bucket"}, "not a valid bucket name"),
        ({"endpoint": "http://127.0.0.1:9"}, "there is no answer there"),
        ({"endpoint": "nonsense"}, "not a URL"),
    ],
)
def test_a_place_that_is_not_there_is_one_sentence(
    show: Path, rclone_bucket: tuple[Bucket, Path], change: dict[str, Any], said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(s3_connection, "ATTEMPTS", 1)
    with pytest.raises(TargetError, match=said):
        publish(show, rclone_bucket[0]._replace(**change))


def test_what_somebody_else_changed_in_the_bucket_is_put_right(
    show: Path, moto_bucket: Bucket
) -> None:
    publish(show, moto_bucket)
    client = boto3.client("s3", endpoint_url=moto_bucket.endpoint, region_name="us-east-1")
    there = [name for name in S3(moto_bucket).listing() if name.startswith("media/")]
    client.delete_object(Bucket=moto_bucket.name, Key=f"night/{there[0]}")
    client.put_object(Bucket=moto_bucket.name, Key="night/feed.xml", Body=b"not ours")
    client.put_object(Bucket=moto_bucket.name, Key="night/robots.txt", Body=b"theirs")
    publish(show, moto_bucket, PublishOptions(prune=True))
    assert objects(moto_bucket) == {**built(show), "robots.txt": b"theirs"}


def test_a_file_that_vanishes_between_plan_and_apply_is_noticed(
    show: Path, published: bytes, moto_bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_lock = remote_lock.hold_lock

    def in_between(*given: Any) -> Any:
        (show / "public" / "index.html").write_text("changed in between", "utf-8")
        return hold_lock(*given)

    with monkeypatch.context() as patch:
        patch.setattr(remote_lock, "hold_lock", in_between)
        with pytest.raises(EarmarkError, match="changed while it was being published"):
            publish(show, moto_bucket)
    assert_alive(moto_bucket, published)
    publish(show, moto_bucket)
    assert objects(moto_bucket)["index.html"] == built(show)["index.html"]


def test_the_lock_is_exclusive_where_the_server_can_and_advice_where_it_cannot(
    show: Path,
    make_show: Callable[..., Path],
    moto_bucket: Bucket,
    rclone_bucket: tuple[Bucket, Path],
) -> None:
    assert publish(show, moto_bucket).exclusive
    assert not publish(make_show(1, "other"), rclone_bucket[0]).exclusive


def test_cors_rules_are_set_where_that_is_allowed(moto_bucket: Bucket) -> None:
    S3(moto_bucket).open_to_players()
    client = boto3.client("s3", endpoint_url=moto_bucket.endpoint, region_name="us-east-1")
    rules = client.get_bucket_cors(Bucket=moto_bucket.name)["CORSRules"]
    assert rules[0]["AllowedOrigins"] == ["*"]
    assert set(rules[0]["AllowedMethods"]) == {"GET", "HEAD"}


def test_a_page_leaves_in_one_call_with_its_head(
    moto_bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, send = list[bytes](), s3_connection._Connection.send

    def seen(self: Any, data: Any) -> None:
        sent.append(bytes(data))
        send(self, data)

    monkeypatch.setattr(s3_connection._Connection, "send", seen)
    S3(moto_bucket).write("index.html", b"whole page")
    puts = [each for each in sent if each.startswith(b"PUT ")]
    assert [each.partition(b"\r\n\r\n")[2] for each in puts] == [b"whole page"]
