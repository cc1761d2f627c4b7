"""The head of a published MP3, damaged: findings, and never anything else."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from episodes.audio import id3_lint

NAMES = ("TIT2", "APIC", "CHAP", "CTOC", "CTOC")


def frame(name: str, body: bytes) -> bytes:
    return name.encode() + len(body).to_bytes(4, "big") + b"\0\0" + body


FRAMES = st.builds(frame, st.sampled_from(NAMES), st.binary(max_size=12))


@given(st.lists(FRAMES, max_size=4).map(b"".join), st.binary(max_size=20), st.integers(0, 10))
@example(frame("CTOC", b"toc"), b"", 10)
@example(frame("CTOC", b"toc\0"), b"", 10)
@example(b"", b"", 3)
def test_a_damaged_head_gives_findings(frames: bytes, rest: bytes, kept: int) -> None:
    head = b"ID3\x03\0\0\0\0\x7f\x7f"[:kept]
    rules = {each.rule for each in id3_lint.lint(head + frames + rest, "media/a.mp3")}
    assert rules & {"tag-version", "tag-frames"}
