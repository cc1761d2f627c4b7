"""The commands as they are typed: what they say, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from podcast.cli import main
from podcast.publishing.release import CURRENT
from podcast.publishing.targets.folder import Folder
from tests.kit.published_shows import edit, public, whole

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_publish_builds_says_what_moves_and_what_subscribers_notice(show: Path, site: Path) -> None:
    done = run("publish", show, "--to", site)
    assert done.exit_code == 0, done.output
    assert f"Published to {site}" in done.stdout
    assert "2 recordings" in done.stdout
    assert "  New episode: Talk A" in done.stdout
    feed = "https://podcast.example.org/night/feed.xml"
    assert done.stdout.endswith(
        f"When your web server shows this folder, people subscribe at {feed}\n"
        f"Then run `earmark doctor {feed}`: it tests the show as a podcast app would.\n"
    )


def test_publish_again_says_that_there_is_nothing_to_do(show: Path, site: Path) -> None:
    run("publish", show, "--to", site)
    done = run("publish", show, "--to", site)
    assert (done.exit_code, done.stderr) == (0, "")
    count = len(public(site))
    assert done.stdout == f"Nothing to publish: {count} files are up to date at {site}\n"


def test_a_timer_hears_nothing_where_nothing_happens(show: Path, site: Path) -> None:
    run("publish", show, "--to", site)
    assert run("publish", show, "--to", site, "--quiet").output == ""
    edit(show, 1, "title: Talk A", "title: Talk Z")
    assert "New title: Talk Z" in run("publish", show, "--to", site, "--quiet").output
    run("rollback", show, "--to", site)
    quiet = run("publish", show, "--to", site, "--quiet")
    assert (quiet.exit_code, quiet.output) == (0, "")
    assert whole(site) == ["Talk B", "Talk A"]


def test_what_was_rolled_back_is_refused_in_words(show: Path, site: Path) -> None:
    run("publish", show, "--to", site)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    run("publish", show, "--to", site)
    back = run("rollback", show, "--to", site)
    assert "New title: Talk A (was: Talk Z)" in back.stdout
    assert "is refused until you correct something or add --again" in back.stdout
    done = run("publish", show, "--to", site)
    assert done.exit_code == 1
    assert done.stderr.startswith("error: this is what you rolled back")


def test_a_show_with_errors_is_not_published(show: Path, site: Path) -> None:
    edit(show, 1, "guid: guid-1\n", "")
    done = run("publish", show, "--to", site)
    assert done.exit_code == 1
    assert "episodes/01-talk/episode.md" in done.stderr
    assert not site.exists()


def test_the_place_can_be_written_in_show_md_and_the_flag_goes_before_it(
    show: Path, site: Path, tmp_path: Path
) -> None:
    path = show / "show.md"
    path.write_text(path.read_text("utf-8").replace("author:", "publish: {to: ../site}\nauthor:"))
    assert run("publish", show).exit_code == 0
    assert whole(site) == ["Talk B", "Talk A"]
    assert run("publish", show, "--to", tmp_path / "other").exit_code == 0
    assert whole(tmp_path / "other") == ["Talk B", "Talk A"]
    assert "published, 2 episodes" in run("history", show).stdout
    assert run("rollback", show, "--dry-run").exit_code == 1


def test_nobody_says_where_to_publish(show: Path) -> None:
    done = run("publish", show)
    assert done.exit_code == 1
    assert done.stderr.endswith("write `publish: {to: ...}` in show.md\n")


@pytest.mark.parametrize("place", ["s3://", "https://example.org/talks", "ftp://example.org"])
def test_a_place_that_is_none_is_one_sentence(show: Path, place: str) -> None:
    done = run("publish", show, "--to", place)
    assert done.exit_code == 1
    assert place in done.stderr
    assert "Traceback" not in done.output


def test_history_of_nothing_is_a_sentence(show: Path, site: Path) -> None:
    assert run("history", show, "--to", site).stdout == "Nothing has been published there yet.\n"


def test_a_damaged_record_at_the_target_is_one_sentence(show: Path, site: Path) -> None:
    run("publish", show, "--to", site)
    (site / ".published" / "current.json").write_text("{", "utf-8")
    done = run("publish", show, "--to", site)
    assert done.exit_code == 1
    assert "current.json is damaged, even when it is read again; rename it there" in done.stderr
    (site / ".published" / "current.json").rename(site / ".published" / "damaged.json")
    assert run("publish", show, "--to", site).exit_code == 0
    assert whole(site) == ["Talk B", "Talk A"]


def test_one_bad_answer_of_a_share_is_no_damage(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("publish", show, "--to", site)
    read, bad = Folder.read, [True]

    def once(folder: Folder, name: str) -> bytes | None:
        data = read(folder, name)
        return data[:100] if data and name == CURRENT and bad and bad.pop() else data

    monkeypatch.setattr(Folder, "read", once)
    done = run("publish", show, "--to", site)
    assert (done.exit_code, done.stderr, bad) == (0, "", [])


def test_a_rollback_works_with_a_show_md_that_is_broken(show: Path, site: Path) -> None:
    run("publish", show, "--to", site)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    run("publish", show, "--to", site)
    (show / "show.md").write_text("---\ntitle: [\n", "utf-8")
    assert run("rollback", show).exit_code == 1
    assert run("rollback", show, "--to", site).exit_code == 0
    assert whole(site) == ["Talk B", "Talk A"]
