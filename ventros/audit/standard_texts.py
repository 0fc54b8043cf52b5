"""The twelve statements of each versioned table, alike but for table and columns: one text proves all."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from types import MappingProxyType
from typing import Final

import attrs

from ventros.kernel.statements.definition import Column, Rows

WIDTH: Final = 104
EXPECTED: Final = Column("expected_version", "integer")
LIVE: Final = "deleted_at IS NULL"
_SAVED: Final = "id uuid, version integer"
_LOCK: Final = """\
SELECT id, version
  FROM {table}
 WHERE {keys}{live}
 ORDER BY id
   FOR """


@attrs.frozen
class Verb:
    """``why`` speaks of one ``{row}`` or several ``{rows}``; ``returns`` is empty where the aggregate is."""

    why: str
    text: str
    rows: Rows = "maybe"
    returns: str = ""


def _lock(why: str, strength: str, left_out: str = "") -> Verb:
    return Verb(why, f"{_LOCK}{strength}{left_out}", "many", _SAVED)


STANDARD: Final = MappingProxyType(
    {
        "insert": Verb(
            "the only way {row} comes into being; its version starts at 1",
            "INSERT INTO {table} (\n    {columns}\n) VALUES (\n    {values}\n)",
            "affected",
        ),
        "get": Verb("loads {row} by its key", "SELECT {columns}\n  FROM {table}\n WHERE {key}{live}"),
        "update": Verb(
            "the only way {row} changes; guarded by the version it was loaded with",
            (
                "UPDATE {table}\n   SET {assignments},\n       version = version + 1\n"
                " WHERE {key} AND version = {version}\nRETURNING id, version"
            ),
            "maybe",
            _SAVED,
        ),
        "delete": Verb(
            "removes {row} for good; guarded by the version it was loaded with",
            "DELETE FROM {table}\n WHERE {key} AND version = {version}",
            "affected",
        ),
        "stored_version": Verb(
            "tells, after a guarded write touched no row, whether {row} is gone or was changed",
            "SELECT version\n  FROM {table}\n WHERE {key}{live}",
            "maybe",
            "version integer",
        ),
        "touch": Verb(
            "steps the version of {row} that others rely on, without another change",
            (
                "UPDATE {table}\n   SET version = version + 1\n"
                " WHERE {key} AND version = {version}\nRETURNING id, version"
            ),
            "maybe",
            _SAVED,
        ),
        "lock_for_share": _lock(
            "{rows} that a decision rests on stay as they are until it is stored; others may share", "SHARE"
        ),
        "lock_for_no_key_update": _lock(
            "{rows} about to be saved, in one order, so that no two savers wait for each other",
            "NO KEY UPDATE",
        ),
        "lock_for_update": _lock(
            "{rows} about to be removed: not even a row that refers to them comes in meanwhile", "UPDATE"
        ),
        "try_lock_for_share": _lock(
            "as lock_for_share, but without waiting: {rows} that another holds are left out",
            "SHARE",
            " SKIP LOCKED",
        ),
        "try_lock_for_no_key_update": _lock(
            "as lock_for_no_key_update, but without waiting: {rows} that another holds are left out",
            "NO KEY UPDATE",
            " SKIP LOCKED",
        ),
        "try_lock_for_update": _lock(
            "as lock_for_update, but without waiting: {rows} that another holds are left out",
            "UPDATE",
            " SKIP LOCKED",
        ),
    }
)
"""By verb, in the order in which they stand in a file."""


def standard(
    table: str,
    columns: Sequence[Column],
    *,
    resource: str,
    live: bool = False,
    scope: str = "tenant_id",
    fixed: Collection[str] = ("created_at",),
) -> str:
    """The text of the file of ``table``, which has its schema in front outside of ``public``.

    ``columns`` are all but ``scope``, ``id`` and ``version``, in the mapper's order and with names as
    they are to stand in SQL, quoted where they must be; those that are ``fixed`` are not updated. ``live``:
    rows are marked as deleted by ``deleted_at``, which is one of ``columns``, and not found any more.
    """
    key = key_columns(scope)
    head = [Column("id", "uuid"), Column("version", "integer"), *key[:-1]]
    words = resource.replace("_", " ")
    names = {
        "row": f"{'an' if words[0] in 'aeiou' else 'a'} {words}",
        "rows": table.rpartition(".")[2].replace("_", " "),
    }
    of_verb = {
        "insert": [*key, *columns],
        "get": [*head, *columns],
        "update": [column for column in columns if column.name not in fixed],
    }
    chunks = []
    for verb, form in STANDARD.items():
        own = of_verb.get(verb, [])
        params = parameters(verb, own, scope=scope)
        header = [
            ("name", f"{table}.{verb}"),
            ("why", form.why.format_map(names)),
            ("params", ", ".join(f"{param.name.strip(chr(34))} {param.type}" for param in params)),
            ("rows", form.rows),
            ("returns", form.returns or (resource if verb == "get" else "")),
        ]
        lines = [_header_line(name, value) for name, value in header if value]
        text = standard_text(verb, table, [column.name for column in own], live=live, scope=scope)
        chunks.append("\n".join([*lines, text]) + ";\n")
    return "\n".join(chunks)


def standard_text(
    verb: str, table: str, columns: Sequence[str], *, live: bool = False, scope: str = "tenant_id"
) -> str:
    """The SQL of one of them.

    ``columns`` are all that insert writes, that get reads, or that update sets beside the version; no other
    verb has any.
    """
    numbers = [f"${number}" for number in range(1, len(columns) + 1)]
    assignments = [f"{column} = ${number}" for number, column in enumerate(columns, 4)]
    indent = 4 if verb == "insert" else 7
    return STANDARD[verb].text.format(
        table=table,
        columns=_wrapped(columns, indent),
        values=_wrapped(numbers, indent),
        assignments=",\n       ".join(assignments),
        key=f"{scope} = $1 AND id = $2",
        keys=f"{scope} = $1 AND id IN (SELECT unnest($2::uuid[]))",
        version="$3",
        live=f" AND {LIVE}" if live else "",
    )


def key_columns(scope: str) -> list[Column]:
    """Of the primary key."""
    return [Column(scope, "text" if scope == "tenant_id" else "uuid"), Column("id", "uuid")]


def parameters(verb: str, columns: Sequence[Column], *, scope: str = "tenant_id") -> list[Column]:
    """What the statement of ``verb`` takes; ``columns`` as for :func:`standard_text`."""
    of_whom, id_ = key_columns(scope)
    if verb == "insert":
        return list(columns)
    if "lock" in verb:
        return [of_whom, Column("ids", "uuid[]")]
    return [of_whom, id_, *([] if verb in {"get", "stored_version"} else [EXPECTED])] + [
        column for column in columns if verb == "update"
    ]


def _header_line(name: str, value: str) -> str:
    return textwrap.fill(
        f"-- {name}: {value}",
        WIDTH,
        subsequent_indent="--" + " " * (len(name) + 3),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _wrapped(names: Sequence[str], indent: int) -> str:
    lines = textwrap.wrap(", ".join(names), WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    return ("\n" + " " * indent).join(lines)
