"""A show that is right has nothing to mend, and is told so in one sentence."""

from __future__ import annotations

import pytest

from podcast.doctor import run as visit
from podcast.network.client import Client
from tests.kit.doctor_site import NOW, Site, look, run
from tests.kit.servers.loopback import Quiet


@pytest.mark.parametrize("given", ["{}", "{}feed.xml", "{}index.html"])
def test_a_show_that_is_right_has_nothing_to_mend(site: Site, given: str) -> None:
    assert look(given.format(site.address)) == []


def test_the_command_says_in_one_sentence_what_it_looked_at(site: Site) -> None:
    answer = run(site.address)
    assert answer.output == (
        "Tested the feed, 2 recordings, 2 pictures, 8 transcripts, 2 files of chapters, "
        "3 pages, 1 catalogue, 6 styles and scripts and 2 links: everything is as it should be.\n"
    )
    assert answer.exit_code == 0


def test_an_address_may_be_written_without_its_scheme(site: Site) -> None:
    assert look(site.address.removeprefix("http://")) == []
    assert visit.feed_urls("example.org/n/feed.xml") == ("https://example.org/n/feed.xml",)


def test_progress_counts_what_was_looked_at(site: Site) -> None:
    client, quiet = Client(private=True), Quiet()
    seen = visit.visit_show(site.address, NOW, quiet, client)
    client.close()
    assert quiet.number == quiet.done == sum(seen.counts.values()) - 1  # all but the feed
