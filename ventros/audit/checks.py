"""Asks a database the questions of ``sql/ops``: what psql shows of them, Python takes for findings."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import attrs
import psycopg

from ventros import administration
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.resources import directory
from ventros.roles import APP

TIMEOUT = 60
"""Seconds that one question may take, unless another bound is given."""

_HEADER = re.compile(r"^-- (\w+):\s+(.*(?:\n--\s{2,}.*)*)", re.MULTILINE)
_SETTINGS = """
SELECT set_config('statement_timeout', %(timeout)s, true), set_config('lock_timeout', '2s', true),
       set_config('ventros.app', %(app)s, true)
"""


@attrs.frozen
class Finding:
    """What is wrong in a database, and what to do about it."""

    check: str  # the question's name, that of its file in sql/ops: "version_fences"
    subject: str  # what it is about: "contacts", "contacts 0190…", "contacts_updated_at_idx"
    text: str  # one sentence: what is wrong
    see: str  # the SQL that shows it, ready for psql
    mend: str  # the SQL that mends it, or what to do


@attrs.frozen
class Question:
    """One file of ``sql/ops``. Its rows are findings, or a look at what goes on."""

    name: str
    finds: bool
    header: dict[str, str] = attrs.field(repr=False)
    text: str = attrs.field(repr=False)


@functools.cache
def questions() -> tuple[Question, ...]:
    """In the order of their files."""
    return tuple(_read(path) for path in sorted((directory("sql") / "ops").glob("*.sql")))


def audit(connection: psycopg.Connection, *, app: str = APP, timeout: int = TIMEOUT) -> list[Finding]:
    """All checks, in the order of their files, each in a read-only transaction of its own.

    ``app`` is the role that services log in as, ``timeout`` the seconds that one check may take. What cannot
    be checked is a finding that says why.
    """
    asked = (question for question in questions() if question.finds)
    return [finding for question in asked for finding in _ask(connection, question, app, timeout)]


def _ask(connection: psycopg.Connection, question: Question, app: str, timeout: int) -> list[Finding]:
    try:
        with connection.transaction(force_rollback=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(_SETTINGS, {"timeout": f"{timeout}s", "app": app})
            cursor.execute(question.text.encode(), prepare=False)
            while cursor.nextset():  # a question may begin with SET
                pass
            return [Finding(question.name, *row) for row in cursor.fetchall()]
    except psycopg.OperationalError as error:
        if connection.broken:
            raise ConfigurationError(
                f"{question.name}: the connection is gone: {administration.message(error)}"
            ) from error
        return [_unchecked(question, error)]
    except psycopg.Error as error:
        return [_unchecked(question, error)]


def _unchecked(question: Question, error: psycopg.Error) -> Finding:
    return Finding(
        check=question.name,
        subject="not checked",
        text=f"this could not be checked: {administration.message(error)}",
        see=f"\\i sql/ops/{question.name}.sql",
        mend=f"to be run by {question.header['role']}",
    )


def _read(path: Path) -> Question:
    text = path.read_text(encoding="utf-8")
    header = {key: re.sub(r"\s*\n--\s+", " ", value) for key, value in _HEADER.findall(text)}
    if header.get("name") != path.stem or header.get("kind") not in {"findings", "look"}:
        raise ConfigurationError(f"{path}: the header has no name: {path.stem}, or no kind: findings or look")
    return Question(name=path.stem, finds=header["kind"] == "findings", header=header, text=text)
