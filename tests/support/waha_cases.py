"""Events shaped after public traffic, and what each should become, as its table says."""

from __future__ import annotations

from pathlib import Path

import attrs

DATA = Path(__file__).parents[1] / "ingest" / "waha" / "data"
CASES = DATA / "cases.jsonl"
SMALL_FAULTS = DATA / "small-faults.jsonl"
SESSION = "default"


@attrs.frozen
class Case:
    """A row of the table. What is empty there is not laid down, but for the note."""

    number: int
    line: bytes
    what: str
    outcome: str
    types: tuple[str, ...]
    direction: str
    contact: str
    text: str
    note: str

    def __str__(self) -> str:
        return f"{self.number}: {self.what}"


def read_cases() -> list[Case]:
    lines = CASES.read_bytes().splitlines()
    table = (DATA / "cases.md").read_text("utf-8").splitlines()
    rows = [row.strip("|").split("|") for row in table if row.startswith("|") and row[2].isdigit()]
    cases = []
    for row in rows:
        number, what, _, outcome, types, direction, contact, text, note = (cell.strip() for cell in row)
        case = Case(
            int(number), lines[int(number) - 1], what, outcome, tuple(filter(None, types.split(" or "))),
            direction, contact, text, note,
        )  # fmt: skip
        cases.append(case)
    assert [case.number for case in cases] == list(range(1, len(lines) + 1))
    return cases
