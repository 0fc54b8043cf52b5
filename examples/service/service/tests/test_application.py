"""The service's own table and statements keep the rules that Ventros keeps for its own."""

from __future__ import annotations

import psycopg

from service.application import SERVICE
from ventros import roles
from ventros.audit.grants import grants_sql
from ventros.audit.library import Library
from ventros.audit.lint import lint

FOLDER = SERVICE.statements.folder
LIBRARY = Library(SERVICE)


def test_no_rule_is_broken() -> None:
    assert [str(fault) for fault in lint(LIBRARY, LIBRARY.own_statements)] == []


def test_the_app_is_granted_what_the_statements_need() -> None:
    """Else: ventros sql grants > service/sql/grants.sql"""
    assert (FOLDER / "grants.sql").read_text(encoding="utf-8") == grants_sql(LIBRARY, roles.APP)


def test_the_server_takes_each_statement(superuser: psycopg.Connection) -> None:
    for statement in LIBRARY.own_statements:
        prepared = superuser.pgconn.prepare(statement.name.encode(), statement.text.encode())
        assert prepared.error_message == b"", statement.name
