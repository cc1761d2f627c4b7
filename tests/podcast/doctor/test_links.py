"""Links to other sites: what is dead is told, and closed doors are left to a person."""

from __future__ import annotations

import pytest

from episodes.findings import Level
from podcast.doctor import feed_contents, symptoms
from podcast.doctor.resources import Kind, Resource
from podcast.doctor.symptoms import Symptom
from podcast.network.messages import Failure
from tests.kit.doctor_site import FEED, Site, body, look, rss, run


@pytest.mark.parametrize(
    "path, expected",
    [
        ("fine", []),
        ("404", [("warning", "link")]),
        ("503", [("warning", "link")]),
        ("head-403", []),
        ("head-405", []),
        ("head-404", []),
        ("403", [("note", "link")]),
        ("429", [("note", "link")]),
    ],
)
def test_links_are_followed_and_closed_doors_are_left_to_a_person(
    site: Site, elsewhere: str, path: str, expected: list[tuple[str, str]]
) -> None:
    page = f"{elsewhere}page".encode()
    site.fault = body(FEED, lambda data: data.replace(page, f"{elsewhere}{path}".encode()))
    found = look(site.address)
    assert [each[1:] for each in found] == expected
    assert all(each[0] == f"{elsewhere}{path}" for each in found)
    assert look(site.address, links=False) == []


def test_a_dead_link_is_told_with_its_episodes_and_status(site: Site, elsewhere: str) -> None:
    page = f"{elsewhere}page".encode()
    site.fault = body(FEED, lambda data: data.replace(page, f"{elsewhere}410".encode()))
    answer = run(site.address)
    assert answer.exit_code == 0
    assert 'link: answers 410 (in "Talk B" and 1 more); correct this link' in answer.stderr


def test_a_network_without_other_sites_is_told_once() -> None:
    lost = [Symptom(f"https://{n}.invalid", "link", Failure.NAME, "x", Level.WARNING)
            for n in range(4)]  # fmt: skip
    assert [each.key for each in symptoms.merge_if_offline(lost, 4, "https://example.org/")] == [
        "offline"
    ]
    assert symptoms.merge_if_offline(lost, 5, "https://example.org/") == lost


def test_telephones_and_mail_are_not_links_to_look_at() -> None:
    links = (
        '&lt;a href="tel:116123"&gt;call&lt;/a&gt; '
        '&lt;a href="mailto:a@example.org"&gt;write&lt;/a&gt;'
    )
    told = feed_contents.read_feed(
        rss(f"<description>{links}</description>"),
        "https://example.org/feed.xml",
        "https://example.org/",
    )
    assert told.resources == ()


def test_a_small_file_of_ours_is_a_recording_and_one_elsewhere_a_link() -> None:
    small = (
        '<item xmlns:podcast="https://podcastindex.org/namespace/1.0"><title>One</title>'
        '<podcast:alternateEnclosure type="audio/ogg" length="99">'
        '<podcast:source uri="https://example.org/media/a.opus"/>'
        '<podcast:source uri="https://other.example/a.opus"/>'
        "</podcast:alternateEnclosure></item>"
    )
    told = feed_contents.read_feed(
        rss(small), "https://example.org/feed.xml", "https://example.org/"
    )
    assert told.resources == (
        Resource(Kind.RECORDING, "https://example.org/media/a.opus", "audio/ogg", "99", "One"),
        Resource(Kind.LINK, "https://other.example/a.opus", of="One"),
    )
