-- name: chats.insert
-- why: the only way a chat comes into being; its version starts at 1
-- params: tenant_id text, id uuid, project_id uuid, chat_type text, individual_contact_id uuid,
--         external_id text, subject text, description text, status text, metadata jsonb,
--         label_ids text[], last_message_at timestamptz, created_at timestamptz,
--         updated_at timestamptz, deleted_at timestamptz
-- rows: affected
INSERT INTO chats (
    tenant_id, id, project_id, chat_type, individual_contact_id, external_id, subject, description,
    status, metadata, label_ids, last_message_at, created_at, updated_at, deleted_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
);

-- name: chats.get
-- why: loads one chat by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: chat
SELECT id, version, tenant_id, project_id, chat_type, external_id, subject, description, status,
       metadata, label_ids, last_message_at, created_at, updated_at, deleted_at
  FROM chats
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: chats.update
-- why: the only way a chat changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, external_id text, subject text,
--         description text, status text, metadata jsonb, label_ids text[], last_message_at timestamptz,
--         updated_at timestamptz, deleted_at timestamptz, individual_contact_id uuid
-- rows: maybe
-- returns: id uuid, version integer
-- changes: last_message_at
UPDATE chats
   SET external_id = $4,
       subject = $5,
       description = $6,
       status = $7,
       metadata = $8,
       label_ids = $9,
       last_message_at = $10,
       updated_at = $11,
       deleted_at = $12,
       individual_contact_id = $13,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: chats.delete
-- why: removes a chat for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM chats
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: chats.stored_version
-- why: tells, after a guarded write touched no row, whether the chat is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM chats
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: chats.touch
-- why: steps the version of a chat that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE chats
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: chats.lock_for_share
-- why: chats that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM chats
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: chats.lock_for_no_key_update
-- why: chats about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM chats
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: chats.lock_for_update
-- why: chats about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM chats
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: chats.try_lock_for_share
-- why: as lock_for_share, but without waiting: chats that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM chats
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: chats.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: chats that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM chats
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: chats.try_lock_for_update
-- why: as lock_for_update, but without waiting: chats that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM chats
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: chats.find_by_external_id
-- why: an event of the platform names the chat by its id there
-- params: tenant_id text, external_id text
-- rows: maybe
-- returns: chat
SELECT id, version, tenant_id, project_id, chat_type, external_id, subject, description, status,
       metadata, label_ids, last_message_at, created_at, updated_at, deleted_at
  FROM chats
 WHERE tenant_id = $1 AND external_id = $2 AND deleted_at IS NULL;

-- name: chats.find_id_by_external_id
-- why: whether a message belongs to the chat that an event of the platform names
-- params: tenant_id text, external_id text
-- rows: maybe
-- returns: id uuid
SELECT id
  FROM chats
 WHERE tenant_id = $1 AND external_id = $2 AND deleted_at IS NULL;

-- name: chats.find_individual
-- why: a contact's messages belong to the one individual chat that the project has with it
-- params: tenant_id text, project_id uuid, individual_contact_id uuid
-- rows: maybe
-- returns: chat
SELECT id, version, tenant_id, project_id, chat_type, external_id, subject, description, status,
       metadata, label_ids, last_message_at, created_at, updated_at, deleted_at
  FROM chats
 WHERE tenant_id = $1 AND project_id = $2 AND individual_contact_id = $3 AND deleted_at IS NULL;
