"""Forms that are pressed twice: read off the real page, sent with the cookies of their moment.

Each scene is somebody in front of one form. What their press changed is told by the number of rows
of every table, so that nothing can be done twice unseen.
"""

from __future__ import annotations

import html
import json
import re
import secrets
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import insert

from tests.kit.companion import database_rows
from tests.kit.companion.visitor import Visitor, form
from web import crypto
from web.accounts.store import Learner
from web.database.engine import Database
from web.desk import sign_in as entering
from web.desk import store as desk
from web.desk import two_factor
from web.forms import resubmission
from web.schema import leads
from web.sync import apps, grants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest
    from sqlalchemy import Connection

    from tests.kit.companion.cast import House, Person
    from tests.kit.companion.visitor import Answer

PASSWORD = "a long night shift"  # noqa: S105 - only the tests use it
OTHER = "another long night"
PATIENCE = 60  # seconds for a thread to come to the same point as the other one
PASSING = {"sessions", "spent_forms"}  # tables of what passes by itself


class Scene(NamedTuple):
    """Somebody in front of a form: where it is, where it goes, and what they typed into it."""

    visitor: Visitor
    page: str
    path: str
    typed: dict[str, str]


class Form(NamedTuple):
    """A form with all its fields and the cookies that the browser had when it was pressed."""

    visitor: Visitor
    path: str
    fields: dict[str, str]
    cookies: dict[str, tuple[str, str]]

    def press(self, *, lost: bool = False) -> Answer:
        """Send it; with `lost` as if no answer to an earlier press ever arrived."""
        if lost:
            self.visitor.cookies = dict(self.cookies)
        return self.visitor.post(self.path, self.fields, token=self.fields["csrf_token"])


def fill_in(scene: Scene) -> Form:
    """Open the page and fill the form in; its hidden fields are those of the page."""
    page = scene.visitor.get(scene.page)
    assert page.status == 200, page.text
    for found in re.finditer(r'(?s)<form [^>]*action="([^"]*)"[^>]*>(.*?)</form>', page.text):
        if html.unescape(found[1]) == scene.visitor.prefix + scene.path:
            fields = {
                name: html.unescape(value)
                for name, value in re.findall(
                    '<input [^>]*name="([^"]+)"[^>]*? value="([^"]*)"', found[2]
                )
            }
            return Form(
                scene.visitor, scene.path, fields | scene.typed, dict(scene.visitor.cookies)
            )
    raise AssertionError(f"{scene.page} has no form that goes to {scene.path}: {page.text}")


def counted(database: Database) -> dict[str, int]:
    """Return how many rows each table has, and how many uses the join codes have left."""
    rows = database_rows.contents(database)
    uses = sum(row[3] for row in rows["join_codes"])
    return {name: len(each) for name, each in rows.items() if name not in PASSING} | {"uses": uses}


