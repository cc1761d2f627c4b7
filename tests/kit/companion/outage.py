"""Lets people write in a companion while its database is away, and looks at all that was promised.

Pages that ask no database answer, refusals are 503 with their reason in the log, nothing that was
acknowledged is lost, and it heals by itself.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from contextlib import AbstractContextManager, suppress
from itertools import product
from typing import TYPE_CHECKING

from tests.kit.companion.visitor import Line, Visitor, form
from web.database import connection_limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.servers.companion_server import Accompanied

PEOPLE, LEARNERS, PAUSE = 40, 5, 1.3  # windows: more than there are connections
HARMED = 4.0  # seconds of harm
# What stands still is waited for as long as an answer may take: nobody is refused before that.
STANDS_STILL = connection_limits.ANSWER + HARMED
QUICK = 3.0  # seconds for a page that asks no database; measured are 0.1 to 0.9, at a load of 15
HEALS = 15.0
FREE = ("/sign-in", "/about/privacy", "/static/app.css", "/join", "/desk/sign-in")

WORDS = "what they wrote while it went away"


class Writer(threading.Thread):
    """Somebody who saves one note after another, whatever comes back."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__()
        self.visitor = visitor
        self.stops = threading.Event()
        self.kept: set[str] = set()
        self.statuses: list[int] = []
        self.longest = 0.0

    def run(self) -> None:
        while not self.stops.wait(PAUSE):
            sent, began = form(WORDS), time.monotonic()
            with suppress(OSError, http.client.HTTPException):
                answer = self.visitor.post("/reflect/guid-1", sent)
                self.statuses.append(answer.status)
                if answer.status == 303:
                    self.kept.add(sent["id"])
                elif answer.status == 503:
                    assert WORDS in answer.text or "<title>Please try again" in answer.text
            self.longest = max(self.longest, time.monotonic() - began)


class Scene:
    """A companion, a learner who writes in it, and what was seen."""

    def __init__(self, running: Accompanied) -> None:
        self.running = running
        code = running.new_code()
        self.learners = [Visitor(Line(running.address)) for _ in range(LEARNERS + 1)]
        for learner in self.learners:
            learner.join(code)
        self.first = self.learners.pop()
        self.people = [self._another(self.learners[n % LEARNERS]) for n in range(PEOPLE)]

    def _another(self, learner: Visitor) -> Visitor:
        """Return another window of the same browser."""
        other = Visitor(Line(self.running.address))
        other.cookies, other._token = dict(learner.cookies), learner.token()
        return other

    def play(
        self, harm: AbstractContextManager[None], *, refuses: bool = True, seconds: float = HARMED
    ) -> None:
        """Let everybody write while a harm comes and goes; look at all that was promised."""
        before = len(self.log())
        writers = [Writer(each) for each in self.people]
        for writer in writers:
            writer.start()
        try:
            self.wait_for(lambda: all(each.kept for each in writers))
            with harm:
                slowest = self.look_around(seconds)
            took = self.wait_until_well()
        finally:
            for writer in writers:
                writer.stops.set()
            for writer in writers:
                writer.join(60)
        assert not any(each.is_alive() for each in writers), "a request never ended"
        longest = max(each.longest for each in writers)
        statuses = {status for each in writers for status in each.statuses}
        kept = set().union(*(each.kept for each in writers))
        print(f"free pages {slowest:.2f} s, healed {took:.1f} s, longest {longest:.1f} s, "  # noqa: T201 - figures
              f"{statuses}, {len(kept)} kept")  # fmt: skip
        assert slowest < QUICK
        assert took < HEALS
        assert statuses <= {303, 429, 503}, statuses
        if refuses:
            assert 503 in statuses
            assert re.search(": (the|this) database ", self.log()[before:])
        assert WORDS not in self.log()
        packed = "".join(self.read(each) for each in self.learners)
        assert [each for each in kept if each not in packed] == []

    def look_around(self, seconds: float) -> float:
        """Ask for pages that need no database for so long; return the longest wait.

        Nobody is signed out by it, or told so: a stranger and a learner see the same pages.
        """
        who = (Visitor(Line(self.running.address)), self._another(self.first))
        slowest, until = 0.0, time.monotonic() + seconds
        while time.monotonic() < until:
            for visitor, path in product(who, FREE):
                began = time.monotonic()
                answer = visitor.get(path)
                slowest = max(slowest, time.monotonic() - began)
                assert answer.status == 200
                assert "You have been signed out" not in answer.text
            time.sleep(0.05)
        return slowest

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)

    def wait_until_well(self) -> float:
        """Return how many seconds it takes until a note is saved and a monitor hears ok."""
        began, visitor = time.monotonic(), self._another(self.first)
        while time.monotonic() - began < 4 * HEALS:
            with suppress(OSError, http.client.HTTPException):
                saved = visitor.post("/reflect/guid-1", form(WORDS)).status
                if saved == 303 and visitor.get("/healthz").status == 200:
                    break
            time.sleep(0.1)
        return time.monotonic() - began

    def read(self, learner: Visitor) -> str:
        """Return everything that a learner has."""
        learner.ask.close()  # type: ignore[attr-defined]
        answer = learner.post("/take-away")
        assert answer.status == 200, answer.text
        return answer.text

    def log(self) -> str:
        return self.running.log.read_text(encoding="utf-8")


Harm = AbstractContextManager[None]
