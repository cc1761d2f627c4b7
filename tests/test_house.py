"""The house: which way imports run, one door to each library, what pure means, how long is long.

Each failure is one plain sentence. The rules are told in docs/house.md.
"""

from __future__ import annotations

import ast
import itertools
import re
import subprocess
from fnmatch import fnmatchcase
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
# Rules are patterns, so that a module that moves or is added needs no line here. The companion
# is one Flask application: what speaks HTTP may name it, what speaks SQL SQLAlchemy; not both.
VIEWS = (
    "web/*/*views.py", "web/reflections/editor.py", "web/*/auth.py", "web/forms/resubmission.py",
    "web/forms/form_replay.py", "web/limits/form_size.py",
    *(f"web/{each}.py" for each in ("application", "auth", "companion", "cookies", "errors",
                                    "health", "origins", "security", "language")),
)  # fmt: skip
STORES = (
    "web/*/*store.py", "web/*/quota.py", "web/database/*.py", "web/maintenance/*.py",
    "web/forms/form_tokens.py", "web/schema.py", "web/sessions.py",
    "web/migrations/versions/*.py", "web/listening/compaction.py", "web/listening/progress.py",
    *(f"web/sync/{each}.py" for each in ("apps", "devices", "queries", "rebuild")),
)  # fmt: skip
# One door to each library: where it is named, and nowhere else.
DOORS = {
    "feedgen": ("feed/rss.py", "feed/feedgen_extension.py"),
    "mutagen": ("episodes/audio/tags.py", "episodes/audio/chapter_tags.py"),
    "docx": ("episodes/transcripts/docx.py",),
    "faster_whisper": ("episodes/transcripts/speech_to_text.py",),
    "ruamel": ("episodes/frontmatter/yaml.py",),
    "PIL": ("episodes/pictures/artwork.py", "episodes/pictures/pixels.py"),
    "babel": ("episodes/translations.py",),
    "gettext": ("episodes/translations.py",),
    "markdown_it": ("episodes/text/markdown.py",),
    "nh3": ("episodes/text/markdown.py",),
    "markdownify": ("episodes/text/html_to_markdown.py",),
    "dateutil": ("feed/reader/dates.py",),
    "jinja2": (
        "episodes/translations.py", "feed/pages.py", "podcast/cache/compiled_templates.py",
        "web/policies/texts.py",
    ),
    "segno": ("episodes/pictures/qr_codes.py", "feed/pages.py"),
    "imageio_ffmpeg": ("episodes/audio/ffmpeg.py",),
    "flask": ("podcast/preview.py", *VIEWS),
    "werkzeug": ("podcast/preview.py", *VIEWS),
    "flask_wtf": ("web/application.py", "web/errors.py", "web/origins.py"),
    "psycopg": ("web/database/postgresql.py",),
    "sqlalchemy": STORES,
    "alembic": ("web/maintenance/migrate.py", "web/migrations/*.py"),
    "cryptography": ("web/crypto.py", "web/desk/two_factor.py"),
    "argon2": ("web/desk/two_factor.py",),
    "granian": ("web/server.py",),
    "xkcdpass": ("web/accounts/word_list.py",),
    "zxcvbn": ("web/desk/passwords.py",),
    "click": (
        "podcast/cli.py", "podcast/cli_reference.py", "podcast/commands/*.py",
        "podcast/terminal/*.py", "podcast/changing/confirm.py",
    ),
    "boto3": ("podcast/publishing/targets/s3_connection.py",),
    "botocore": ("podcast/publishing/targets/s3*.py",),
    "filelock": ("podcast/show_folder/show_lock.py",),
    "icalendar": ("episodes/ics.py",),
    "rich": ("podcast/terminal/progress.py", "podcast/terminal/order_table.py"),
    "urllib3": (
        "podcast/network/client.py", "podcast/network/failures.py",
        "podcast/network/public_addresses.py",
        "podcast/publishing/targets/s3_connection.py", "web/published_show.py",
    ),
}  # fmt: skip
# What opens no file, asks no clock, and speaks to nobody.
PURE = (
    "feed/*.py",
    "episodes/rules/*.py", "episodes/frontmatter/*.py", "episodes/chapters/*.py",
    *(f"episodes/{each}.py" for each in ("catalogue*", "errors", "findings", "ics", "links",
                                         "lockfile", "model", "order_fixes",
                                         "former_names", "review", "site_layout", "waivers")),
    *(f"episodes/audio/{each}.py" for each in ("id3_lint", "loudness")),
    *(f"episodes/pictures/{each}.py" for each in ("metadata", "pixels", "qr_codes")),
    *(f"episodes/text/{each}.py" for each in ("charset", "harmful_language", "html_to_markdown",
                                              "markdown", "quantities", "random_text", "time*")),
    *(f"episodes/transcripts/{each}.py" for each in ("cues", "data_formats", "headings", "lint",
                                                     "plain_text", "read", "rollup_captions",
                                                     "row_times",
                                                     "same_words", "speakers", "subtitles",
                                                     "timed_lines", "write")),
    "episodes/show_folder/file_mistakes.py",
    "podcast/rule_reference.py", "podcast/show_folder/episode_names.py",
    "podcast/importing/fit_schema.py",
    *(f"podcast/terminal/{each}.py" for each in ("findings", "review_list")),
    *(f"podcast/doctor/{each}.py" for each in ("check*", "feed_contents", "remedies",
                                               "requests", "resources", "symptoms")),
    "podcast/network/messages.py", "podcast/network/urls.py",
    *(f"podcast/publishing/{each}.py" for each in ("http_headers", "plan", "release",
                                                   "subscriber_changes", "upload_order")),
    "web/*/rules.py", "web/*/forms.py", "web/*/formats.py", "web/*/wire_format.py",
    "web/*/coverage.py", "web/*/sentences.py", "web/accounts/join_codes.py",
    "web/accounts/phrases.py", "web/figures/spreadsheet.py",
    "web/limits/networks.py",
    "web/csv_file.py", "web/dates.py", "web/schema.py", "web/typed_text.py",
    *(f"web/sync/{each}.py" for each in ("action*", "cursors", "episode_index", "evidence",
                                         "setup_guides", "totals", "upload_bodies", "url_match")),
)  # fmt: skip
SHELL = {"os", "pathlib", "subprocess", "shutil", "socket", "urllib.request", "random", "time",
         "threading", "tempfile"}  # fmt: skip
