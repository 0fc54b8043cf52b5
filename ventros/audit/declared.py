"""What each declared table should have, held against the application's schema.sql; no server is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pglast import ast, parse_sql
from pglast.enums import ObjectType
from pglast.parser import ParseError

from ventros.audit.library import Library
from ventros.audit.lint import Fault
from ventros.audit.reading import OF_TRANSACTION
from ventros.audit.standard_texts import STANDARD
from ventros.audit.tables import Policy, Table, qualified, read_tables
from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements.definition import SCOPES

VERSION = "integer NOT NULL DEFAULT 1"
POLICY = "CREATE POLICY {whose} ON {table} USING ({own}) WITH CHECK ({own})"
GUARD = (
    "CREATE TRIGGER version_guard BEFORE UPDATE ON {table} FOR EACH ROW "
    "WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard()"
)
_GUARD = re.compile(
    r"CREATE TRIGGER version_guard BEFORE UPDATE ON \S+ FOR EACH ROW "
    r"WHEN \(new\.version IS DISTINCT FROM old\.version \+ 1\) "
    r"EXECUTE PROCEDURE (?:public\.)?ventros_version_guard\(\)"
)
_COMMANDS = {"select": ("using",), "insert": ("check",), "update": ("using", "check"), "delete": ("using",)}
"""What decides of each command; a CHECK that is left out is as USING."""
OPEN_POLICIES = {("aggregate_history", "recorded"), ("outbox_events", "of_user")}
"""The kernel's: the history's trigger writes for every tenant, and nobody is granted INSERT; events of what
belongs to the unit's user are under a tenant of his own.
"""


def lint_tables(library: Library) -> list[Fault]:
    """The faults of all tables of the stack, each at the migration that makes the table.

    Raises ConfigurationError for a file that cannot be read.
    """
    versioned = {table.qualified_name for table in library.application.versioned()}
    faults = []
    for application in library.application.stack():
        schema = application.statements.folder / "schema.sql"
        tables, made = read_tables(schema), _made_by(application)
        for name, table in tables.items():
            path, line = made.get(name, (schema, 1))
            found = [*_faults(table, library), *_undeclared(table, versioned)]
            faults += [Fault(path, line, name, rule, text) for rule, text in found]
        for name in sorted(made.keys() - tables.keys()):
            text = f"is not in {schema}, which is out of date: ventros sync writes it anew"
            faults.append(Fault(*made[name], name, "schema.sql", text))
    for one in library.application.versioned():
        for verb in STANDARD:
            if one.find(verb) is None:
                path = one.catalogue.folder / f"{one.name}.sql"
                text = f"has no statement {one.qualified_name}.{verb}, which its repository sends"
                faults.append(Fault(path, 1, one.qualified_name, "standard", text))
    return faults


def _faults(table: Table, library: Library) -> Iterator[tuple[str, str]]:
    if table.versioned:
        if table.definitions["version"] != VERSION:
            yield "version", f"has a column version {table.definitions['version']}, not {VERSION}"
        if not _GUARD.fullmatch(table.triggers.get("version_guard", "")):
            yield "version guard", f"has no version guard: {GUARD.format(table=table.name)}"
    if table.scope:
        yield from _scope_faults(table, library)
    elif table.versioned:
        yield "tenant", "has a version, and neither tenant_id nor user_id, which says whose a row is"
    silent = [column for column in table.columns if column not in table.commented]
    if "" not in table.commented:
        yield "comment", f"says nothing of itself: COMMENT ON TABLE {table.name} IS '…'"
    if silent:
        example = f"COMMENT ON COLUMN {table.name}.{silent[0]} IS '…'"
        yield "comment", f"says nothing of {', '.join(silent)}: {example}"


def _scope_faults(table: Table, library: Library) -> Iterator[tuple[str, str]]:
    directory, scope = table.name in library.directories, table.scope
    type_ = "text" if table.of_tenant else "uuid"
    if not table.definitions[scope].startswith(f"{type_} NOT NULL"):
        yield "tenant", f"has a column {scope} {table.definitions[scope]}, not {type_} NOT NULL"
    if table.versioned and table.primary_key != (scope, "id"):
        yield "primary key", f"has the primary key ({', '.join(table.primary_key)}), not ({scope}, id)"
    elif not directory and table.primary_key[:1] != (scope,):
        whose = "the tenant" if table.of_tenant else "the user"
        yield "primary key", f"has a primary key ({', '.join(table.primary_key)}) without {whose} first"
    for word in ("ENABLE", "FORCE"):
        if word not in table.row_security:
            yield "row security", f"lacks ALTER TABLE {table.name} {word} ROW LEVEL SECURITY"
    yield from _policy_faults(table, directory=directory)
    for key in table.foreign_keys:
        parent = library.tables.get(key.parent)
        if parent and parent.scope in SCOPES and (parent.scope, parent.scope) not in key.pairs:
            whose = "tenant" if parent.of_tenant else "user"
            yield (
                "foreign key",
                f"refers to {key.parent} by {key.name} without the {whose}: it crosses {whose}s",
            )


def _policy_faults(table: Table, *, directory: bool) -> Iterator[tuple[str, str]]:
    whose = "tenant" if table.of_tenant else "user"
    own = f"{table.scope} = {OF_TRANSACTION[table.scope]}()"
    permissive = [policy for policy in table.policies if policy.permissive]
    recorded = "aggregate_history"
    for command in _COMMANDS:
        open_ = (directory and command == "select") or (table.name == recorded and command != "select")
        if not open_ and not any(_compares(policy, command, own) for policy in permissive):
            wanted = POLICY.format(table=table.name, own=own, whose=whose)
            yield "policy", f"has no policy of the {whose} for {command.upper()}: {wanted}"
    for policy in permissive:
        commands = [*_COMMANDS] if policy.command == "all" else [policy.command]
        asked = directory and commands == ["select"] and "'app." in policy.using
        known = asked or (table.name, policy.name) in OPEN_POLICIES
        if not known and not all(_compares(policy, command, own) for command in commands):
            yield "policy", f"has a policy {policy.name} that lets pass more than the {whose}'s rows"


def _compares(policy: Policy, command: str, own: str) -> bool:
    if policy.command not in {"all", command}:
        return False
    expressions = {"using": policy.using or policy.check, "check": policy.check or policy.using}
    return all(expressions[part].replace("public.", "") == own for part in _COMMANDS[command])


def _undeclared(table: Table, versioned: set[str]) -> Iterator[tuple[str, str]]:
    if table.versioned and table.name not in versioned:
        yield "declared", "has a version, and no unit of work of the application holds a repository of it"


def _made_by(application: Application) -> dict[str, tuple[Path, int]]:
    """By table, the migration and the line that create it, of those that no later one drops."""
    made: dict[str, tuple[Path, int]] = {}
    for path in sorted(application.migrations.glob("*.sql")):
        if path.name.endswith(".rollback.sql"):
            continue
        text = path.read_text(encoding="utf-8")
        try:
            script = parse_sql(text)
        except ParseError as error:
            raise ConfigurationError(f"{path}: {error}") from error
        for parsed in script:
            _follow(parsed.stmt, made, (path, _line(text, parsed.stmt_location)))
    return made


def _follow(statement: ast.Node, made: dict[str, tuple[Path, int]], place: tuple[Path, int]) -> None:
    if isinstance(statement, ast.CreateStmt):
        made[qualified(statement.relation)] = place
    elif isinstance(statement, ast.DropStmt) and statement.removeType is ObjectType.OBJECT_TABLE:
        for names in statement.objects:
            parts = [name.sval for name in names]
            made.pop(".".join(parts[1:] if parts[0] == "public" else parts), None)
    elif isinstance(statement, ast.RenameStmt) and statement.renameType is ObjectType.OBJECT_TABLE:
        old = qualified(statement.relation)
        if old in made:
            made[f"{old.rpartition('.')[0]}.{statement.newname}".removeprefix(".")] = made.pop(old)


def _line(text: str, position: int) -> int:
    """Where a statement begins, behind the comments in front of it; ``position`` counts bytes."""
    before = text.encode()[:position].decode()
    rest = text[len(before) :]
    skipped = re.match(r"(?:\s+|--[^\n]*\n|/\*.*?\*/)*", rest, re.DOTALL)
    return before.count("\n") + rest[: skipped.end() if skipped else 0].count("\n") + 1
