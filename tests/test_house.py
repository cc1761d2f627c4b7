"""The house: which way imports run, one door to each library, what pure means, how long is long.

Each failure is one plain sentence. The rules are told in docs/house.md.
"""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("podcast", "episodes", "feed", "web")
ALLOWED = {
    "episodes": {"episodes"},
    "feed": {"feed", "episodes"},
    "web": {"web", "episodes"},
    "podcast": {"podcast", "feed", "web", "episodes"},
}
# The companion is one Flask application: what speaks HTTP there may name it, and what speaks SQL
# SQLAlchemy; no module does both.
VIEWS = {
    "web/auth.py", "web/forms/form_replay.py", "web/application.py", "web/limits/form_size.py", "web/companion.py",
    "web/errors.py", "web/health.py", "web/forms/resubmission.py", "web/cookies.py", "web/origins.py",
    "web/security.py", "web/sync/auth.py",
    *(f"web/{each}/views.py" for each in ("accounts", "desk", "gpodder", "home", "listening",
                                          "nextcloud", "numbers", "reflections", "statements",
                                          "sync", "takeaway")),
}  # fmt: skip
STORES = {
    "web/accounts/store.py", "web/desk/store.py", "web/listening/compaction.py",
    "web/listening/report_store.py", "web/listening/progress.py", "web/listening/store.py",
    "web/figures/store.py",
    "web/reflections/quota.py", "web/sync/quota.py",
    "web/reflections/store.py",
    *(f"web/sync/{each}.py" for each in ("adding", "apps", "asking", "devices", "rebuilding",
                                       "store")),
    *(f"web/maintenance/{each}.py" for each in ("backup", "marking", "migrating", "purge", "restore")),
}  # fmt: skip
STEPS = {path.relative_to(ROOT).as_posix() for path in (ROOT / "web/migrations").rglob("0*.py")}
DOORS = {
    "feedgen": {"feed/rss.py", "feed/feedgen_extension.py"},
    "mutagen": {"episodes/audio/tags.py", "episodes/audio/chapter_tags.py"},
    "docx": {"episodes/transcripts/docx.py"},
    "faster_whisper": {"episodes/transcripts/speech_to_text.py"},
    "ruamel": {"episodes/frontmatter/yaml.py"},
    "PIL": {"episodes/pictures/artwork.py", "episodes/pictures/pixels.py"},
    "markdown_it": {"episodes/text/markdown.py"},
    "nh3": {"episodes/text/markdown.py"},
    "markdownify": {"episodes/text/html_to_markdown.py"},
    "dateutil": {"feed/reader/dates.py"},
    "jinja2": {"episodes/translations.py", "feed/pages.py", "web/policies/texts.py"},
    "gettext": {"episodes/translations.py"},
    "babel": {"episodes/translations.py"},
    "segno": {"feed/pages.py", "episodes/pictures/qr_codes.py"},
    "imageio_ffmpeg": {"episodes/audio/ffmpeg.py"},
    "flask": {"podcast/preview.py", *VIEWS},
    "werkzeug": {"podcast/preview.py", *VIEWS},
    "flask_wtf": {"web/application.py", "web/errors.py", "web/origins.py"},
    "psycopg": {"web/database/postgresql.py"},
    "sqlalchemy": {
        "web/database/engine.py",
        "web/database/columns.py",
        "web/maintenance/journal.py",
        "web/database/postgresql.py",
        "web/schema.py",
        "web/sessions.py",
        "web/forms/form_tokens.py",
        "web/database/sqlite.py",
        *STORES,
        *STEPS,
    },
    "alembic": {"web/maintenance/migrate.py", "web/migrations/env.py", *STEPS},
    "cryptography": {"web/crypto.py", "web/desk/two_factor.py"},
    "argon2": {"web/desk/two_factor.py"},
    "granian": {"web/server.py"},
    "xkcdpass": {"web/accounts/word_list.py"},
    "zxcvbn": {"web/desk/passwords.py"},
    "click": {
        "podcast/commands/new.py",
        "podcast/changing/confirm.py",
        "podcast/commands/change.py",
        "podcast/cli.py",
        "podcast/commands/web.py",
        "podcast/commands/web_lead.py",
        "podcast/commands/web_options.py",
        "podcast/terminal/confirm.py",
        "podcast/commands/doctor.py",
        "podcast/cli_reference.py",
        "podcast/commands/options.py",
        "podcast/terminal/output.py",
        "podcast/commands/publish.py",
        "podcast/terminal/publish_result.py",
        "podcast/terminal/publish_question.py",
        "podcast/commands/import_feed.py",
        "podcast/commands/review.py",
    },
    "boto3": {"podcast/publishing/targets/s3_connection.py"},
    "botocore": {
        "podcast/publishing/targets/s3_connection.py",
        "podcast/publishing/targets/s3_parts.py",
        "podcast/publishing/targets/s3.py",
        "podcast/publishing/targets/s3_quick_read.py",
        "podcast/publishing/targets/s3_errors.py",
    },
    "filelock": {"podcast/show_folder/show_lock.py"},
    "icalendar": {"episodes/ics.py"},
    "rich": {"podcast/terminal/progress.py", "podcast/terminal/order_table.py"},
    "urllib3": {
        "podcast/network/fetch.py",
        "podcast/network/http_client.py",
        "podcast/network/public_addresses.py",
        "podcast/publishing/targets/s3_connection.py",
        "podcast/network/limited_get.py",
        "podcast/link_check.py",
        "web/published_show.py",
    },
}
PURE = {
    "episodes/frontmatter/apple_categories.py", "episodes/catalogue.py", "episodes/catalogue_document.py",
    "episodes/catalogue_types.py", "episodes/chapters/write.py",
    "episodes/text/quantities.py",
    "episodes/text/charset.py", "episodes/frontmatter/schema.py",
    "episodes/findings.py", "episodes/frontmatter/read.py", "episodes/lockfile.py", "episodes/model.py",
    "episodes/transcripts/write.py", "episodes/chapters/read.py", "episodes/frontmatter/language_codes.py", "episodes/text/markdown.py",
    "episodes/show_folder/file_mistakes.py", "episodes/frontmatter/people.py",
    "episodes/pictures/metadata.py", "episodes/pictures/pixels.py",
    "episodes/frontmatter/references.py", "episodes/frontmatter/podcast_namespace.py",
    "episodes/frontmatter/production.py",
    "episodes/transcripts/lint.py", "episodes/transcripts/plain_text.py", "episodes/audio/id3_lint.py",
    "episodes/text/timecode_formats.py", "episodes/transcripts/cues.py", "episodes/transcripts/timed_lines.py", "episodes/transcripts/rolling_captions.py",
    "episodes/transcripts/data_formats.py", "episodes/transcripts/speakers.py", "episodes/transcripts/subtitles.py",
    "episodes/transcripts/read.py", "episodes/frontmatter/value_types.py", "episodes/waivers.py", "episodes/frontmatter/yaml.py",
    "episodes/audio/loudness.py", "feed/feedgen_extension.py",
    "feed/validator/document.py", "feed/validator/channel.py", "feed/validator/values.py",
    *(f"episodes/rules/{each}.py" for each in ("__init__", "built", "care", "changed",
                                                  "heard", "promised",
                                                  "row", "told", "written")),
    "feed/show_notes.py", "feed/pages.py", "feed/podcast_tags.py", "feed/checks/podcast_namespace.py", "feed/rss.py",
    "feed/checks/directories.py", "feed/checks/safeguarding.py", "feed/checks/corrections.py", "feed/checks/order.py", "episodes/ics.py",
    "feed/redirects.py", "feed/app_order.py", "feed/checks/context.py", "feed/checks/address_privacy.py",
    "episodes/frontmatter/scalar_types.py", "episodes/frontmatter/plain_scalars.py", "feed/checks/placeholders.py",
    "episodes/frontmatter/yaml_errors.py", "episodes/text/harmful_language.py", "episodes/links.py", "episodes/order_fixes.py",
    "episodes/text/random_text.py", "episodes/review.py", "episodes/text/html_to_markdown.py",
    "podcast/terminal/review_list.py",
    *(f"feed/reader/{each}.py" for each in ("dates", "document", "enclosures", "item",
                                            "others", "ours", "podcasting", "reading", "show",
                                            "taken", "words")),
    "podcast/importing/fit_schema.py", "episodes/frontmatter/write.py",
    "podcast/show_folder/episode_names.py", "podcast/rule_reference.py", "podcast/terminal/findings.py",
    "podcast/doctor/answers.py", "podcast/doctor/check_files.py", "podcast/doctor/checks.py",
    "podcast/doctor/feed_contents.py", "podcast/doctor/resources.py", "podcast/doctor/requests.py",
    "podcast/doctor/remedies.py", "podcast/doctor/symptoms.py", "podcast/doctor/check_feed.py",
    "podcast/doctor/check_http.py", "podcast/publishing/http_headers.py", "podcast/publishing/subscriber_changes.py",
    "podcast/publishing/plan.py", "podcast/publishing/release.py",
    "web/dates.py", "web/accounts/rules.py", "web/desk/rules.py", "web/listening/coverage.py",
    "web/listening/rules.py", "web/figures/rules.py", "web/reflections/forms.py",
    "web/reflections/rules.py", "web/schema.py", "web/export/formats.py",
    "web/gpodder/wire_format.py", "web/nextcloud/wire_format.py",
    *(f"web/sync/{each}.py" for each in ("addresses", "bodies", "guides", "matching", "rules",
                                         "summing")),
}  # fmt: skip
SHELL = {"os", "pathlib", "subprocess", "shutil", "socket", "urllib.request", "random", "time",
         "threading", "tempfile"}  # fmt: skip
