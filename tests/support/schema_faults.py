"""What is missing in a schema.sql, by what is found of it; ``{table}`` has its schema in front."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

from ventros import Application, Catalogue

POLICY = r"CREATE POLICY tenant ON {table} [^;]*;"
# What is looked for, what takes its place, and the rule that finds it.
SCHEMA_FAULTS: dict[str, tuple[str, str, str]] = {
    "no guard": (r"CREATE TRIGGER version_guard [^;]* ON {table} [^;]*;", "", "version guard"),
    "a guard of one column": (
        r"BEFORE UPDATE ON {table} FOR",
        "BEFORE UPDATE OF name ON {table} FOR",
        "version guard",
    ),
    "a guard that refuses less": (
        r"(UPDATE ON {table} FOR EACH ROW WHEN )\([^;]*\) EXECUTE",
        r"\1(new.version < old.version) EXECUTE",
        "version guard",
    ),
    "a guard that comes after": (r"BEFORE UPDATE ON {table} ", "AFTER UPDATE ON {table} ", "version guard"),
    "a version without a default": (
        r"(CREATE TABLE {table} \([^;]*version integer) DEFAULT 1 NOT",
        r"\1 NOT",
        "version",
    ),
    "a version that is NULL": (
        r"(CREATE TABLE {table} \([^;]*version integer DEFAULT 1) NOT NULL",
        r"\1",
        "version",
    ),
    "a version of another type": (
        r"(CREATE TABLE {table} \([^;]*version) integer",
        r"\1 bigint",
        "version",
    ),
    "a tenant that is NULL": (r"(CREATE TABLE {table} \(\s+tenant_id text) NOT NULL", r"\1", "tenant"),
    "no policy": (POLICY, "", "policy"),
    "a policy without a check": (
        POLICY,
        "CREATE POLICY tenant ON {table} USING (tenant_id = public.ventros_tenant()) WITH CHECK (true);",
        "policy",
    ),
    "a policy for reading": (
        POLICY,
        "CREATE POLICY tenant ON {table} FOR SELECT USING (tenant_id = public.ventros_tenant());",
        "policy",
    ),
    "a restrictive policy alone": (
        POLICY,
        "CREATE POLICY tenant ON {table} AS RESTRICTIVE USING (tenant_id = public.ventros_tenant());",
        "policy",
    ),
    "a wide policy beside": (
        rf"({POLICY})",
        r"\1 CREATE POLICY support ON {table} FOR SELECT USING (true);",
        "policy",
    ),
    "not enabled": (r"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;", "", "row security"),
    "not forced": (r"ALTER TABLE ONLY {table} FORCE ROW LEVEL SECURITY;", "", "row security"),
    "a key by id": (
        r"(ALTER TABLE ONLY {table}\s+ADD CONSTRAINT \w+ PRIMARY KEY \()tenant_id, id\)",
        r"\1id)",
        "primary key",
    ),
    "a key from the id on": (
        r"(ALTER TABLE ONLY {table}\s+ADD CONSTRAINT \w+ PRIMARY KEY \()tenant_id, id\)",
        r"\1id, tenant_id)",
        "primary key",
    ),
    "a reference to another tenant's": (
        r"FOREIGN KEY \(tenant_id, (\w+)\) REFERENCES {table}\(tenant_id, id\)",
        r"FOREIGN KEY (\1) REFERENCES {table}(id)",
        "foreign key",
    ),
    "a reference with the tenant elsewhere": (
        r"FOREIGN KEY \(tenant_id, (\w+)\) REFERENCES {table}\(tenant_id, id\)",
        r"FOREIGN KEY (\1, tenant_id) REFERENCES {table}(tenant_id, id)",
        "foreign key",
    ),
    "no comment on the table": (r"COMMENT ON TABLE {table} IS .*;", "", "comment"),
    "no comment on a column": (r"COMMENT ON COLUMN {table}\.version IS .*;", "", "comment"),
    "a table of the migrations": (r"CREATE TABLE {table} ", "CREATE TABLE {table}_old ", "schema.sql"),
}


def spoiled(application: Application, folder: Path, fault: str, table: str) -> Application:
    """The same with a schema.sql that has the fault, written into ``folder``."""
    pattern, replacement, _ = SCHEMA_FAULTS[fault]
    text = (application.statements.folder / "schema.sql").read_text(encoding="utf-8")
    text, count = re.subn(
        pattern.replace("{table}", re.escape(table)), replacement.replace("{table}", table), text
    )
    assert count > 0, fault
    folder.mkdir()
    for path in application.statements.folder.glob("*.sql"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "schema.sql").write_text(text, encoding="utf-8")
    return attrs.evolve(application, statements=Catalogue(folder, application.statements.schema))
