"""Compares the published catalogue with the built one, and lists what subscribers will notice."""

from __future__ import annotations

from typing import Any

from podcast.publishing import release

_AUDIO = "some apps download it again"


def compare_catalogues(before: bytes | None, after: bytes) -> list[str]:
    """Return in sentences what a subscriber will notice; deletions come first.

    `before` is None for a first publish. A damaged catalogue counts as missing.
    """
    try:
        return _compare(release.read_document(before), release.read_document(after))
    except (KeyError, TypeError, AttributeError):
        return _compare({}, release.read_document(after))


def audio_changes(before: bytes | None, after: bytes) -> bool:
    """Return whether published audio changes or is deleted; True if they cannot be compared."""
    if before is None:
        return False
    try:
        old, new = _episodes(release.read_document(before)), _episodes(release.read_document(after))
        return any(_audio(each) != _audio(new.get(guid, {})) for guid, each in old.items())
    except (KeyError, TypeError, AttributeError):
        return True


def _audio(episode: dict[str, Any]) -> str | None:
    """Return the name of the published file, which contains its digest."""
    media = episode.get("media") or {}
    return media.get("file")


def _compare(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    old, new, back = _episodes(was), _episodes(now), _episodes(was, "withdrawn")
    changes = _show(was.get("show", {}), now.get("show", {})) if was else []
    withdrawn = _episodes(now, "withdrawn")
    gone = {guid: each["title"] for guid, each in old.items() if guid not in new}
    changes += [_withdrawn(each) for guid, each in withdrawn.items() if guid in gone]
    changes += [f"Removed from the feed: {title}; apps that have it keep it"
             for guid, title in gone.items() if guid not in withdrawn]  # fmt: skip
    for guid, episode in reversed(new.items()):
        if guid not in old:
            word = "Back again" if guid in back else "New episode"
            changes.append(f"{word}: {episode['title']}")
        else:
            changes += _changes(old[guid], episode)
    return changes + [f"Corrected: {each['title']}; the page that says it was withdrawn"
                   for guid, each in withdrawn.items() if back.get(guid, each) != each]  # fmt: skip


def _withdrawn(episode: dict[str, Any]) -> str:
    return (
        f"Withdrawn: {episode['title']}; removed from the feed, and its page says so. Apps that "
        "have it keep their copy"
    )


def _episodes(document: dict[str, Any], key: str = "episodes") -> dict[str, dict[str, Any]]:
    return {each["guid"]: each for each in document.get(key, ())}


def _show(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    changes = []
    if was.get("feed") != now.get("feed"):
        changes.append(_moved(was, now))
    if was.get("title") != now.get("title"):
        changes.append(f"The show is called {now.get('title')} (was: {was.get('title')})")
    if was.get("cover") != now.get("cover"):
        changes.append("A new cover")
    return changes


def _moved(was: dict[str, Any], now: dict[str, Any]) -> str:
    moved = f"The feed has a new web address: {now.get('feed')}; subscribers of {was.get('feed')}"
    if was.get("address") in now.get("former", ()):
        return (
            f"{moved} follow once the files from `earmark move` are at the old address; until then "
            f"they get nothing new"
        )
    return f"{moved} do not follow by themselves; `earmark move` makes the files that redirect them"


def _changes(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    title, changes = now["title"], []
    if was["title"] != title:
        changes.append(f"New title: {title} (was: {was['title']})")
    media, before = now.get("media") or {}, was.get("media") or {}
    if media.get("version") != before.get("version"):
        changes.append(f"New audio: {title}; {_AUDIO}, and listeners may lose their place")
    elif media.get("file") != before.get("file"):
        changes.append(f"New tags in the audio: {title}; {_AUDIO}")
    if was["published"] != now["published"]:
        changes.append(f"New date: {title}; its place in the list changes")
    if now.get("replaced_by") and not was.get("replaced_by"):
        changes.append(f"Now links to its newer version: {title}")
    corrections = now.get("corrections", [])
    new = [each for each in corrections if each not in was.get("corrections", [])]
    changes += [f"Corrected: {title}; {each['note']}" for each in new]
    skip = {"media", "title", "published"}
    if not changes and {k: v for k, v in was.items() if k not in skip} != {
        k: v for k, v in now.items() if k not in skip
    }:
        changes.append(f"Corrected: {title}; show notes or page")
    return changes
