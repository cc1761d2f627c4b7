"""What an operator types: beginning a companion, keeping backups as long as promised."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from podcast.cli import main
from podcast.companion import backup_folder
from web import settings

if TYPE_CHECKING:
    from pathlib import Path

GIVEN = ("--organisation", "Riverside Trust", "--contact", "training@example.org")
NAMES = ('The "Night & Day" \\ Trust', "Ymddiriedolaeth Glan-yr-afon", "مؤسسة النهر", "川辺財団",
         "O’Neill & Sons <b>", "Ζωή", "x" * 255)  # fmt: skip


def run(*options: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["web", *options])
    return done.exit_code, done.output


def test_a_companion_begins_with_all_that_is_known(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    code, output = run(
        "init", str(folder), *GIVEN, "--address", "https://notes.example.org/",
        "--timezone", "Asia/Kathmandu", "--proxies", "1",
        "--catalogue", "https://podcast.example.org/talks/",
    )  # fmt: skip
    assert code == 0, output
    found = settings.read(folder)
    assert (found.timezone, found.proxies) == ("Asia/Kathmandu", 1)
    assert found.catalogue == "https://podcast.example.org/talks/"
    assert "Days and times follow Asia/Kathmandu" in output
    assert f"Next: earmark web serve {folder}\n" in output
    assert "begins with http://" not in output


@pytest.mark.parametrize(
    ("address", "needed"),
    [
        ("http://notes.example.org/", True),
        ("http://192.0.2.1/", True),
        ("https://notes.example.org/", False),
        ("http://127.0.0.1:8090/", False),
        ("http://localhost:8090/", False),
    ],
)
def test_an_address_without_https_is_told_what_it_costs(
    tmp_path: Path, address: str, *, needed: bool
) -> None:
    code, output = run("init", str(tmp_path / "c"), *GIVEN, "--address", address)
    assert code == 0, output
    assert ("it must be https://" in output) == needed


@pytest.mark.parametrize("name", NAMES)
def test_an_organisation_keeps_its_name(tmp_path: Path, name: str) -> None:
    code, output = run("init", str(tmp_path / "c"), "--organisation", name, *GIVEN[2:])
    assert code == 0, output
    assert settings.read(tmp_path / "c").organisation == name


def test_a_name_turns_no_page_around(tmp_path: Path) -> None:
    run("init", str(tmp_path / "c"), "--organisation", "O\u202eB \u2067C", *GIVEN[2:])
    assert settings.read(tmp_path / "c").organisation == "OB C"
    code, output = run("init", str(tmp_path / "d"), "--organisation", "\u202e", *GIVEN[2:])
    assert code == 1
    assert "organisation: is empty" in output


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--timezone", "Moon/Tranquility", "timezone: is not a time zone"),
        ("--catalogue", "http://podcast.example.org/talks/", "catalogue"),
        ("--organisation", "x" * 256, "organisation"),
        ("--contact", "somebody", "contact"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, option: str, value: str, said: str
) -> None:
    code, output = run("init", str(tmp_path / "c"), *GIVEN, option, value)
    assert code == 1
    assert said in output
    assert len(output.splitlines()) == 1
    assert not (tmp_path / "c" / "settings.toml").exists()


def test_a_backup_into_a_folder_is_named_by_its_moment_and_old_ones_go(tmp_path: Path) -> None:
    companion, folder = tmp_path / "c", tmp_path / "backups"
    folder.mkdir()
    run("init", str(companion), *GIVEN)
    today = settings.read(companion).now().date()
    old, kept = today - timedelta(days=36), today - timedelta(days=35)
    others = ("other.gz", "companion-2026-02-30-000000.jsonl.gz", "companion-x.jsonl.gz",
              f"companion-{old}-000000.jsonl.gz.part")  # fmt: skip
    for name in (f"companion-{old}-000000.jsonl.gz", f"companion-{kept}-000000.jsonl.gz", *others):
        (folder / name).touch()
    code, output = run("backup", str(folder), str(companion))
    assert code == 0, output
    assert f"Deleted {folder}/companion-{old}-000000.jsonl.gz: older than 35 days." in output
    left = {path.name for path in folder.iterdir()}
    assert {f"companion-{kept}-000000.jsonl.gz", *others} < left
    new = next(path for path in folder.glob(f"companion-{today}-*") if path.stat().st_size)
    assert len(left) == 6
    again, said = run("restore", str(new), "--folder", str(companion), "--replace")
    assert again == 0, said


def test_the_folder_of_a_companion_is_named_once(tmp_path: Path) -> None:
    code, output = run("backup", "b.gz", str(tmp_path), "--folder", str(tmp_path))
    assert (code, "Name the companion's folder once" in output) == (2, True)


@pytest.mark.parametrize(
    "words",
    [("purge", "{}"), ("rebuild", "{}"), ("journal", "{}"), ("lead", "list", "--folder", "{}")],
)
def test_an_empty_database_is_one_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    run("init", str(tmp_path / "c"), *GIVEN)
    for path in (tmp_path / "c").glob("companion.db*"):
        path.unlink()
    code, output = run(*(each.format(tmp_path / "c") for each in words))
    assert (code, output) == (1, "error: this database is empty; run `earmark web upgrade`\n")


def test_where_no_backup_can_be_made_none_is_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "companion-2020-01-01-000000.jsonl.gz").touch()
    code, _ = run("backup", str(folder), "--folder", str(tmp_path / "nowhere"))
    assert code == 1
    assert (folder / "companion-2020-01-01-000000.jsonl.gz").exists()


@given(
    st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2099-12-31")),
    st.integers(0, 4000), st.integers(1, 3650),
)  # fmt: skip
def test_a_backup_is_older_than_so_many_days_or_it_is_not(
    made: datetime, since: int, days: int
) -> None:
    name = backup_folder.name_at(made.replace(tzinfo=ZoneInfo("Europe/London")))
    today: date = made.date() + timedelta(days=since)
    assert backup_folder.older([name, "settings.toml"], today, days) == [name] * (since > days)
