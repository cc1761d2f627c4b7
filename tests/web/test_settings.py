"""The settings: made once with their secrets, read strictly, wrong ones in one sentence each."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from episodes.errors import EarmarkError
from podcast.creating.companion_settings import NewCompanion, create_settings
from web import settings
from web.policies import texts

if TYPE_CHECKING:
    from pathlib import Path

GIVEN = ("Riverside Trust", "https://example.org/notes/", "training@example.org")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_settings(tmp_path / "companion", NewCompanion(*GIVEN))
    return tmp_path / "companion"


def test_every_companion_has_secrets_of_its_own(tmp_path: Path) -> None:
    one, other = (
        create_settings(tmp_path / name, NewCompanion(*GIVEN)) for name in ("one", "other")
    )
    assert one.secrets.pepper != other.secrets.pepper
    assert one.secrets.key != other.secrets.key
    assert len(one.secrets.pepper) == len(one.secrets.key) == 32


def test_secrets_are_for_their_owners_eyes_and_in_no_message(folder: Path) -> None:
    mode = (folder / settings.FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    found = settings.read(folder)
    assert "pepper" not in repr(found.secrets)
    assert str(found.secrets.key) not in repr(found)


def test_settings_are_never_made_a_second_time(folder: Path) -> None:
    before = (folder / settings.FILE).read_bytes()
    with pytest.raises(EarmarkError, match="already exists"):
        create_settings(folder, NewCompanion(*GIVEN))
    assert (folder / settings.FILE).read_bytes() == before


def test_an_address_says_its_prefix_and_whether_it_is_secure(folder: Path) -> None:
    found = settings.read(folder)
    assert found.prefix == "/notes"
    assert found.secure


def test_an_organisation_may_have_any_name(tmp_path: Path) -> None:
    name = 'The "Night & Day" \\ Trust ☂ 😀'
    assert create_settings(tmp_path / "c", NewCompanion(name, *GIVEN[1:])).organisation == name


@pytest.mark.parametrize("wrong", [{"address": "riverside"}, {"contact": "somebody"}])
def test_what_cannot_be_is_said_and_nothing_is_left_behind(
    tmp_path: Path, wrong: dict[str, str]
) -> None:
    given = NewCompanion(*GIVEN)._replace(**wrong)  # type: ignore[arg-type]
    with pytest.raises(EarmarkError, match=next(iter(wrong))):
        create_settings(tmp_path / "c", given)
    assert not (tmp_path / "c" / settings.FILE).exists()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("pepper = ", "peper = ", "secrets.peper: is not a setting"),
        ("pepper = ", "# pepper = ", "secrets.pepper: is missing"),
        ('key = "', 'key = "x', "secrets.key: is incomplete"),
        ("# proxies = 1", "proxies = -1", "proxies"),
        ("organisation = ", "organisation ", "settings.toml"),
    ],
)
def test_a_wrong_line_is_named(folder: Path, before: str, after: str, said: str) -> None:
    path = folder / settings.FILE
    path.write_text(path.read_text("utf-8").replace(before, after, 1), encoding="utf-8")
    with pytest.raises(EarmarkError) as error:
        settings.read(folder)
    assert said in str(error.value)


def test_there_is_no_default_for_a_secret(folder: Path) -> None:
    path = folder / settings.FILE
    path.write_text(path.read_text("utf-8").partition("[secrets]")[0], encoding="utf-8")
    with pytest.raises(EarmarkError, match="secrets"):
        settings.read(folder)


def test_the_environment_names_another_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.read(folder).database == f"sqlite:///{folder.resolve()}/companion.db"
    monkeypatch.setenv(settings.DATABASE, "postgresql://localhost/companion")
    assert settings.read(folder).database == "postgresql://localhost/companion"


@pytest.mark.parametrize("name", texts.TITLES)
def test_every_statement_can_be_read_as_shipped_and_as_edited(folder: Path, name: str) -> None:
    found = settings.read(folder)
    shipped = texts.read(found, name)
    assert shipped.heading
    assert "training@example.org" in texts.read(found, "complain").body
    assert "<h2>" in shipped.body
    texts.copy(found.texts)
    (found.texts / f"{name}.md").write_text("# Ours\n\nBy {{ organisation }}.", encoding="utf-8")
    assert texts.read(found, name) == texts.Statement("Ours", "<p>By Riverside Trust.</p>")


def test_an_organisations_own_texts_are_never_written_over(folder: Path) -> None:
    found = settings.read(folder)
    texts.copy(found.texts)
    (found.texts / "privacy.md").write_text("# Ours", encoding="utf-8")
    assert texts.copy(found.texts) == []
    assert (found.texts / "privacy.md").read_text("utf-8") == "# Ours"
    assert (found.texts / "keeping.md", 1) in texts.unfinished(found)


def test_a_text_can_neither_run_anything_nor_use_what_is_not_there(folder: Path) -> None:
    found = settings.read(folder)
    texts.copy(found.texts)
    path = found.texts / "privacy.md"
    path.write_text("# Ours\n\n<script>alert(1)</script>", encoding="utf-8")
    assert "script" not in texts.read(found, "privacy").body
    for wrong in ("{{ ''.__class__.__mro__ }}", "{{ pepper }}", "{% if %}"):
        path.write_text(f"# Ours\n\n{wrong}", encoding="utf-8")
        with pytest.raises(EarmarkError, match=r"privacy\.md"):
            texts.read(found, "privacy")


@pytest.mark.parametrize("name", texts.TITLES)
def test_a_passage_that_waits_for_words_is_shown_to_nobody(folder: Path, name: str) -> None:
    found = settings.read(folder)
    for text in (
        texts.shipped(name),
        "# Ours\n\n> EDIT: a\n> b\n\n## Empty\n\n> EDIT: c\n\n### Deep\n\nWords.\n\n- EDIT: d\n",
        "# Ours\n\n| a | b |\n|---|---|\n| EDIT: x | y |\n\nEDIT: more\n\n## Last\n\n> EDIT: z\n",
    ):
        texts.copy(found.texts)
        (found.texts / f"{name}.md").write_text(text, encoding="utf-8")
        body = texts.read(found, name).body
        assert "EDIT" not in body
        assert "is still writing parts of this page" in body
        assert "training@example.org" in body
        assert "Last</h2>" not in body
        assert "<blockquote" not in body
    assert texts.unfinished(found) == [
        (found.texts / f"{each}.md", 3 if each == name else texts.shipped(each).count("EDIT:"))
        for each in texts.TITLES
    ]


@pytest.mark.parametrize(
    "waiting", ["**EDIT**: who", "EDIT who", "> **EDIT:** who", "3. EDIT: who", "By EDIT: who"]
)
def test_a_half_edited_passage_is_counted_and_takes_no_other_words(
    folder: Path, waiting: str
) -> None:
    found = settings.read(folder)
    texts.copy(found.texts)
    path, before = found.texts / "complain.md", texts.unfinished(found)
    path.write_text(
        f"\ufeff# Ours\r\n\r\n{waiting}\r\nmore of it\r\n- kept\r\n\r\nCREDIT: ours\r\n",
        encoding="utf-8", newline="",
    )  # fmt: skip
    shown = texts.read(found, "complain")
    assert shown.heading == "Ours"
    assert "who" not in shown.body
    assert "kept" in shown.body
    assert "CREDIT: ours" in shown.body
    assert (path, 1) in texts.unfinished(found)
    assert (path, 5) in before


@pytest.mark.parametrize("wrong", [b"Caf\xe9", b"Hello\n{{ organisaton }}", b"{% if x %}"])
def test_a_text_that_cannot_be_shown_is_named_before_anything_is_served(
    folder: Path, wrong: bytes
) -> None:
    found = settings.read(folder)
    texts.copy(found.texts)
    texts.check(found)
    (found.texts / "keeping.md").write_bytes(wrong)
    with pytest.raises(EarmarkError, match=r"keeping\.md: ") as error:
        texts.check(found)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("timezone = 5", "timezone: must be text in quotation marks"),
        ('unused_years = "six"', "unused_years: must be a whole number"),
        ("unused_years = 2.5", "unused_years: must be a whole number"),
        ("idle_minutes = 0", "idle_minutes: must be 1 or more"),
        ("proxies = 6", "proxies: must be 5 or less"),
        ("podcast_shares_host = 7", "podcast_shares_host: must be true or false"),
        ("pepper = 1", "pepper: belongs below a line [secrets]"),
        ("[secrets]\nunused_years = 3", "secrets.unused_years: is below [secrets]"),
        ("[secrets]\nyears = 3", "secrets.years: is not a setting"),
    ],
)
def test_a_wrong_setting_is_said_in_english(folder: Path, line: str, said: str) -> None:
    path = folder / settings.FILE
    rows = [each for each in path.read_text("utf-8").splitlines()
            if not each.startswith(line.partition(" ")[0])]  # fmt: skip
    text = "\n".join(rows)
    text = text.replace("[secrets]", line, 1) if "[secrets]" in line else f"{line}\n{text}"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EarmarkError) as error:
        settings.read(folder)
    assert said in str(error.value)
    assert "input" not in str(error.value)


def test_settings_may_begin_with_the_mark_of_an_editor(folder: Path) -> None:
    path = folder / settings.FILE
    path.write_text("\ufeff" + path.read_text("utf-8"), encoding="utf-8")
    assert settings.read(folder).organisation == "Riverside Trust"


def test_each_cell_of_a_table_says_its_column(folder: Path) -> None:
    body = texts.read(settings.read(folder), "keeping").body
    assert '<td role="cell" data-label="how long">' in body
    assert "<td>" not in body
