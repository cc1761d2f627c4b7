"""An episode is taken back: what is told of it, what is not, and the command that does it."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from episodes import catalogue, published_files
from episodes.findings import EarmarkError, Level, SourceError
from episodes.lockfile import Elsewhere, Entry, Lock
from episodes.model import Episode
from episodes.pictures import artwork
from episodes.published_files import EpisodeFiles
from episodes.show_folder.scan import scan
from podcast import offline_zip
from podcast.building import pipeline
from podcast.building import read as reading
from podcast.building.artwork import Gallery
from podcast.cache.build_cache import Memory
from podcast.cache.store import Store
from podcast.cli import main
from podcast.creating import follow_up
from podcast.show_folder import lockfile
from tests.kit.shows import NOW, add_episode
from tests.kit.shows import sound as make_sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podcast.building.context import Built

SAID = "Words that somebody took back"
GUEST = '\ncontributors:\n  - {credit: "Amína  Khan", role: guest, consent: {given_on: 2026-01-01}}'
PAGE = "episodes/02-talk.html"


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    """A show of three episodes; Amína Khan is in the second."""
    show = make_show(3)
    add(show, 2, GUEST.strip())
    path = show / "episodes" / "02-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("Some *notes*", SAID), "utf-8")
    return show


def add(show: Path, number: int, lines: str) -> None:
    """Put lines into an episode's head."""
    path = show / "episodes" / f"{number:02}-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("number:", f"{lines}\nnumber:", 1), "utf-8")


def take_back(show: Path, number: int = 2, said: str = "2026-11-01") -> None:
    add(show, number, f"withdrawn: {said}")


def build(show: Path, *, verify: bool = False) -> Built:
    return pipeline.build(show, now=NOW, verify=verify)


def run(*words: object, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(each) for each in words], input=answer)


