"""Whoever does whatever for whichever tenant on every table: what happens is what a small rule says.

The tables come from the catalogue: children, the kernel's, those of an application on top. Constraints,
foreign keys and triggers are off, and rows are made up, so that only privileges and policies decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Final, LiteralString

import attrs
import psycopg
import pytest

from tests.support.letters import build
from ventros import CRM, Application, roles
from ventros.devserver import DevServer
from ventros.roles.grants import privileges
from ventros.schema import create_database

DATABASE: Final = "matrix"
SUPERUSER: Final = "postgres"
ROLES: Final = (*roles.DEFAULT.all, SUPERUSER)
SETTINGS: Final = (None, "", "A", "B")
"""The tenant that is set: never any, none any more, one of the two."""
ROWS: Final = {"A": 1, "B": 2}
"""How many each tenant has in every table: what a write met tells whose rows they were."""
ALL: Final = str(sum(ROWS.values()))
DENIED, NO_TENANT, NO_COPY = "42501", "VT001", "0A000"
NO_USER: Final = "VT004"
INSERT: Final = "INSERT INTO {name} ({needed}) VALUES ({own})"
TEXTS: Final = {
    "SELECT": "SELECT {reads} FROM {name}",
    "INSERT": INSERT,
    "INSERT for another": "INSERT INTO {name} ({needed}) VALUES ({other})",
    "UPDATE": "UPDATE {name} SET {changes} = {value}",
    "UPDATE to another": "UPDATE {name} SET tenant_id = '{tenant}'",
    "DELETE": "DELETE FROM {name}",
    "SELECT FOR UPDATE": "SELECT {reads} FROM {name} FOR UPDATE",
    "SELECT FOR SHARE": "SELECT {reads} FROM {name} FOR SHARE",
    "TRUNCATE": "TRUNCATE {name}",
    "COPY TO": "COPY {name} ({reads}) TO STDOUT",
    "COPY FROM": "COPY {name} ({needed}) FROM STDIN",
}

_TABLES: LiteralString = """
SELECT c.oid::regclass::text, relrowsecurity,
       ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid),
       array_agg(attname::text ORDER BY attnum),
       array_agg(format_type(atttypid, atttypmod) ORDER BY attnum),
       array_agg(attname::text ORDER BY attnum) FILTER (WHERE attnotnull AND NOT atthasdef)
  FROM pg_class AS c
  JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
   AND attidentity = '' AND attgenerated = ''
 WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace::regnamespace::text = ANY (%s)
 GROUP BY c.oid
 ORDER BY 1
"""
_BARE: LiteralString = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT IF EXISTS %%I CASCADE', conrelid::regclass, conname)
  FROM pg_constraint
 WHERE contype IN ('c', 'f', 'u', 'x') AND conrelid <> 0
   AND connamespace::regnamespace::text = ANY (%(schemas)s)
 UNION ALL
SELECT format('DROP INDEX IF EXISTS %%s', indexrelid::regclass)
  FROM pg_index
  JOIN pg_class ON pg_class.oid = indexrelid
 WHERE indisunique AND NOT indisprimary AND relnamespace::regnamespace::text = ANY (%(schemas)s)
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
 UNION ALL
SELECT format('ALTER TABLE %%s DISABLE TRIGGER USER', oid::regclass)
  FROM pg_class
 WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text = ANY (%(schemas)s)
"""
# Executes it, says how many rows it met or how it was refused, and undoes it.
_ATTEMPT: LiteralString = """
CREATE SCHEMA attempts;
GRANT USAGE ON SCHEMA attempts TO PUBLIC;
CREATE FUNCTION attempts.outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    met bigint;
BEGIN
    EXECUTE statement;
    GET DIAGNOSTICS met = ROW_COUNT;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = met::text;
EXCEPTION WHEN OTHERS THEN
    RETURN CASE SQLSTATE WHEN 'ZZ000' THEN SQLERRM ELSE SQLSTATE END;
END $$
"""
_OUTCOMES: LiteralString = """
SELECT attempts.outcome(text) FROM unnest(%s::text[]) WITH ORDINALITY AS t (text, place) ORDER BY place
"""
_SAMPLES: Final = {
    "uuid": "gen_random_uuid()",
    "boolean": "true",
    "jsonb": "'{}'",
    "bytea": "''",
    "xid8": "'1'",
    "date": "now()",
}
_KINDS: Final = {"timestamp": "now() + random() * interval '1 h'", "interval": "interval '1 h'"}


