"""An application of somebody else's: its table has the name of one of the CRM's, in a schema of its own."""

from __future__ import annotations

from pathlib import Path

from tests.support import customers
from tests.support.customers import Customer
from ventros import Application, Catalogue
from ventros.audit.grants import grants_sql
from ventros.audit.library import Library
from ventros.audit.standard_texts import standard
from ventros.devserver import DevServer
from ventros.generator.catalogue import catalogue as lines_made
from ventros.kernel.repository import ChildRows, Repository
from ventros.kernel.statements import Column
from ventros.kernel.transaction.held import Held
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.migration_files import write_checksums
from ventros.schema import snapshot

LINES = """\
-- name: shop.contact_lines.find
-- why: the lines of some customers
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, contact_id uuid, note text
SELECT id, contact_id, note
  FROM shop.contact_lines
 WHERE tenant_id = $1 AND contact_id IN (SELECT unnest($2::uuid[]))
 ORDER BY id;

-- name: shop.contact_lines.insert
-- why: a line comes with its customer
-- params: tenant_id text, id uuid, contact_id uuid, note text
-- rows: affected
INSERT INTO shop.contact_lines (tenant_id, id, contact_id, note)
VALUES ($1, $2, $3, $4);

-- name: shop.contact_lines.update
-- why: a line changes with its customer
-- params: tenant_id text, id uuid, note text
-- rows: affected
UPDATE shop.contact_lines
   SET note = $3
 WHERE tenant_id = $1 AND id = $2;

-- name: shop.contact_lines.delete
-- why: a line goes with its customer's change
-- params: tenant_id text, contact_id uuid, ids uuid[]
-- rows: affected
DELETE FROM shop.contact_lines
 WHERE tenant_id = $1 AND contact_id = $2 AND id IN (SELECT unnest($3::uuid[]));
"""
VISITS = """\
-- name: shop.visits.bump
-- why: visits are counted beside the customer, without a version
-- params: tenant_id text, contact_id uuid, seen_at timestamptz
-- rows: affected
-- changes: seen_at
INSERT INTO shop.visits (tenant_id, contact_id, visits, seen_at)
VALUES ($1, $2, 1, $3)
ON CONFLICT (tenant_id, contact_id) DO UPDATE
   SET visits = visits.visits + 1, seen_at = excluded.seen_at;
"""
TABLES = """\
-- Customers, their lines, and how often they came.
CREATE TABLE shop.contacts (
    tenant_id  text        NOT NULL,
    id         uuid        NOT NULL,
    name       text        NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    version    integer     NOT NULL DEFAULT 1,
    CONSTRAINT contacts_pkey PRIMARY KEY (tenant_id, id)
);
CREATE TABLE shop.contact_lines (
    tenant_id  text NOT NULL,
    id         uuid NOT NULL,
    contact_id uuid NOT NULL,
    note       text NOT NULL,
    CONSTRAINT contact_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT contact_lines_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES shop.contacts (tenant_id, id)
);
CREATE INDEX contact_lines_contact_idx ON shop.contact_lines (tenant_id, contact_id);
CREATE TABLE shop.visits (
    tenant_id  text        NOT NULL,
    contact_id uuid        NOT NULL,
    visits     bigint      NOT NULL,
    seen_at    timestamptz NOT NULL,
    CONSTRAINT visits_pkey PRIMARY KEY (tenant_id, contact_id)
);
CREATE TRIGGER version_guard BEFORE UPDATE ON shop.contacts FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
"""
SECURED = """\
ALTER TABLE shop.{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON shop.{table}
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE shop.{table} IS 'Of the shop.';
"""
COLUMNS = {
    "contacts": ("tenant_id", "id", "name", "created_at", "updated_at", "deleted_at", "version"),
    "contact_lines": ("tenant_id", "id", "contact_id", "note"),
    "visits": ("tenant_id", "contact_id", "visits", "seen_at"),
}


def build(folder: Path, server: DevServer, *below: Application) -> Application:
    """The application, its files written into ``folder``, on those ``below`` it."""
    sql, migrations = folder / "sql", folder / "migrations"
    sql.mkdir(parents=True)
    migrations.mkdir()
    at = [Column(name, "timestamptz") for name in ("created_at", "updated_at", "deleted_at")]
    text = standard("shop.contacts", [Column("name", "text"), *at], resource="customer", live=True)
    for name, content in {"contacts": text, "contact_lines": LINES, "visits": VISITS}.items():
        (sql / f"{name}.sql").write_text(content, encoding="utf-8")
    secured = "".join(SECURED.format(table=table) for table in COLUMNS)
    comments = "".join(
        f"COMMENT ON COLUMN shop.{table}.{column} IS 'The {column}.';\n"
        for table, columns in COLUMNS.items()
        for column in columns
    )
    (migrations / "0001.create-contacts.sql").write_text(TABLES + secured + comments, encoding="utf-8")
    drops = "DROP TABLE shop.visits, shop.contact_lines, shop.contacts;\n"
    (migrations / "0001.create-contacts.rollback.sql").write_text(drops, encoding="utf-8")
    write_checksums(migrations)
    catalogue = Catalogue(sql, "shop")

    class CustomerRepository(Repository[Customer]):
        resource = "customer"
        mapper = customers
        TABLE = catalogue.table("contacts")
        CHILDREN = (
            ChildRows(
                table=catalogue.table("contact_lines"),
                root_id="contact_id",
                from_row=customers.line_from_row,
                insert_args=customers.insert_line_args,
                update_args=customers.update_line_args,
                of=lambda customer, _stored: customer.lines,
            ),
        )

    class ShopWork(UnitOfWork):
        customers = Held(CustomerRepository)

    shop = Application(
        name=f"shop_{below[-1].name}",
        statements=catalogue,
        migrations=migrations,
        unit_of_work=ShopWork,
        stands_on=below,
    )
    (sql / "schema.sql").write_text(snapshot(server, shop), encoding="utf-8")
    (sql / "grants.sql").write_text(grants_sql(Library(shop)), encoding="utf-8")
    (sql / "catalogue.txt").write_text(lines_made(server, shop), encoding="utf-8")
    return shop
