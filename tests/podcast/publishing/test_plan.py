"""The plan: what moves, in which order, what is kept, what may be deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from podcast.publishing import plan, release, upload_order
from podcast.publishing.targets.contract import StoredFile

DAY = datetime(2026, 11, 1, 12, tzinfo=UTC)
FOLDERS = ("media", "art", "transcripts", "chapters", "static", "episodes")
NAMES = st.one_of(
    st.sampled_from(["feed.xml", "catalogue.json", "index.html"]),
    st.tuples(st.sampled_from(FOLDERS), st.sampled_from("abc")).map("/".join),
)
FILES = st.dictionaries(NAMES, st.sampled_from(["1", "2", "3"]))


def files(**digests: str) -> dict[str, plan.PublicFile]:
    return {name.replace("__", "/"): plan.PublicFile(1, each) for name, each in digests.items()}


def of(digests: dict[str, str], day: datetime = DAY, name: str = "a") -> release.Release:
    line = release.HistoryLine(id=name, at=day, by="x", what="published", episodes=1)
    rows = {each: (digest, 1, "mark") for each, digest in digests.items()}
    return release.next_release(None, rows, line)


def test_the_feed_comes_last_and_what_it_names_first() -> None:
    names = ["feed.xml", "catalogue.json", "index.html", "episodes/a.html", "static/site.css",
             "chapters/a.json", "transcripts/a.vtt", "art/a.jpg", "media/a.mp3"]  # fmt: skip
    made = plan.make_plan({name: plan.PublicFile(1, "1") for name in names}, {}, None)
    assert [put.name for put in made.puts] == [
        "media/a.mp3", "art/a.jpg", "transcripts/a.vtt", "chapters/a.json", "static/site.css",
        "episodes/a.html", "index.html", "catalogue.json", "feed.xml",
    ]  # fmt: skip
    assert made.stages[-1][0].name == "feed.xml"


def test_what_is_there_already_does_not_move() -> None:
    made = plan.make_plan(files(a="1", b="2", c="3"), {"a": "1", "b": "1"}, None)
    assert (made.fresh, made.changed) == (("c",), ("b",))
    assert made.settled == {"a"}
    assert not plan.make_plan(files(a="1"), {"a": "1", "other": "2"}, None)


def test_a_page_of_the_last_release_is_kept_before_it_is_replaced() -> None:
    made = plan.make_plan(files(page="2"), {"page": "1"}, of({"page": "1"}))
    assert made.puts[0].keep == "1"


def test_a_page_that_somebody_else_changed_is_not_kept() -> None:
    assert plan.make_plan(files(page="2"), {"page": "?"}, of({"page": "1"})).puts[0].keep == ""


@given(built=FILES, there=FILES, before=FILES)
def test_carrying_out_any_plan_makes_the_target_what_was_built(
    built: dict[str, str], there: dict[str, str], before: dict[str, str]
) -> None:
    wanted = {name: plan.PublicFile(1, digest) for name, digest in built.items()}
    made = plan.make_plan(wanted, there, of(before))
    after = there | {put.name: put.file.digest for put in made.puts}
    assert {name: after[name] for name in built} == built
    assert not plan.make_plan(wanted, after, of(before))


@given(built=FILES, there=FILES)
def test_at_every_step_of_any_plan_the_feed_is_older_than_what_it_names(
    built: dict[str, str], there: dict[str, str]
) -> None:
    made = plan.make_plan(
        {name: plan.PublicFile(1, digest) for name, digest in built.items()}, there, None
    )
    turns = [upload_order.position_of(put.name) for put in made.puts]
    assert turns == sorted(turns)
    assert [put.name for put in made.puts][:-1].count("feed.xml") == 0


def test_only_a_row_with_the_same_length_and_mark_is_believed() -> None:
    listing = {
        "a": StoredFile(1, "m"),
        "b": StoredFile(1, "other"),
        "c": StoredFile(2, "m"),
        "d": StoredFile(9, "m"),
    }
    rows = dict.fromkeys("abc", ("1", 1, "m"))
    built = files(a="1", b="1", c="1", e="1")
    there, unsure = plan.known_digests(listing, rows, built)
    assert there == {"a": "1", "b": "?", "c": "?", "d": "?"}
    assert unsure == ["b"]  # c is neither as long as ours nor as the row


def test_a_file_that_may_still_be_the_last_releases_is_looked_at_before_it_is_replaced() -> None:
    _, unsure = plan.known_digests(
        {"a": StoredFile(5, "moved")}, {"a": ("1", 5, "m")}, files(a="2")
    )
    assert unsure == ["a"]


def test_nothing_that_a_feed_of_the_last_thirty_days_named_is_deleted() -> None:
    old = of({"media/old.mp3": "1", "episodes/a.html": "p1"}, DAY - timedelta(days=90), "old")
    month = of({"media/month.mp3": "2", "episodes/a.html": "p2"}, DAY - timedelta(days=60), "month")
    now = of({"media/now.mp3": "3", "episodes/a.html": "p3"}, DAY - timedelta(days=20), "now")
    lines = [each.line for each in (now, month, old)]
    recent = {line.id for line in release.recent_lines(lines, DAY)}
    assert recent == {"now", "month"}  # the feed of 60 days ago was public until 20 days ago
    former = [now, month, old]
    listing = {"media/old.mp3", "media/month.mp3", "media/now.mp3", "robots.txt", "media/mine.mp3",
               release.name_of_kept("p1"), release.name_of_kept("p2"),
               release.name_of_earlier(old.line), release.name_of_earlier(month.line)}  # fmt: skip
    doomed = plan.prunable_files(listing, now.files, former, [now, month])
    assert doomed == sorted(
        ["media/old.mp3", release.name_of_kept("p1"), release.name_of_earlier(old.line)]
    )


def test_a_release_reads_back_as_it_was_written() -> None:
    one = of({"feed.xml": "1" * 64, "media/ä-1.mp3": "2" * 64})
    assert release.parse(release.render(one), "there") == one
