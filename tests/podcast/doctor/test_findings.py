"""How findings are told: once, with a remedy, and without what is private."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from podcast.network.urls import clean_url
from podcast.publishing.http_headers import CORS
from tests.kit.doctor_site import MEDIA, VTT, Site, header, media, run, status

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


def test_what_is_alike_is_told_once_with_a_count_and_every_time_in_json(site: Site) -> None:
    site.fault = status(MEDIA, 404)
    answer = run(site.address, "--no-links")
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
    assert "status: answers 404 (1 more like it); run `earmark publish` again" in answer.stderr
    found = json.loads(run(site.address, "--no-links", "--json").stdout)
    assert [each["path"] for each in found] == [media(site, 2), media(site, 1)]
    assert {each["key"] for each in found} == {"status"}


def test_warnings_alone_are_no_failure(site: Site) -> None:
    site.fault = header(VTT, "Access-Control-Allow-Origin", None)
    answer = run(site.address, "--no-links")
    assert answer.exit_code == 0
    assert json.dumps(CORS["CORSRules"]) in answer.stderr
    assert answer.stdout.endswith(": 1 warning.\n")


def test_the_remedy_speaks_of_the_server_that_answered(site: Site) -> None:
    def fault(request: Request, response: Response) -> None:
        header(VTT, "Content-Type", "text/plain")(request, response)
        response.headers["Server"] = "nginx"

    site.fault = fault
    said = run(site.address, "--no-links").stderr
    assert 'in nginx, add: `location ~ \\.vtt$ { types { } default_type "text/vtt"; }`' in said


def test_a_password_is_neither_sent_nor_told(site: Site) -> None:
    sent = []

    def before(environ: WSGIEnvironment) -> None:
        sent.append(environ.get("HTTP_AUTHORIZATION"))

    site.before = before
    answer = run(site.address.replace("//", "//me:secret@"), "--no-links")
    assert "private: was requested without the name and the password" in answer.stderr
    assert "secret" not in answer.output
    assert set(sent) == {None}


def test_what_a_server_says_cannot_move_the_cursor(site: Site) -> None:
    site.fault = header(f"{MEDIA}01", "Content-Type", "audio/\x1b[2Jx")
    answer = run(site.address, "--no-links")
    assert "\x1b" not in answer.output
    assert "is sent as audio/ [2jx instead of audio/mpeg" in answer.stderr


@pytest.mark.parametrize(
    "address, told",
    [
        ("https://me:secret@example.org/a#part", "https://example.org/a"),
        ("https://me:secret@[bad/a", "https://[bad/a"),
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
    ],
)
def test_addresses_are_told_without_passwords(address: str, told: str) -> None:
    assert clean_url(address) == told
