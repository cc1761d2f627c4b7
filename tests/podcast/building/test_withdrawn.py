"""Tests what a build says of an episode that was withdrawn, and what it forgets."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from episodes import catalogue
from episodes.errors import EarmarkError, SourceError
from episodes.findings import Level
from episodes.model import Episode
from episodes.pictures import artwork
from episodes.show_folder.scan import scan
from podcast import offline_zip
from podcast.building import pipeline
from podcast.building import read as reading
from podcast.building.artwork import Gallery
from podcast.cache.build_cache import BuildCache
from podcast.cache.store import CacheFolder
from podcast.creating import follow_up
from podcast.show_folder import lockfile
from tests.kit.shows import NOW
from tests.kit.shows import sound as make_sound
from tests.kit.withdrawn_shows import PAGE, SAID, add, build, credited, files_of, rules, take_back

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    return credited(make_show(3))


def test_nothing_of_it_is_left_but_its_name_and_the_sources_of_support(show: Path) -> None:
    build(show)
    take_back(show, said='{on: 2026-11-01, reason: "It was asked of us."}')
    built = files_of(build(show).out)
    mine = [name for name in built if "02-talk" in name]
    assert mine == [PAGE]
    page = built[PAGE].decode()
    for there in ("Talk B", "withdrawn on", "1&nbsp;November 2026", "It was asked of us.",
                  "Samaritans", "tel:116123", 'content="noindex"', "Other episodes"):  # fmt: skip
        assert there in page, there
    for name, data in built.items():
        for gone in (SAID, "Alíce", "What the 2. talk gives"):
            assert gone not in data.decode("utf-8", "replace"), (name, gone)
    for gone in ("<audio", "transcript", "rel=prev", 'id="reflect"'):
        assert gone not in page, gone


def test_no_reason_is_made_up(show: Path) -> None:
    take_back(show)
    assert b"reason" not in files_of(build(show).out)["catalogue.json"]


def test_feed_index_and_neighbours_go_on_without_it(show: Path) -> None:
    build(show)
    take_back(show)
    built = files_of(build(show).out)
    assert b"Talk B" not in built["feed.xml"] + built["index.html"]
    assert b'href="03-talk.html" rel="next"' in built["episodes/01-talk.html"]
    assert b'href="01-talk.html" rel="prev"' in built["episodes/03-talk.html"]
    assert b"Talk B" not in built["episodes/01-talk.html"]


def test_it_builds_without_recording_transcript_and_picture(show: Path) -> None:
    build(show)
    take_back(show)
    add(show, 2, "picture: face.jpg\ntranscript: words.vtt")
    for name in ("recording.mp3", "transcript.vtt"):
        (show / "episodes" / "02-talk" / name).unlink()
    assert build(show).episodes == 2
    assert build(show, verify=True).episodes == 2
    assert rules(show) == []


def test_the_feed_says_that_something_changed(show: Path) -> None:
    take_back(show)
    assert b"<lastBuildDate>Sun, 01 Nov 2026" in files_of(build(show).out)["feed.xml"]


def test_a_show_of_which_all_was_taken_back_can_be_built(show: Path) -> None:
    for number in (1, 2, 3):
        take_back(show, number)
    built = files_of(build(show).out)
    assert b"There are no episodes at the moment." in built["index.html"]
    assert b"<item>" not in built["feed.xml"]
    assert b"Other episodes" not in built[PAGE]


def test_who_comes_back_is_the_same_episode_at_the_same_address(show: Path) -> None:
    before = files_of(build(show).out)
    take_back(show)
    build(show)
    path = show / "episodes" / "02-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("withdrawn: 2026-11-01\n", ""), "utf-8")
    assert files_of(build(show).out) == before


def test_what_is_to_come_never_will(show: Path) -> None:
    path = show / "episodes" / "03-talk" / "episode.md"
    path.write_text(
        path.read_text("utf-8").replace("date: 2026-10-03", "date: 2026-11-03"), "utf-8"
    )
    take_back(show, 3)
    for later in (0, 30):
        done = pipeline.build(show, now=NOW + timedelta(days=later))
        assert (done.episodes, done.coming) == (2, [])
        assert not (done.out / "episodes" / "03-talk.html").exists()
        assert b"guid-3" not in files_of(done.out)["catalogue.json"]


def test_what_appeared_in_the_evening_where_the_show_is_was_out_on_that_day(show: Path) -> None:
    path = show / "show.md"
    path.write_text(
        path.read_text("utf-8").replace("author:", "timezone: America/New_York\nauthor:"), "utf-8"
    )
    late = show / "episodes" / "02-talk" / "episode.md"
    late.write_text(
        late.read_text("utf-8").replace("date: 2026-10-02 07:00", "date: 2026-10-02 21:00"), "utf-8"
    )
    take_back(show, said="2026-10-02")  # in London it is the third already
    done = build(show)
    assert (done.out / PAGE).is_file()
    assert [each.guid for each in done.withdrawn] == ["guid-2"]


def test_what_was_built_was_out_whatever_its_date_says_later(show: Path) -> None:
    build(show)
    take_back(show, said="2026-10-01")
    done = build(show)
    assert (done.out / PAGE).is_file()
    assert [each.guid for each in done.withdrawn] == ["guid-2"]


def test_unlisted_pages_stay_unlisted(show: Path) -> None:
    path = show / "show.md"
    text = path.read_text("utf-8").replace("author:", "unlisted: true\nauthor:")
    path.write_text(text.replace("owner:", "# owner:"), "utf-8")
    take_back(show)
    assert b'content="noindex, nofollow"' in files_of(build(show).out)[PAGE]


def test_what_earlier_builds_kept_of_it_is_forgotten(show: Path, tmp_path: Path) -> None:
    folder = show / "episodes" / "02-talk"
    (folder / "recording.mp3").unlink()
    make_sound(folder / "recording.wav", 3)
    text = (folder / "episode.md").read_text("utf-8").replace("recording.mp3", "recording.wav")
    (folder / "episode.md").write_text(text, "utf-8")
    add(show, 2, "picture: picture.jpg\npicture_alt: A face")
    artwork.draw_cover("Another one", folder / "picture.jpg")
    build(show)
    store = show / ".earmark"
    assert len(list((store / "art").iterdir())) == 4
    assert list((store / "audio").iterdir())
    take_back(show)
    build(show)
    assert len(list((store / "art").iterdir())) == 2
    assert not list((store / "audio").iterdir())
    for name in ("art.json", "audio.json", "episodes.json"):
        text = (store / name).read_text("utf-8")
        assert "02-talk/" not in text, name
        assert SAID not in text, name
    assert "02-talk" not in (store / "items.json").read_text("utf-8")
    assert lockfile.read(show).episodes["guid-2"]


def test_a_built_folder_that_nobody_remembers_forgets_it_too(show: Path) -> None:
    build(show)
    shutil.rmtree(show / ".earmark")
    take_back(show)
    assert [name for name in files_of(build(show).out) if "02-talk" in name] == [PAGE]


def test_the_catalogue_tells_it_apart_and_an_old_companion_ignores_it(show: Path) -> None:
    build(show)
    audio = lockfile.read(show).episodes["guid-2"]
    take_back(show)
    data = files_of(build(show).out)["catalogue.json"]
    assert [each["guid"] for each in json.loads(data)["episodes"]] == ["guid-3", "guid-1"]
    read = catalogue.parse(data)
    assert [each.guid for each in read.episodes] == ["guid-3", "guid-1"]
    (gone,) = read.withdrawn
    assert (gone.title, gone.page, str(gone.withdrawn.on)) == ("Talk B", PAGE, "2026-11-01")
    assert (gone.withdrawn.reason, gone.prompts) == (None, ("What will you try?",))
    assert gone.support[0].name == "Samaritans"
    assert gone.media
    assert (gone.media.version, gone.media.former) == (audio.audio, (audio.file,))


def test_little_matters_of_it_any_more(show: Path) -> None:
    path = show / "episodes" / "02-talk" / "episode.md"
    text = path.read_text("utf-8").replace(SAID, "He committed suicide")
    for line in ("content_note: none", "reviewed_on: 2026-09-01", "review_due: 2027-09-01"):
        text = text.replace(line, "")
    path.write_text(text, "utf-8")
    assert len(rules(show)) > 3
    take_back(show)
    assert rules(show) == []


@pytest.mark.parametrize(
    ("lines", "rule"),
    [("support: []", ("support-missing", "support")),
     ("guid: guid-1", ("guid-twice", "guid")),
     ("slug: 01-talk", ("slug-twice", "slug")),
     ("guid:", ("guid-missing", "guid")),
     ("support: [{name: Somebody}]", ("support-unchecked", "support[1].checked_on"))],
)  # fmt: skip
def test_who_helps_and_who_it_is_still_matter(
    show: Path, lines: str, rule: tuple[str, str]
) -> None:
    path = show / "episodes" / "02-talk" / "episode.md"
    if lines.startswith("guid"):
        path.write_text(path.read_text("utf-8").replace("guid: guid-2\n", ""), "utf-8")
    add(show, 2, lines)
    take_back(show)
    assert rules(show) == [rule]


@pytest.mark.parametrize("said", ["true", "yesterday", "{reason: Why}", "{on: 2026-11-01, by: me}"])
def test_what_is_no_day_is_a_finding_and_not_a_withdrawal(show: Path, said: str) -> None:
    take_back(show, said=said)
    (found,) = [each for each in pipeline.check(show, NOW) if each.level is Level.ERROR]
    assert found.key.startswith("withdrawn")
    with pytest.raises(SourceError):
        build(show)


def test_today_is_no_day_to_come_wherever_that_is(show: Path) -> None:
    take_back(show, said="2026-11-02")
    late = NOW.replace(hour=23)  # it is the second already in the east
    assert pipeline.check(show, late) == []
    found = pipeline.check(show, late - timedelta(hours=14))
    assert [each.rule for each in found] == ["withdrawn-future"]


def test_there_is_nothing_to_pack_and_nothing_to_go_back_to(show: Path, tmp_path: Path) -> None:
    take_back(show, said="2026-10-02")
    with pytest.raises(EarmarkError, match="02-talk was withdrawn, so it cannot be packed"):
        list(offline_zip.pack("02-talk", show, tmp_path / "out.zip"))
    with pytest.raises(EarmarkError, match="02-talk was withdrawn, so it cannot have a follow-up"):
        follow_up.new_follow_up(show, "02-talk", 2, show / "cover.jpg", None)


def test_the_other_episodes_are_still_packed(show: Path, tmp_path: Path) -> None:
    take_back(show, said="2026-10-02")
    target = tmp_path / "out.zip"
    (line,) = offline_zip.pack("01-talk", show, target)
    assert "unpack it and open index.html" in line
    assert target.stat().st_size > 1000


def test_a_build_after_a_withdrawal_reads_only_what_changed(show: Path) -> None:
    take_back(show)
    build(show)
    path = show / "episodes" / "01-talk" / "episode.md"
    path.write_text(path.read_text("utf-8") + "\nMore to read.\n", "utf-8")
    store = CacheFolder(show)
    memory = BuildCache(store, show / "public", verify=False)
    read = reading.read_show(show, scan(show), memory, Gallery(show, store, verify=False))
    assert read.changed == {"episodes/01-talk"}


def test_what_is_left_of_an_episode_can_be_read_again(show: Path) -> None:
    take_back(show)
    store = CacheFolder(show)
    memory = BuildCache(store, show / "public", verify=True)
    read = reading.read_show(show, scan(show), memory, Gallery(show, store, verify=True))
    (left,) = read.show.withdrawn
    assert Episode.model_validate_json(left.model_dump_json()) == left
