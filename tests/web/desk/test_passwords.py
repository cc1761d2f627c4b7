"""Which passwords a lead may not choose: common ones, repeated ones, and names."""

from __future__ import annotations

import pytest

from web.desk import passwords, rules


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword", "PasswordPassword1!", "P@ssw0rdP@ssw0rd", "password1234",
        "123456789012", "qwertyuiop123", "aaaaaaaaaaaa", "abcabcabcabc", "letmeinletmein",
        "iloveyouiloveyou", "Riverside Trust", "riversidetrust1", "TrustRiverside",
        "trusttrusttrust", "charliecharlie", "earmarkearmark", "Charlie12345", "x" * 500,
        "1q2w3e4r5t6y", "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff441234",
    ],
)  # fmt: skip
def test_what_is_soon_guessed_is_refused(password: str) -> None:
    assert passwords.wrong(password, "Charlie", "Riverside Trust") == passwords.EASY


@pytest.mark.parametrize(
    "password",
    [
        "a long night shift", "another long night", "four words work well", "gT7-qLw9-xVbn",
        "correct horse battery staple", "ymlaen i'r afon", "ночная смена длинная",
        "夜勤明けの長い朝と珈琲の香り",
        "a long night shift " * 20,
    ],
)  # fmt: skip
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    assert passwords.wrong(password, "Charlie", "Riverside Trust") == ""


def test_a_short_one_and_the_name_itself_have_their_own_sentences() -> None:
    assert passwords.wrong("short", "Charlie", "") == rules.wrong_password("short", "")
    name = "The training desk"
    assert passwords.wrong(name.upper(), name, "") == rules.wrong_password(name, name)
