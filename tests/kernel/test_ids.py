"""RFC 9562, section 5.7."""

from __future__ import annotations

import time

from ventros.kernel.ids import new_id


def test_version_variant_and_time() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.int >> 62 & 0b11 == 0b10
    assert before <= made.int >> 80 <= after


def test_no_two_are_alike() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000
