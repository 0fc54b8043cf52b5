-- name: sequences.insert
-- why: the only way a sequence comes into being; its version starts at 1
-- params: tenant_id text, id uuid, name text, description text, status text, trigger_type text,
--         trigger_data jsonb, exit_on_reply boolean, created_at timestamptz, updated_at timestamptz
-- rows: affected
INSERT INTO sequences (
    tenant_id, id, name, description, status, trigger_type, trigger_data, exit_on_reply, created_at,
    updated_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
);

-- name: sequences.get
-- why: loads one sequence by its key
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: sequence
SELECT id, version, tenant_id, name, description, status, trigger_type, trigger_data, exit_on_reply,
       created_at, updated_at
  FROM sequences
 WHERE tenant_id = $1 AND id = $2;

-- name: sequences.update
-- why: the only way a sequence changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, description text, status text,
--         trigger_data jsonb, exit_on_reply boolean, updated_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE sequences
   SET name = $4,
       description = $5,
       status = $6,
       trigger_data = $7,
       exit_on_reply = $8,
       updated_at = $9,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: sequences.delete
-- why: removes a sequence for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM sequences
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: sequences.stored_version
-- why: tells, after a guarded write touched no row, whether the sequence is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM sequences
 WHERE tenant_id = $1 AND id = $2;

-- name: sequences.touch
-- why: steps the version of a sequence that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE sequences
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: sequences.lock_for_share
-- why: sequences that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sequences
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE;

-- name: sequences.lock_for_no_key_update
-- why: sequences about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sequences
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: sequences.lock_for_update
-- why: sequences about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sequences
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE;

-- name: sequences.try_lock_for_share
-- why: as lock_for_share, but without waiting: sequences that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sequences
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: sequences.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: sequences that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sequences
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: sequences.try_lock_for_update
-- why: as lock_for_update, but without waiting: sequences that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sequences
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: sequences.find_active_by_trigger
-- why: the sequences in which an event of that type enrolls a contact: the event's data must contain all
--      that the trigger asks for
-- params: tenant_id text, trigger_type text, event_data jsonb
-- rows: many
-- returns: sequence
SELECT id, version, tenant_id, name, description, status, trigger_type, trigger_data, exit_on_reply,
       created_at, updated_at
  FROM sequences
 WHERE tenant_id = $1 AND trigger_type = $2 AND status = 'active' AND trigger_data <@ $3
 ORDER BY created_at DESC;
