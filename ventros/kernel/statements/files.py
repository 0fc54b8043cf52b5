"""Every SQL text has a name and stands in a file, so that it can be read, proven and found again.

One statement in a file of ``sql/`` (the file is named after its table)::

    -- name: contacts.update
    -- why: the only way a contact changes; guarded by the version it was loaded with
    -- params: tenant_id text, id uuid, expected_version integer, name text
    -- rows: affected
    UPDATE contacts SET name = $4, version = version + 1
     WHERE tenant_id = $1 AND id = $2 AND version = $3;

A header line may go on in further comment lines. ``rows:`` is one, maybe, many or affected, and
chooses the method of :class:`ventros.kernel.connection.connection.Connection` that may send the statement.
A statement that returns rows also says ``returns:``, either columns with their types or the name of
the aggregate whose mapper reads them. ``plan:`` says of a statement that reads more of its tenant's rows
than it returns why that will do. The header is not sent; the name is, as a trailing comment, because
pg_stat_statements keeps a trailing comment and drops a leading one.

A line ``-- type: order_status is enum`` before the first statement declares a type of the application's own:
see :mod:`ventros.kernel.statements.types`.

A table with a statement ``get`` has for its ``insert``, and for its ``update`` if that is versioned, a second
form, ``insert_or_fail`` and ``update_or_fail``, made by one rule.
"""

from __future__ import annotations

import difflib
import functools
import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import get_args

import attrs

from ventros.kernel.errors import ConfigurationError, UnknownStatement
from ventros.kernel.resources import directory
from ventros.kernel.statements.definition import Column, Rows, Statement
from ventros.kernel.statements.types import Type, declared_by

_HEADER = re.compile(r"--\s*(name|why|params|rows|returns|plan):\s*(.*)")
_NAME = re.compile(r"[a-z_]+\.[a-z_]+")
_COMMA = re.compile(r",(?![^()]*\))")
"""Between columns, not inside of parentheses."""
_PLACEHOLDER = re.compile(r"\$(\d+)")


_UPDATE_OR_FAIL = """\
WITH saved AS (
{write}
)
SELECT coalesce(
    (SELECT version FROM saved WHERE version = $3 + 1),
    ventros_not_saved('{table}', $1, $2, $3, (SELECT version FROM saved))
) AS version
/* {name} */"""
_INSERT_OR_FAIL = """\
WITH added AS (
{write}
RETURNING true AS added
)
SELECT coalesce((SELECT added FROM added), ventros_not_added('{table}', {taken})) AS added
/* {name} */"""


def statement(name: str) -> Statement:
    """The statement of that name; to be called at import, so that a misspelt name fails there.

    Raises UnknownStatement, with the nearest names.
    """
    known = catalogue()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownStatement(f"no statement is named {name!r} in {directory('sql')}{hint}")
    return known[name]


@functools.cache
def catalogue() -> dict[str, Statement]:
    """Every statement of ``sql/`` by name, read once."""
    return load(directory("sql"))


def load(folder: Path) -> dict[str, Statement]:
    """Read each ``<table>.sql`` below ``folder``. Raises ConfigurationError with file and line."""
    found: dict[str, Statement] = {}
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))}
    declared = _declared(texts)
    for path, text in texts.items():
        lines = text.splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("-- name:")]
        for start, end in itertools.pairwise([*starts, len(lines)]):
            read = _parse(path, start + 1, lines[start:end], declared)
            if first := found.get(read.name):
                raise _fault(path, read.line, f"{read.name} is also in {first.path.name}:{first.line}")
            found[read.name] = read
    forms = (_or_fail(write) for write in found.values() if f"{write.table}.get" in found)
    return found | {form.name: form for form in forms if form is not None}