@attrs.frozen
class Table:
    """``columns`` with their types; ``needed`` are those that an INSERT has to name."""

    name: str
    secured: bool
    policies: frozenset[str]
    columns: dict[str, str]
    needed: tuple[str, ...]

    @property
    def of_tenant(self) -> bool:
        return "tenant_id" in self.columns

    def values(self, tenant: str) -> str:
        return ", ".join(
            f"'{tenant}'" if name == "tenant_id" else sample(self.columns[name]) for name in self.needed
        )


@attrs.frozen
class Cell:
    role: str
    tenant: str | None
    operation: str
    table: Table
    text: str = attrs.field(eq=False)
    may: bool = attrs.field(eq=False)
    """What the grants say."""

    def expected(self) -> set[str]:
        """The rule. An outcome is a number of rows or a SQLSTATE."""
        if not self.may:
            # To guess how many rows there are, the planner may ask for the tenant before privileges count.
            return {DENIED} if self.tenant else {DENIED, NO_TENANT, NO_USER}
        confined = self.role in {roles.APP, roles.OWNER} and self.table.secured
        if self.operation == "TRUNCATE":
            return {"0"}
        if self.operation == "COPY FROM":
            return {NO_COPY} if self.table.secured and self.role != SUPERUSER else {"0"}
        if not confined:
            return {"1"} if self.operation.startswith("INSERT") else {ALL}
        if not self.table.of_tenant:
            return {NO_USER}
        return self._of_confined()

    def _of_confined(self) -> set[str]:
        reads = self.operation in {"SELECT", "COPY TO"}
        locks = self.operation.startswith("SELECT FOR")
        if (
            "recorded" in self.table.policies and not reads
        ):  # the history: anybody adds to it, nobody changes it
            return (
                {"1"}
                if self.operation.startswith("INSERT")
                else {"0", *(set() if self.tenant else {NO_TENANT})}
            )
        if "directory" in self.table.policies and reads:  # read before the tenant is known
            return {ALL}
        if "asked" in self.table.policies and (reads or locks) and not self.tenant:  # by the key looked for
            return {"0", NO_TENANT} if locks else {"0"}
        if not self.tenant:
            return {NO_TENANT}
        if self.operation in {"INSERT for another", "UPDATE to another"}:
            return {DENIED}
        return {"1"} if self.operation == "INSERT" else {str(ROWS[self.tenant])}


def sample(type_: str) -> str:
    """Another value for each row, where a key may want it."""
    if type_.endswith("[]"):
        return "'{}'"
    known = _SAMPLES.get(type_) or next(
        (text for kind, text in _KINDS.items() if type_.startswith(kind)), None
    )
    if known:
        return known
    if type_.partition("(")[0] in {"smallint", "integer", "bigint", "numeric", "real", "double precision"}:
        return "(random() * 30000)::integer"
    return f"left(md5(random()::text), 12)::{type_}"


def texts(table: Table, reads: str, changes: str, tenant: str | None) -> Iterator[tuple[str, str]]:
    """By operation; those that move rows between tenants only where there are any."""
    own = tenant or "A"
    other = "A" if own == "B" else "B"
    parts = {
        "name": table.name,
        "needed": ", ".join(table.needed),
        "own": table.values(own),
        "other": table.values(other),
        "tenant": other,
        "reads": reads,
        "changes": changes,
        "value": sample(table.columns[changes]),
    }
    for operation, text in TEXTS.items():
        if table.of_tenant or "another" not in operation:
            yield operation, text.format(**parts)