def change(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Return what was added; for how many people more a new code is, chance decides."""
    found = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    return {name: more for name, more in found.items() if name != "uses" or more < 0}


def both(filled: Form, monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """Press a form in two threads that know nothing of each other, and both write at once."""
    answers: list[Answer] = []
    visitor = filled.visitor

    def press() -> None:
        mine = Visitor(visitor.ask, visitor.prefix)
        answers.append(filled._replace(visitor=mine).press(lost=True))

    with monkeypatch.context() as patched:
        together(patched)
        threads = [threading.Thread(target=press) for _ in range(2)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(PATIENCE)
    assert len(answers) == 2
    return answers


def together(patched: pytest.MonkeyPatch) -> None:
    """Let no thread write before both have seen that nothing is done, and both are about to."""
    seen, ready = threading.Barrier(2), threading.Barrier(2)
    mine = threading.local()
    find, writing = resubmission._outcome, Database.writing

    def look(sent: Any) -> Any:
        found = find(sent)
        if not getattr(mine, "looked", False):
            mine.looked = True
            seen.wait(PATIENCE)
        return found

    @contextmanager
    def write(self: Database) -> Iterator[Connection]:
        if not getattr(mine, "wrote", False):
            mine.wrote = True
            with suppress(threading.BrokenBarrierError):
                ready.wait(PATIENCE if getattr(mine, "looked", False) else 0.01)
        with writing(self) as connection:
            yield connection

    patched.setattr(resubmission, "_outcome", look)
    patched.setattr(Database, "writing", write)


class Stage:
    """A companion, and everybody who is about to press something in it."""

    def __init__(self, house: House) -> None:
        self.house = house

    def learner(self) -> tuple[Person, Visitor]:
        alice = self.house.learner(f"Alice{secrets.token_hex(3)}", scrypt=True)
        return alice, alice.visitor

    def app(self, alice: Person) -> str:
        """Connect an app; return its id."""
        learner = Learner(alice.id, alice.key)
        with self.house.database.writing() as connection:
            grants.let_in(connection, self.house.companion, learner, "a phone")
            return apps.every(connection, learner)[0].id

    def code(self, secret: bytes) -> str:
        return two_factor.code_at(secret, int(self.house.companion.now().timestamp()) // 30)

    def lead(self) -> tuple[desk.Lead, bytes]:
        """Let a lead in whose password and app are known."""
        id_, secret = desk.new_id(), two_factor.new_secret()
        key = entering._for_apps(self.house.settings)
        name = f"Charlie {id_[:6]}"
        sealed = crypto.seal(key, secret, id_, "totp")
        lead = desk.Lead(id_, name, two_factor.hash_password(PASSWORD), sealed, 0)
        with self.house.database.writing() as connection:
            today = self.house.companion.now().date()
            connection.execute(insert(leads).values(**lead._asdict(), made=today))
        return lead, secret

    def at_desk(self) -> tuple[Visitor, str, bytes]:
        """Sign a lead in; return also their name and the secret of their app."""
        from web.sessions import Who

        lead, secret = self.lead()
        return self.house.signed_in(Who(lead=lead.id, name=lead.name)), lead.name, secret


def join(stage: Stage) -> Scene:
    return Scene(stage.house.nobody(), "/join", "/join", {"join-code": stage.house.new_code(8)})


def new_phrase(stage: Stage) -> Scene:
    alice, visitor = stage.learner()
    return Scene(visitor, "/phrase", "/phrase/new", {"phrase": alice.phrase})


def kept_phrase(stage: Stage) -> Scene:
    alice, visitor = stage.learner()
    stage.app(alice)
    fill_in(Scene(visitor, "/phrase", "/phrase/new", {"phrase": alice.phrase})).press()
    return Scene(visitor, "/phrase", "/phrase/kept", {})


def delete_note(stage: Stage) -> Scene:
    alice, visitor = stage.learner()
    path = f"/notes/{alice.ids[0]}/delete"
    return Scene(visitor, path, path, {})


def delete_draft(stage: Stage) -> Scene:
    alice, visitor = stage.learner()
    path = f"/notes/{alice.ids[2]}/let-go"
    return Scene(visitor, path, path, {})


def delete_everything(stage: Stage) -> Scene:
    return Scene(stage.learner()[1], "/delete-everything", "/delete-everything", {})


def stop_recording(stage: Stage) -> Scene:
    alice, visitor = stage.learner()
    stage.app(alice)
    return Scene(visitor, "/listen/guid-1", "/recording/off", {})


def make_password(stage: Stage) -> Scene:
    return Scene(stage.learner()[1], "/connect/gpodder", "/connect/gpodder", {"name": "my phone"})


def disconnect(stage: Stage) -> Scene:
    alice, visitor = stage.learner()
    return Scene(visitor, "/connect", f"/connect/{stage.app(alice)}/revoke", {})


def disconnect_all(stage: Stage) -> Scene:
    alice, visitor = stage.learner()
    stage.app(alice), stage.app(alice)
    return Scene(visitor, "/connect", "/connect/disconnect-all", {})


def let_it_in(stage: Stage) -> Scene:
    begun = stage.house.nobody().send("POST", "/index.php/login/v2")
    path = str(urlsplit(json.loads(begun.body)["login"]).path)
    return Scene(stage.learner()[1], path, path, {"name": "my phone"})


def sign_in_at_desk(stage: Stage) -> Scene:
    lead, secret = stage.lead()
    typed = {"name": lead.name, "password": PASSWORD, "code": stage.code(secret)}
    return Scene(stage.house.nobody(), "/desk/sign-in", "/desk/sign-in", typed)


def open_desk(stage: Stage) -> Scene:
    path, visitor = stage.house.invitation(), stage.house.nobody()
    page = visitor.get(path).text
    offer = re.search('name="offer" value="([^"]+)"', page)
    assert offer
    token = path.rpartition("/")[2]
    secret = entering.offer(stage.house.settings, token, offer[1]).secret
    name = f"Dana {secrets.token_hex(3)}"
    typed = {"name": name, "password": PASSWORD, "code": stage.code(secret), "offer": offer[1]}
    return Scene(visitor, path, path, typed)


def make_code(stage: Stage) -> Scene:
    return Scene(stage.at_desk()[0], "/desk/", "/desk/codes", {"uses": "8"})


def change_password(stage: Stage) -> Scene:
    visitor, _, secret = stage.at_desk()
    typed = {"password": PASSWORD, "new": OTHER, "code": stage.code(secret)}
    return Scene(visitor, "/desk/password", "/desk/password", typed)


# What may be done once only, by the address of its form.
ONCE: dict[str, Callable[[Stage], Scene]] = {
    "/join": join,
    "/phrase/new": new_phrase,
    "/phrase/kept": kept_phrase,
    "/notes/<id>/delete": delete_note,
    "/notes/<id>/let-go": delete_draft,
    "/delete-everything": delete_everything,
    "/recording/off": stop_recording,
    "/connect/<app>": make_password,
    "/connect/<id>/revoke": disconnect,
    "/connect/disconnect-all": disconnect_all,
    "/connect/grant/<token>": let_it_in,
    "/desk/sign-in": sign_in_at_desk,
    "/desk/invitation/<token>": open_desk,
    "/desk/codes": make_code,
    "/desk/password": change_password,
}


def sign_in(stage: Stage) -> Scene:
    typed = {"phrase": stage.learner()[0].phrase, "next": "/notes"}
    return Scene(stage.house.nobody(), "/sign-in", "/sign-in", typed)


def sign_out(stage: Stage) -> Scene:
    return Scene(stage.learner()[1], "/", "/sign-out", {})


def save(stage: Stage) -> Scene:
    visitor = stage.learner()[1]
    return Scene(visitor, "/reflect/guid-1", "/reflect/guid-1", {"answer-1": "mine alone"})


def save_over(stage: Stage) -> Scene:
    """Save a note that another window has changed since: both are kept, each of them once."""
    alice, visitor = stage.learner()
    place, page = "/reflect/guid-1", f"/notes/{alice.ids[1]}/edit"
    scene = Scene(visitor, page, place, {"answer-1": "from this window"})
    typed = fill_in(scene).fields
    saved = visitor.post(place, form("from another window", alice.ids[1], version="1"))
    assert saved.status == 303
    return scene._replace(typed=typed)


def find(stage: Stage) -> Scene:
    return Scene(stage.learner()[1], "/notes", "/notes", {"q": "e"})


def record(stage: Stage) -> Scene:
    return Scene(stage.learner()[1], "/listen/guid-1", "/recording/on", {})


def elsewhere(stage: Stage) -> Scene:
    alice, visitor = stage.learner()
    stage.app(alice)  # now this site remembers what she hears
    return Scene(visitor, "/listen/guid-1", "/elsewhere/guid-1", {})


def download(stage: Stage) -> Scene:
    return Scene(stage.learner()[1], "/take-away", "/take-away", {})


def withdraw(stage: Stage) -> Scene:
    stage.house.new_code()
    with stage.house.database.reading() as connection:
        left = [each for each in desk.every_code(connection) if each.withdrawn is None]
    path = f"/desk/codes/{left[0].id}/withdraw"
    return Scene(stage.at_desk()[0], "/desk/", path, {})


# What does the same however often it is done: the state that it leads to is the same.
REPEATABLE: dict[str, tuple[Callable[[Stage], Scene], ...]] = {
    "/sign-in": (sign_in,),
    "/sign-out": (sign_out,),
    "/reflect/<guid>": (save, save_over),
    "/notes": (find,),
    "/recording/on": (record,),
    "/elsewhere/<guid>": (elsewhere,),
    "/take-away": (download,),
    "/desk/codes/<id>/withdraw": (withdraw,),
}
# What programs send, each with its own way to know what it sent before; and why that is enough.
BY_PROGRAMS = {
    "/stay": "the page's script; the state is the same",
    "/drafts/<guid>": "the page's script; a draft has the id and the page that wrote it",
    "/heard": "the page's script; each message has its number in its sitting",
    "/index.php/login/v2": "an app; what nobody grants is forgotten in twenty minutes",
    "/index.php/login/v2/poll": "an app; the answer is the same for one minute",
    "/index.php/apps/gpoddersync/subscription_change/create": "an app; the state is the same",
    "/index.php/apps/gpoddersync/episode_action/create": "an app; an action is known by its digest",
    "/api/2/auth/<user>/login.json": "an app; a cookie more",
    "/api/2/auth/<user>/logout.json": "an app; the state is the same",
    "/api/2/devices/<user>/<device>.json": "an app; the state is the same",
    "/api/2/subscriptions/<user>/<device>.json": "an app; the state is the same",
    "/api/2/episodes/<user>.json": "an app; an action is known by its digest",
    "/api/2/sync-devices/<user>.json": "an app; the state is the same",
    "/api/2/settings/<user>/<scope>.json": "an app; nothing is kept",
}
