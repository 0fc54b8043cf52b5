"""Every SQL text has a name and stands in a file, so that it can be read, proven and found again.

One statement in a file of ``sql/`` (the file is named after its table)::

    -- name: contacts.update
    -- why: the only way a contact changes; guarded by the version it was loaded with
    -- params: tenant_id text, id uuid, expected_version integer, name text
    -- rows: affected
    UPDATE contacts SET name = $4, version = version + 1
     WHERE tenant_id = $1 AND id = $2 AND version = $3;

A header line may go on in further ones, which are indented. Of a table outside of the schema public the name
is ``schema.table.verb``. ``rows:`` is one, maybe, many or affected, and
chooses the method of :class:`ventros.kernel.connection.connection.Connection` that may send the statement.
A statement that returns rows also says ``returns:``, either columns with their types or the name of
the aggregate whose mapper reads them. ``role:`` says who may execute it: app, which is the default, or relay
or scheduler, who work for all tenants. ``plan:`` says of a statement that reads more of its tenant's rows
than it returns why that will do, ``tenant:`` of one of the app's that compares no tenant why it need not,
``standard:`` of one whose verb is in :mod:`ventros.audit.standard_texts` why it differs from the text there,
``changes:`` of an UPDATE the columns that differ after most executions, beside those that it makes of their
old values. Any other key is refused. The header is not sent; the name is, as a trailing comment, because
pg_stat_statements keeps a trailing comment and drops a leading one.

A line ``-- type: order_status is enum`` before the first statement declares a type of the application's own:
see :mod:`ventros.kernel.statements.types`.

A table with a statement ``get`` has for its ``insert``, and for its ``update`` if that is versioned, a second
form, ``insert_or_fail`` and ``update_or_fail``, made by one rule.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements.checked import checked, checked_name, fault
from ventros.kernel.statements.definition import SCOPES, Statement
from ventros.kernel.statements.types import Type, declared_by

KEYS = ("name", "why", "params", "rows", "returns", "role", "plan", "tenant", "standard", "changes")
NO_STATEMENTS = {"schema.sql", "grants.sql"}
"""Files of the folder that the tools write."""
_START = re.compile(r"-- ?name *:")
_KEY = re.compile(r"-- ?(\w+) *:(.*)")

_UPDATE_OR_FAIL = """\
WITH saved AS (
{write}
)
SELECT coalesce(
    (SELECT version FROM saved WHERE version = $3 + 1),
    ventros_not_saved('{table}', '{scope}', $1::text, $2, $3, (SELECT version FROM saved))
) AS version
/* {name} */"""
_INSERT_OR_FAIL = """\
WITH added AS (
{write}
RETURNING true AS added
)
SELECT coalesce((SELECT added FROM added), ventros_not_added('{table}', {taken})) AS added
/* {name} */"""


def load(folder: Path, schema: str = "public") -> dict[str, Statement]:
    """Read each ``<table>.sql`` of ``folder``, whose tables are in ``schema``.

    Raises ConfigurationError, with file and line, for whatever is faulty.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"there is no folder {folder}, from which statements are to be read")
    found: dict[str, Statement] = {}
    texts = {path: _lines(path) for path in sorted(folder.glob("*.sql")) if path.name not in NO_STATEMENTS}
    declared = _declared(texts)
    for path, lines in texts.items():
        for read in _chunks(path, lines, schema, declared):
            if first := found.get(read.name):
                raise fault(path, read.line, f"{read.name} is also in {first.path.name}:{first.line}")
            found[read.name] = read
    forms = (_or_fail(write) for write in found.values() if f"{write.qualified_table}.get" in found)
    return found | {form.name: form for form in forms if form is not None}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise fault(path, 1, f"is no UTF-8: {error}") from None


def _declared(texts: Mapping[Path, list[str]]) -> dict[str, Type]:
    """The types that the ``-- type:`` lines declare, for all files. Raises ConfigurationError."""
    found: dict[str, Type] = {}
    for path, lines in texts.items():
        begun = False
        for number, line in enumerate(lines, start=1):
            begun = begun or line.startswith("-- name:")
            try:
                types = declared_by(line, found)
            except ConfigurationError as error:
                raise fault(path, number, str(error)) from None
            if types and begun:
                raise fault(path, number, "a type is declared before the first statement of a file")
            found |= types
    return found


def or_fail_name(name: str) -> str:
    """The name of a write's second form."""
    return f"{name}_or_fail"


def _or_fail(write: Statement) -> Statement | None:
    """The second form of a versioned update and of an insert of an entity, by one rule for all; else None."""
    first = [param.name for param in write.params[:3]]
    if first[:1] not in [[scope] for scope in SCOPES]:
        return None
    if write.name.endswith(".update") and first[1:] == ["id", "expected_version"]:
        form, returns = _UPDATE_OR_FAIL, "version integer"
    elif write.name.endswith(".insert") and first[1:2] == ["id"]:
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
            table=write.qualified_table,
            name=name,
            scope=first[0],
            taken=str("ON CONFLICT" in write.text).lower(),
        ),
        rows="one",
        returns=returns,
        standard="",
        changes=(),
    )


def _chunks(path: Path, lines: list[str], schema: str, declared: Mapping[str, Type]) -> Iterator[Statement]:
    """The statements of one file, in their order."""
    starts = [number for number, line in enumerate(lines) if _START.match(line)]
    for number, line in enumerate(lines[: starts[0] if starts else None]):
        if (
            line.strip()
            and not line.startswith("-- type:")
            and (not line.startswith("--") or _KEY.fullmatch(line))
        ):
            raise fault(path, number + 1, f"{line!r} stands before any -- name:")
    if not starts and not any(line.startswith("-- type:") for line in lines):
        raise fault(path, 1, "has no statement: one begins with a line -- name: <table>.<verb>")
    for start, end in itertools.pairwise([*starts, len(lines)]):
        yield _parse(path, start + 1, lines[start:end], schema, declared)


def _parse(path: Path, line: int, lines: list[str], schema: str, declared: Mapping[str, Type]) -> Statement:
    body = list(itertools.dropwhile(lambda text: text.startswith("--"), lines))
    header = _header(path, line, lines[: len(lines) - len(body)])
    for number, text in enumerate(body, line + len(lines) - len(body)):
        if match := _KEY.fullmatch(text):
            raise fault(
                path,
                number,
                f"-- {match[1]}: stands in the text of {header['name']}; a statement begins with -- name:, "
                "and its header ends where its text begins",
            )
    checked_name(header["name"], path=path, line=line, schema=schema)
    text = "\n".join(body)
    return checked(
        *(header["name"], header, text),
        path=path,
        line=line,
        schema=schema,
        declared=declared,
        in_catalogue=True,
    )


def _header(path: Path, line: int, lines: list[str]) -> dict[str, str]:
    """What its keys say; a line that is indented goes on from the one above."""
    header: dict[str, str] = {}
    key = ""
    for number, text in enumerate(lines, line):
        if match := _KEY.fullmatch(text):
            key = match[1]
            if key not in KEYS:
                near = difflib.get_close_matches(key, KEYS, n=1)
                hint = f" (did you mean {near[0]}?)" if near else ""
                raise fault(path, number, f"{key}: is no key of a header{hint}; there is {', '.join(KEYS)}")
            if key in header:
                raise fault(path, number, f"{key}: is there twice")
            header[key] = match[2].strip()
        elif text.removeprefix("--").startswith("  "):
            header[key] += f" {text.removeprefix('--').strip()}"
        else:
            raise fault(
                path,
                number,
                f"{text!r} is no line of a header: -- key: value, or indented, to go on from one",
            )
    return header
