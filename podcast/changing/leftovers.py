"""Lists the files of withdrawn episodes that the lead has to delete by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes import former_names, site_layout
from feed import redirects
from podcast.building import pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.former_names import EpisodeFiles
    from episodes.frontmatter.schema import ShowFacts
    from episodes.lockfile import Lock
    from episodes.model import Episode


def describe_remote(addresses: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each recording on another server, which Earmark cannot delete."""
    for each in dict.fromkeys(addresses):
        yield f"Its recording stays at {each} until you delete it there. Earmark cannot delete it."


def remote_recordings(episode: Episode, known: Lock) -> list[str]:
    """Return the URLs of an episode's recordings on other servers, present and former."""
    media = episode.media
    now = [media.file] if media and media.is_remote else []
    return [*known.left(episode.guid).addresses, *now]


def former_addresses(show: ShowFacts) -> list[str]:
    """Return the show's former addresses, without those that are the same place as today's."""
    new = show.address or ""
    return [old for old in show.former_addresses if not redirects.Move(old, new).same_place]


def names_to_delete(withdrawn: Iterable[EpisodeFiles], known: Lock) -> Iterator[str]:
    """Yield what to delete at an address that we cannot list, from any earlier build."""
    for each in withdrawn:
        rest = (known.episodes.keys() | known.elsewhere.keys()) - {each.guid}
        others = {slug for guid in rest for slug in former_names.slugs_of(guid, "", known)}
        yield from (site_layout.page_name(slug) for slug in each.slugs if slug not in others)
        for slug in each.slugs:
            alike = [f"{other}-" for other in sorted(others) if other.startswith(f"{slug}-")]
            alike += ["what the feed names"] if slug in others else []
            but = f", but not {' or '.join(alike)} (another episode)" if alike else ""
            yield f"in media, transcripts, chapters and art: files that begin with {slug}-{but}"


def describe_former(show: ShowFacts, withdrawn: list[EpisodeFiles], known: Lock) -> Iterator[str]:
    """Yield what to do at each of the show's former addresses."""
    for old in former_addresses(show):
        yield f"{old} may still have it, from when the show lived there. Delete there:"
        yield from (f"  {name}" for name in names_to_delete(withdrawn, known))
        upload = f"{pipeline.MOVED}/{redirects.folder(old)}/upload/"
        yield (
            f"If there is no redirect there, upload {upload} again: it no longer has the episode "
            f"or its notes. If that folder is missing, `earmark move {show.address}` makes it."
        )
