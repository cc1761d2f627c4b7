"""Opens every page of the companion, each as somebody who would look at it."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import insert

from tests.kit.chromium import expect, watch
from tests.kit.companion.learner_browser import (
    EPISODE,
    PATIENCE,
    SESSION,
    Learner,
)
from web.database.engine import Database
from web.desk import invitations, two_factor
from web.schema import figures

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.kit.servers.companion_server import Accompanied

WORDS = "I waited, and said that I was glad to be told.\n\nIt was quiet for a long time."
PERSON = "Ask Mr Example on 01632 960983, or mr.example@example.org."
PASSWORD = "a password for the tests of looks"  # noqa: S105 - of nobody
NOBODY = {"name": "nobody", "password": PASSWORD, "code": "000000"}


class Cast(NamedTuple):
    """Everybody who looks at pages, each with a browser profile of their own."""

    stranger: Learner
    newcomer: Learner  # has a phrase that is not kept yet
    learner: Learner  # has two notes and a draft
    lead: Learner
    late: Learner  # has a writing page open whose session is over
    note: str  # paths of the learner's
    writing: str
    listening: str
    poster: str
    withdrawn: str
    invitation: str

    @property
    def everybody(self) -> tuple[Learner, ...]:
        return (self.stranger, self.newcomer, self.learner, self.lead, self.late)


def open_profile(browser: Browser, companion: Accompanied) -> Learner:
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    return Learner(watch(context), companion.address, script=True)


def count_months(companion: Accompanied) -> None:
    """Let two months be over: many people listened in one, few in the other."""
    database = Database(companion.settings.database)
    line = {"month": "2026-09", "place": 1, "guid": "g", "title": EPISODE, "shown": "about 20"}
    with database.writing() as connection:
        whole = {"place": 0, "guid": "", "title": ""}
        for row in ({"month": "2026-09", "shown": ""}, {"month": "2026-08", "shown": "few"}):
            connection.execute(insert(figures).values(**whole, **row))
        connection.execute(insert(figures).values(**line))
    database.close()


def invite(companion: Accompanied) -> str:
    database = Database(companion.settings.database)
    link = invitations.invite(database, companion.settings, datetime.now(UTC), None)
    database.close()
    return link


def open_desk(lead: Learner, invitation: str) -> None:
    """Accept an invitation as somebody with an app on their phone does."""
    lead.page.goto(invitation)
    key = lead.page.locator("code.key").inner_text().replace(" ", "")
    step = int(datetime.now(UTC).timestamp()) // two_factor.SECONDS
    lead.page.get_by_label("Name to sign in with").fill("training desk")
    lead.page.get_by_label("New password").fill(PASSWORD)
    lead.page.get_by_label("Code", exact=True).fill(two_factor.code_at(base64.b32decode(key), step))
    lead.press("Save and sign in")
    expect(lead.heading).to_have_text("Desk")


def make_codes(lead: Learner) -> tuple[str, str]:
    """Make two join codes and withdraw one; return the addresses of their posters."""
    posters = lead.page.locator("main .rows a", has_text="Poster")
    for _ in range(2):
        lead.page.get_by_label("Last day").fill(
            (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
        )
        lead.press("Make the code")
        expect(lead.status).to_contain_text("Join code made.")
    found = [str(posters.nth(place).get_attribute("href")) for place in (0, 1)]
    lead.page.locator(".rows summary").nth(1).click()
    lead.page.get_by_role("button", name="Withdraw this code").click()
    expect(lead.status).to_contain_text("withdrawn")
    return found[0].lstrip("/"), found[1].lstrip("/")


Step = Callable[[Cast], Learner]


def opens(who: str, path: str) -> Step:
    """Return a step that opens a path, or what is in the cast under that name."""

    def step(cast: Cast) -> Learner:
        learner: Learner = getattr(cast, who)
        found = str(getattr(cast, path, path))
        learner.go(found.removeprefix(learner.address))
        return learner

    return step


def presses(who: str, path: str, button: str, **fields: str) -> Step:
    """Return a step that sends a form of a page in which something is wrong."""

    def step(cast: Cast) -> Learner:
        learner = opens(who, path)(cast)
        for id_, value in fields.items():
            learner.page.locator(f"#{id_.replace('_', '-')}").fill(value)
        learner.press(button)
        expect(learner.page.get_by_role("alert")).to_be_visible()
        learner.page.wait_for_load_state()
        return learner

    return step


def write_too_late(cast: Cast) -> Learner:
    late = opens("late", "writing")(cast)
    cookies = late.context.cookies()
    late.context.clear_cookies(name=SESSION)
    late.write(WORDS)
    late.press("Save")
    expect(late.heading).to_have_text("You have been signed out")
    late.context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gives is what it takes
    return late


def choose_questions(cast: Cast) -> Learner:
    learner = opens("learner", "writing")(cast)
    learner.page.locator(".models summary").click()
    return learner


def search(cast: Cast) -> Learner:
    learner = opens("learner", "notes")(cast)
    learner.page.get_by_label("Search my notes").fill("glad")
    learner.press("Search")
    expect(learner.page.get_by_role("status")).to_contain_text("1 note found")
    return learner


def make_app_password(cast: Cast) -> Learner:
    learner = opens("learner", "connect/kasts")(cast)
    learner.page.get_by_label("Name this device").fill("my laptop")
    learner.press("Make a password")
    expect(learner.page.locator("#password")).to_be_visible()
    return learner


def let_an_app_in(cast: Cast) -> Learner:
    """Open the page that AntennaPod opens, where it has asked to be let in."""
    learner = cast.learner
    agent = {"User-Agent": "AntennaPod/3.5"}
    request = urllib.request.Request(f"{learner.address}index.php/login/v2", b"", agent)
    with urllib.request.urlopen(request) as begun:
        learner.page.goto(json.load(begun)["login"])
    expect(learner.heading).to_have_text("Connect AntennaPod?")
    return learner


def app_is_in(cast: Cast) -> Learner:
    learner = let_an_app_in(cast)
    learner.press("Connect")
    expect(learner.heading).to_have_text("Your app is connected")
    return learner


PAGES: dict[str, Step] = {
    "welcome": opens("stranger", ""),
    "join": opens("stranger", "join"),
    "wrong code": presses("stranger", "join", "Join and see my five words", join_code="ABCD-EFGH"),
    "sign in": opens("stranger", "sign-in"),
    "wrong phrase": presses("stranger", "sign-in", "Sign in", phrase="abacus"),
    "privacy": opens("stranger", "about/privacy"),
    "keeping": opens("stranger", "about/keeping"),
    "complain": opens("stranger", "about/complain"),
    "accessibility": opens("stranger", "about/accessibility"),
    "deleted": opens("stranger", "deleted"),
    "nothing here": opens("stranger", "nothing/here"),
    "phrase": opens("newcomer", "phrase"),
    "first home": opens("newcomer", ""),
    "home": opens("learner", ""),
    "notes": opens("learner", "notes"),
    "found": search,
    "note": opens("learner", "note"),
    "writing": opens("learner", "writing"),
    "listening": opens("late", "listening"),
    "listening remembered": opens("learner", "listening"),
    "questions": choose_questions,
    "no minute": presses("late", "writing", "Save", answer_1="x", minute="half past"),
    "too late": write_too_late,
    "an app's password": make_app_password,
    "let an app in": let_an_app_in,
    "app is in": app_is_in,
    "apps": opens("learner", "connect"),
    "an app": opens("learner", "connect/antennapod"),
    "nothing waits": opens("learner", "connect/grant/x"),
    "new phrase": opens("learner", "phrase"),
    "take away": opens("learner", "take-away"),
    "delete everything": opens("learner", "delete-everything"),
    "not for you": opens("learner", "desk/"),
    "desk sign-in": opens("stranger", "desk/sign-in"),
    "wrong lead": presses("stranger", "desk/sign-in", "Sign in", **NOBODY),
    "invitation": opens("stranger", "invitation"),
    "over": opens("stranger", "desk/invitation/x"),
    "desk": opens("lead", "desk/"),
    "numbers": opens("lead", "desk/numbers/"),
    "poster": opens("lead", "poster"),
    "poster of a withdrawn code": opens("lead", "withdrawn"),
}
