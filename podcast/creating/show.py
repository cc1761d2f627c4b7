"""Creates shows, episodes and the example show, and writes missing guids."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import uuid
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from episodes import order_fixes, site_layout
from episodes.errors import EarmarkError, SourceError
from episodes.findings import Finding
from episodes.frontmatter import edit, read
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.frontmatter.write import quoted
from episodes.model import NO_ADDRESS
from episodes.pictures import artwork
from episodes.show_folder import file_choice, scan, text_files
from episodes.show_folder import read as source
from episodes.show_folder.real_paths import real_path
from episodes.text import random_text
from feed.checks import directories
from podcast import atomic_files
from podcast.building import read as reading
from podcast.cache.store import FOLDER
from podcast.creating import stubs
from podcast.show_folder import show_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.model import Episode

RANDOM = 28  # characters of an unlisted show's address: 130 bits
MINUTE = timedelta(minutes=1)
NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")  # podcastindex.org/namespace/1.0

UNLISTED = """\
This show is unlisted. What that means:
  Anyone who has the address can listen, and can pass it on. It is not a password.
  Nobody finds it by searching: directories and search engines are asked to leave it out, and the
  address cannot be guessed.
  The web host knows the address, and so does anyone who sees it on a shared computer or in its
  history.
  Never change it: you would have to move every subscriber.
"""

DRAWN = """\
A cover was drawn. Replace it with your own cover.jpg: square, 1400 to 3000 pixels, or any photo
with `cover_crop: centre` in show.md.
"""


def new_show(
    folder: Path, title: str | None, address: str | None, *, unlisted: bool = False
) -> list[str]:
    """Make a show's folder. Raises EarmarkError where there is one already.

    An unlisted show lives at a random path below the address that is given.
    """
    if (folder / "show.md").exists():
        raise EarmarkError(_there(folder))
    if unlisted and not address:
        raise EarmarkError("an unlisted show needs its web host; add `--address https://HOST/`")
    title = title or real_path(folder).name.replace("-", " ").replace("_", " ").capitalize()
    line = "# The web address of the show:\n# address: https://example.org/talks/"
    if address:
        place = place_of(address) + (random_path() if unlisted else "")
        line = f"address: {place}\nguid: {show_guid(place)}"
    (folder / "episodes").mkdir(parents=True, exist_ok=True)
    owner = "unlisted: true" if unlisted else stubs.OWNER
    text = stubs.SHOW.format(
        title=quoted(title), address=line, owner=owner, author=directories.UNSAID
    )
    drawn = _surround(folder, title)
    try:  # last: after a stop, the same command makes the rest
        atomic_files.write_new(folder / "show.md", text.encode())
    except FileExistsError:
        raise EarmarkError(_there(folder)) from None
    typed = atomic_files.typed(folder)
    return [
        f"Made {folder / 'show.md'}: open it in a plain-text editor and fill it in.",
        *(DRAWN.splitlines() if drawn else ()),
        *(UNLISTED.splitlines() if unlisted else ()),
        f'Next: earmark new episode "Its title" --show {typed} --audio YOUR-FILE',
        "Instead of YOUR-FILE, type the name of your recording, or drag the file into this window.",
    ]


def _surround(folder: Path, title: str) -> bool:
    """Make what a show's folder has beside show.md; return whether a cover was drawn."""
    cover, ignored = folder / "cover.jpg", folder / ".gitignore"
    if drawn := not cover.exists():
        with atomic_files.beside(cover) as part:
            artwork.draw_cover(title, part)
            part.replace(cover)
    if not ignored.exists():
        atomic_files.write(ignored, f"{FOLDER}/\n{site_layout.PUBLIC}/\n".encode())
    return drawn


def _there(folder: Path) -> str:
    return f"{folder / 'show.md'} is there already; choose another folder"


