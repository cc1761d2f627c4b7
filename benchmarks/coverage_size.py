"""Compares two formats of coverage, runs and a bitmap of seconds: size, and time to add.

Run by hand; the choice is in web/listening/coverage.py.
"""

from __future__ import annotations

import random
import timeit
import zlib

from web.listening import coverage

MINUTES = 40
SECONDS = MINUTES * 60


def heard(pieces: int, chance: random.Random) -> coverage.Coverage:
    """Return the coverage of a recording heard in a number of pieces."""
    if pieces == 1:
        return coverage.union([(0, SECONDS * coverage.TENTHS)])
    cuts = sorted(chance.sample(range(SECONDS * coverage.TENTHS), pieces * 2))
    return coverage.union(zip(cuts[::2], cuts[1::2], strict=True))


def bitmap(runs: coverage.Coverage) -> bytearray:
    """Return the same coverage as a bit for each second."""
    bits = bytearray((SECONDS + 7) // 8)
    for start, end in runs:
        for second in range(start // 10, -(-end // 10)):
            bits[second // 8] |= 1 << second % 8
    return bits


def main() -> None:
    """Print one line for each number of pieces."""
    chance = random.Random(1)  # noqa: S311 - a sample
    print(f"{MINUTES} minutes; bytes, then microseconds to read, add 15 s and write")
    for pieces in (1, 3, 20, 100):
        runs = heard(pieces, chance)
        packed, bits = coverage.pack(runs), bitmap(runs)
        squeezed = zlib.compress(bytes(bits))

        def add_run(packed: bytes = packed) -> bytes:
            return coverage.pack(coverage.union(coverage.unpack(packed), [(9000, 9150)]))

        def add_bits(squeezed: bytes = squeezed) -> bytes:
            found = bytearray(zlib.decompress(squeezed))
            for second in range(900, 915):
                found[second // 8] |= 1 << second % 8
            return zlib.compress(bytes(found))

        times = [timeit.timeit(add, number=2000) / 2000 * 1e6 for add in (add_run, add_bits)]
        ours = f"runs {len(packed):4} B {times[0]:6.1f} us"
        theirs = f"bitmap {len(bits)} B, squeezed {len(squeezed):4} B {times[1]:6.1f} us"
        print(f"{pieces:4} pieces: {ours};  {theirs}")


if __name__ == "__main__":
    main()
