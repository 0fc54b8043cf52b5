"""Asks a database the questions of ``sql/ops``: what psql shows of them, Python takes for findings.

What a question has to know of the application stands in it as lists, see :mod:`ventros.sql_lists`, so that
psql can ask it too; the files are as they are for the CRM. `ventros sync` writes these lists anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, LiteralString

import attrs
import psycopg

from ventros import administration
from ventros.audit import schema
from ventros.audit.library import Library
from ventros.audit.references import references
from ventros.audit.steps import Tell, steps
from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.repository import EntityRepository, Repository
from ventros.kernel.resources import directory
from ventros.kernel.validators import USER_TENANT
from ventros.roles import DEFAULT, Roles
from ventros.roles.grants import privileges
from ventros.roles.powers import SETTINGS
from ventros.sql_lists import fill, kinds

NOT_CHECKED = "not checked"
"""The subject of a finding that says why there is none."""
TIMEOUT = 60
"""Seconds that one question may take, unless another bound is given."""

HEADER = ("name", "kind", "why", "role", "read", "mend")
"""What the comment at the head of a file must say."""
OPTIONAL = ("blind", "of", "weight", "means", "steps", "walk", "parts")
"""What it may say: what it does not see, of which application alone it is; how much its findings weigh, and
what they mean for whoever runs the database; how to ask for a step, the table and key along which steps go,
or the parts that are a step each."""
EACH_KEY = "each foreign key"
"""What parts says where they are those."""
KINDS = ("findings", "list", "look")
"""Rows that are findings; lines to be held against those listed; or a look at what goes on."""

_HEADER = re.compile(r"^-- (\w+):\s+(.*(?:\n--\s{2,}.*)*)", re.MULTILINE)
_BOUNDS: LiteralString = (
    "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', '2s', true)"
)
_REMEDIES = {
    "42P01": "ventros migrate",
    "42703": "ventros migrate",
    "55P03": "ask again when the table is no longer locked",
    "57014": "ask again with a longer --timeout, or run the file with psql",
}
"""By SQLSTATE; for all others it is a role that may."""


@attrs.frozen
class Finding:
    """What is wrong in a database, and what to do about it."""

    check: str  # the question's name, that of its file in sql/ops: "catalogue"
    subject: str  # what it is about: "contacts", "contacts 0190…", "contacts_updated_at_idx"
    text: str  # one sentence: what is wrong
    see: str  # the SQL that shows it, ready for psql
    mend: str  # the SQL that mends it, or what to do
    weight: str = schema.HIGH  # critical, high or low
    means: str = ""  # what it means for whoever runs the database, one sentence


@attrs.frozen
class Question:
    """One file of ``sql/ops``. It finds something, or else its rows are a look at what goes on.

    ``listed`` reads the lines that those of a list should be.
    """

    name: str
    finds: bool
    header: dict[str, str]
    text: str = attrs.field(repr=False)
    path: Path
    listed: Callable[[], schema.Listed] | None = attrs.field(default=None, repr=False)
    parts: tuple[str, ...] = attrs.field(default=(), repr=False)

    def findings(self, rows: list[tuple[str, str, str, str]], roles: Roles) -> list[Finding]:
        """What its ``rows`` say. Raises ConfigurationError when there is no list to hold them against."""
        if self.listed:
            faults = schema.faults(self.listed().named(roles), schema.lines(rows))
            return [Finding(self.name, *attrs.astuple(fault)) for fault in faults]
        weight, means = self.header.get("weight", schema.HIGH), self.header.get("means", "")
        return [Finding(self.name, *row, weight, means) for row in rows]


def questions(application: Application) -> list[Question]:
    """Those that can be asked of a database of ``application``, in the order of their files."""
    names = {other.name for other in application.stack()}
    found = (read_question(path) for path in sorted((directory("sql") / "ops").glob("*.sql")))
    lists = _Lists(application)
    rendered = (
        attrs.evolve(
            question,
            text=lists.render(question.text),
            listed=partial(schema.listed, application) if question.header["kind"] == "list" else None,
            parts=lists.parts(question.header.get("parts", "")),
        )
        for question in found
        if question.header.get("of") in {None, *names}
    )
    return [question for question in rendered if question.text]


def render(text: str, application: Application) -> str:
    """``text`` with what it has to know of ``application``; empty if it asks about what there is none of."""
    return _Lists(application).render(text)


class _Lists:
    """What the questions have to know of an application, by the name of the list."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.library = Library(application)

    def render(self, text: str) -> str:
        asked = kinds(text) & {"versioned table", "foreign key"}
        if any(not self.of(kind) for kind in asked):
            return ""
        return fill(text, self.of)

    def parts(self, named: str) -> tuple[str, ...]:
        """By the header's word for them."""
        if named == EACH_KEY:
            return tuple(f"{key['child']}.{key['name']}" for key in self.of("foreign key"))
        return tuple(named.split(", ")) if named else ()

    def of(self, kind: str) -> list[dict[str, str]]:
        if kind == "schema":
            return [{"name": schema} for schema in self.application.schemas()]
        if kind == "versioned table":
            return [
                self._versioned(repository)
                for repository in self.application.repositories()
                if issubclass(repository, Repository)
            ]
        if kind == "table of a user":
            return [
                {"name": name, "column": table.scope}
                for name, table in sorted(self.library.tables.items())
                if table.scope in {"user_id", "id"}
            ]
        if kind == "privilege":
            return [one for application in self.application.stack() for one in privileges(application)]
        if kind == "index":
            return [{"name": name} for name in sorted(self.library.indexes)]
        if kind == "foreign key":
            return references(self.library)
        if kind == "directory":
            return [{"name": name} for name in sorted(self.library.directories)]
        if kind == "changing table":
            return [
                {"name": name, "columns": ", ".join(f"'{column}'" for column in columns)}
                for name, columns in self.library.changing.items()
            ]
        raise ConfigurationError(f"a question has a list for each {kind}, which is not known")

    def _versioned(self, repository: type[EntityRepository[Any]]) -> dict[str, str]:
        table = repository.TABLE
        name = table.qualified_name
        secret = name in self.library.secret_columns
        return {
            "name": name,
            "resource": repository.resource,
            "column": table.scope,
            "tenant": "tenant_id" if table.scope == "tenant_id" else f"'{USER_TENANT}' || {table.scope}",
            "columns": ", ".join(self.library.open_columns(name)) if secret else "*",
        }


