"""A small application with statements of every role: letters that a relay posts and a scheduler purges."""

from __future__ import annotations

from pathlib import Path

import attrs

from tests.support.migrations import of
from ventros import Application
from ventros.audit.grants import grants_sql
from ventros.audit.library import Library
from ventros.migration_files import write_checksums

LETTERS = """\
-- name: posting.letters.write
-- why: a letter of one tenant
-- params: tenant_id text, id uuid, body text
-- rows: affected
INSERT INTO posting.letters (tenant_id, id, body) VALUES ($1, $2, $3);

-- name: posting.letters.read
-- why: what was sent
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: body text, sent boolean
SELECT body, sent FROM posting.letters WHERE tenant_id = $1 AND id = $2;

-- name: posting.letters.take
-- why: the next letters, of whatever tenant, those aside that another relay has taken
-- role: relay
-- params: most integer
-- rows: many
-- returns: tenant_id text, id uuid, body text
SELECT tenant_id, id, body FROM posting.letters WHERE NOT sent ORDER BY tenant_id, id LIMIT $1
   FOR UPDATE SKIP LOCKED;

-- name: posting.letters.mark
-- why: it is on its way
-- role: relay
-- params: tenant_id text, id uuid
-- rows: affected
UPDATE posting.letters SET sent = true WHERE tenant_id = $1 AND id = $2;

-- name: posting.letters.purge
-- why: what was sent is not kept
-- role: scheduler
-- rows: affected
DELETE FROM posting.letters WHERE sent;

-- name: posting.letters.remind
-- why: a letter that nobody wrote
-- role: scheduler
-- params: tenant_id text, id uuid
-- rows: affected
INSERT INTO posting.letters (tenant_id, id, body) VALUES ($1, $2, 'a reminder');
"""
TABLE = """\
CREATE TABLE posting.letters (
    tenant_id text    NOT NULL,
    id        uuid    NOT NULL,
    body      text    NOT NULL,
    sent      boolean NOT NULL DEFAULT false,
    CONSTRAINT letters_pkey PRIMARY KEY (tenant_id, id)
);
ALTER TABLE posting.letters ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON posting.letters
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
"""


def build(folder: Path, *below: Application) -> Application:
    """The application on those ``below`` it, with its files in ``folder``."""
    sql = folder / "sql"
    sql.mkdir()
    (sql / "letters.sql").write_text(LETTERS)
    (sql / "schema.sql").write_text(TABLE)
    (folder / "0001.create-letters.sql").write_text(TABLE)
    (folder / "0001.create-letters.rollback.sql").write_text("DROP TABLE posting.letters;")
    write_checksums(folder)
    application = attrs.evolve(of(sql, *below, name="posting", schema="posting"), migrations=folder)
    (sql / "grants.sql").write_text(grants_sql(Library(application)))
    return application
