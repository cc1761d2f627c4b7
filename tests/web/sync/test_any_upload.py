"""Whatever an app sends, to whichever address, there is no fault."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kit.clients.sync_clients import FEED, TALKS, basic
from tests.kit.companion.cast import House, reported
from web.sync import actions, rebuild
from web.sync.grants import Credentials

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    | st.sampled_from(["\ud800", "a\0b", "9" * 400, FEED, f"{FEED}?\ud800\0", TALKS[0], "play",
                       "guid-1", 2**40, -1, "mobile"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from([*actions.KEYS, "add", "remove", "synchronize", "stop-synchronize", "set",
                         "caption", "type", "token"]), inner, max_size=9),
    max_leaves=12,
)  # fmt: skip
ACTIONS = st.lists(
    st.fixed_dictionaries(
        {"podcast": st.just(FEED), "episode": st.sampled_from(TALKS), "action": st.just("play")},
        optional=dict.fromkeys(actions.KEYS[2:4] + actions.KEYS[5:], JUNK),
    ),
    max_size=3,
)  # fmt: skip


@pytest.mark.slow
def test_whatever_an_app_sends_there_is_no_fault(
    house: House, who: Credentials, caplog: pytest.LogCaptureFixture
) -> None:
    rules_of_apps = [
        (rule.rule, sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}))
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint.startswith(("gpodder.", "nextcloud."))
    ]
    names = st.text(min_size=1, max_size=9) | st.sampled_from(["json", "opml", "txt", "5", "a\0b"])

    @settings(max_examples=400, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(st.sampled_from(rules_of_apps), JUNK | ACTIONS, names, JUNK)
    def check(rule: tuple[str, list[str]], body: Any, name: str, since: Any) -> None:
        path = rule[0].replace("<user>", who.handle)
        path = re.sub("<[^>]+>", lambda _: quote(name, safe=""), path)
        query = quote(str(since).encode("utf-8", "replace"))
        for method in rule[1]:
            answer = house.nobody().send(
                method, f"{path}?since={query}&device={query}&podcast={query}", basic(who),
                json.dumps(body).encode() if method != "GET" else b"",
            )  # fmt: skip
            assert answer.status < 500, (method, path, body, answer.text)

    check()
    assert not reported(caplog)
    with house.database.writing() as connection:
        assert rebuild.rebuild(connection)[1] == 0
