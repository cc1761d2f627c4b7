"""The contract of a target, kept by a folder, and by S3 on two servers."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import boto3
import pytest

from podcast.publishing import http_headers, release
from podcast.publishing.targets.contract import ChangedError, Content, TargetError
from podcast.publishing.targets.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podcast.publishing.destination import Bucket
    from podcast.publishing.targets.contract import Target

SLOW = pytest.mark.slow
LARGE = (16 << 20) + 5  # bytes: more than one part


def _open(kind: str, request: pytest.FixtureRequest) -> Target:
    if kind == "folder":
        return Folder(request.getfixturevalue("tmp_path") / "site")
    from podcast.publishing.targets.s3 import S3

    found = request.getfixturevalue(f"{kind}_bucket")
    return S3(found[0] if kind == "rclone" else found)


@pytest.fixture(
    params=["folder", pytest.param("rclone", marks=SLOW), pytest.param("moto", marks=SLOW)]
)
def target(request: pytest.FixtureRequest) -> Target:
    return _open(request.param, request)


@pytest.fixture
def content(tmp_path: Path) -> Callable[[bytes], Content]:
    def make(data: bytes) -> Content:
        path = tmp_path / hashlib.sha256(data).hexdigest()[:8]
        path.write_bytes(data)
        return Content(path, len(data), hashlib.sha256(data).hexdigest())

    return make


def silent(_: int) -> None:
    """Hear of nothing."""


def test_what_is_put_is_listed_read_and_told_by_digest(
    target: Target, content: Callable[[bytes], Content]
) -> None:
    moved: list[int] = []
    file = content(b"sound" * 1000)
    seen = target.put("media/a-1.mp3", file, moved.append)
    assert target.listing() == {"media/a-1.mp3": seen}
    assert seen.size == file.size == sum(moved)
    assert target.read("media/a-1.mp3") == b"sound" * 1000
    assert target.digest("media/a-1.mp3") == file.digest


def test_a_mark_is_another_when_the_bytes_are(target: Target) -> None:
    first = target.write("index.html", b"one")
    assert target.write("index.html", b"two") != first
    assert list(target.listing()) == ["index.html"]


def test_a_file_larger_than_a_part_arrives_whole(
    target: Target, content: Callable[[bytes], Content]
) -> None:
    data = b"0123456789abcdef" * (LARGE // 16) + b"12345"
    file = content(data)
    seen = target.put("media/long-1.mp3", file, silent)
    assert target.listing()["media/long-1.mp3"] == seen
    assert target.digest("media/long-1.mp3") == file.digest
    assert target.read("media/long-1.mp3") == data


@pytest.mark.parametrize("size", [100, LARGE])
def test_a_file_that_changed_since_the_plan_is_not_put(
    target: Target, content: Callable[[bytes], Content], size: int
) -> None:
    file = content(b"a" * size)
    file.path.write_bytes(b"b" * size)
    with pytest.raises(ChangedError, match="changed while it was being published"):
        target.put("media/a-1.mp3", file, silent)
    assert target.listing() == {}


def test_a_file_that_vanished_since_the_plan_is_one_sentence(
    target: Target, content: Callable[[bytes], Content]
) -> None:
    file = content(b"a")
    file.path.unlink()
    with pytest.raises((ChangedError, TargetError)):
        target.put("media/a-1.mp3", file, silent)
    assert target.listing() == {}


def test_what_is_not_there_is_no_error(target: Target) -> None:
    assert target.listing() == {}
    assert target.read("feed.xml") is None
    assert target.digest("feed.xml") == ""
    assert target.stat("feed.xml") is None
    assert target.age("feed.xml") is None
    target.delete("feed.xml")


def test_the_beginning_of_a_file_can_be_read(
    target: Target, content: Callable[[bytes], Content]
) -> None:
    for name, data in (("art/a.jpg", b"0123456789"), ("art/empty.jpg", b"")):
        target.put(name, content(data), silent)
    assert [target.head("art/a.jpg", size) for size in (4, 400)] == [b"0123", b"0123456789"]
    assert target.head("art/empty.jpg", 9) == target.head("art/none.jpg", 9) == b""


def test_a_copy_has_the_same_bytes(target: Target) -> None:
    target.write("episodes/a.html", b"<p>")
    target.copy("episodes/a.html", release.name_of_kept("0" * 64))
    seen = target.stat(release.name_of_kept("0" * 64))
    assert target.read(release.name_of_kept("0" * 64)) == b"<p>"
    assert target.listing()[release.name_of_kept("0" * 64)] == seen
    target.delete("episodes/a.html")
    assert list(target.listing()) == [release.name_of_kept("0" * 64)]


def test_a_file_just_put_is_young(target: Target) -> None:
    target.write("lock.json", b"{}")
    age = target.age("lock.json")
    assert age is not None
    assert 0 <= age < 60


@pytest.mark.parametrize("kind", ["folder", pytest.param("moto", marks=SLOW)])
def test_only_the_first_to_create_a_file_does(kind: str, request: pytest.FixtureRequest) -> None:
    target = _open(kind, request)
    assert target.create("lock.json", b"mine")
    assert not target.create("lock.json", b"yours")
    assert target.read("lock.json") == b"mine"


@SLOW
def test_a_server_that_ignores_the_condition_is_known_by_creating_twice(
    request: pytest.FixtureRequest,
) -> None:
    target = _open("rclone", request)
    assert target.create("lock.json", b"mine")
    assert target.create("lock.json", b"mine")


def test_what_an_interrupted_put_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / ".a-1.mp3.part").write_bytes(b"half")
    (tmp_path / "robots.txt").write_bytes(b"mine")
    os.utime(tmp_path / "media" / ".a-1.mp3.part", (1, 1))
    assert list(Folder(tmp_path).listing()) == ["robots.txt"]
    Folder(tmp_path).tidy()
    assert not (tmp_path / "media" / ".a-1.mp3.part").exists()


@SLOW
def test_every_object_has_its_headers_and_digest(
    moto_bucket: Bucket, content: Callable[[bytes], Content], request: pytest.FixtureRequest
) -> None:
    target = _open("moto", request)
    s3 = boto3.client("s3", endpoint_url=moto_bucket.endpoint, region_name="us-east-1")
    names = ["media/a-1.mp3", "art/a-1.jpg", "transcripts/a-1.vtt", "chapters/a-1.json",
             "episodes/a.html", "static/site.css", "catalogue.json", "feed.xml"]  # fmt: skip
    for name in names:
        file = content(name.encode())
        target.put(name, file, silent)
        said = s3.head_object(Bucket=moto_bucket.name, Key=f"night/{name}")
        assert (said["ContentType"], said["CacheControl"]) == http_headers.choose_headers(name)
        assert said["Metadata"]["sha256"] == file.digest


@SLOW
def test_a_listing_of_ten_thousand_files_is_complete(rclone_bucket: tuple[Bucket, Path]) -> None:
    from podcast.publishing.targets.s3 import S3

    bucket, folder = rclone_bucket
    (folder / "episodes").mkdir(parents=True)
    for number in range(10_000):
        (folder / "episodes" / f"{number}.html").touch()
    assert len(S3(bucket).listing()) == 10_000
