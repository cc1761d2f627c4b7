"""A lead's two factors: what opens, what does not, and what never opens a second time."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from episodes.pictures import qr_codes
from web.desk import two_factor

# RFC 6238, appendix B: its secret, and the last six of each eight digits.
SECRET = b"12345678901234567890"
GOLDEN = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]


@pytest.mark.parametrize(("now", "code"), GOLDEN)
def test_codes_are_those_of_the_standard(now: int, code: str) -> None:
    assert two_factor.step_of(SECRET, code, now, 0) == now // 30


@pytest.mark.parametrize(("late", "good"), [(-60, 0), (-30, 1), (0, 1), (30, 1), (60, 0)])
def test_a_clock_may_be_half_a_minute_wrong(late: int, good: int) -> None:
    found = two_factor.step_of(SECRET, "081804", 1111111109 + late, 0)
    assert found == (1111111109 // 30 if good else None)


def test_a_code_is_never_taken_twice_nor_one_before_it() -> None:
    now = 1111111109
    step = now // 30
    assert two_factor.step_of(SECRET, "081804", now, step - 1) == step
    assert two_factor.step_of(SECRET, "081804", now, step) is None
    before = two_factor.code_at(SECRET, step - 1)
    assert two_factor.step_of(SECRET, before, now, step) is None


@pytest.mark.parametrize("code", ["081 804", " 081804\n", "081\u00a0804", "๐๘๑๘๐๔", "081804\0"])
def test_a_code_may_be_typed_in_two_halves(code: str) -> None:
    assert two_factor.step_of(SECRET, code, 1111111109, 0)


@pytest.mark.parametrize("code", ["", "81804", "0818040", "é" * 6])
def test_what_is_no_code_opens_nothing(code: str) -> None:
    assert two_factor.step_of(SECRET, code, 1111111109, 0) is None


def test_a_password_opens_and_another_does_not() -> None:
    hashed = two_factor.hash_password("correct horse battery")
    assert hashed.startswith("$argon2id$")
    assert two_factor.is_password(hashed, "correct horse battery")
    assert not two_factor.is_password(hashed, "correct horse batterz")
    assert not two_factor.is_password("no hash at all", "correct horse battery")


def test_a_password_is_the_same_from_another_keyboard() -> None:
    assert two_factor.is_password(
        two_factor.hash_password("Zo\u00eb and Zoe\u0308"), "Zoe\u0308 and Zo\u00eb"
    )


def test_nobody_has_a_password_and_it_takes_as_long_to_say_so() -> None:
    hashed = two_factor.hash_password("correct horse battery")
    assert (
        hashed.rpartition("$")[0].rpartition("$")[0]
        == (two_factor.NOBODY.rpartition("$")[0].rpartition("$")[0])
    )
    assert len(two_factor.NOBODY) == len(hashed)
    began = time.process_time()
    assert not two_factor.is_password(two_factor.NOBODY, "")
    middle = time.process_time()
    assert not two_factor.is_password(hashed, "")
    took, takes = middle - began, time.process_time() - middle
    assert takes / 4 < took < takes * 4


def test_the_address_for_an_app_names_no_person() -> None:
    address = two_factor.address(SECRET, "Café: hearts & minds")
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Caf%C3%A9%20%20hearts%20%26%20minds:desk"
    assert "+" not in address
    assert parse_qs(parts.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["Café  hearts & minds"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_a_key_is_spelled_in_groups_of_four() -> None:
    assert two_factor.spelled(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_a_square_needs_no_style_and_no_address() -> None:
    drawn = qr_codes.draw_qr("https://notes.example.org/join/ABCD-EFGH?<a>&b")
    assert drawn.startswith("<svg")
    for word in ("style", "http", "href", "<a>", "ABCD", "width="):
        assert word not in drawn