def place_of(address: str, named: str = "--address: ") -> str:
    """Return the show's address as the source has it. Raises EarmarkError where it is none."""
    known = {"title": "-", "author": "-", "summary": "-", "address": address}
    try:
        return ShowFacts.model_validate_json(json.dumps(known)).address or ""
    except ValidationError as error:
        problem = error.errors()[0]
        said = problem.get("ctx", {}).get("error", "is not a web address")
        raise EarmarkError(f'{named}"{address}" {said}') from None


def random_path() -> str:
    """Return the last part of an address that nobody guesses, ending in /."""
    return random_text.draw(RANDOM, secrets.choice).lower() + "/"


def show_guid(address: str) -> str:
    """Return the `podcast:guid` of a feed: of its address without scheme and trailing slashes."""
    feed = (address + site_layout.FEED).split("://", 1)[1].rstrip("/")
    return str(uuid.uuid5(NAMESPACE, feed))


def new_episode(
    show: Path, title: str, audio: Path, transcript: Path | None, now: datetime
) -> list[str]:
    """Add an episode's folder: the next number of the last season, where the show has seasons.

    Raises SourceError where the show cannot be read.
    """
    with show_lock.hold(show, "new"):
        return _new_episode(show, title, audio, transcript, now)


def _new_episode(
    show: Path, title: str, audio: Path, transcript: Path | None, now: datetime
) -> list[str]:
    tree = scan.scan(show)
    facts = read_facts(show)
    older, zone = read_episodes(show, tree, facts), ZoneInfo(facts.timezone)
    season = max((each.facts.season or 0 for each in older), default=0)
    numbers = [each.facts.number or 0 for each in older if (each.facts.season or 0) == season]
    number = max(numbers, default=0) + 1
    folder = show / "episodes" / f"{number:02}-{source.slugify(title) or 'episode'}"
    text = stubs.EPISODE.format(
        title=quoted(title),
        guid=uuid.uuid4(),
        date=written(next_moment(older, zone, now), zone),
        season=f"season: {season}\n" if season else "",
        number=number,
        audio=quoted(audio.name),
        transcript=f"transcript: {quoted(transcript.name)}\n" if transcript else "",
    )
    with new_folder(folder, audio, transcript):
        atomic_files.write(folder / "episode.md", text.encode())
    return [
        f"Made {folder / 'episode.md'}: open it and write the summary and notes.",
        f"Next: earmark preview {atomic_files.typed(show)}",
    ]


def read_facts(show: Path) -> ShowFacts:
    """Return the head of `show.md`. Raises SourceError where it cannot be read."""
    findings: list[Finding] = []
    written = source.read_show(show, findings)
    if written is None:
        raise SourceError(*findings)
    return written.facts


@contextlib.contextmanager
def new_folder(folder: Path, audio: Path, transcript: Path | None) -> Iterator[None]:
    """Make an episode's folder with copies of its files; it is gone where anything goes wrong.

    Raises EarmarkError where it is there already, or where the recording is none.
    """
    if not audio.name.lower().endswith(file_choice.RECORDINGS):
        raise EarmarkError(file_choice.why_no_recording(audio.name))
    if folder.exists():
        raise EarmarkError(f"{folder} is there already; edit that one, or move it away")
    folder.mkdir(parents=True)
    try:
        for path in (audio, transcript) if transcript else (audio,):
            shutil.copyfile(path, folder / path.name)
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def next_moment(older: list[Episode], zone: ZoneInfo, now: datetime) -> datetime:
    """Return the publish date of a new episode, in UTC: the first minute that is free.

    It is 00:01 today, or the minute after the newest numbered or published episode, so that several
    can be added in a row and dates are in the order of numbers. It lies in the future only if that
    episode is scheduled, or was published within this very minute.
    """
    local = now.astimezone(zone)
    today = local.replace(hour=0, minute=1, second=0, microsecond=0).astimezone(UTC)
    this_minute = now.astimezone(UTC).replace(second=0, microsecond=0)  # before 00:01, and at DST
    before = [each.published for each in older if each.facts.number or each.published <= now]
    after = [(each + MINUTE).replace(second=0, microsecond=0) for each in before]
    return free_minute(max([min(today, this_minute), *after]), {each.published for each in older})