def everything(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def rules(show: Path) -> list[tuple[str, str]]:
    return [(each.rule, each.key) for each in pipeline.check(show, NOW)]


# What is told


def test_nothing_of_it_is_left_but_its_name_and_the_sources_of_support(show: Path) -> None:
    build(show)
    take_back(show, said='{on: 2026-11-01, reason: "It was asked of us."}')
    built = everything(build(show).out)
    mine = [name for name in built if "02-talk" in name]
    assert mine == [PAGE]
    page = built[PAGE].decode()
    for there in ("Talk B", "withdrawn on", "1&nbsp;November 2026", "It was asked of us.",
                  "Samaritans", "tel:116123", 'content="noindex"', "Other episodes"):  # fmt: skip
        assert there in page, there
    for name, data in built.items():
        for gone in (SAID, "Amína", "What the 2. talk gives"):
            assert gone not in data.decode("utf-8", "replace"), (name, gone)
    for gone in ("<audio", "transcript", "rel=prev", 'id="reflect"'):
        assert gone not in page, gone


def test_no_reason_is_made_up(show: Path) -> None:
    take_back(show)
    assert b"reason" not in everything(build(show).out)["catalogue.json"]


def test_feed_index_and_neighbours_go_on_without_it(show: Path) -> None:
    build(show)
    take_back(show)
    built = everything(build(show).out)
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
    assert b"<lastBuildDate>Sun, 01 Nov 2026" in everything(build(show).out)["feed.xml"]


def test_a_show_of_which_all_was_taken_back_can_be_built(show: Path) -> None:
    for number in (1, 2, 3):
        take_back(show, number)
    built = everything(build(show).out)
    assert b"There are no episodes at the moment." in built["index.html"]
    assert b"<item>" not in built["feed.xml"]
    assert b"Other episodes" not in built[PAGE]


def test_who_comes_back_is_the_same_episode_at_the_same_address(show: Path) -> None:
    before = everything(build(show).out)
    take_back(show)
    build(show)
    path = show / "episodes" / "02-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("withdrawn: 2026-11-01\n", ""), "utf-8")
    assert everything(build(show).out) == before


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
        assert b"guid-3" not in everything(done.out)["catalogue.json"]


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
    assert b'content="noindex, nofollow"' in everything(build(show).out)[PAGE]


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
    assert lockfile.read(show).episodes["guid-2"]


def test_a_built_folder_that_nobody_remembers_forgets_it_too(show: Path) -> None:
    build(show)
    shutil.rmtree(show / ".earmark")
    take_back(show)
    assert [name for name in everything(build(show).out) if "02-talk" in name] == [PAGE]


def test_the_catalogue_tells_it_apart_and_an_old_companion_ignores_it(show: Path) -> None:
    build(show)
    audio = lockfile.read(show).episodes["guid-2"]
    take_back(show)
    data = everything(build(show).out)["catalogue.json"]
    assert [each["guid"] for each in json.loads(data)["episodes"]] == ["guid-3", "guid-1"]
    read = catalogue.parse(data)
    assert [each.guid for each in read.episodes] == ["guid-3", "guid-1"]
    (gone,) = read.withdrawn
    assert (gone.title, gone.page, str(gone.withdrawn.on)) == ("Talk B", PAGE, "2026-11-01")
    assert (gone.withdrawn.reason, gone.prompts) == (None, ("What will you try?",))
    assert gone.support[0].name == "Samaritans"
    assert gone.media
    assert (gone.media.version, gone.media.former) == (audio.audio, (audio.file,))


# The rules


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
    store = Store(show)
    memory = Memory(store, show / "public", verify=False)
    read = reading.read_show(show, scan(show), memory, Gallery(show, store, verify=False))
    assert read.changed == {"episodes/01-talk"}


def test_what_is_left_of_an_episode_can_be_read_again(show: Path) -> None:
    take_back(show)
    store = Store(show)
    memory = Memory(store, show / "public", verify=True)
    read = reading.read_show(show, scan(show), memory, Gallery(show, store, verify=True))
    (left,) = read.show.withdrawn
    assert Episode.model_validate_json(left.model_dump_json()) == left


# Where its files are looked for


def test_traces_are_told_by_name_and_only_those() -> None:
    mine = ["art/talk-0123456789ab-small.jpg", "art/talk-0123456789ab.png",
            "art/talk-chapter-0123456789ab.jpg", "chapters/talk-01234567.json",
            "episodes/talk.html", "media/talk-0123456789ab.mp3", "media/talk-0123456789ab.opus",
            "transcripts/talk-01234567.html"]  # fmt: skip
    others = ["media/talk-two-0123456789ab.mp3", "media/talk.mp3", "media/my-talk-0123456789ab.mp3",
              "episodes/talk-two.html", "episodes/talk.html.bak", "talk.html", "feed.xml",
              "media/talk-notes.mp3", "media/talk-0123456789ab/x.mp3"]  # fmt: skip
    assert published_files.files_of([*others, *mine], [EpisodeFiles("g", "t", ("talk",))]) == mine
    spared = EpisodeFiles("g", "t", ("talk",), (mine[5],))
    assert mine[5] not in published_files.files_of(mine, [spared])
    assert published_files.files_of(mine, []) == []


def test_every_name_that_an_episode_had_is_known_from_its_recordings() -> None:
    entry = Entry(source="s", recipe="r", audio="a", tags="t", file="media/new-0123456789ab.mp3",
                  length=1, seconds=1, former=("media/old-name-0123456789ab.mp3",))  # fmt: skip
    here = Elsewhere(slugs=("older",))
    known = Lock(version=1, episodes={"g": entry}, elsewhere={"g": here})
    assert published_files.slugs_of("g", "newest", known) == ("newest", "new", "old-name", "older")
    assert published_files.slugs_of("other", "only", known) == ("only",)


# The command


def test_it_asks_first_and_says_what_will_be_noticed(show: Path) -> None:
    before = everything(show / "episodes")
    done = run("withdraw", "02-talk", "--show", show)
    assert done.exit_code == 1
    assert 'Withdraw this episode of "Night shift":\n  Talk B (episodes/02-talk)' in done.output
    assert "from the feed" in done.output
    assert "nobody can undo that" in done.output
    assert "not why, and where to find support" in done.output
    assert "add --yes to carry on" in done.output
    assert everything(show / "episodes") == before


def test_it_writes_one_line_and_says_what_is_left_to_do(show: Path) -> None:
    build(show)
    before = (show / "episodes" / "02-talk" / "episode.md").read_text("utf-8")
    done = run("withdraw", "02-talk", "--show", show, "--reason", 'She said:  "no"', "--yes")
    assert done.exit_code == 0, done.output
    after = (show / "episodes" / "02-talk" / "episode.md").read_text("utf-8")
    (line,) = set(after.splitlines()) - set(before.splitlines())
    assert line.startswith("withdrawn: {on: 20")
    assert line.endswith('reason: "She said: \\"no\\""}')
    assert after.replace(f"{line}\n", "") == before
    assert "Keep episode.md and earmark.lock" in done.output
    assert "If you upload another way, delete these files there:" in done.output
    (audio,) = [each for each in done.output.split() if each.startswith("media/")]
    assert audio == lockfile.read(show).episodes["guid-2"].file
    assert len([each for each in done.output.split() if each.startswith("transcripts/02")]) == 4
    assert pipeline.build(show).episodes == 2


def test_what_earlier_builds_left_is_named_by_its_beginning_for_every_name_it_had(
    show: Path,
) -> None:
    path = show / "episodes" / "02-talk"
    add(show, 3, "slug: 02-talk-two-weeks-on")
    build(show)
    path.rename(path.with_name("05-talk"))
    build(show)
    done = run("withdraw", "05-talk", "--show", show, "--yes")
    rest = done.output.partition("Also delete what earlier builds left there under other names:\n")[
        2
    ]
    begins = "  in media, transcripts, chapters and art: files that begin with"
    assert rest.splitlines() == [
        "  episodes/02-talk.html",
        f"{begins} 05-talk-",
        f"{begins} 02-talk-, but not 02-talk-two-weeks-on- (another episode)",
    ]


@pytest.mark.parametrize("reason", ["A \x01 sign", "A \udcff sign", " "])
def test_a_reason_that_no_page_can_carry_changes_nothing(show: Path, reason: str) -> None:
    before = everything(show / "episodes")
    done = run("withdraw", "02-talk", "--show", show, "--reason", reason, "--yes")
    assert done.exit_code == 1
    assert "--reason" in done.output
    assert everything(show / "episodes") == before


def test_what_was_withdrawn_already_is_left_as_it_is(show: Path) -> None:
    take_back(show, said="2026-10-30")
    done = run("withdraw", "02-talk", "--show", show, "--yes")
    assert done.exit_code == 0
    assert done.output == (
        "episodes/02-talk was withdrawn on 2026-10-30 already; nothing changes.\n"
        "Nothing was changed.\n"
    )


def test_every_episode_that_credits_somebody_is_withdrawn(show: Path) -> None:
    add(show, 3, GUEST.strip().replace("Amína  Khan", "amína khan"))
    done = run("withdraw", "--contributor", "AMÍNA Khan ", "--show", show, "--yes")
    assert done.exit_code == 0, done.output
    assert "Withdraw these 2 episodes" in done.output
    texts = [path.read_text("utf-8") for path in sorted(show.glob("episodes/*/episode.md"))]
    assert ["withdrawn:" in text for text in texts] == [False, True, True]
    assert "reason" not in "".join(texts)


def test_the_shows_own_list_counts_where_an_episode_has_none(show: Path) -> None:
    done = run("withdraw", "--contributor", "example team", "--show", show, "--yes")
    assert "Talk A (episodes/01-talk)\n  Talk C (episodes/03-talk)" in done.output
    assert "02-talk" not in done.output
    assert "They are also named in show.md; check whether that can stay." in done.output


def test_who_is_still_named_is_said(show: Path) -> None:
    path = show / "episodes" / "02-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("Talk B", "Amína Khan speaks"), "utf-8")
    add(show, 2, "slug: amina-khan-speaks")
    other = show / "episodes" / "03-talk" / "transcript.vtt"
    other.write_text(other.read_text("utf-8").replace("Hello", "As Amína Khan told us"), "utf-8")
    said = run("withdraw", "--contributor", "Amína Khan", "--show", show, "--yes").output
    assert "episodes/02-talk: its title names them" in said
    assert "episodes/02-talk: its web address names them" in said
    assert "also named in episodes/03-talk/transcript.vtt" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [(("02-talk", "--contributor", "X"), "name what to withdraw"),
     ((), "name what to withdraw"),
     (("nobody",), 'no episode is called "nobody"'),
     (("--contributor", "Amina Khan"), 'did you mean "Amína  Khan"?'),
     (("--contributor", "khan"), 'did you mean "Amína  Khan"?'),
     (("--contributor", "Zz"), 'the show credits "Amína  Khan", "Example team"'),
     (("02-talk", "--reason", " "), "--reason is empty"),
     (("02-talk", "--reason", "a\x07"), "--reason: contains a control character")],
)  # fmt: skip
def test_what_is_not_clear_changes_nothing(show: Path, words: tuple[str, ...], said: str) -> None:
    before = everything(show / "episodes")
    done = run("withdraw", *words, "--show", show, "--yes")
    assert done.exit_code == 1
    assert said in done.output, done.output
    assert everything(show / "episodes") == before


