"""How much a difference of the schema weighs, and what it means for whoever runs the database."""

from __future__ import annotations

import re
from typing import Final

import attrs

from ventros.audit.schema.lines import Line

CRITICAL: Final = "critical"
HIGH: Final = "high"
LOW: Final = "low"
WEIGHTS: Final = (CRITICAL, HIGH, LOW)
"""From the greatest on."""

MISSING: Final = "missing"
CHANGED: Final = "changed"
RENAMED: Final = "renamed"
RETYPED: Final = "retyped"
"""A column of another type: a change that statements notice at once."""
EXTRA: Final = "extra"

_TENANTS = "Rows of other tenants may be read or written, or a tenant's own be withheld."
_KEYS = "Two rows may have the same key, or a row's key be that of another tenant."
_REFERENCES = "A row may refer to one that is not there, or that is another tenant's."
_SILENT = "Who reads the database without the code has to guess what stands there."
_NOBODY = "Nobody declares it, so no migration keeps it and no test covers it."


@attrs.frozen
class Weight:
    """``hows`` and ``kind`` say what is weighed; ``pattern`` is found in the name and definition."""

    hows: tuple[str, ...]
    kind: str
    pattern: str
    weight: str
    means: str


_OFF = (MISSING, CHANGED)
_ANY = (MISSING, CHANGED, EXTRA)
WEIGHED: Final = (
    Weight(
        _ANY,
        "row security",
        "",
        CRITICAL,
        "A statement that forgets the tenant reads and writes the rows of every tenant.",
    ),
    Weight(
        (EXTRA,),
        "policy",
        "^\\S+ AS RESTRICTIVE",
        CRITICAL,
        "A tenant's own rows may be withheld or refused, without an error.",
    ),
    Weight(_ANY, "policy", "", CRITICAL, _TENANTS),
    Weight(
        _OFF,
        "trigger",
        "^version_guard ",
        CRITICAL,
        "A write by hand goes past optimistic locking, and nobody's save notices.",
    ),
    Weight(
        _OFF,
        "trigger",
        "",
        CRITICAL,
        "What it refuses or records is refused or recorded no more, or otherwise.",
    ),
    Weight(
        (EXTRA,),
        "trigger",
        " (BEFORE|INSTEAD OF) ",
        CRITICAL,
        "It can change or swallow what is written before any guard sees it.",
    ),
    Weight(
        (EXTRA,), "trigger", "", HIGH, "It runs with each write, in its transaction, and can make it fail."
    ),
    Weight(
        _ANY,
        "rule",
        "",
        CRITICAL,
        "It turns a statement into another one: a write may go elsewhere, or nowhere.",
    ),
    Weight(
        _OFF,
        "function",
        "",
        CRITICAL,
        "Policies, triggers and defaults that call it do something else than they were tested for.",
    ),
    Weight(
        (EXTRA,), "function", "SECURITY DEFINER", HIGH, "Who may call it acts with the rights of its owner."
    ),
    Weight((EXTRA,), "function", "", LOW, _NOBODY),
    Weight((RENAMED,), "table", "", CRITICAL, "Every statement that names it fails."),
    Weight((RENAMED,), "column", "", CRITICAL, "Statements that name it fail."),
    Weight((MISSING,), "table", "", CRITICAL, "Every statement that names it fails; its rows are gone."),
    Weight((CHANGED,), "table", "", CRITICAL, "After a crash of the server an unlogged table is empty."),
    Weight((EXTRA,), "table", "", LOW, _NOBODY),
    Weight(
        (RETYPED,), "column", "", CRITICAL, "Statements and policies that name it fail, or compare otherwise."
    ),
    Weight(_OFF, "comments", "", LOW, _SILENT),
    Weight((MISSING,), "column", "", CRITICAL, "Statements that name it fail; its values are gone."),
    Weight(
        (CHANGED,),
        "column",
        "",
        HIGH,
        "A row may hold what the application cannot bear, or lack what it needs.",
    ),
    Weight(
        (EXTRA,),
        "column",
        "^(?!.*(DEFAULT|GENERATED)).* NOT NULL",
        HIGH,
        "INSERTs fail: no statement gives it a value.",
    ),
    Weight((EXTRA,), "column", "", LOW, "No statement reads or writes it."),
    Weight(_OFF, "constraint", " (PRIMARY KEY|UNIQUE) ", HIGH, _KEYS),
    Weight(_ANY, "constraint", " FOREIGN KEY ", HIGH, _REFERENCES),
    Weight(_OFF, "constraint", "", HIGH, "A row may hold what the application cannot bear."),
    Weight((EXTRA,), "constraint", "", HIGH, "A write that the application takes for right may be refused."),
    Weight(_OFF, "index", "CREATE UNIQUE ", HIGH, _KEYS),
    Weight(
        _OFF,
        "index",
        "",
        HIGH,
        "Statements read more of the table than they need, and take longer as it grows.",
    ),
    Weight(
        (EXTRA,),
        "index",
        "CREATE UNIQUE ",
        HIGH,
        "A write that the application takes for right may be refused.",
    ),
    Weight((EXTRA,), "index", "", LOW, "Each row that is written costs one write more."),
    Weight(_OFF, "sequence", "", HIGH, "Its numbers may run out, or come again."),
    Weight((EXTRA,), "sequence", "", LOW, _NOBODY),
    Weight(_OFF, "type", "", HIGH, "Values that the application knows may be refused, or others be taken."),
    Weight(_OFF, "domain", "", HIGH, "Values that the application knows may be refused, or others be taken."),
    Weight((EXTRA,), "type", "", LOW, _NOBODY),
    Weight((EXTRA,), "domain", "", LOW, _NOBODY),
    Weight(
        _ANY,
        "view",
        "",
        HIGH,
        "It shows rows by the rights of its owner, to whom row-level security may not apply.",
    ),
    Weight(
        _ANY,
        "materialized view",
        "",
        HIGH,
        "It is a copy of rows that no row-level security guards.",
    ),
    Weight(
        (EXTRA,),
        "inheritance",
        "",
        CRITICAL,
        "Its rows are read as the table's, past keys, guards and policies.",
    ),
    Weight((EXTRA,), "foreign keys", "", HIGH, _REFERENCES),
    Weight((EXTRA,), "owner", "", HIGH, "Who owns it may change it, and switch off what guards it."),
    Weight((EXTRA,), "function owner", "", HIGH, "Who owns it may replace it."),
    Weight((EXTRA,), "operator", "", HIGH, "A statement may find it where it means the server's own."),
    Weight((EXTRA,), "cast", "", HIGH, "A statement that was an error may mean something by it."),
    Weight((EXTRA,), "event trigger", "", HIGH, "It runs with what changes the schema, or with each login."),
)
"""The first that fits holds."""


def weigh(how: str, line: Line) -> Weight:
    """Of a difference: ``line`` is what is missing or extra, or was expected."""
    text = f"{line.name} {line.definition}"
    return next(
        one
        for one in WEIGHED
        if how in one.hows and one.kind == line.kind and re.search(one.pattern, text, re.DOTALL)
    )
