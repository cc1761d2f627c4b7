"""Explains a withdrawal to the lead: its effects before they confirm, and what to do after it."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from episodes import former_names, site_layout
from episodes.errors import SourceError
from episodes.show_folder import read as source
from episodes.show_folder import text_files
from episodes.transcripts import lint
from podcast import atomic_files as files
from podcast.changing import leftovers
from podcast.show_folder import lockfile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from episodes.frontmatter.schema import ShowFacts
    from episodes.frontmatter.withdrawal import Withdrawal
    from episodes.lockfile import Lock
    from episodes.model import Episode

READABLE = (".vtt", ".srt", ".txt", ".json")


def normalise_name(name: str) -> str:
    """Return a name for comparison: capitals, spaces and kinds of accents make no difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def describe_effects(
    show: ShowFacts, episodes: list[Episode], withdrawal: Withdrawal, now: datetime, known: Lock
) -> tuple[str, list[str]]:
    """Return what the command will do, and what subscribers will notice."""
    number = "this episode" if len(episodes) == 1 else f"these {len(episodes)} episodes"
    rows = "".join(f"\n  {each.facts.title} ({each.folder})" for each in episodes)
    what = f'Withdraw {number} of "{show.title}":{rows}'
    out = [each for each in episodes if each.published <= now]
    noticed = list(_noticed(show, out, withdrawal)) if out else []
    coming = [each for each in episodes if each.published > now]
    return what, [
        *noticed,
        *(f"{each.facts.title} was scheduled and will never be published." for each in coming),
        *leftovers.describe_remote(
            at for each in episodes for at in leftovers.remote_recordings(each, known)
        ),
        *(
            f"Files still at {old}, the previous address, stay public until you delete them there."
            for old in leftovers.former_addresses(show)
            if out
        ),
    ]


def _noticed(show: ShowFacts, out: list[Episode], withdrawal: Withdrawal) -> Iterator[str]:
    one = len(out) == 1
    it, its = ("it", "Its page stays") if one else ("them", "Their pages stay")
    its += (
        " at the same address, and says that it was"
        if one
        else (" where they are, and say that they were")
    )
    yield f"The next `earmark publish` removes {it} from the feed."
    yield (
        "Then audio, transcripts, chapters and pictures are deleted where the show is published, "
        "together with earlier releases. Until then they are public."
    )
    yield (
        "Apps that have downloaded a copy keep it, and nobody can undo that. A CDN may have "
        "copies: `earmark publish` prints the addresses to purge."
    )
    why = f'why ("{withdrawal.reason}")' if withdrawal.reason else "not why"
    day = f"{withdrawal.on.day} {withdrawal.on:%B %Y}"
    yield f"{its} withdrawn on {day}, {why}, and where to find support."
    if show.companion:
        yield "Learners keep what they wrote about it, and their listening records."


def list_next_steps(show: Path, episodes: list[Episode], facts: ShowFacts) -> Iterator[str]:
    """Yield what the lead has to do next."""
    yield (
        "You can delete the recording, transcript and pictures from the folder. Keep episode.md "
        "and earmark.lock."
    )
    known = lockfile.read(show)
    if known.published or facts.publish:
        yield f"Next: earmark publish {_shown(show)}"
        yield "It lists what is left to delete elsewhere."
        return
    yield f"Next: earmark build {_shown(show)}, and upload it"
    withdrawn = [_files_of(each, known) for each in episodes]
    pages = {each.page for each in episodes}
    files = [*_built(show / site_layout.PUBLIC), *_recordings(known, episodes)]
    if there := sorted(set(former_names.files_of(files, withdrawn)) - pages):
        yield "If you upload another way, delete these files there:"
        yield from (f"  {name}" for name in there)
        yield "Also delete what earlier builds left there under other names:"
        yield from (
            f"  {name}" for name in leftovers.names_to_delete(withdrawn, known) if name not in pages
        )
    yield from leftovers.describe_former(facts, withdrawn, known)


def _shown(show: Path) -> str:
    """Return a folder as it can be typed in the current one."""
    current = Path.cwd()
    return files.typed(show.relative_to(current) if show.is_relative_to(current) else show)


def _files_of(episode: Episode, known: Lock) -> former_names.EpisodeFiles:
    slugs = former_names.slugs_of(episode.guid, episode.slug, known)
    return former_names.EpisodeFiles(episode.guid, episode.facts.title, slugs)


def _recordings(known: Lock, episodes: list[Episode]) -> list[str]:
    entries = [known.episodes[each.guid] for each in episodes if each.guid in known.episodes]
    return [name for entry in entries for name in former_names.recording_names(entry)]


def _built(out: Path) -> list[str]:
    return [path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()]


def list_mentions(
    show: Path, who: str, episodes: list[Episode], rest: Collection[source.WrittenEpisode]
) -> str:
    """Return where else a contributor is named or speaks, to check before the withdrawal."""
    rows = [*find_speakers(show, who, rest), *_named(show, who, episodes, rest)]
    return "".join(["\nCheck this first:", *(f"\n  {row}" for row in rows)]) if rows else ""


def find_speakers(show: Path, who: str, rest: Iterable[source.WrittenEpisode]) -> Iterator[str]:
    """Yield the episodes whose transcripts have a speaker of that name, or of a part of it."""
    parts = lint.name_parts(who)
    for each in rest:
        read = source.read_transcript(show, each.transcript, []) if each.transcript else None
        names = dict.fromkeys(cue.speaker for cue in read.cues) if read else {}
        for name in names:
            own = lint.name_parts(name)
            if own and (own <= parts or parts <= own):
                folder = each.folder.rpartition("/")[2]
                yield (
                    f'"{name}" speaks in {each.folder}, which does not credit them; is it the same '
                    f"person: `earmark withdraw {folder}`"
                )


def _named(
    show: Path, who: str, episodes: list[Episode], rest: Iterable[source.WrittenEpisode]
) -> Iterator[str]:
    """Yield where a contributor is still named: in what stays of their episodes, and in others."""
    name = normalise_name(who)
    for each in episodes:
        if name in normalise_name(each.facts.title):
            yield f"{each.folder}: its title names them, and stays on its page; change `title:`."
        if source.slugify(who) in each.slug:
            yield f"{each.folder}: its web address names them; write another `slug:` to change it."
    paths = ["show.md", *(path for each in rest for path in (each.path, each.transcript) if path)]
    if still_named := [path for path in paths if _says(show, path, name)]:
        yield f"They are also named in {', '.join(still_named)}; check whether that can stay."


def _says(show: Path, path: str, name: str) -> bool:
    if not path.endswith((*READABLE, ".md")):
        return False
    try:
        return name in normalise_name(text_files.read_text(show, path))
    except SourceError:
        return False
