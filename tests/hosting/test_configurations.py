"""The web servers' configurations that we ship say of every file what `headers.py` says."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from episodes import site_layout
from podcast.publishing import http_headers, upload_order

HOSTING = Path(__file__).parents[2] / "docs" / "hosting"
NGINX = (HOSTING / "nginx.conf").read_text(encoding="utf-8")
HTACCESS = (HOSTING / "htaccess").read_text(encoding="utf-8")
NAMES = (
    "feed.xml",
    "catalogue.json",
    "index.html",
    "404.html",
    "episodes/01-talk.html",
    "static/site.css",
    "static/page.js",
    "static/player.js",
    "static/atkinson-400.woff2",
    "static/atkinson-licence.txt",
    "media/01-talk-b940eff6f5c5.mp3",
    "media/01-talk-b940eff6f5c5.m4a",
    "media/01-talk-b940eff6f5c5.opus",
    "art/cover-0b8b68eccc67-small.jpg",
    "art/cover-0b8b68eccc67.png",
    "transcripts/01-talk-988b2dc4.vtt",
    "transcripts/01-talk-988b2dc4.srt",
    "transcripts/01-talk-988b2dc4.json",
    "transcripts/01-talk-988b2dc4.html",
    "chapters/01-talk-2c32e0a9.json",
)
PLACES = ("/", "/course/", "/a/b/", "/media/", "/art/", "/chapters/", "/transcripts/")


def nginx(address: str) -> tuple[str, str]:
    """Return the type and caching that nginx.conf gives to an address."""
    table = _between(NGINX, "map $uri $earmark_cache {")
    rows = re.findall(r'^\s+"~(.+?)"\s+"(.+?)";$', table, re.MULTILINE)
    found = (value for pattern, value in rows if re.search(pattern, address))
    default = _one(r'default\s+"(.+?)";', table)
    return _nginx_type(address), next(found, default)


def _nginx_type(address: str) -> str:
    place = _one(r"location ~ (\S*/chapters/\S+) \{", NGINX)
    if re.search(place, address):
        return _one(r"default_type (\S+);", _between(NGINX, f"location ~ {place} {{", "    }"))
    rows = re.findall(r"(\S+)\s+(\w+);", _between(NGINX, "    types {"))
    kind = {ending: kind for kind, ending in rows}[address.rpartition(".")[2]]
    with_charset = {"text/html", *_one(r"charset_types ([^;]+);", NGINX).split()}
    return f"{kind}; charset=utf-8" if kind in with_charset else kind


def apache(address: str) -> tuple[str, str]:
    """Return the type and caching that htaccess gives to an address: the last line counts."""
    lines = re.findall(r'^SetEnvIf Request_URI "(.+?)" "(\w+)=(.+?)"$', HTACCESS, re.MULTILINE)
    facts = {name: value for pattern, name, value in lines if re.search(pattern, address)}
    kind = _added_types()["." + address.rpartition(".")[2]]
    return facts.get("earmark_type", kind), facts["earmark_cache"]


def _added_types() -> dict[str, str]:
    rows = re.findall(r'^AddType "(.+?)" (\S+)$', HTACCESS, re.MULTILINE)
    return {ending: kind for kind, ending in rows}


def _between(text: str, start: str, end: str = "}") -> str:
    return text[text.index(start) + len(start) :].partition(end)[0]


def _one(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"there is no {pattern}"
    return found[1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", PLACES)
def test_every_file_is_told_alike_by_nginx_and_apache_and_us(name: str, place: str) -> None:
    said = http_headers.choose_headers(name)
    assert nginx(place + name) == said
    assert apache(place + name) == said


def test_the_table_above_has_every_kind_of_file() -> None:
    assert {Path(name).suffix for name in NAMES} == set(site_layout.MEDIA_TYPES)
    assert {upload_order.position_of(name) for name in NAMES} == set(range(9))


def test_the_lists_of_types_are_ours_and_no_longer() -> None:
    rows = re.findall(r"(\S+)\s+(\w+);", _between(NGINX, "    types {"))
    assert {f".{ending}" for _, ending in rows} == set(site_layout.MEDIA_TYPES)
    assert _added_types() == {
        ending: http_headers.content_type(kind) for ending, kind in site_layout.MEDIA_TYPES.items()
    }


def test_recordings_and_pictures_are_never_compressed() -> None:
    kinds = set(_one(r"gzip_types ([^;]+);", NGINX).split())
    text = {*site_layout.MEDIA_TYPES.values(), site_layout.CHAPTERS_TYPE}
    packed = ("audio/", "font/", "image/")
    always = "text/html"  # nginx adds it itself
    assert kinds == {kind for kind in text if not kind.startswith(packed)} - {always}


def test_what_earmark_keeps_for_itself_is_denied_by_both() -> None:
    for pattern in (_one(r"location ~ (/\\\.) \{", NGINX), _one(r'Match 404 "(.+?)"', HTACCESS)):
        assert re.search(pattern, f"/course/{site_layout.RECORDS}current.json")
        assert re.search(pattern, "/.htaccess")
        assert not any(re.search(pattern, place + name) for place in PLACES for name in NAMES)


def test_the_bucket_opens_every_public_file_and_nothing_of_ours() -> None:
    policy = json.loads((HOSTING / "s3-bucket-policy.json").read_bytes())
    (allowed,) = policy["Statement"]
    patterns = [each.removeprefix("arn:aws:s3:::example-podcasts/") for each in allowed["Resource"]]
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "s3:GetObject")
    assert all(any(fnmatch(name, pattern) for pattern in patterns) for name in NAMES)
    for name in ("current.json", "lock.json", "kept/0123", "releases/1.json"):
        assert not any(fnmatch(site_layout.RECORDS + name, pattern) for pattern in patterns)


def test_the_key_has_rights_in_one_bucket_only() -> None:
    policy = json.loads((HOSTING / "s3-key-policy.json").read_bytes())
    for allowed in policy["Statement"]:
        assert allowed["Resource"].startswith("arn:aws:s3:::example-podcasts")
        assert "*" not in str(allowed["Action"])
