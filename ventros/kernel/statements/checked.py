"""Makes a statement of its parts, and refuses what an auditor could not rely on."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, get_args

from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements.definition import Column, Role, Rows, Statement
from ventros.kernel.statements.types import Type

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")
_PLACEHOLDER = re.compile(r"\$(\d+)")
_COMMA = re.compile(r",(?![^()]*\))")
"""Between columns; numeric(12,2) has one of its own."""
NONE_DECLARED: Final[Mapping[str, Type]] = MappingProxyType({})


def one_off(
    text: str, *, params: str = "", rows: Rows, returns: str = "", name: str = "one_off"
) -> Statement:
    """A statement given in code, for a test or a script: ``one_off("SELECT 1 AS one", rows="one", ...)``.

    ``params``, ``rows`` and ``returns`` are as in a header. It is in no catalogue: nothing proves it,
    ``ventros sql unknown`` reports it, and the connection that it ran on is not used again. Raises
    ConfigurationError, with the caller's file and line.
    """
    caller = sys._getframe(1)  # noqa: SLF001 - the only way to tell where it stands
    path, line = Path(caller.f_code.co_filename), caller.f_lineno
    if not _IDENTIFIER.fullmatch(name):
        raise fault(path, line, f"{name!r} is no name for a statement: lower-case letters, digits, _")
    header = {"why": "given in code", "params": params, "rows": rows, "returns": returns}
    return checked(name, header, text, path=path, line=line)


def checked(
    name: str,
    header: Mapping[str, str],
    text: str,
    *,
    path: Path,
    line: int,
    schema: str = "public",
    declared: Mapping[str, Type] = NONE_DECLARED,
    in_catalogue: bool = False,
) -> Statement:
    """The statement of a header and a text. Raises ConfigurationError with file and line."""
    body = text.strip().removesuffix(";").rstrip()
    rows, returns, role = header.get("rows", ""), header.get("returns", ""), header.get("role", "app")
    if rows not in get_args(Rows):
        raise fault(path, line, f"{name}: rows: is {rows!r}, not one of {', '.join(get_args(Rows))}")
    if role not in get_args(Role):
        raise fault(path, line, f"{name}: role: is {role!r}, not one of {', '.join(get_args(Role))}")
    if not body or not header.get("why"):
        raise fault(path, line, f"{name} has no {'why: line' if body else 'SQL text'}")
    if bool(returns) == (rows == "affected"):
        raise fault(path, line, f"{name}: returns: is for a statement that returns rows, and for no other")
    params = columns(header.get("params", ""), declared)
    listed = columns(returns, declared)
    if untyped := next((column.name for column in listed if not column.type), None) if listed[1:] else None:
        raise fault(path, line, f"{name}: returns: {untyped!r} has no type: write it after the name")
    names = [param.name for param in params]
    if twice := next((param for param in names if names.count(param) > 1), None):
        raise fault(path, line, f"{name}: params: {twice!r} is there twice")
    used = {int(number) for number in _PLACEHOLDER.findall(body)}
    if used != set(range(1, len(params) + 1)):
        raise fault(path, line, f"{name}: params: lists {len(params)}, the text uses {sorted(used)}")
    return Statement(
        name=name,
        text=f"{body}\n/* {name} */",
        why=header["why"],
        params=params,
        rows=rows,  # type: ignore[arg-type]  # checked against get_args(Rows) above
        returns=returns,
        path=path,
        line=line,
        role=role,  # type: ignore[arg-type]  # checked against get_args(Role) above
        plan=header.get("plan", ""),
        tenant=header.get("tenant", ""),
        standard=header.get("standard", ""),
        changes=tuple(column.name for column in columns(header.get("changes", ""))),
        schema=schema,
        in_catalogue=in_catalogue,
    )


def checked_name(name: str, *, path: Path, line: int, schema: str) -> None:
    """Refuse what is no name of a statement on the table after which ``path`` is named."""
    table = path.stem if schema == "public" else f"{schema}.{path.stem}"
    before, _, verb = name.rpartition(".")
    if before != table or not _IDENTIFIER.fullmatch(verb) or not _IDENTIFIER.fullmatch(path.stem):
        text = f"{name!r} is no name for a statement of {path.name} in schema {schema}"
        raise fault(path, line, f"{text}: {table}.<verb>, in lower case")


def columns(text: str, declared: Mapping[str, Type] = NONE_DECLARED) -> tuple[Column, ...]:
    """``"id uuid, price numeric(10, 2)"`` as columns; a type may be of several words, or a declared one."""
    parts = [part.strip().partition(" ") for part in _COMMA.split(text) if part.strip()]
    return tuple(Column(name, type_.strip(), declared.get(type_.strip())) for name, _, type_ in parts)


def fault(path: Path, line: int, text: str) -> ConfigurationError:
    """What is wrong with a statement, and where."""
    return ConfigurationError(f"{path}:{line}: {text}")
