"""Days that people read are those of their own place: on pages, in files, on posters."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from episodes import translations
from episodes.errors import EarmarkError
from podcast.companion import time_zone
from podcast.creating.companion_settings import NewCompanion, create_settings
from tests.kit import shows
from tests.kit.clients import sync_clients
from tests.kit.companion import cast
from tests.kit.companion.cast import Clock, House, fill
from tests.kit.companion.sync_reports import report
from tests.kit.translated_templates import unwrapped
from web import dates
from web import settings as reading

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from tests.kit.companion.database_rows import Making

# Half past midnight where it is another day in UTC, and the nights in which clocks are changed.
NIGHTS = [
    ("Pacific/Auckland", "2026-11-26 00:30"),
    ("Pacific/Auckland", "2026-09-27 00:30"),
    ("Pacific/Auckland", "2027-04-04 23:30"),
    ("America/New_York", "2026-11-26 23:30"),
    ("America/New_York", "2026-10-31 23:59"),
    ("America/New_York", "2027-03-14 23:30"),
    ("Asia/Kathmandu", "2026-11-26 00:30"),
    ("Europe/London", "2026-10-25 00:30"),
    ("Europe/London", "2027-03-29 00:30"),
    ("Pacific/Kiritimati", "2027-01-01 00:00"),
    ("Pacific/Pago_Pago", "2026-12-31 23:59"),
]
SHOWN = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(translations.MONTHS)}) (\d{{4}})\b")
ISO = re.compile(r"\b(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d:\d\d([+-]\d\d:\d\d)?)?\b")


def moment(zone: str, local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def house(tmp_path: Path, database: Making, zone: str, clock: Clock) -> House:
    found = cast.settings(tmp_path, database("sqlite"))
    return cast.house(found.model_copy(update={"timezone": zone}), clock=clock)


def days_of(text: str) -> set[date]:
    shown = {date(int(year), translations.MONTHS.index(month) + 1, int(day))
             for day, month, year in SHOWN.findall(text)}  # fmt: skip
    return shown | {date.fromisoformat(found[1]) for found in ISO.finditer(text)}


def everything(house: House, at: datetime) -> dict[str, str]:
    """Write a note, connect an app that reports, make a code; return every page and file."""
    alice, charlie = house.learner("alice"), house.lead()
    id_ = house.again(alice).save("guid-1", "words")
    who = sync_clients.let_in(house.companion, alice.id, alice.key)
    report(house, who, sync_clients.play(180, 0, timestamp=at.isoformat()[:19]))
    house.again(charlie).post("/desk/codes", {"expires": "2020-01-01", "uses": "20"})
    learner, lead = house.again(alice), house.again(charlie)
    pages = {}
    for rule in house.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in {"static", "accounts.leave"}:
            pages[rule.rule] = learner.get(fill(rule.rule, id_)).text
            pages[f"desk {rule.rule}"] = lead.get(fill(rule.rule, charlie.ids[0])).text
    learner.get("/take-away")
    return pages | {"zip": learner.post("/take-away").text}


@pytest.mark.parametrize(
    ("zone", "local"),
    [each if number < 4 else pytest.param(*each, marks=pytest.mark.slow)
     for number, each in enumerate(NIGHTS)],
    ids=[" ".join(each) for each in NIGHTS],
)  # fmt: skip
def test_every_page_and_file_has_the_day_of_the_place(
    tmp_path: Path, make_database: Making, zone: str, local: str
) -> None:
    at = moment(zone, local)
    found = everything(house(tmp_path, make_database, zone, Clock(at)), at)
    today, theirs = date.fromisoformat(local[:10]), at.date()
    later = {today + timedelta(days=days) for days in (1, 28, 366)}  # of join codes
    # The apps' own protocols keep UTC: their clients read nothing else.
    protocols = {path: text for path, text in found.items() if "/api/" in path or "/apps/" in path}
    for path, text in found.items() - protocols.items():
        assert days_of(text) <= {today, *later, date(2026, 10, 1)}, path
        if theirs != today and theirs not in later:
            assert theirs not in days_of(text), path
    for path in ("/", "/notes", "/notes/<id_>", "/apps", "desk /desk/", "zip"):
        if path in found and path != "/apps":
            assert today in days_of(found[path]), path
    assert dates.day(today) in found["/notes/<id_>"]
    assert f"{dates.day(today)}\n" in found["zip"], "Markdown is read by people"
    assert f",{today.isoformat()}," in found["zip"], "spreadsheets are read by programs"
    assert f"those of {zone}." in found["zip"]


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2037-12-31")),
    st.sampled_from(sorted({zone for zone, _ in NIGHTS})),
)
def test_the_day_is_that_of_the_wall_calendar(local: datetime, zone: str) -> None:
    for fold in (0, 1):
        there = local.replace(tzinfo=ZoneInfo(zone), fold=fold)
        seconds = there.timestamp()
        shown = dates.moment(seconds, ZoneInfo(zone))
        again = datetime.fromisoformat(dates.stamp(int(seconds), ZoneInfo(zone)))
        assert int(again.timestamp()) == int(seconds), "a file says the same moment, also at night"
        assert shown.date() == datetime.fromtimestamp(seconds, UTC).astimezone(shown.tzinfo).date()
        assert date(shown.year, shown.month, shown.day) in days_of(dates.day(shown))


def test_a_place_without_its_second_keeps_the_day_that_was_written(
    tmp_path: Path, make_database: Making
) -> None:
    from sqlalchemy import insert

    from web.listening import progress, store
    from web.schema import places

    at = moment(*NIGHTS[3])
    built = house(tmp_path, make_database, "America/New_York", Clock(at))
    alice = built.learner("alice")
    sync_clients.let_in(built.companion, alice.id, alice.key)
    with built.database.writing() as connection:
        listener = store.listener_of(connection, alice.id)
        row = {"listener": listener, "guid": "guid-1", "tenths": 90, "turn": 1, "finished": 0}
        connection.execute(insert(places).values(**row, day=date(2026, 11, 26)))
        zone: tzinfo = built.settings.zone
        place = progress.last_position(connection, listener, {"guid-1"}, zone)
    assert place is not None
    assert place.day == date(2026, 11, 26)


def test_nothing_of_the_companion_makes_or_writes_a_day_by_itself() -> None:
    """A day of UTC, or in a form of its own, can only come from these."""
    known = {
        "web/application.py", "web/dates.py", "web/settings.py",
        "podcast/commands/web_lead.py",  # the journal, which is sorted and read by programs
        "podcast/companion/backup_folder.py",  # the name of a file, of a moment of the place
        "web/sync/actions.py",  # what apps exchange: UTC
        "web/listening/report_store.py", "web/maintenance/backup_format.py",  # how a day is stored
        "web/export/formats.py", "web/desk/views.py",  # for programs, and a field of a form
        "web/figures/rules.py",  # the name of a month in the database
    }  # fmt: skip
    own = re.compile(r"strftime|isoformat\(\)|fromtimestamp|utcnow|now\(UTC\)|:%[BbYmdH]")
    folders = [shows.ROOT / "web", shows.ROOT / "podcast" / "companion"]
    found = {path.relative_to(shows.ROOT).as_posix() for folder in folders
             for path in folder.rglob("*.py") if own.search(path.read_text("utf-8"))}  # fmt: skip
    assert found <= known | {each for each in found if "/migrations/" in each}
    bare = re.compile(
        r">[^<>]*\{\{ ?(?!wrong)[\w.]*\.?(made|changed|expires|withdrawn|used|day|today) ?\}\}"
    )
    templates = (shows.ROOT / "web" / "templates").rglob("*.html")
    assert [
        each.name for each in templates if bare.search(unwrapped(each.read_text("utf-8")))
    ] == []


@pytest.mark.parametrize(
    ("environment", "written", "link", "zone"),
    [
        ("Asia/Kathmandu", "Europe/London", "America/New_York", "Asia/Kathmandu"),
        (":Asia/Kathmandu", "", "", "Asia/Kathmandu"),
        ("", "Europe/London\n", "America/New_York", "Europe/London"),
        ("", "", "America/New_York", "America/New_York"),
        ("EST5EDT,M3.2.0", "nowhere", "../x", "Etc/UTC"),
        ("", "", "", "Etc/UTC"),
    ],
)
def test_the_zone_of_this_computer_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    environment: str, written: str, link: str, zone: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("TZ", environment)
    timezone, localtime = tmp_path / "timezone", tmp_path / "localtime"
    if written:
        timezone.write_text(written, encoding="utf-8")
    if link:
        localtime.symlink_to(f"/usr/share/zoneinfo/{link}")
    assert time_zone.local(timezone, localtime) == zone


def test_settings_of_before_have_the_days_they_had(tmp_path: Path) -> None:
    given = ("Riverside Trust", "https://example.org/notes/", "training@example.org")
    made = create_settings(tmp_path / "c", NewCompanion(*given, "Pacific/Auckland"))
    assert made.timezone == "Pacific/Auckland"
    path = tmp_path / "c" / reading.FILE
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^timezone = .*\n", "", text), encoding="utf-8")
    assert reading.read(tmp_path / "c").timezone == "Etc/UTC"
    path.write_text(text.replace("Pacific/Auckland", "Moon/Tranquility"), encoding="utf-8")
    with pytest.raises(EarmarkError, match=r"timezone: .*is not a time zone"):
        reading.read(tmp_path / "c")