@attrs.frozen
class Matrix:
    server: DevServer
    application: Application

    def superuser(self) -> psycopg.Connection:
        return psycopg.connect(self.server.superuser_dsn(DATABASE), autocommit=True)

    def tables(self) -> list[Table]:
        with closing(self.superuser()) as connection:
            rows = connection.execute(_TABLES, [list(self.application.schemas())]).fetchall()
        return [
            Table(name, secured, frozenset(policies), dict(zip(columns, types, strict=True)), tuple(needed))
            for name, secured, policies, columns, types, needed in rows
        ]

    def granted(self) -> dict[tuple[str, str], dict[str, set[str]]]:
        """By role and table, by action, the columns."""
        found: dict[tuple[str, str], dict[str, set[str]]] = {}
        for one in self.application.stack():
            for privilege in privileges(one):
                actions = found.setdefault((f"ventros_{privilege['role']}", privilege["table"]), {})
                actions.setdefault(privilege["action"], set()).update(privilege["columns"].split(", "))
        return found

    def cells(self, tables: list[Table]) -> Iterator[Cell]:
        granted = self.granted()
        for role in ROLES:
            for table in tables:
                has = granted.get((role, table.name), {})
                read, change = has.get("SELECT", set()), has.get("UPDATE", set())
                reads = next((name for name in table.columns if name in read), next(iter(table.columns)))
                changes = next((name for name in table.columns if name in change), [*table.columns][-1])
                inserts = set(table.needed) <= has.get("INSERT", set())
                may = {
                    "SELECT": bool(read),
                    "INSERT": inserts,
                    "INSERT for another": inserts,
                    "UPDATE": bool(change),
                    "UPDATE to another": "tenant_id" in change,
                    "DELETE": "DELETE" in has,
                    "SELECT FOR UPDATE": bool(read and change),
                    "SELECT FOR SHARE": bool(read and change),
                    "TRUNCATE": False,
                    "COPY TO": bool(read),
                    "COPY FROM": inserts,
                }
                every = role in {SUPERUSER, roles.OWNER}
                for tenant in SETTINGS:
                    for operation, text in texts(table, reads, changes, tenant):
                        yield Cell(role, tenant, operation, table, text, every or may[operation])

    def outcomes(self, cells: list[Cell]) -> Iterator[tuple[Cell, str]]:
        """Of each cell, in a session of its role to which the tenant was set, or never."""
        for role in ROLES:
            for tenant in SETTINGS:
                own = [cell for cell in cells if (cell.role, cell.tenant) == (role, tenant)]
                with closing(self.superuser()) as connection:
                    connection.execute(f"SET ROLE {role}".encode())
                    if tenant is not None:
                        connection.execute("SELECT set_config('app.tenant_id', %s, false)", [tenant])
                    copies = [cell for cell in own if cell.operation.startswith("COPY")]
                    others = [cell for cell in own if cell not in copies]
                    rows = connection.execute(_OUTCOMES, [[cell.text for cell in others]]).fetchall()
                    yield from zip(others, (outcome for (outcome,) in rows), strict=True)
                    for cell in copies:
                        yield cell, copied(connection, cell)

    def wrong(self, tables: list[Table]) -> tuple[int, list[str]]:
        """How many cells there are, and those where it is not as the rule says."""
        cells = [*self.cells(tables)]
        found = [
            f"{cell.role}, tenant {cell.tenant!r}: {cell.text}: {outcome}, not {sorted(cell.expected())}"
            for cell, outcome in self.outcomes(cells)
            if outcome not in cell.expected()
        ]
        return len(cells), found


