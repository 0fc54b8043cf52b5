"""The statements of an application: linted, described by the server, planned, and all that is executed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import psycopg
import pytest

from ventros import roles
from ventros.audit.expectations import TENANTS, Deviation, deviations, read_committed
from ventros.audit.grants import grants_sql
from ventros.audit.library import Library
from ventros.audit.lint import lint
from ventros.audit.statistics import entries, reconcile, since
from ventros.kernel.application import Application
from ventros.kernel.statements import Statement, columns
from ventros.testing.server import Server


def check_statements(application: Application) -> type:
    """A class of tests, to be given a name that pytest collects: ``TestStatements = check_statements(SHOP)``.

    ``application`` is the one of the fixture ``ventros_application``, or one that it stands on.
    """
    library = Library(application)

    class Statements:
        def test_no_rule_is_broken(self) -> None:
            """Else as ventros sql lint says it."""
            assert [str(fault) for fault in lint(library, library.own_statements)] == []

        def test_each_is_what_its_header_says(self, ventros_owner_dsn: str) -> None:
            """Prepared on the migrated schema: parameters, columns, and those of the mapper."""
            with psycopg.connect(ventros_owner_dsn) as connection:
                assert list(header_faults(connection, application, library.own_statements)) == []

        def test_the_roles_are_granted_what_they_need(self) -> None:
            """Else: ventros sync"""
            path = application.statements.folder / "grants.sql"
            committed = path.read_text(encoding="utf-8")
            assert committed == grants_sql(library)

        @pytest.mark.usefixtures("ventros_closed_world")
        def test_nothing_else_is_executed(self) -> None:
            """Told when the last test of the run is over."""

    class StatementsAndPlans(Statements):
        def test_the_plans_are_the_committed(self, ventros_server: Server, ventros_seeded: str) -> None:
            """Else, when that is right: ventros sync"""
            dsn = ventros_server.superuser_dsn(ventros_seeded)
            assert [str(deviation) for deviation in plan_deviations(dsn, library)] == []

    has_plans = (application.statements.folder / "plans" / "expected.txt").is_file()
    return StatementsAndPlans if has_plans else Statements


def plan_deviations(superuser_dsn: str, library: Library) -> list[Deviation]:
    """Where the application's own statements do otherwise than plans/expected.txt says, if seeded."""
    expected, _ = read_committed(library)
    with psycopg.connect(superuser_dsn) as connection:
        connection.execute("SET pg_stat_statements.track = 'none'")  # else it would be the relay's work
        connection.execute("SET ROLE ventros_owner")
        return deviations(connection, library.own_statements, expected, TENANTS)


def header_faults(
    connection: psycopg.Connection, application: Application, statements: Iterable[Statement]
) -> Iterator[str]:
    """Where the server's description of a statement differs from its header, or from the mapper's columns.

    The header's ``returns:`` names columns, or the resource whose mapper reads the rows. What the server
    cannot prepare is a fault too; the connection's transaction is then rolled back.
    """
    mappers = {repository.resource: repository.mapper for repository in application.repositories()}
    for statement in statements:
        prepared = connection.pgconn.prepare(b"", statement.text.encode())
        if prepared.status != psycopg.pq.ExecStatus.COMMAND_OK:
            yield f"{statement.name}: {prepared.error_message.decode().strip()}"
            connection.rollback()
            continue
        described = connection.pgconn.describe_prepared(b"")
        params = [described.param_type(number) for number in range(described.nparams)]
        said = [_oid(connection, param.type) for param in statement.params]
        if said != params:
            yield f"{statement.name}: params: {said} are not the server's {params}"
        names = [(described.fname(number) or b"").decode() for number in range(described.nfields)]
        types = [described.ftype(number) for number in range(described.nfields)]
        if mapper := mappers.get(statement.returns):
            if names != list(mapper.COLUMNS):
                yield f"{statement.name}: columns {names} are not those of the {statement.returns} mapper"
        else:
            stated = [(column.name, _oid(connection, column.type)) for column in columns(statement.returns)]
            if stated != list(zip(names, types, strict=True)):
                yield f"{statement.name}: returns: {stated} is not the server's {names} of {types}"


def _oid(connection: psycopg.Connection, type_name: str) -> int | None:
    row: tuple[int | None] | None = connection.execute(
        "SELECT to_regtype(%s)::oid::bigint", [type_name]
    ).fetchone()
    return row[0] if row else None


def unknown_to(application: Application, superuser_dsn: str) -> list[str]:
    """The texts that app, relay and scheduler have executed on the server, and that are no statement of the
    application.

    ``superuser_dsn`` leads to a migrated database. Fails when the server could not count them all.
    """
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        executed = [
            entry
            for role in (roles.APP, roles.RELAY, roles.SCHEDULER)
            for entry in entries(connection, role, everywhere=True)
        ]
        unknown = reconcile(connection, Library(application), executed).unknown
        _, evictions = since(connection)
    assert evictions == 0, "pg_stat_statements.max is too small to tell"
    return [entry.text for entry in unknown]
