"""Every event is counted once, under its reason, and reasons are bounded."""

from __future__ import annotations

from collections import Counter

from ventros.ingest.tally import MAX_REASONS, OTHERS, Tally, count


def test_the_parts_are_the_whole() -> None:
    tally = Tally(
        stored=Counter(message=3, ack=2),
        duplicates=4,
        skipped=Counter(status=5),
        unsupported=Counter(poll=6),
        rejected=Counter(why=7),
    )
    assert (tally.events, tally.messages_stored) == (27, 9)
    summary = dict(tally.summary())
    names = ("stored", "duplicates", "skipped", "unsupported", "rejected")
    assert [summary[name] for name in names] == [5, 4, 5, 6, 7]
    assert summary["events"] == sum(summary[name] for name in names)
    assert (summary["  message"], summary["  poll"], summary["  why"]) == (3, 6, 7)


def test_reasons_are_bounded() -> None:
    counter: Counter[str] = Counter()
    for number in range(2 * MAX_REASONS):
        count(counter, f"reason {number}")
    count(counter, "reason 0")
    assert (len(counter), counter["reason 0"], counter.total()) == (MAX_REASONS + 1, 2, 2 * MAX_REASONS + 1)
    assert counter[OTHERS] == MAX_REASONS
