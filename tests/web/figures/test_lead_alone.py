"""A lead with accounts and codes of their own asks the figures about one person, and learns little.

The advantage of a lead is how much more often than by chance they are right, at best, about whether
one person did something: the distance between what they see if that person did and if not.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import UTC, date, datetime
from itertools import product
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, update

from tests.kit.companion import cast
from tests.kit.companion.lead_figures import KEY, TITLES, begin, listen, look
from web.accounts import store as accounts
from web.desk import rules as desk
from web.figures import rules
from web.figures.store import _offset
from web.listening import rules as hearing
from web.schema import figures, join_codes, leads, learners

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from pathlib import Path

    from web.database.engine import Database

OFFSETS = range(rules.STEP)
OWN = range(21)


def advantage(without: Iterable[Hashable], with_: Iterable[Hashable]) -> float:
    """Return the distance of two equally long lists of what may be seen, each as likely."""
    first, second = Counter(without), Counter(with_)
    return sum((first - second).values()) / first.total()


@pytest.mark.parametrize("others", [0, 1, 5, 7, 8, 30, 100])
def test_no_number_of_own_accounts_makes_a_figure_answer(others: int) -> None:
    found = [
        advantage(
            [rules.shown(own + others, offset) for offset in OFFSETS],
            [rules.shown(own + others + 1, offset) for offset in OFFSETS],
        )
        for own in OWN
    ]
    assert max(found) <= 1 / rules.STEP
    off = [rules.shown(own + others, 0) != rules.shown(own + others + 1, 0) for own in OWN]
    assert any(off), "with one offset that is known, some number of own accounts would tell"


@pytest.mark.parametrize("own", [(0, 7), (7, 7), (8, 20), (16, 3), (12, 12)])
def test_own_accounts_in_another_episode_tell_nothing_of_this_one(own: tuple[int, int]) -> None:
    """Nor does the sentence in the place of a table."""

    def seen(more: int) -> list[Hashable]:
        counts = {"g-1": own[0] + more, "g-2": own[1]}
        return [
            rules.freeze(
                "2026-10", TITLES, counts, dict(zip(TITLES, each, strict=True)).__getitem__
            )
            for each in product(OFFSETS, repeat=2)
        ]

    assert advantage(seen(0), seen(1)) <= 1 / rules.STEP


def test_the_best_guess_over_many_companions_is_right_in_little_more_than_half() -> None:
    """Each world has a secret of its own; the lead knows everything but that and one person."""
    chance, right, worlds = random.Random(16), 0, 20_000  # noqa: S311 - a test
    for _ in range(worlds):
        key, own = chance.randbytes(32), chance.choice((7, 17))  # at the edge
        did = chance.random() < 0.5
        shown = rules.shown(own + did, _offset(key, "2026-10", "g-1"))
        likely = [
            sum(shown == rules.shown(own + more, offset) for offset in OFFSETS) for more in (0, 1)
        ]
        guess = likely[1] > likely[0] or (likely[1] == likely[0] and chance.random() < 0.5)
        right += guess == did
    assert right / worlds < 0.5 + 0.5 / rules.STEP + 0.02
    assert right / worlds > 0.5, "and what is left is said in SECURITY.md"


def test_offsets_are_even_and_of_each_month_and_episode() -> None:
    found = Counter(_offset(KEY, f"2026-{month:02}", f"g-{n}") for month in range(12)
                    for n in range(500))  # fmt: skip
    assert set(found) == {*OFFSETS}
    assert max(found.values()) < 2 * min(found.values())
    pairs = Counter((_offset(KEY, "2026-10", f"g-{n}"), _offset(KEY, "2026-11", f"g-{n}"))
                    for n in range(5000))  # fmt: skip
    assert len(pairs) == rules.STEP**2


@pytest.mark.parametrize("own", [1, 7, 8, 20])
def test_accounts_that_are_made_in_a_month_do_not_count_in_it(database: Database, own: int) -> None:
    begin(database)
    seen = []
    for has_target in (False, True):
        with database.writing() as connection:
            for table in (learners, figures):
                connection.execute(delete(table))
        for who in range(own):
            listen(database, who, "g-1", date(2026, 10, 9), joined=date(2026, 10, 1))
        if has_target:
            listen(database, 99, "g-1", date(2026, 10, 5))
        seen.append(look(database, date(2026, 11, 2)))
    assert seen[0] == seen[1]


def test_a_page_that_was_just_opened_counts_nobody(database: Database) -> None:
    """It may claim the slack at once; the minute that counts takes time."""
    begin(database)
    for who in range(20):
        listen(database, who, "g-1", date(2026, 10, 9), tenths=hearing.SLACK * 10)
    assert look(database, date(2026, 11, 2))[0].figures is None
    assert hearing.FEWEST > hearing.SLACK * 10
    assert hearing.FEWEST >= 60 * 10


def test_accounts_of_before_are_all_counted_and_the_same_after_a_restored_backup(
    database: Database,
) -> None:
    begin(database)
    for who in range(20):
        listen(database, who, "g-1", date(2026, 10, 9), joined=date(2026, 9, 30))
    before = look(database, date(2026, 11, 2))
    with database.writing() as connection:
        connection.execute(delete(figures))
    assert look(database, date(2026, 11, 2)) == before
    assert before[0].figures is not None


def test_months_are_those_of_the_lead_whether_anybody_listened_or_not(database: Database) -> None:
    begin(database, date(2026, 9, 30))
    before = look(database, date(2026, 11, 2))
    with database.writing() as connection:
        connection.execute(delete(figures))
    listen(database, 1, "g-1", date(2026, 8, 9))
    assert look(database, date(2026, 11, 2)) == before
    assert [month.name for month in before] == ["2026-10", "2026-09"]
    with database.writing() as connection:
        connection.execute(update(leads).values(made=date(2026, 11, 1)))
    assert look(database, date(2026, 11, 2)) == before, "what was frozen stays"


def test_where_a_code_ends_tells_nobody_whether_one_person_used_it() -> None:
    """The lead joins with the rest of a code until it is refused."""
    spare = range(desk.SPARE)
    ends = [[8 + each - used for each in spare] for used in (0, 1)]
    assert advantage(*ends) == 1 / desk.SPARE
    assert advantage([8], [7]) == 1, "without spare uses it would tell"


def test_a_code_is_good_for_more_people_than_it_says_and_never_for_fewer(
    tmp_path: Path, database: Database
) -> None:
    house = cast.house(cast.settings(tmp_path, database))
    for _ in range(60):
        house.new_code(8)
    with database.reading() as connection:
        left = set(connection.scalars(select(join_codes.c.uses_left)))
    assert left <= set(range(8, 8 + desk.SPARE))
    assert len(left) > 5
    house.close()


def test_a_used_code_is_refused_in_the_same_words_as_one_that_expired(
    tmp_path: Path, database: Database
) -> None:
    house = cast.house(cast.settings(tmp_path, database))
    pages = []
    for values in (
        {"uses_left": 0},
        {"expires": date(2020, 1, 1)},
        {"withdrawn": date(2020, 1, 1)},
    ):
        code = house.new_code(8)
        with database.writing() as connection:
            connection.execute(update(join_codes).values(values))
        answer = house.nobody().post("/join", {"join-code": code})
        wrong = re.findall(r'class="wrong"[^>]*>(.*?)</p>', answer.text)
        pages.append((answer.status, wrong))
    assert pages[1:] == pages[:-1]
    assert all(wrong for _, wrong in pages)
    with database.reading() as connection:
        today = datetime.now(UTC).date()
        assert not accounts.has_code(connection, b"none", today)
    house.close()
