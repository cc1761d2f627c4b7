"""Nobody but the learner: no word of theirs, and no phrase, is anywhere that a thief could look."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
from itertools import product
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, quote_plus

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from tests.kit import shows
from tests.kit.companion import cast, database_rows
from tests.kit.companion.learner_browser import SESSION
from tests.kit.companion.visitor import Line, Visitor, form
from tests.kit.servers import companion_server
from tests.kit.servers.companion_server import Accompanied
from web import crypto
from web.database.engine import Database

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
# Whatever derives a key names its purpose: these are all the purposes there are.
LABELS = {
    label
    for path in (shows.ROOT / "web").rglob("*.py")
    for label in re.findall(
        r'(?:part|digest)\([^()"]+(?:\(\))?, "([^"]+)"', path.read_text("utf-8")
    )
}


def words_of(name: str) -> list[str]:
    """Return words that nobody else writes: for a note, a draft, a search, a question."""
    return [f"{name}Käuz€hen{part}{secrets.token_hex(4)}" for part in range(4)]


def spellings(text: str) -> Iterator[bytes]:
    """Return a text in every form in which it might lie about."""
    data = text.encode()
    yield from (data, text.encode("utf-16-le"), text.encode("utf-16-be"))
    yield from (json.dumps(text)[1:-1].encode(), quote(text).encode(), quote_plus(text).encode())
    yield from (data.hex().encode(), data.hex().upper().encode(), html.escape(text).encode())
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + data)
        inner = whole[(shift * 8 + 5) // 6 : len(whole) // 4 * 4 - 4]
        yield from (inner, inner.translate(bytes.maketrans(b"+/", b"-_")))


def phrasings(phrase: str) -> Iterator[str]:
    for between in (" ", "", "-", "_", "+", "\n"):
        yield phrase.replace(" ", between)


def found_in(places: dict[str, bytes], texts: Iterable[str]) -> list[str]:
    """Return where one of the texts is, in any form."""
    forms = {text: set(spellings(text)) for text in texts}
    return [
        f"{text} in {name}"
        for (name, data), (text, all_forms) in product(places.items(), forms.items())
        if any(each in data for each in all_forms)
    ]


class Reflection(NamedTuple):
    """A companion that runs, and every place in which something of it is kept."""

    running: Accompanied
    folders: tuple[Path, ...]

    def visitor(self) -> Visitor:
        return Visitor(Line(self.running.address))

    def rows(self) -> list[bytes]:
        """Every value of every table."""
        database = Database(self.running.settings.database)
        values = [
            value if isinstance(value, bytes) else str(value).encode()
            for rows in database_rows.contents(database).values()
            for row in rows
            for value in row
        ]
        database.close()
        return values

    def places(self) -> dict[str, bytes]:
        """Every file of the companion, its log, and of the database, as they lie on the disk."""
        files = [path for folder in self.folders for path in folder.rglob("*") if path.is_file()]
        found = {}
        for path in files:
            try:
                found[str(path)] = path.read_bytes()
            except FileNotFoundError:
                continue  # PostgreSQL removes what it has done with
        return found | {"rows": b"\n".join(self.rows())}


@pytest.fixture
def kept(
    request: pytest.FixtureRequest, kind: str, place: Path, tmp_path: Path
) -> Iterator[Reflection]:
    folders = [tmp_path]
    if kind == "postgresql":
        folders.append(request.getfixturevalue("server").folder)
    with companion_server.serve(place, cast.catalogue(tmp_path / "show")) as running:
        yield Reflection(running, tuple(folders))


def write(visitor: Visitor, words: list[str]) -> None:
    """Write a note, a draft, a search and an own question, as a learner does."""
    visitor.save("guid-1", f"I heard {words[0]} and will try.")
    begun = visitor.sheet("guid-1") | {"answer-1": f"Perhaps {words[1]}"}
    assert visitor.draft("guid-1", begun).status == 200
    assert words[0] in visitor.post("/notes", {"q": words[0]}).text
    visitor.post("/notes", {"q": words[2]})
    asked = form("an answer", question=f"What about {words[3]}?")
    assert visitor.post("/reflect/guid-1", asked).status == 303
    assert words[3] in visitor.post("/take-away").text


def test_words_and_phrases_are_nowhere_to_be_read(kept: Reflection) -> None:
    alice, words = kept.visitor(), words_of("alice")
    code = kept.running.new_code()
    first = alice.begin_to_join(code)
    assert not found_in(kept.places(), phrasings(first)), "while it waits to be kept"
    assert alice.keep_phrase().status == 303
    write(alice, words)
    page = alice.follow(alice.post("/phrase/new", {"phrase": first}))
    second = html.unescape(page.text.partition('id="the-phrase">')[2].partition("<")[0])
    assert len(second.split()) == 5
    secret = [*words, *phrasings(first), *phrasings(second)]
    assert not found_in(kept.places(), secret), "while a second one waits"
    assert alice.keep_phrase().status == 303
    assert kept.visitor().sign_in(first).status == 401
    assert kept.visitor().sign_in(second).status == 303
    kept.visitor().sign_in(f"{words[0]} is not my phrase")
    assert not found_in(kept.places(), secret)
    assert not found_in(kept.places(), [code]), "a join code is sealed too"
    kept.running.process.terminate()
    kept.running.process.wait(30)
    assert not found_in(kept.places(), secret), "after everything was written down"


def test_what_lies_about_would_be_found(kept: Reflection) -> None:
    """The search finds what is there: ids in the database, and words however they were written."""
    alice = kept.visitor()
    alice.join(kept.running.new_code())
    id_ = alice.save("guid-1", "words")
    places = found_in(kept.places(), [id_])
    assert len(places) >= 2, "in the rows, and in a file"
    for form_ in spellings("Käuz€hen of mine, written long enough"):
        assert found_in({"x": b"\0before " + form_ + b" after"},
                        ["Käuz€hen of mine, written long enough"])  # fmt: skip


def plainly(key: bytes, sealed: bytes) -> bytes:
    """Decrypt whatever AES-GCM made, without asking whether it belongs there."""
    counter = CTR(sealed[: crypto.NONCE] + (2).to_bytes(4, "big"))
    return Cipher(AES(key), counter).decryptor().update(sealed[crypto.NONCE : -16])


def at_hand(kept: Reflection) -> set[bytes]:
    """Return every key that a thief of database and settings could think of."""
    settings, rows = kept.running.settings, kept.rows()
    strings = [settings.secrets.pepper, settings.secrets.key, bytes(crypto.SIZE), *rows]
    strings += [bytes.fromhex(row.decode()) for row in rows if re.fullmatch(b"[0-9a-f]{32}", row)]
    pieces = {
        piece.ljust(crypto.SIZE, b"\0")
        for each in strings
        for piece in (each[:32], each[12:44], each[-32:], hashlib.sha256(each).digest())
    }
    assert {"lookup", "wrapping", "session", "session wrapping", "forms"} <= LABELS
    return pieces | {crypto.part(piece, label) for piece in pieces for label in LABELS}


def opened(keyring: Iterable[bytes], locks: list[bytes], plain: list[bytes]) -> set[bytes]:
    """Return what of the plain texts comes out when every key is tried on every lock."""
    return {
        text
        for key, lock in product(keyring, locks)
        for text in plain
        if text in plainly(key, lock)
    }


def _session(visitor: Visitor) -> str:
    """Return the value of a visitor's session cookie, which is named after the port."""
    return next(value for name, (value, _) in visitor.cookies.items() if SESSION.fullmatch(name))


