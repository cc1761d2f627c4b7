"""What is deleted after a withdrawal, worked out without a target."""

from __future__ import annotations

from episodes.former_names import EpisodeFiles
from podcast.publishing import plan, release, withdrawn_files
from podcast.publishing.release import CURRENT
from tests.kit.shows import NOW


def before(**more: object) -> release.Release:
    line = release.HistoryLine(id="b", at=NOW, by="x", what="published", episodes=1)
    return release.Release((line,), {}, **more)  # type: ignore[arg-type] # a field each


LISTED = (".published/kept/1", ".published/releases/a.json", CURRENT, "media/talk-0123456789ab.mp3")
GONE = (EpisodeFiles("g", "Talk", ("talk",)),)


def test_a_withdrawal_bars_what_was_before_it_once() -> None:
    left = withdrawn_files.files_to_delete(GONE, LISTED, (), before())
    assert (left.blocks_rollback, left.withdrawn) == (True, ("g",))
    assert left.names == (LISTED[3], *LISTED[:2])
    again = withdrawn_files.files_to_delete(GONE, LISTED[:3], (), before(withdrawn=("g",)))
    assert (again.blocks_rollback, again.names) == (False, ())


def test_what_is_built_never_goes() -> None:
    assert withdrawn_files.files_to_delete(GONE, LISTED, LISTED, before()).names == ()


def test_what_a_publish_keeps_for_a_rollback_stays() -> None:
    was = before(withdrawn=("g",), leaving=LISTED[:1])._replace(files={"page": ("1", 1, "mark")})
    left = withdrawn_files.files_to_delete(GONE, LISTED[:1], (), was)
    assert plan.make_plan({"page": plan.PublicFile(1, "1")}, {"page": "1"}, was, (), left).withdrawn
    made = plan.make_plan({"page": plan.PublicFile(1, "2")}, {"page": "1"}, was, (), left)
    assert (made.puts[0].keep, made.withdrawn) == ("1", ())


def test_without_withdrawals_nothing_goes() -> None:
    assert withdrawn_files.files_to_delete((), LISTED, (), before()) == withdrawn_files.NOTHING
    assert withdrawn_files.files_to_delete((), LISTED, (), None) == withdrawn_files.NOTHING


def test_a_release_is_read_as_it_was_written() -> None:
    told = before(withdrawn=("g",), leaving=("media/a",), since="b")
    assert release.parse(release.render(told), "here") == told
    assert release.parse(release.render(before()), "here") == before()