def _paths(application: Application) -> list[tuple[str, str]]:
    statements = (other.statements for other in application.stack())
    return [(catalogue.schema, name) for catalogue in statements for name in catalogue.tables()]


def audit(
    connection: psycopg.Connection,
    application: Application,
    *,
    roles: Roles = DEFAULT,
    timeout: int = TIMEOUT,
    tell: Tell = lambda _line: None,
) -> list[Finding]:
    """All checks, each in a read-only transaction of its own; what weighs most first, by check.

    ``roles`` are those of the database, ``timeout`` the seconds that one check may take, or one step of it,
    of which ``tell`` is told. What could not be checked is a finding that says why. Raises ConfigurationError
    when the database has none of the tables, when the role that services log in as does not exist, or when
    it cannot be reached any more.
    """
    _require_tables(connection, application)
    _require_role(connection, roles.app)
    findings = [
        finding
        for question in questions(application)
        if question.finds
        for bounds in steps(connection, question, tell)
        for finding in ask(connection, question, roles, timeout, bounds)
    ]
    findings = list(dict.fromkeys(findings))  # what no step could check is said once
    return sorted(_once(findings), key=lambda finding: schema.WEIGHTS.index(finding.weight))


def _once(findings: list[Finding]) -> list[Finding]:
    """Without what is only extra where another check says what is wrong with it, and mends it alike."""
    others = {_first(finding.mend) for finding in findings if finding.check != "catalogue"}
    return [
        one
        for one in findings
        if one.check != "catalogue" or one.subject == NOT_CHECKED or _first(one.mend) not in others
    ]


def _first(mend: str) -> str:
    return mend.replace("public.", "").partition(";")[0]


def ask(
    connection: psycopg.Connection,
    question: Question,
    roles: Roles,
    timeout: int,
    bounds: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Its rows; or one finding when the server gives none, because of a privilege, a lock or the time."""
    try:
        with connection.transaction(force_rollback=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(_BOUNDS, [f"{timeout}s"])
            cursor.execute(SETTINGS, attrs.asdict(roles))
            for name, value in (bounds or {}).items():
                cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
            cursor.execute(question.text.encode(), prepare=False)
            while cursor.nextset():  # before the SELECT there may be a SET
                pass
            rows = cursor.fetchall()
    except psycopg.Error as error:
        message = administration.message(error)
        if connection.closed:
            raise ConfigurationError(f"{question.name}: the connection is gone: {message}") from error
        return [
            Finding(
                check=question.name,
                subject=NOT_CHECKED,
                text=f"this could not be checked: {message}",
                see=f"\\i {question.path}",
                mend=_REMEDIES.get(error.sqlstate or "") or f"ask as {question.header['role']}",
                weight=question.header.get("weight", schema.HIGH),
                means="What it looks for may be there all the same.",
            )
        ]
    return question.findings(rows, roles)


def _require_tables(connection: psycopg.Connection, application: Application) -> None:
    names = [".".join(path) for path in _paths(application)]
    known: LiteralString = (
        "SELECT EXISTS (SELECT FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL)"
    )
    if connection.execute(known, [names]).fetchone() == (False,):
        raise ConfigurationError("this database has none of the tables: ventros migrate makes them")


def _require_role(connection: psycopg.Connection, app: str) -> None:
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [app]).fetchone() is None:
        raise ConfigurationError(
            f"there is no role {app}: --app-role names the one that services log in as; "
            "ventros migrate roles makes it"
        )


def read_question(path: Path) -> Question:
    """What stands in the file. Raises ConfigurationError when its header is not whole."""
    text = path.read_text(encoding="utf-8")
    header = {key: re.sub(r"\s*\n--\s+", " ", value) for key, value in _HEADER.findall(text)}
    missing = [key for key in HEADER if not header.get(key)]
    if missing:
        raise ConfigurationError(f"{path}: its header does not say {', '.join(missing)}")
    if header["name"] != path.stem or header["kind"] not in KINDS:
        raise ConfigurationError(
            f"{path}: it is to be named {path.stem}, and of the kind {', '.join(KINDS[:-1])} or {KINDS[-1]}"
        )
    if header.get("weight", schema.HIGH) not in schema.WEIGHTS:
        raise ConfigurationError(
            f"{path}: its weight is to be {', '.join(schema.WEIGHTS[:-1])} or {schema.WEIGHTS[-1]}"
        )
    return Question(path.stem, header["kind"] != "look", header, text, path)
