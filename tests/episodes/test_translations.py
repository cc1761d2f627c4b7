"""Translations: the right plural, the right language, and a template that is not stale."""

from __future__ import annotations

import ast
import runpy
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment

from episodes import translations
from episodes.translations import ngettext, using
from episodes.translations import text as _
from tests.kit.shows import ROOT

ONE, MANY = "%(num)s day", "%(num)s days"
FORMS = {"cy": 6, "gd": 4, "ga": 5, "pl": 4, "ar": 6, "fr": 3}


@pytest.fixture(scope="module")
def words() -> dict[str, Any]:
    """What `.ci/words.py` defines."""
    return runpy.run_path(str(ROOT / ".ci" / "words.py"))


@pytest.fixture
def catalogues(tmp_path: Path, words: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Small catalogues, brought up to date by `make words`: each plural says which form it is."""
    template = Catalog()
    template.add((ONE, MANY))
    template.add("Episodes")
    for language, forms in FORMS.items():
        catalogue = Catalog(locale=language)
        catalogue.mime_headers = [("Plural-Forms", f"nplurals={forms}; plural=0")]
        catalogue.add((ONE, MANY), tuple(f"form {number}: %(num)s" for number in range(forms)))
        catalogue.add("Episodes", f"Episodes in {language}")
        file = tmp_path / language / "LC_MESSAGES" / "earmark.po"
        file.parent.mkdir(parents=True)
        file.write_bytes(words["written"](catalogue))
        updated = words["updated"](file, template)
        file.write_bytes(words["written"](updated))
        file.with_suffix(".mo").write_bytes(words["compiled"](updated))
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    translations.find.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def forget() -> Any:
    """Let no test leave a catalogue behind."""
    yield
    translations.find.cache_clear()


def test_welsh_chooses_among_six_plurals(catalogues: Path) -> None:
    with using("cy"):
        said = [ngettext(ONE, MANY, number) for number in (0, 1, 2, 3, 6, 4)]
    assert said == [f"form {form}: {number}" for form, number in enumerate((0, 1, 2, 3, 6, 4))]


@pytest.mark.parametrize("language", FORMS)
def test_plurals_are_those_of_cldr(catalogues: Path, language: str) -> None:
    rule = Locale.parse(language).plural_form
    order: list[str] = [tag for tag in ("zero", "one", "two", "few", "many", "other")
             if tag in {*rule.tags, "other"}]  # fmt: skip
    assert len(order) == FORMS[language]
    with using(language):
        for number in range(250):
            said = ngettext(ONE, MANY, number)
            assert said == f"form {order.index(rule(number))}: {number}"


def test_a_language_without_a_catalogue_has_english_words_and_says_so(catalogues: Path) -> None:
    for asked, language, said in (
        ("en-gb", "en-gb", "Episodes"),
        ("en-us", "en-us", "Episodes"),
        ("cy", "cy", "Episodes in cy"),
        ("cy-gb", "cy-gb", "Episodes in cy"),
        ("de", "en-gb", "Episodes"),
    ):
        with using(asked):
            assert (translations.language(), _("Episodes")) == (language, said)
    assert translations.language() == "en-gb"
    assert translations.languages() == ("en-gb", "ar", "cy", "fr", "ga", "gd", "pl")
    assert translations.everywhere("Episodes") >= {"Episodes", "Episodes in gd"}


def test_days_and_numbers_are_written_as_the_language_does(catalogues: Path) -> None:
    day = date(2026, 11, 26)
    said = {}
    for language in ("en-gb", "cy", "de"):
        with using(language):
            said[language] = (translations.day(day), translations.month(day))
            assert translations.number(1200) == "1,200"
    assert said["en-gb"] == said["de"] == ("26 November 2026", "November 2026")
    assert said["cy"] == ("26 Tachwedd 2026", "Tachwedd 2026")


def test_a_template_escapes_values_and_keeps_the_html_of_its_sentence() -> None:
    environment = Environment(autoescape=True)
    translations.install(environment)
    said = environment.from_string(
        "{% trans name=name %}<b>For\n  %</b> {{ name }}{% endtrans %} "
        "{{ _('%(n)s 5%%', n=name) }} "
        "{% trans num=many %}{{ num }} day{% pluralize %}{{ num }} days{% endtrans %}"
        "{{ lang('cy') }}{{ lang('en-gb') }} {{ in_language(name, 'cy') }}"
    ).render(name="<i>", many=1234)
    assert said == (
        '<b>For %</b> &lt;i&gt; &lt;i&gt; 5% 1,234 days lang="cy" <span lang="cy">&lt;i&gt;</span>'
    )


def test_the_template_for_translators_is_not_stale(words: dict[str, Any]) -> None:
    for path, data in words["files"]().items():
        assert path.read_bytes() == data, f"{path.name} is stale: run `make words`"


def test_no_sentence_is_put_together_before_it_is_translated() -> None:
    for package in ("episodes", "feed", "web"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {"_", "marked"}:
                    assert not isinstance(node.args[0], ast.JoinedStr | ast.BinOp), (
                        f"{path.name}:{node.lineno}: a sentence put together cannot be translated"
                    )


def test_every_translation_has_the_values_of_its_sentence() -> None:
    for path in translations.FOLDER.glob("*/LC_MESSAGES/earmark.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                assert list(message.check()) == [], f"{path}: {message.id}"


def test_a_build_in_english_loads_no_babel() -> None:
    code = (
        "import sys; import podcast.building.pipeline, feed.rss, feed.pages; "
        "from episodes import translations; translations.text('a'); translations.number(1200); "
        "assert 'babel' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize(
    ("parts", "english", "french"),
    [(["a"], "a", "a"), (["a", "b"], "a and b", "a et b"),
     (["a", "b", "c"], "a, b and c", "a, b et c")],
)  # fmt: skip
def test_a_list_is_written_as_in_its_language(
    catalogues: Path, parts: list[str], english: str, french: str
) -> None:
    assert catalogues.is_dir()
    assert translations.join_words(parts) == english
    with using("fr"):
        assert translations.join_words(parts) == french