def copied(connection: psycopg.Connection, cell: Cell) -> str:
    try:
        with connection.transaction(force_rollback=True), connection.cursor() as cursor:
            with cursor.copy(cell.text.encode()) as copy:
                rows = 0 if cell.operation == "COPY FROM" else sum(1 for _ in copy.rows())
            return str(rows)
    except psycopg.Error as error:
        return error.sqlstate or str(error)


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    application = build(tmp_path_factory.mktemp("letters"), CRM)
    with DevServer(durable=False) as server:
        create_database(server, application, DATABASE)
        made = Matrix(server, application)
        with closing(made.superuser()) as superuser:
            superuser.execute(_ATTEMPT)
            for (text,) in superuser.execute(_BARE, {"schemas": list(application.schemas())}).fetchall():
                superuser.execute(text.encode())
            for table in made.tables():
                superuser.execute(f"TRUNCATE {table.name}".encode())
                for tenant, count in ROWS.items():
                    for _ in range(count):
                        parts = {"name": table.name, "needed": ", ".join(table.needed)}
                        superuser.execute(INSERT.format(own=table.values(tenant), **parts).encode())
        yield made


def test_each_cell_is_as_the_rule_says(matrix: Matrix) -> None:
    tables = matrix.tables()
    count, wrong = matrix.wrong(tables)
    sizes = f"{len(ROLES)} roles, {len(SETTINGS)} tenants, {len(tables)} tables"
    print(f"{count} cells: {sizes}; wrong {len(wrong)}")
    assert wrong == []
    assert {"posting.letters", "contact_identities", "outbox_events"} <= {table.name for table in tables}
    assert count > 9_000


def test_each_role_may_do_something_and_is_refused_something(matrix: Matrix) -> None:
    """So that a rule which always says the same would not pass."""
    seen = Counter((cell.role, cell.may) for cell in matrix.cells(matrix.tables()))
    assert {(role, True) for role in ROLES} <= seen.keys()
    assert {(role, False) for role in roles.DEFAULT.granted} <= seen.keys()


SPOILT: Final = {
    "it is not forced": "ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY",
    "it is off": "ALTER TABLE contacts DISABLE ROW LEVEL SECURITY",
    "there is no WITH CHECK": "ALTER POLICY tenant ON contacts WITH CHECK (true)",
    "no tenant is all": "ALTER POLICY tenant ON contacts USING"
    " (tenant_id = coalesce(nullif(current_setting('app.tenant_id', true), ''), tenant_id))",
    "a policy is for everybody": "CREATE POLICY wide ON contacts FOR SELECT USING (true)",
    "the relay's policy is not for it alone": "ALTER POLICY relay_select ON posting.letters TO PUBLIC",
    "the auditor may write": "GRANT DELETE ON contacts TO ventros_auditor",
    "the app may empty a table": "GRANT TRUNCATE ON contacts TO ventros_app",
}


@pytest.mark.parametrize("fault", SPOILT)
def test_control_where_something_is_amiss_cells_are_wrong(matrix: Matrix, fault: str) -> None:
    tables = [table for table in matrix.tables() if table.name in {"contacts", "posting.letters"}]
    assert matrix.wrong(tables)[1] == []
    application = matrix.application
    with closing(matrix.superuser()) as superuser:
        superuser.execute(SPOILT[fault].encode())
        try:
            assert matrix.wrong(tables)[1] != []
        finally:
            for text in MENDED:
                superuser.execute(text)
            roles.set_up(matrix.server.superuser_dsn(DATABASE), application)
    assert matrix.wrong(tables)[1] == []


MENDED: Final[tuple[LiteralString, ...]] = (
    "ALTER TABLE contacts ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE contacts FORCE ROW LEVEL SECURITY",
    "ALTER POLICY tenant ON contacts USING (tenant_id = ventros_tenant())",
    "ALTER POLICY tenant ON contacts WITH CHECK (tenant_id = ventros_tenant())",
    "DROP POLICY IF EXISTS wide ON contacts",
)
