"""Certificates are looked at before they run out."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from tests.kit import shows
from tests.kit.doctor_site import Site, replace, run, served


def certificate(folder: Path, days: int, name: str = "IP:127.0.0.1") -> tuple[str, str]:
    """Make a certificate that stands behind itself."""
    paths = str(folder / "cert.pem"), str(folder / "key.pem")
    subprocess.run(
        [shows.program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes",
         "-subj", "/CN=test", "-addext", f"subjectAltName={name}", "-days", str(days),
         "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return paths


@pytest.mark.slow
@pytest.mark.parametrize(
    "days, known, name, expected",
    [
        (90, True, "IP:127.0.0.1", ""),
        (10, True, "IP:127.0.0.1", "warning: certificate: has a certificate that expires in"),
        (90, False, "IP:127.0.0.1", "certificate: has a certificate from no known authority"),
        (90, True, "DNS:example.org", "certificate: has a certificate for another"),
    ],
    ids=["good", "runs out soon", "unknown", "of another name"],
)
def test_certificates_are_looked_at(
    secure: Callable[..., str], *, days: int, known: bool, name: str, expected: str
) -> None:
    said = run(secure(days, name, known=known), "--no-links").stderr
    assert expected in said
    assert len(said.splitlines()) == bool(expected)


@pytest.fixture
def secure(
    public: Path, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., str]]:
    """Return a function that serves the show by https, with a certificate of so many days."""

    def fault(_request: Request, response: Response) -> None:
        if response.mimetype == "application/rss+xml" and response.status_code == 200:
            replace(response, response.get_data().replace(b"http://127", b"https://127"))

    def begin(days: int, name: str, *, known: bool) -> str:
        paths = certificate(tmp_path, days, name)
        if known:
            monkeypatch.setenv("SSL_CERT_FILE", paths[0])
        site = Site(public, elsewhere)
        site.fault = fault
        return stack.enter_context(served(site, paths))

    with ExitStack() as stack:
        yield begin
