"""Every statement keeps the rules, and each rule is seen to find the statement that breaks it."""

from __future__ import annotations

import attrs
import psycopg
import pytest

from tests.support.library import LIBRARY
from tests.support.program import ventros
from ventros.audit.lint import NON_VOLATILE, lint
from ventros.kernel.statements import Statement, columns


def spoiled(name: str, old: str, new: str, *, params: str | None = None) -> Statement:
    """The statement of that name, with ``old``, which must stand in it once, replaced."""
    statement = LIBRARY.find(name)
    assert statement.text.count(old) == 1, statement.text
    columns_ = statement.params if params is None else columns(params)
    return attrs.evolve(statement, text=statement.text.replace(old, new), params=columns_)


def written(text: str, params: str = "tenant_id text, id uuid, expected_version integer") -> Statement:
    """Another text, in the place of contacts.update and under a verb that has no standard."""
    find = LIBRARY.find("contacts.update")
    return attrs.evolve(find, name="contacts.find", text=text, params=columns(params), changes=())


STEP = "UPDATE contacts SET name = 'x', version = version + 1"
KEY = " WHERE tenant_id = $1 AND id = $2"
SABOTAGES = {
    "version predicate missing": (spoiled("contacts.update", "AND version = $3", ""), "version compared"),
    "version predicate only in one case": (
        written(f"{STEP}{KEY} AND (version = $3 OR name = 'x')"),
        "version compared",
    ),
    "version compared with itself": (written(f"{STEP}{KEY} AND version = version"), "version compared"),
    "delete whatever the version": (
        spoiled("contacts.delete", "AND version = $3", ""),
        "version compared",
    ),
    "upsert of a versioned row": (
        written(
            "INSERT INTO contacts AS c (tenant_id, id) VALUES ($1, $2) ON CONFLICT (tenant_id, id)"
            " DO UPDATE SET name = 'x', version = c.version + 1"
        ),
        "version compared",
    ),
    "version not stepped": (
        spoiled("contacts.update", "version = version + 1", "phone = phone"),
        "version stepped",
    ),
    "version set by the caller": (
        spoiled("contacts.update", "version = version + 1", "version = $3"),
        "version set",
    ),
    "version stepped by two": (
        spoiled("contacts.update", "version = version + 1", "version = version + 2"),
        "version set",
    ),
    "version stepped from another's": (
        written(
            "UPDATE contacts AS c SET version = g.version + 1 FROM (SELECT 7 AS version) AS g"
            " WHERE c.tenant_id = $1 AND c.version = $3"
        ),
        "version set",
    ),
    "version of a new row given": (
        written("INSERT INTO contacts (tenant_id, id, version) VALUES ($1, $2, $3)"),
        "version set",
    ),
    "in a common table expression": (
        written(f"WITH changed AS ({STEP}{KEY} RETURNING id) SELECT id FROM changed"),  # noqa: S608 - a saboteur
        "version compared",
    ),
    "every column": (spoiled("contacts.stored_version", "SELECT version", "SELECT *"), "star"),
    "every column of one table": (
        written("SELECT c.* FROM contacts c WHERE c.tenant_id = $1"),
        "star",
    ),
    "every column returned": (
        spoiled("contacts.update", "RETURNING id, version", "RETURNING *"),
        "star",
    ),
    "tenant predicate missing": (spoiled("contacts.get", "tenant_id = $1 AND", ""), "tenant"),
    "tenant compared with another parameter": (
        spoiled("contacts.get", "tenant_id = $1 AND", "tenant_id = $2 AND"),
        "tenant",
    ),
    "tenant inserted from nowhere": (
        written("INSERT INTO contacts (tenant_id, id) VALUES ('acme', $2)"),
        "tenant",
    ),
    "tenant of a joined table not compared": (
        written("SELECT c.id FROM contacts c JOIN sessions s ON s.contact_id = c.id WHERE c.tenant_id = $1"),
        "tenant",
    ),
    "tenant compared only where an outer join finds nothing": (
        written(
            "SELECT c.id FROM contacts c LEFT JOIN sessions s"
            " ON s.tenant_id = c.tenant_id AND s.tenant_id = $1"
        ),
        "tenant",
    ),
    "tenant compared only in a subquery": (
        written(
            "SELECT c.id, (SELECT count(s.id) FROM sessions s"
            " WHERE s.tenant_id = $1 AND s.tenant_id = c.tenant_id) FROM contacts c"
        ),
        "tenant",
    ),
    "tenant of a subquery not compared": (
        written("SELECT id FROM contacts WHERE tenant_id = $1 AND id IN (SELECT contact_id FROM sessions)"),
        "tenant",
    ),
    "the whole table": (written("DELETE FROM agent_counters"), "where"),
    "unordered lock": (
        written("SELECT id FROM contacts WHERE tenant_id = $1 AND id = ANY ($2) FOR UPDATE"),
        "lock order",
    ),
    "unordered lock in a write": (
        written(
            "INSERT INTO agent_counters (tenant_id, agent_id)"
            " SELECT $1, id FROM agents WHERE tenant_id = $1 FOR SHARE"
        ),
        "lock order",
    ),
    "what it says to change it does not set": (
        attrs.evolve(LIBRARY.find("contacts.update"), changes=("created_at",)),
        "changes",
    ),
    "the server's random": (
        written("INSERT INTO users (id) VALUES (gen_random_uuid())"),
        "volatile",
    ),
}


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_statement_that_breaks_a_rule_is_named_with_the_rule(name: str) -> None:
    statement, rule = SABOTAGES[name]
    faults = lint(LIBRARY, [*LIBRARY.statements, statement])
    assert {fault.rule for fault in faults} >= {rule}
    assert {fault.name for fault in faults} == {statement.name}
    assert f"{statement.path.name}:{statement.line}: {statement.name}: " in str(faults[0])


