"""Equal sets of field names are one object, and nothing that is read or copied changes by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.frontmatter.people import Person
from episodes.show_folder.scan import scan
from podcast.building import pipeline
from podcast.cache.build_cache import BuildCache
from podcast.cache.field_sets import FieldSets, share_field_sets
from podcast.cache.store import CacheFolder
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from episodes.model import Episode


def _cached(show: Path) -> list[Episode]:
    pipeline.build(show, now=NOW)
    cache = BuildCache(CacheFolder(show), show / "public", verify=False)
    return list(cache.episodes_as_built(scan(show)).values())


def test_cached_episodes_share_their_field_sets(make_show: Callable[..., Path]) -> None:
    first, *others = _cached(make_show(3))
    assert len(others) == 2
    for each in others:
        assert each.facts.__pydantic_fields_set__ is first.facts.__pydantic_fields_set__
        assert each.media
        assert first.media
        assert each.media.__pydantic_fields_set__ is first.media.__pydantic_fields_set__


def test_a_changed_copy_leaves_the_shared_set_alone(make_show: Callable[..., Path]) -> None:
    first, second = _cached(make_show(2))
    known: FieldSets = {}
    before = first.model_dump_json()
    person = share_field_sets(Person(credit="A"), known)
    copy = person.model_copy(update={"role": "host"})
    assert copy.model_fields_set == {"credit", "role"}
    assert share_field_sets(Person(credit="B"), known).model_fields_set == {"credit"}
    assert share_field_sets(first, known) == first
    assert share_field_sets(second, known).model_dump_json() != before
    assert first.model_dump_json() == before
