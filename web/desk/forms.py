"""Reads the desk's forms, and words the errors in them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from web.desk import passwords, rules

if TYPE_CHECKING:
    from collections.abc import Mapping


class Terms(NamedTuple):
    """The terms of a join code as they were typed; None is what was no date or no number."""

    expires: str
    uses: str
    days: int | None
    people: int | None

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong, by the name of the field."""
        sentences = {"expires": rules.wrong_days(self.days), "uses": rules.wrong_uses(self.people)}
        return {field: sentence for field, sentence in sentences.items() if sentence}


def terms(form: Mapping[str, str], today: date) -> Terms:
    """Read the terms of a new join code."""
    expires, uses = form.get("expires", "").strip(), form.get("uses", "").strip()
    people = int(uses) if re.fullmatch("[0-9]{1,9}", uses) else None
    try:
        days = (date.fromisoformat(expires) - today).days
    except ValueError:
        return Terms(expires, uses, None, people)
    return Terms(expires, uses, days, people)


class AcceptForm(NamedTuple):
    """What somebody who was invited will sign in with; `code` proves that their app is ready."""

    name: str
    password: str
    code: str

    def wrong(self, organisation: str) -> dict[str, str]:
        """Return what is wrong, by the name of the field."""
        sentences = {
            "name": rules.wrong_name(self.name),
            "password": passwords.wrong(self.password, self.name, organisation),
        }
        return {field: sentence for field, sentence in sentences.items() if sentence}


class PasswordChange(NamedTuple):
    """What a lead who changes their password shows, and what they chose."""

    password: str
    code: str
    new: str


def change(form: Mapping[str, str]) -> PasswordChange:
    """Read how a lead changes their own password."""
    return PasswordChange(form.get("password", ""), form.get("code", ""), form.get("new", ""))


def read_acceptance(form: Mapping[str, str], known: str) -> AcceptForm:
    """Read what somebody chose; `known` is the name of a lead who has one."""
    name = known or rules.tidy(form.get("name", ""))
    return AcceptForm(name, form.get("password", ""), form.get("code", ""))
