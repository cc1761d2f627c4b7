"""Moves a show to another address, and writes the redirects for subscribers of the old one.

The guids of the show and its episodes stay. The old addresses are kept in show.md, so that every
part of Earmark still knows them.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

from episodes import catalogue, former_names, site_layout
from episodes.errors import EarmarkError, SourceError
from episodes.findings import errors_in
from episodes.frontmatter import edit
from episodes.frontmatter.write import quoted
from episodes.rules import built_feed as built
from episodes.show_folder import text_files
from episodes.show_folder.real_paths import real_path
from feed import redirects
from podcast.building import pipeline
from podcast.cache.store import LOCK
from podcast.changing import leftovers, published_episode
from podcast.show_folder import show_address, show_guid, show_lock
from podcast.show_folder.read_source import read_facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from episodes.frontmatter.schema import ShowFacts
    from podcast.building.context import BuildResult, ProgressReport


class Moving(NamedTuple):
    """A move that is ready to be written."""

    show: Path
    facts: ShowFacts
    address: str
    former: list[str]  # the previous addresses
    text: str  # the new show.md
    out: Path
    again: bool  # the show has this address already: only write the files for old ones again
    before: str  # show.md as it was

    @property
    def back(self) -> bool:
        """Whether the show goes back to a former address."""
        return not self.again and self.address in self.facts.former_addresses


def prepare(show: Path, address: str, out: Path | None, now: datetime) -> Moving:
    """Prepare a move, and write nothing yet.

    Raises SourceError if the show has errors, EarmarkError if it cannot move there.
    """
    show = real_path(show)
    facts = read_facts(show)
    new = show_address.parse_address(address, "")
    if not facts.address:
        raise EarmarkError(f"show.md has no address yet; write `address: {new}` there")
    again = new == facts.address
    if again and not facts.former_addresses:
        raise EarmarkError(f"the show's address is {new} already")
    former = [each for each in (*facts.former_addresses, facts.address) if each != new]
    former = list(dict.fromkeys(former))
    _refuse_circles(former, new)
    later = {"show-guid", *built.RULES}  # it is written now, and all is built again
    wrong = [each for each in errors_in(pipeline.check(show, now)) if each.rule not in later]
    if wrong:
        raise SourceError(*wrong)
    text = text_files.read_exactly(show, "show.md")
    return Moving(
        show,
        facts,
        new,
        former,
        _text(text, facts, new, former),
        out or show / pipeline.MOVED,
        again,
        text,
    )


def _refuse_circles(former: list[str], new: str) -> None:
    for old in former:
        if redirects.Move(old, new).circles:
            raise EarmarkError(
                f"{new} is inside {old}, so redirects would go round in a circle; choose another "
                f"address"
            )


def _text(text: str, facts: ShowFacts, new: str, former: list[str]) -> str:
    """Return `show.md` with the new address; a missing guid is made from the old address."""
    path = "show.md"
    if not facts.guid and facts.address:
        text = edit.insert_key(text, path, "guid", show_guid.guid_of_show(facts.address), "title")
    if new != facts.address:
        text = edit.set_key(text, path, "address", new, "title")
        addresses = f"[{', '.join(map(quoted, former))}]"
        text = edit.set_key(text, path, "former_addresses", addresses, "address")
    return text


def subscriber_notices(move: Moving) -> Iterator[str]:
    """Yield what subscribers will notice."""
    if move.again:
        yield "Nothing. The files for the old address are made again, with today's episodes."
        return
    yield "Nothing, if you leave a forwarding notice at the old address: each episode keeps its"
    yield "identity, so none appears twice and played episodes stay played."
    yield "With a redirect (301), every app follows by itself."
    yield "Without one, Apple Podcasts, AntennaPod and some others follow a line in the old feed."
    yield "gPodder, newsboat and others stay with the old feed: they keep everything, but get"
    yield "nothing new until they are redirected."
    yield "In the companion, notes and listening records stay; apps may still report old addresses."


def write(move: Moving, now: datetime, report: ProgressReport) -> list[str]:
    """Write the new address, build, and write the files for the old ones: all of it or nothing."""
    with show_lock.hold(move.show, "move"), published_episode.all_or_nothing() as change:
        published_episode.refuse_if_changed(move.show, "show.md", move.before)
        change.keep(move.show / LOCK)
        if not move.again:
            change.write(move.show / "show.md", move.text)
        site = pipeline.build(move.show, now=now, report=report)
        for old in move.former:
            way = redirects.Move(old, move.address)
            for name, data in _left(site.out, way, hidden=move.facts.unlisted).items():
                change.write(move.out / redirects.folder(old) / name, data)
    if move.back:
        shutil.rmtree(move.out / redirects.folder(move.address), ignore_errors=True)
    return list(_done(move))


def _left(out: Path, way: redirects.Move, *, hidden: bool) -> dict[str, bytes]:
    """Return the files for an old address, by name, made from the build."""
    raw = (out / site_layout.CATALOGUE).read_bytes()
    show = catalogue.parse(raw)
    files = {"READ-ME.txt": redirects.advice(show, way)}
    if not way.same_place:
        feed = (out / site_layout.FEED).read_bytes()
        upload = redirects.upload(feed, raw, show, way, hidden=hidden)
        files |= {f"upload/{name}": data for name, data in upload.items()}
        files |= {
            f"redirects/{name}": data for name, data in redirects.redirects(show, way).items()
        }
    return files


def renew_old_addresses(show: Path, built: BuildResult) -> list[str]:
    """Make the files for old addresses again if they have a withdrawn episode; return advice."""
    advice = []
    facts = read_facts(show)
    for old in leftovers.former_addresses(facts):
        folder = show / pipeline.MOVED / redirects.folder(old)
        if not facts.address or not _has_withdrawn(folder / "upload", built):
            continue
        files = _left(built.out, redirects.Move(old, facts.address), hidden=facts.unlisted)
        with show_lock.hold(show, "build"), published_episode.all_or_nothing() as change:
            for name, data in files.items():
                change.write(folder / name, data)
        pages = [
            path.relative_to(folder / "upload").as_posix() for path in folder.glob("upload/*/*")
        ]
        for name in former_names.files_of(pages, built.withdrawn):
            if f"upload/{name}" not in files:
                (folder / "upload" / name).unlink(missing_ok=True)
        shown = f"{pipeline.MOVED}/{folder.name}/"
        made_again = f"{shown} was made again without the withdrawn episodes"
        advice.append(f"{made_again}; upload it to {old} again.")
    return advice


def _has_withdrawn(upload: Path, built: BuildResult) -> bool:
    """Return whether the files for an old address still have an episode that is withdrawn."""
    try:
        before = catalogue.parse((upload / site_layout.CATALOGUE).read_bytes())
    except FileNotFoundError:
        return False
    except EarmarkError:
        return True
    gone = {each.guid for each in built.withdrawn}
    return any(each.guid in gone for each in before.episodes)


def _done(move: Moving) -> Iterator[str]:
    if not move.again:
        yield f"The show's address is {move.address} now. show.md has it, and the previous one."
    if move.back:
        yield f"Delete what you left at {move.address}: the redirects, or the stub of a feed."
    for old in move.former:
        yield f"For {old}: {move.out / redirects.folder(old) / 'READ-ME.txt'}"
    if move.facts.publish and not move.again:
        yield f"`publish:` in show.md says {move.facts.publish.to}; is that still right?"
    if not move.again:
        yield "Nothing is published yet. Next: follow the steps in READ-ME.txt."