BANNED = re.compile(r"\b(util|helper|manager|service|handler|common|misc|base)s?\b")
LONGEST_MODULE, LONGEST_FUNCTION = 320, 45

MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.is_file()
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports(path: Path) -> set[str]:
    """Every module that a file imports at run time, with dots; those for types are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_run_downwards_only(path: Path) -> None:
    package = name(path).split("/")[0]
    for module in imports(path):
        top = module.split(".")[0]
        assert top not in PACKAGES or top in ALLOWED[package], f"{name(path)} looks up at {top}"


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_one_door(library: str) -> None:
    for path in MODULES:
        used = any(module.split(".")[0] == library for module in imports(path))
        assert not used or name(path) in DOORS[library], (
            f"{name(path)} is a second door to {library}"
        )


@pytest.mark.parametrize("path", [p for p in MODULES if name(p) in PURE], ids=name)
def test_pure_modules_reach_for_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for module in imports(path):
        assert module not in SHELL, f"{name(path)} is pure and imports {module}"
    calls = re.search(r"(?<![\w.])(open|print|input)\(|\.now\(|\.today\(", text)
    assert not calls, f"{name(path)} is pure and calls {calls[0] if calls else ''}"


def test_links_are_followed_through_one_door() -> None:
    for path in MODULES:
        used = re.search(r"\.resolve\(", path.read_text(encoding="utf-8"))
        at_the_door = name(path) == "episodes/show_folder/real_paths.py"
        assert at_the_door or not used, (
            f"{name(path)}: use real_path of episodes/show_folder/real_paths.py"
        )


def test_no_module_imports_itself_by_way_of_others() -> None:
    known = {name(path)[:-3].replace("/", ".").removesuffix(".__init__"): path for path in MODULES}
    arrows = {each: imports(path) & set(known) - {each} for each, path in known.items()}

    def walk(module: str, seen: tuple[str, ...]) -> None:
        assert module not in seen, f"a circle of imports: {' -> '.join((*seen, module))}"
        for other in arrows[module]:
            if "." in other:  # a package's own __init__ says nothing about order
                walk(other, (*seen, module))

    for module in known:
        walk(module, ())


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_say_what_they_know_and_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not BANNED.search(path.stem.replace("_", " ")), (
        f"{name(path)} has a name that says nothing"
    )
    assert ast.get_docstring(ast.parse(text)), f"{name(path)} does not say what it knows"
    lines = text.count("\n")
    assert lines <= LONGEST_MODULE, f"{name(path)} has {lines} lines; is there a seam?"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_stay_short(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            lines = node.end_lineno - node.lineno + 1
            assert lines <= LONGEST_FUNCTION, f"{name(path)}: {node.name} has {lines} lines"


def test_counts_of_people_leave_through_one_door() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        used = re.search(r"\b(heard_in)\(", text)
        here = name(path) in {"web/listening/store.py", "web/figures/store.py"}
        assert here or not used, f"{name(path)} counts people; web/numbers is the door for that"


def test_the_repository_names_no_machine_and_no_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    words = re.compile(r"/(work|root|home/\w+|tmp)/|pypi\.(org|python)|registry\.npmjs")
    for line in listed.stdout.splitlines():
        path = ROOT / line
        if path.suffix in {".py", ".md", ".cfg", ".toml", ".json", ".html", ".css", ".js", ""}:
            text = path.read_text(encoding="utf-8", errors="ignore") if path.is_file() else ""
            found = words.search(text) if line != "tests/test_house.py" else None
            assert not found, f"{line} names {found[0] if found else ''}"


def test_the_packages_of_setup_cfg_are_those_of_the_house() -> None:
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    for package in PACKAGES:
        assert f"    {package}\n" in text, f"setup.cfg does not install {package}"


@pytest.mark.parametrize("file", ["tokens.css", "player.js"])
def test_what_the_site_and_the_companion_share_is_the_same(file: str) -> None:
    copies = [(ROOT / each / "static" / file).read_bytes() for each in ("feed", "web")]
    assert copies[0] == copies[1], f"copy {file} from feed/static to web/static"
