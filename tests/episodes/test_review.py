"""What is due in a show: told once each, by urgency, on a terminal, on paper and in a calendar."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes import ics as diary
from episodes import links, review
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.links import LinkState, Verdict
from episodes.model import Episode, Show, newest_first
from episodes.review import Due, DueKind, Urgency
from feed import review_page
from feed.checks import safeguarding
from feed.checks.context import Situation

GOLDEN = Path(__file__).parents[1] / "golden" / "review"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
OUT = datetime(2026, 3, 1, 7, tzinfo=UTC)
HELP: dict[str, object] = {"name": "Samaritans", "phone": "116 123", "checked_on": "2026-10-01"}


def talk(name: str = "a", published: datetime = OUT, notes: str = "", **facts: object) -> Episode:
    said = {"title": f"Talk {name}", "guid": name, "summary": "S", "review_due": "2027-09-01",
            "date": published.replace(tzinfo=None)} | facts  # fmt: skip
    made = EpisodeFacts.model_validate(said)
    return Episode(slug=name, folder=f"episodes/{name}", facts=made, published=published,
                   notes=notes, recording="")  # fmt: skip


def show(*episodes: Episode, description: str = "", **facts: object) -> Show:
    said = {"title": "T", "author": "A", "summary": "S",
            "guid": "5b6d2b6c-4c2c-5f38-9f39-6d9bb4b8e1d2"} | facts  # fmt: skip
    made = ShowFacts.model_validate(said)
    filled = [
        each.model_copy(update={"facts": each.facts.model_copy(update={
            "support": made.support if each.facts.support is None else each.facts.support,
            "contributors": (made.contributors if each.facts.contributors is None
                             else each.facts.contributors)})})
        for each in episodes
    ]  # fmt: skip
    address = "https://podcast.example.org/night/"
    return Show(facts=made, description=description, address=address,
                episodes=newest_first(filled))  # fmt: skip


def due(shown: Show, kind: DueKind) -> list[Due]:
    return [each for each in review.find_dues(shown, NOW) if each.kind is kind]


@pytest.mark.parametrize(
    ("written", "urgency", "said"),
    [
        ({"review_due": "2026-10-31"}, Urgency.OVERDUE, "were to be checked by 2026-10-31"),
        ({"review_due": "2026-11-01"}, Urgency.SOON, "are to be checked by 2026-11-01"),
        ({"review_due": "2026-12-31"}, Urgency.SOON, "2026-12-31"),
        ({"review_due": "2027-01-01"}, Urgency.LATER, "2027-01-01"),
        ({"review_due": None}, Urgency.LATER, "have no review date; not checked since"),
        ({"review_due": None, "reviewed_on": "2023-10-01"}, Urgency.OVERDUE, "checked on 2023-10"),
        ({"review_due": None, "reviewed_on": "9999-01-01"}, Urgency.LATER, "no review date"),
    ],
)
def test_facts_are_checked_when_they_are_due_or_after_three_years(
    written: dict[str, Any], urgency: Urgency, said: str
) -> None:
    (one,) = due(show(talk(**written)), DueKind.REVIEW)
    assert one.urgency is urgency
    assert said in one.why


def test_what_is_held_back_is_published_then_and_was_not_out_long_ago() -> None:
    later = talk("b", datetime(2026, 12, 1, 7, tzinfo=UTC), review_due=None)
    (one,) = review.find_dues(show(later), NOW)
    assert (one.kind, one.urgency, one.when) == (DueKind.COMING, Urgency.SOON, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("checked", "urgency"),
    [("2025-11-01", Urgency.SOON), ("2025-10-31", Urgency.OVERDUE), ("2026-10-01", Urgency.LATER),
     (None, Urgency.OVERDUE), ("9999-12-31", Urgency.LATER)],
)  # fmt: skip
def test_support_is_tried_every_year(checked: str | None, urgency: Urgency) -> None:
    (one,) = due(show(talk(), support=[HELP | {"checked_on": checked}]), DueKind.SUPPORT)
    assert (one.urgency, one.what, one.ways) == (urgency, "Samaritans", ("116 123",))
    assert (one.when is None) is (checked is None)


def test_a_source_that_is_written_in_several_places_is_rung_once() -> None:
    old = HELP | {"checked_on": "2025-01-01"}
    shown = show(talk("a"), talk("b", support=[old]), talk("c", support=[HELP]), support=[HELP])
    (one,) = due(shown, DueKind.SUPPORT)
    assert one.when == date(2026, 1, 1)
    assert [place.path for place in one.places] == ["show.md", "episodes/b/episode.md"]
    assert one.episodes == ()
    shown = show(talk("b", support=[old]), talk("d", support=[old]))
    (one,) = due(shown, DueKind.SUPPORT)
    assert set(one.episodes) == {"Talk b", "Talk d"}


@pytest.mark.parametrize("phone", ["999", "112", "9 9 9"])
def test_nobody_is_told_to_ring_an_emergency_number_to_try_it(phone: str) -> None:
    (one,) = due(show(support=[{"name": "Emergency services", "phone": phone}]), DueKind.SUPPORT)
    assert one.to_do.startswith("do not ring")


@pytest.mark.parametrize(
    ("until", "urgency"),
    [("2026-10-31", Urgency.OVERDUE), ("2026-11-01", Urgency.SOON), ("2027-01-30", Urgency.SOON),
     ("2027-01-31", Urgency.LATER)],
)  # fmt: skip
def test_a_consent_that_ends_is_asked_for_again_in_time(until: str, urgency: Urgency) -> None:
    person = {"credit": "Ann", "consent": {"given_on": "2026-01-01", "until": until}}
    (one,) = due(show(talk("a"), talk("b", contributors=[person, person])), DueKind.CONSENT)
    assert (one.urgency, one.what, one.episodes) == (urgency, "Ann", ("Talk b",))
    assert len(one.places) == 2
    assert "earmark withdraw --contributor" in one.to_do


def test_a_consent_without_an_end_is_never_due() -> None:
    person = {"credit": "Ann", "consent": {"given_on": "2020-01-01"}}
    assert not due(show(contributors=[person, {"credit": "Bob"}]), DueKind.CONSENT)


def test_what_is_waived_is_left_with_its_reason() -> None:
    one = talk(review_due="2026-01-01", waive={"review-due": "the panel meets in May"})
    shown = show(one, support=[{"name": "A"}], waive={"support-unchecked": "they asked us not to"})
    assert {each.waived for each in review.find_dues(shown, NOW)} == {
        "the panel meets in May", "they asked us not to"
    }  # fmt: skip


def test_a_review_and_check_agree_on_what_is_overdue() -> None:
    person = {"credit": "Ann", "consent": {"given_on": "2020-01-01", "until": "2026-10-31"}}
    for days in range(-2, 3):
        day = str(TODAY - timedelta(days=365 + days))
        ends = str(TODAY + timedelta(days=days))
        person["consent"] = {"given_on": "2020-01-01", "until": ends}
        shown = show(talk(review_due=ends), support=[HELP | {"checked_on": day}],
                     contributors=[person])  # fmt: skip
        looked = [
            *safeguarding.care(Situation(shown, {}, NOW)),
            *safeguarding.people(Situation(shown, {}, NOW)),
        ]
        rules = {"review-due", "support-old", "consent-ended"}
        found = sorted(each.rule for each in looked if each.rule in rules)
        told = sorted(each.rule for each in review.find_dues(shown, NOW)
                      if each.urgency is Urgency.OVERDUE)  # fmt: skip
        assert found == told


DAYS = st.none() | st.dates(date(1900, 1, 1), date(9999, 12, 31))


@settings(deadline=None)  # the first loads icalendar
@given(st.lists(st.tuples(DAYS, DAYS, DAYS), max_size=5), DAYS)
def test_whatever_is_written_is_sorted_and_a_calendar_of_it_reads_back(
    rows: list[tuple[date | None, date | None, date | None]], shared: date | None
) -> None:
    episodes = [
        talk(f"t{at}", review_due=due, reviewed_on=seen, support=[HELP | {"checked_on": tried}])
        for at, (due, seen, tried) in enumerate(rows)
    ]
    shown = show(*episodes, support=[{"name": "B", "checked_on": shared}])
    told = review.find_dues(shown, NOW)
    order = list(Urgency)
    ranks = [order.index(each.urgency) for each in told]
    assert ranks == sorted(ranks)
    made = diary.render(shown, told, NOW.date())
    assert made == diary.render(shown, told, NOW.date())
    events = icalendar.Calendar.from_ical(made).walk("VEVENT")
    assert len(events) == sum(each.when is not None for each in told)
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert all(len(each) <= 75 for each in made.split(b"\r\n"))


# Links


def test_every_link_is_found_once_with_every_place() -> None:
    page = "https://example.org/page"
    support = [HELP | {"link": page}]
    person = {"credit": "Ann", "link": "https://example.org/ann"}
    shown = show(
        talk("a", notes=f'<p><a href="{page}">A</a> <a href="https://b.example/?a=1&amp;b=2">B</a>',
             references=[{"title": "R", "kind": "research", "link": page}],
             elsewhere=[{"text": "E", "link": "https://example.org/e"}]),
        support=support, contributors=[person], feedback="https://example.org/write",
        funding=[{"text": "Give", "link": "https://example.org/give"}], licence="Ours",
        licence_link="https://example.org/licence", companion="https://c.example/",
        address="https://podcast.example.org/night/", description='<a href="mailto:a@b.org">A</a>',
    )  # fmt: skip
    found = {each.address: each for each in links.links_in(shown)}
    assert set(found) == {
        page, "https://example.org/ann", "https://example.org/e", "https://example.org/write",
        "https://example.org/give", "https://example.org/licence", "https://b.example/?a=1&b=2",
    }  # fmt: skip
    assert [place.key for place in found[page].places] == [
        "support[1].link", "references[1].link", ""
    ]  # fmt: skip
    assert found["https://b.example/?a=1&b=2"].episodes == ("Talk a",)


def test_a_link_is_overdue_only_where_it_is_certainly_dead() -> None:
    shown = show(talk(references=[{"title": "R", "kind": "research", "link": f"https://{each}.org"}
                                  for each in LinkState]))  # fmt: skip
    verdicts = {
        f"https://{each}.org": Verdict(each, "is so", "https://new.org") for each in LinkState
    }
    told = links.dues_of(links.links_in(shown), verdicts)
    assert [(each.what[8:-4], each.urgency) for each in told] == [
        ("dead", Urgency.OVERDUE), ("moved", Urgency.SOON), ("unsure", Urgency.LATER)
    ]  # fmt: skip


# The page and the calendar, and the same things told as they were


def several() -> tuple[Show, list[Due]]:
    person = {"credit": 'Ann & <b>"Bob"</b>',
              "consent": {"given_on": "2026-01-01", "until": "2026-12-01"}}  # fmt: skip
    shown = show(
        talk("a", review_due="2026-10-01", reviewed_on="2025-10-01"),
        talk("b", datetime(2026, 12, 1, 7, tzinfo=UTC), review_due="2027-12-01",
             support=[{"name": "A local line; for, everybody\\", "text": "HI to 85258"}]),
        talk("c", review_due="2026-01-01", waive={"review-due": "the panel meets in May"}),
        title="Nights, and “more” – with a name that is long enough to be folded: 夜の番組",
        support=[HELP | {"link": "https://www.samaritans.org", "hours": "Day and night",
                         "checked_on": "2025-10-01"},
                 {"name": "Emergency services", "phone": "999", "checked_on": "2026-01-15"}],
        contributors=[person],
        funding=[{"text": "Give", "link": f"https://{each}.example/a"} for each in LinkState],
    )  # fmt: skip
    verdicts = {f"https://{each}.example/a": Verdict(each, f"is {each}") for each in LinkState}
    told = review.sort_dues(
        [*review.find_dues(shown, NOW), *links.dues_of(links.links_in(shown), verdicts)]
    )
    return shown, told


@pytest.mark.parametrize("name", ["review.ics", "review.html"])
def test_the_page_and_the_calendar_are_as_they_were(name: str) -> None:
    shown, told = several()
    made = (diary.render(shown, told, NOW.date()) if name.endswith("ics")
            else review_page.render(shown, told, TODAY, ["episodes/d/episode.md: is not there"],
                              links=True))  # fmt: skip
    path = GOLDEN / name
    if not path.exists():  # pragma: no cover - delete it to make it again, and look at it
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)
    # Versions of icalendar break long lines at other places.
    assert made.replace(b"\r\n ", b"") == path.read_bytes().replace(b"\r\n ", b"")


def test_titles_of_events_tell_neither_subject_nor_name() -> None:
    shown, told = several()
    events = icalendar.Calendar.from_ical(diary.render(shown, told, NOW.date())).walk("VEVENT")
    assert {str(event["SUMMARY"]) for event in events} <= set(diary.TITLES.values())
    assert {str(event["CLASS"]) for event in events} == {"PRIVATE"}
    texts = "\n".join(str(event["DESCRIPTION"]) for event in events)
    assert 'Ann & <b>"Bob"</b>' in texts
    assert "A local line; for, everybody\\" not in texts  # it has no day: it is due at once


def test_a_calendar_that_is_brought_in_again_moves_events_and_doubles_none() -> None:
    def only(checked: str) -> Any:
        shown = show(support=[HELP | {"checked_on": checked}])
        (event,) = icalendar.Calendar.from_ical(
            diary.render(shown, review.find_dues(shown, NOW), NOW.date())
        ).walk("VEVENT")
        return event

    before, after = only("2025-12-01"), only("2026-11-01")
    assert before["UID"] == after["UID"]
    assert before["SEQUENCE"] < after["SEQUENCE"]
    assert before["DTSTART"].dt < after["DTSTART"].dt == date(2027, 11, 1)


def test_a_page_asks_nothing_of_anybody() -> None:
    shown, told = several()
    page = review_page.render(shown, told, TODAY, [], links=False).decode()
    assert "<script" not in page
    assert not re.search(r"<(link|img|iframe)\b|url\(|@import", page)
    assert "<b>" not in page.partition("</style>")[2].replace("<body>", "")
    assert "do not put it on the web" in page


def test_a_page_of_a_show_with_nothing_due_says_so() -> None:
    page = review_page.render(
        show(talk()), review.find_dues(show(talk()), NOW), TODAY, [], links=True
    )
    assert "Nothing is overdue or due soon." in page.decode()
