-- name: notes.notes.insert
-- why: the only way a note comes into being; its version starts at 1
-- params: tenant_id text, id uuid, title text, body text, created_at timestamptz, updated_at timestamptz
-- rows: affected
INSERT INTO notes.notes (tenant_id, id, title, body, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: notes.notes.get
-- why: loads one note by its key
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: note
SELECT id, version, tenant_id, title, body, created_at, updated_at
  FROM notes.notes
 WHERE tenant_id = $1 AND id = $2;

-- name: notes.notes.update
-- why: the only way a note changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, title text, body text, updated_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE notes.notes
   SET title = $4, body = $5, updated_at = $6, version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: notes.notes.delete
-- why: removes a note for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM notes.notes
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: notes.notes.stored_version
-- why: tells, after a guarded write touched no row, whether the note is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM notes.notes
 WHERE tenant_id = $1 AND id = $2;

-- name: notes.notes.touch
-- why: steps the version of a note that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE notes.notes
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: notes.notes.lock_for_share
-- why: notes that stay as they are until the end in one order
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM notes.notes
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE;

-- name: notes.notes.lock_for_no_key_update
-- why: notes that stay as they are until the end in one order
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM notes.notes
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: notes.notes.lock_for_update
-- why: notes that stay as they are until the end in one order
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM notes.notes
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE;

-- name: notes.notes.try_lock_for_share
-- why: notes that stay as they are until the end; what another holds is left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM notes.notes
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: notes.notes.try_lock_for_no_key_update
-- why: notes that stay as they are until the end; what another holds is left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM notes.notes
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: notes.notes.try_lock_for_update
-- why: notes that stay as they are until the end; what another holds is left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM notes.notes
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE SKIP LOCKED;