def test_an_episode_that_cannot_be_read_may_be_theirs(show: Path) -> None:
    (show / "episodes" / "03-talk" / "episode.md").write_text("---\ntitle: [\n---\n", "utf-8")
    done = run("withdraw", "--contributor", "Amína Khan", "--show", show, "--yes")
    assert done.exit_code == 1
    assert "episodes/03-talk/episode.md" in done.output
    assert "withdrawn" not in (show / "episodes" / "02-talk" / "episode.md").read_text("utf-8")
    assert run("withdraw", "02-talk", "--show", show, "--yes").exit_code == 0
    broken = run("withdraw", "03-talk", "--show", show, "--yes")
    assert (broken.exit_code, "03-talk/episode.md" in broken.output) == (1, True)


def test_what_never_was_out_is_never_missed(show: Path, tone: Path) -> None:
    add_episode(show, 4, tone, date="date: 2099-01-01")
    done = run("withdraw", "04-talk", "--show", show, "--yes")
    assert "Talk D was scheduled and will never be published." in done.output
    assert "from the feed" not in done.output


def test_who_has_a_private_space_is_told_that_it_is_still_theirs(show: Path) -> None:
    path = show / "show.md"
    text = path.read_text("utf-8")
    there = "companion: https://notes.example.org/\nauthor:"
    path.write_text(text.replace("author:", there), "utf-8")
    take_back(show)
    assert b'<a href="https://notes.example.org/"' in everything(build(show).out)[PAGE]
    said = run("withdraw", "01-talk", "--show", show).output
    assert "Learners keep what they wrote about it, and their listening records." in said


def test_who_speaks_without_a_credit_is_said_before_the_question(show: Path) -> None:
    other = show / "episodes" / "03-talk" / "transcript.vtt"
    other.write_text(re.sub(r"<v [^>]*>", "<v Khan>", other.read_text("utf-8")), "utf-8")
    said = run("withdraw", "--contributor", "Amína Khan", "--show", show, "--yes").output
    line = '"Khan" speaks in episodes/03-talk, which does not credit them'
    assert line in said.partition("Subscribers will notice")[0]
    assert "`earmark withdraw 03-talk`" in said
    lost = run("withdraw", "--contributor", "Khan", "--show", show, "--yes")
    assert lost.exit_code == 1
    assert 'but "Khan" speaks in episodes/03-talk' in lost.output