def free_minute(moment: datetime, taken: set[datetime]) -> datetime:
    """Return a moment, or the first minute after it at which no other episode appears."""
    while moment.astimezone(UTC) in taken:
        moment += MINUTE
    return moment


def written(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as front matter has it: local, with an offset if clocks show it twice."""
    local = moment.astimezone(zone)
    text = f"{local:%Y-%m-%d %H:%M}"
    same = reading.moment(datetime.fromisoformat(text), zone.key) == moment
    return text if same else local.isoformat(" ", "minutes")


def read_episodes(show: Path, tree: dict[str, scan.Signature], facts: ShowFacts) -> list[Episode]:
    """Return every episode that can be read."""
    found = (source.read_episode(show, name, []) for name in tree if name)
    return [reading.episode(each, facts) for each in found if each]


def fix(show: Path) -> list[str]:
    """Write missing guids and course numbers into the files; change nothing else.

    Nothing is written that would be a guess.
    """
    with show_lock.hold(show, "check"):
        return [*_guids(show), *_order(show)]


def _order(show: Path) -> list[str]:
    try:
        facts, tree = read_facts(show), scan.scan(show)
        known = read_episodes(show, tree, facts)
    except SourceError:
        return []  # `check` says what is wrong with it
    if len(known) < len(list(filter(None, tree))):
        return []  # nobody knows where in the order one belongs that cannot be read
    said = []
    for each in order_fixes.find_fixes(facts, [each for each in known if not each.facts.withdrawn]):
        path = f"{each.folder}/episode.md" if each.folder else "show.md"
        text = text_files.read_exactly(show, path)
        changed = edit.set_key(text, path, each.key, each.value, each.after)
        atomic_files.write(show / path, changed.encode())
        said.append(f"{path}: {each.key}: {each.value}")
    return said


def _guids(show: Path) -> list[str]:
    said = []
    for name in scan.scan(show):
        path = f"{name}/episode.md" if name else "show.md"
        kind: type[ShowFacts | EpisodeFacts] = EpisodeFacts if name else ShowFacts
        try:
            text = text_files.read_exactly(show, path)
            facts = read.parse_facts(kind, read.split_file(text, path), path)
        except SourceError:
            continue  # `check` says what is wrong with it
        guid = _new_guid(facts)
        if guid:
            atomic_files.write(
                show / path, edit.insert_key(text, path, "guid", guid, "title").encode()
            )
            said.append(f"{path}: guid: {guid}")
    return said


def _new_guid(facts: ShowFacts | EpisodeFacts) -> str | None:
    if facts.guid:
        return None
    if isinstance(facts, EpisodeFacts):
        return str(uuid.uuid4())
    known = facts.address and facts.address != NO_ADDRESS
    return show_guid(facts.address or "") if known else None


def example() -> Path:
    """Return the folder of the example show: packaged, or beside the code in a checkout."""
    packaged = Path(str(resources.files("podcast"))) / "example"
    checkout = Path(__file__).parents[2] / "examples" / "starting-the-conversation"
    return packaged if (packaged / "show.md").is_file() else checkout


def copy_example(folder: Path) -> None:
    """Copy the example show to a folder, unless a show is there. Raises EarmarkError."""
    if (folder / "show.md").exists():
        return
    if folder.exists() and any(folder.iterdir()):
        raise EarmarkError(f"{folder} has other files in it; name an empty folder")
    ignored = shutil.ignore_patterns(
        FOLDER, site_layout.PUBLIC, "earmark.lock", "__pycache__", "*.py"
    )
    shutil.copytree(example(), folder, ignore=ignored, dirs_exist_ok=True)
