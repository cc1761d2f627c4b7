"""What the tests of publishing share: a show, buckets on real servers, a network that fails."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from podcast.publishing.destination import Bucket
from tests.kit import shows
from tests.kit.servers import failing_proxy, preview_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY, SECRET = "tenletterskey", "a-secret-of-the-tests"


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    """A show of two short episodes."""
    return make_show(2)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials in the environment, as boto3 finds them; nobody's own are looked at."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A real S3-compatible server: (its address, the folder in which each bucket is a folder)."""
    root = tmp_path_factory.mktemp("rclone")
    port = preview_server.free_port()
    run = [shows.program("rclone"), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key",
           f"{KEY},{SECRET}", "--config", os.devnull, str(root)]  # fmt: skip
    with (root.parent / "rclone.log").open("wb") as log:
        process = subprocess.Popen(run, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}", root
    finally:
        process.terminate()
        process.wait(30)


def _wait(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no answer from {address}")


@pytest.fixture
def rclone_bucket(rclone: tuple[str, Path], tmp_path: Path, keys: None) -> tuple[Bucket, Path]:
    """A new bucket on rclone's server, and the folder behind it."""
    address, root = rclone
    bucket = make_bucket(address, tmp_path)
    return bucket, root / bucket.name / "night"


def make_bucket(address: str, tmp_path: Path) -> Bucket:
    """Make a bucket that no other test knows."""
    name = f"b-{abs(hash(tmp_path)):x}"
    boto3.client("s3", endpoint_url=address, region_name="us-east-1").create_bucket(Bucket=name)
    return Bucket(name, "night/", address)


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """Moto's server, which honours conditional writes: its address."""
    server = shows.library("moto.server").ThreadedMotoServer(
        "127.0.0.1", preview_server.free_port()
    )
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def moto_bucket(moto: str, tmp_path: Path, keys: None) -> Bucket:
    """A new bucket on moto's server."""
    return make_bucket(moto, tmp_path)


@pytest.fixture
def broken(moto_bucket: Bucket) -> Iterator[tuple[Bucket, failing_proxy.Network]]:
    """The same bucket behind a network that fails where a test says so."""
    assert moto_bucket.endpoint
    with failing_proxy.network(moto_bucket.endpoint) as network:
        yield moto_bucket._replace(endpoint=network.address), network
