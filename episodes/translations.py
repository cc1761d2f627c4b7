"""Translates the sentences that people read. The only door to gettext and Babel.

A sentence in the code is English (en-GB) and is its own key. A catalogue for another language is
`locale/<language>/LC_MESSAGES/earmark.po`, compiled beside it; docs/house.md says how to write a
sentence. Babel is loaded only for dates, numbers and lists in languages other than English.
"""

from __future__ import annotations

import gettext
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from babel import Locale
    from jinja2 import Environment

FOLDER, DOMAIN = Path(__file__).parent / "locale", "earmark"
SOURCE = "en-gb"  # the language of the sentences in the code
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Spoken(NamedTuple):
    """A language with its sentences."""

    language: str
    """Its code, as a page says it in `lang`."""
    catalogue: gettext.NullTranslations
    is_english: bool


@cache
def find(language: str) -> Spoken:
    """Return the sentences of a language: those in English if it has no catalogue.

    All kinds of English have the sentences of the code, and keep their own code.
    """
    code = language.lower()
    if code.split("-")[0] == "en":
        return Spoken(code, gettext.NullTranslations(), is_english=True)
    for known in (code, code.split("-")[0]):
        file = FOLDER / _folder(known) / "LC_MESSAGES" / f"{DOMAIN}.mo"
        if file.is_file():
            with file.open("rb") as opened:
                return Spoken(code, gettext.GNUTranslations(opened), is_english=False)
    return find(SOURCE)


def _folder(code: str) -> str:
    """Return a language's folder as gettext names it: cy, pt_BR, zh_Hant."""
    first, *others = code.split("-")
    parts = (each.upper() if len(each) == 2 else each.title() for each in others)
    return "_".join((first, *parts))


_SPOKEN: ContextVar[str] = ContextVar("language", default=SOURCE)


@contextmanager
def using(language: str) -> Iterator[None]:
    """Write sentences in a language, for as long as the block (a request, a page) lasts."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> Spoken:
    """Return the language that sentences are written in now."""
    return find(_SPOKEN.get())


def language() -> str:
    """Return the code of the language that sentences are written in now, for `lang`."""
    return spoken().language


def text(message: str, /, **values: Any) -> str:
    """Return a sentence with its values: `text("Ask %(name)s.", name=...)`; %% stands for %."""
    return spoken().catalogue.gettext(message) % values


def ngettext(one: str, many: str, count: int, /, **values: Any) -> str:
    """Return a sentence that fits a number: `ngettext("%(num)s day", "%(num)s days", days)`.

    `num` is the number. It and every other whole number are written with their thousands.
    """
    return _counted(one, many, count) % _numbered(count, values)


def marked(message: str) -> str:
    """Return a sentence as it is: it stands in a table here, and is translated where it is used."""
    return message


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have sentences, English first."""
    codes = sorted(each.parent.parent.name for each in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return (SOURCE, *(each.replace("_", "-").lower() for each in codes))


def everywhere(message: str) -> frozenset[str]:
    """Return a sentence in every language that has sentences."""
    return frozenset(find(each).catalogue.gettext(message) for each in languages())


def number(value: int) -> str:
    """Write a whole number: 1,200."""
    if not (locale := _locale()):
        return f"{value:,}"
    from babel.numbers import format_decimal

    return format_decimal(value, locale=locale)


def day(value: date) -> str:
    """Write a day: 26 November 2026."""
    if not (locale := _locale()):
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    from babel.dates import format_date

    return format_date(value, "long", locale)


def weekday(value: date) -> str:
    """Write a day with its weekday: Thursday 26 November 2026."""
    if not (locale := _locale()):
        return f"{WEEKDAYS[value.weekday()]} {day(value)}"
    from babel.dates import format_date

    return format_date(value, "full", locale)


def month(value: date) -> str:
    """Write the month of a day: November 2026."""
    if not (locale := _locale()):
        return f"{MONTHS[value.month - 1]} {value.year}"
    from babel.dates import format_skeleton

    return format_skeleton("yMMMM", value, locale=locale)


def join_words(parts: Sequence[str]) -> str:
    """Write a list of one or more: "a, b and c"."""
    if locale := _locale():
        from babel.lists import format_list

        return format_list(parts, locale=locale)
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _locale() -> Locale | None:
    """Return how the language of now writes dates and numbers, if it is not English."""
    language = spoken()
    return None if language.is_english else _known_to_babel(language.language)


@cache
def _known_to_babel(code: str) -> Locale | None:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def _counted(one: str, many: str, count: int) -> str:
    return spoken().catalogue.ngettext(one, many, count)


def _numbered(count: int, values: dict[str, Any]) -> dict[str, Any]:
    values = {"num": count, **values}
    return {key: number(each) if type(each) is int else each for key, each in values.items()}


def lang(code: str | None) -> str:
    """Return the attribute of an element whose words are in another language than the page."""
    from markupsafe import Markup

    if not code or code.lower() == language():
        return Markup("")
    return Markup(' lang="{}"').format(code)


def in_language(words: str, code: str | None) -> str:
    """Return words as HTML, marked if they are in another language than the page."""
    from markupsafe import Markup

    attribute = lang(code)
    return (
        Markup("<span{}>{}</span>").format(attribute, words) if attribute else Markup.escape(words)
    )


def install(environment: Environment) -> None:
    """Let templates say `{% trans %}`, `_()` and `ngettext()`; their values are escaped.

    `page_language()` is for `<html lang>`, `lang()` and `in_language()` for words in another one.
    """
    from jinja2 import pass_context
    from markupsafe import Markup

    def finished(context: Any, message: str, values: dict[str, Any]) -> str:
        return (Markup(message) if context.eval_ctx.autoescape else message) % values  # noqa: S704 - our own, its values are escaped

    @pass_context
    def in_template(context: Any, message: str, /, **values: Any) -> str:
        return finished(context, spoken().catalogue.gettext(message), values)

    @pass_context
    def counted(context: Any, one: str, many: str, count: int, /, **values: Any) -> str:
        return finished(context, _counted(one, many, count), _numbered(count, values))

    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals |= {
        "_": in_template, "gettext": in_template, "ngettext": counted,
        "page_language": language, "lang": lang, "in_language": in_language,
    }  # fmt: skip
    environment.filters |= {"number": number, "listed": join_words}