def _declared(texts: Mapping[Path, str]) -> dict[str, Type]:
    """The types that the ``-- type:`` lines declare, for all files. Raises ConfigurationError."""
    found: dict[str, Type] = {}
    for path, text in texts.items():
        begun = False
        for number, line in enumerate(text.splitlines() if "-- type:" in text else (), start=1):
            begun = begun or line.startswith("-- name:")
            try:
                types = declared_by(line, found)
            except ConfigurationError as error:
                raise _fault(path, number, str(error)) from None
            if types and begun:
                raise _fault(path, number, "a type is declared before the first statement of a file")
            found |= types
    return found


def or_fail_name(name: str) -> str:
    """The name of a write's second form."""
    return f"{name}_or_fail"


def _or_fail(write: Statement) -> Statement | None:
    """The second form of a versioned update and of an insert of an entity, by one rule for all; else None."""
    first = [param.name for param in write.params[:3]]
    if write.name.endswith(".update") and first == ["tenant_id", "id", "expected_version"]:
        form, returns = _UPDATE_OR_FAIL, "version integer"
    elif write.name.endswith(".insert") and first[:2] == ["tenant_id", "id"]:
        form, returns = _INSERT_OR_FAIL, "added boolean"
    else:
        return None
    name = or_fail_name(write.name)
    return attrs.evolve(
        write,
        name=name,
        why=f"{write.why}; fails by itself when it touches no row, so that COMMIT can go in the same message",
        text=form.format(
            write=write.text.removesuffix(f"\n/* {write.name} */"),
            table=write.table,
            name=name,
            taken=str("ON CONFLICT" in write.text).lower(),
        ),
        rows="one",
        returns=returns,
    )


def _parse(path: Path, line: int, lines: list[str], declared: Mapping[str, Type]) -> Statement:
    body_lines = list(itertools.dropwhile(lambda text: text.startswith("--"), lines))
    header: dict[str, str] = {}
    key = ""
    for text in lines[: len(lines) - len(body_lines)]:
        if match := _HEADER.fullmatch(text):
            key = match[1]
            header[key] = match[2].strip()
        else:
            header[key] += f" {text.removeprefix('--').strip()}"
    body = "\n".join(body_lines).strip().removesuffix(";").rstrip()
    name, rows = header["name"], header.get("rows", "")
    if not _NAME.fullmatch(name) or name.split(".")[0] != path.stem:
        raise _fault(path, line, f"{name!r} is no name for a statement of {path.name}: <table>.<verb>")
    if rows not in get_args(Rows):
        raise _fault(path, line, f"{name}: rows: is {rows!r}, not one of {', '.join(get_args(Rows))}")
    if not body or not header.get("why"):
        raise _fault(path, line, f"{name} has no {'why: line' if body else 'SQL text'}")
    if bool(header.get("returns")) == (rows == "affected"):
        raise _fault(path, line, f"{name}: returns: is for a statement that returns rows, and for no other")
    params = columns(header.get("params", ""), declared)
    used = {int(number) for number in _PLACEHOLDER.findall(body)}
    if used != set(range(1, len(params) + 1)):
        raise _fault(path, line, f"{name}: params: lists {len(params)}, the text uses {sorted(used)}")
    return Statement(
        name=name,
        text=f"{body}\n/* {name} */",
        why=header["why"],
        params=params,
        rows=rows,  # type: ignore[arg-type]  # checked against get_args(Rows) above
        returns=header.get("returns", ""),
        path=path,
        line=line,
        plan=header.get("plan", ""),
    )


def columns(text: str, declared: Mapping[str, Type] = MappingProxyType({})) -> tuple[Column, ...]:
    """``"id uuid, price numeric(10, 2)"`` as columns; a type may be of several words, or a declared one."""
    parts = [part.strip().partition(" ") for part in _COMMA.split(text) if part.strip()]
    return tuple(Column(name, type_.strip(), declared.get(type_.strip())) for name, _, type_ in parts)


def _fault(path: Path, line: int, text: str) -> ConfigurationError:
    return ConfigurationError(f"{path}:{line}: {text}")
