"""The order of an upload: each file after all that it links to."""

from __future__ import annotations

from episodes import site_layout
from podcast.publishing import upload_order


def test_each_folder_of_a_site_has_a_place_in_the_order() -> None:
    assert set(upload_order.FOLDERS) == set(site_layout.KINDS)


def test_counting_says_kinds_in_words() -> None:
    assert upload_order.count_by_kind(["feed.xml"]) == "feed.xml"
    assert upload_order.count_by_kind(["media/a.mp3", "feed.xml"]) == "1 recording and feed.xml"
    assert upload_order.count_by_kind(
        ["media/a.mp3", "media/b.mp3", "episodes/a.html", "index.html"]
    ) == ("2 recordings, 1 page and index.html")