def test_no_key_at_hand_opens_anything_and_the_phrase_does(kept: Reflection) -> None:
    alice, words = kept.visitor(), words_of("alice")
    phrase = alice.join(kept.running.new_code())
    write(alice, words)
    alice.post("/phrase/new", {"phrase": phrase})  # a second phrase waits in the session
    second = alice.get("/phrase").text.partition('id="the-phrase">')[2].partition("<")[0]
    locks = [row for row in kept.rows() if len(row) > 100]
    assert len(locks) >= 7, "data key, session, its phrase, notes, draft, code"

    by_phrase = crypto.derive(phrase, kept.running.settings.secrets.pepper)
    perhaps = [plainly(by_phrase.wrapping, lock)[4 : 4 + crypto.SIZE] for lock in locks]
    data_key = next(key for key in perhaps if opened({key}, locks, [words[0].encode()]))
    written = [word.encode() for word in (words[0], words[1], words[3])]
    hidden = [*written, data_key, second.encode(), phrase.encode()]

    thief = at_hand(kept)
    assert len(thief) > 1000
    assert not opened(thief, locks, hidden)
    assert opened({by_phrase.wrapping, data_key}, locks, hidden) == {*written, data_key}
    cookie = crypto.of_session(base64.urlsafe_b64decode(_session(alice)))
    assert opened({cookie.wrapping}, locks, hidden) == {data_key, second.encode()}
    assert by_phrase.lookup in kept.rows(), "and that is how the row is found"