BANNED = re.compile(r"\b(util|helper|manager|service|handler|common|misc|base)s?\b")
LONGEST_MODULE, LONGEST_FUNCTION = 300, 45
LONGEST_TEST_FILE, MOST_IN_A_FOLDER = 400, 20

MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.is_file()
)
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def matches(path: Path, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name(path), each) for each in patterns)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> set[str]:
    """Every module that a file imports at run time, with dots; those for types are left out."""
    module = tree(path)
    skipped = {
        id(inner)
        for node in ast.walk(module)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(module):
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


# A command may call two activities; an activity calls no other, but for these.
ACTIVITIES = ("creating", "changing", "importing", "publishing", "doctor")
ACROSS = {
    ("changing", "creating"): "a new issue of an episode is created like any other",
    ("importing", "creating"): "an imported show is a new show",
    ("doctor", "publishing"): "the doctor expects the headers that a publish sends",
}


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_an_activity_imports_no_other(activity: str) -> None:
    for path in MODULES:
        if name(path).startswith(f"podcast/{activity}/"):
            used = {module.split(".")[1] for module in imports(path)
                    if module.startswith("podcast.")}  # fmt: skip
            others = [each for each in used & {*ACTIVITIES} - {activity}
                      if (activity, each) not in ACROSS]  # fmt: skip
            assert not others, f"{name(path)} imports {others[0]}; let a command call both"


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_one_door(library: str) -> None:
    for path in MODULES:
        used = any(module.split(".")[0] == library for module in imports(path))
        assert not used or matches(path, DOORS[library]), (
            f"{name(path)} is a second door to {library}"
        )


@pytest.mark.parametrize("path", [p for p in MODULES if matches(p, PURE)], ids=name)
def test_pure_modules_reach_for_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for module in imports(path):
        assert module not in SHELL, f"{name(path)} is pure and imports {module}"
    calls = re.search(r"(?<![\w.])(open|print|input)\(|\.now\(|\.today\(", text)
    assert not calls, f"{name(path)} is pure and calls {calls[0] if calls else ''}"


@pytest.mark.parametrize("pattern", [*PURE, *VIEWS, *STORES, *itertools.chain(*DOORS.values())])
def test_every_pattern_of_the_house_names_a_module(pattern: str) -> None:
    assert any(matches(path, (pattern,)) for path in MODULES), f"{pattern} names no module"


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
    without: set[str] = set()  # modules from which no import leads back

    def walk(module: str, seen: tuple[str, ...]) -> None:
        assert module not in seen, f"a circle of imports: {' -> '.join((*seen, module))}"
        if module in without:
            return
        for other in arrows[module]:
            if "." in other:  # a package's own __init__ says nothing about order
                walk(other, (*seen, module))
        without.add(module)

    for module in known:
        walk(module, ())


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_say_what_they_know_and_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not BANNED.search(path.stem.replace("_", " ")), (
        f"{name(path)} has a name that says nothing"
    )
    assert ast.get_docstring(tree(path)), f"{name(path)} does not say what it knows"
    lines = text.count("\n")
    assert lines <= LONGEST_MODULE, f"{name(path)} has {lines} lines; is there a seam?"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_stay_short(path: Path) -> None:
    check_functions(path)


def check_functions(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            lines = node.end_lineno - node.lineno + 1
            assert lines <= LONGEST_FUNCTION, f"{name(path)}: {node.name} has {lines} lines"


def test_files_of_tests_stay_short_and_have_plain_names() -> None:
    for path in TESTS:
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= LONGEST_TEST_FILE, f"{name(path)} has {lines} lines; is there a seam?"
        assert not path.stem.endswith("ing") or path.stem == "test_listening", (
            f"{name(path)}: call it after a noun of the field"
        )
        check_functions(path)


def test_only_the_kit_of_the_tests_is_a_package() -> None:
    for path in (path for path in TESTS if path.name == "__init__.py"):
        allowed = name(path).startswith("tests/kit/") or name(path) == "tests/__init__.py"
        assert allowed, f"{name(path)}: only tests/ and tests/kit/ may have one"
    for folder in {path.parent for path in TESTS if name(path).startswith("tests/kit/")}:
        modules = [path for path in folder.glob("*.py") if path.stem != "__init__"]
        assert (folder / "__init__.py").is_file(), f"{name(folder)} has no __init__.py"
        assert len(modules) <= MOST_IN_A_FOLDER, f"{name(folder)} has {len(modules)} modules"


def test_counts_of_people_leave_through_one_door() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        used = re.search(r"\b(heard_in)\(", text)
        here = name(path) in {"web/listening/store.py", "web/figures/store.py"}
        assert here or not used, f"{name(path)} counts people; web/figures is the door for that"


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
    for folder in {path.parent.relative_to(ROOT) for path in MODULES}:
        package = folder.as_posix().replace("/", ".")
        assert f"    {package}\n" in text, f"setup.cfg does not install {package}"
        assert (ROOT / folder / "__init__.py").is_file(), f"{package} has no __init__.py"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_names_of_published_files_are_spelled_in_one_place(path: Path) -> None:
    if name(path) == "episodes/site_layout.py" or name(path).startswith("feed/validator/"):
        return
    names = re.compile(r"/?(feed\.xml|catalogue\.json|media/.*)")
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            assert not names.fullmatch(text), (
                f"{name(path)} spells {text}; episodes/site_layout.py has its name"
            )