@pytest.mark.parametrize(
    "text",
    [
        f"{STEP}{KEY} AND version = $3",
        "SELECT c.id FROM contacts c JOIN sessions s ON s.tenant_id = c.tenant_id WHERE s.tenant_id = $1",
        "SELECT c.id FROM contacts c LEFT JOIN agents a ON a.tenant_id = c.tenant_id WHERE c.tenant_id = $1",
        "SELECT id FROM contacts WHERE tenant_id = ventros_tenant()",
        "SELECT id FROM contacts WHERE tenant_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE",
        "SELECT id FROM contacts WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
        "SELECT count(*) FROM contacts WHERE tenant_id = $1",
    ],
)
def test_what_keeps_the_rules_passes(text: str) -> None:
    assert [str(fault) for fault in lint(LIBRARY, [written(text)])] == []


def test_the_exceptions_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    unexplained = [attrs.evolve(statement, tenant="") for statement in LIBRARY.statements]
    without = {statement.name for statement in LIBRARY.statements if statement.tenant}
    assert {fault.name for fault in lint(LIBRARY, unexplained)} == without > set()


def test_what_statements_may_call_is_not_volatile(superuser: psycopg.Connection) -> None:
    kinds = superuser.execute(
        "SELECT proname, bool_or(provolatile = 'v') FROM pg_proc WHERE proname = ANY (%s) GROUP BY 1",
        [[*NON_VOLATILE, "gen_random_uuid"]],
    ).fetchall()
    volatile = {name for name, is_volatile in kinds if is_volatile}
    raising = {"ventros_not_added", "ventros_not_saved"}
    telling = {"pg_control_system", "pg_prepared_xact"}  # of the server, and of no row
    assert volatile == {"gen_random_uuid", *raising, *telling}, "the control, and what cannot bend a result"
    assert {name for name, _ in kinds} == {*NON_VOLATILE, "gen_random_uuid"}


def test_the_tables_are_read_as_the_server_has_them(superuser: psycopg.Connection) -> None:
    columns_of: dict[str, tuple[str, ...]] = {}
    for table, column in superuser.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name NOT LIKE '%migrations%' ORDER BY 1, ordinal_position"
    ):
        columns_of[table] = (*columns_of.get(table, ()), column)
    assert {table.name: table.columns for table in LIBRARY.tables.values()} == columns_of
    assert sum(table.versioned for table in LIBRARY.tables.values()) == 17


def test_the_command_says_it() -> None:
    done = ventros("sql", "lint")
    assert (done.returncode, done.stdout) == (0, "")
    assert "tables, 0 faults" in done.stderr
