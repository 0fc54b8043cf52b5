-- name: contacts.insert
-- why: the only way a contact comes into being; its version starts at 1
-- params: tenant_id text, id uuid, project_id uuid, name text, email text, phone text,
--         external_id text, source_channel text, language text, timezone text, tags text[],
--         profile_picture_url text, profile_picture_fetched_at timestamptz,
--         first_interaction_at timestamptz, last_interaction_at timestamptz, created_at timestamptz,
--         updated_at timestamptz, deleted_at timestamptz, merged_into uuid
-- rows: affected
INSERT INTO contacts (
    tenant_id, id, project_id, name, email, phone, external_id, source_channel, language, timezone,
    tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at, last_interaction_at,
    created_at, updated_at, deleted_at, merged_into
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
    $19
);

-- name: contacts.get
-- why: loads one contact by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: contact
SELECT id, version, tenant_id, project_id, name, email, phone, external_id, source_channel, language,
       timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at,
       last_interaction_at, created_at, updated_at, deleted_at, merged_into
  FROM contacts
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: contacts.update
-- why: the only way a contact changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, email text, phone text,
--         external_id text, source_channel text, language text, timezone text, tags text[],
--         profile_picture_url text, profile_picture_fetched_at timestamptz,
--         first_interaction_at timestamptz, last_interaction_at timestamptz, updated_at timestamptz,
--         deleted_at timestamptz, merged_into uuid
-- rows: maybe
-- returns: id uuid, version integer
-- changes: last_interaction_at
UPDATE contacts
   SET name = $4,
       email = $5,
       phone = $6,
       external_id = $7,
       source_channel = $8,
       language = $9,
       timezone = $10,
       tags = $11,
       profile_picture_url = $12,
       profile_picture_fetched_at = $13,
       first_interaction_at = $14,
       last_interaction_at = $15,
       updated_at = $16,
       deleted_at = $17,
       merged_into = $18,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: contacts.delete
-- why: removes a contact for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM contacts
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: contacts.stored_version
-- why: tells, after a guarded write touched no row, whether the contact is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM contacts
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: contacts.touch
-- why: steps the version of a contact that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE contacts
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: contacts.lock_for_share
-- why: contacts that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contacts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: contacts.lock_for_no_key_update
-- why: contacts about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contacts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: contacts.lock_for_update
-- why: contacts about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contacts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: contacts.try_lock_for_share
-- why: as lock_for_share, but without waiting: contacts that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contacts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: contacts.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: contacts that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contacts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: contacts.try_lock_for_update
-- why: as lock_for_update, but without waiting: contacts that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contacts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: contacts.find_by_phone
-- why: a message names its sender by phone; the phone is sought in its normal form
-- params: tenant_id text, project_id uuid, phone text
-- rows: maybe
-- returns: contact
SELECT id, version, tenant_id, project_id, name, email, phone, external_id, source_channel, language,
       timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at,
       last_interaction_at, created_at, updated_at, deleted_at, merged_into
  FROM contacts
 WHERE tenant_id = $1 AND project_id = $2 AND phone = $3 AND deleted_at IS NULL;

-- name: contacts.find_holders
-- why: who has the phone or the email that a contact is to get, for an error that names the contact and the field;
--      the unique keys decide. Either is sought only if it is given
-- params: tenant_id text, project_id uuid, phone text, email text
-- rows: many
-- returns: field text, id uuid
SELECT 'phone' AS field, id
  FROM contacts
 WHERE tenant_id = $1 AND project_id = $2 AND phone = $3 AND deleted_at IS NULL
 UNION ALL
SELECT 'email', id
  FROM contacts
 WHERE tenant_id = $1 AND project_id = $2 AND email = $4 AND deleted_at IS NULL;

-- name: contacts.find_by_custom_field
-- why: the contacts whose field has a value, such as an id on another platform; found by the value's
--      hash, because PostgreSQL uses no index on a jsonb comparison below row-level security
-- params: tenant_id text, field_key text, field_type text, field_value jsonb, maximum bigint
-- rows: many
-- returns: contact
SELECT id, version, tenant_id, project_id, name, email, phone, external_id, source_channel, language,
       timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at,
       last_interaction_at, created_at, updated_at, deleted_at, merged_into
  FROM contacts
 WHERE tenant_id = $1 AND deleted_at IS NULL
   AND id IN (
       SELECT contact_id
         FROM contact_custom_fields
        WHERE tenant_id = $1 AND field_key = $2 AND field_type = $3
          AND field_value_hash = jsonb_hash($4) AND field_value = $4 AND deleted_at IS NULL)
 ORDER BY id
 LIMIT $5;

-- name: contacts.get_merged_into
-- why: whom a contact that is not found any more was merged into, if it was
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: merged_into uuid
SELECT merged_into
  FROM contacts
 WHERE tenant_id = $1 AND id = $2 AND merged_into IS NOT NULL;

-- name: contacts.summarize
-- why: what is known of a contact at a glance: messages, sessions, response times, and where it stands
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: tags text[], first_interaction_at timestamptz, last_interaction_at timestamptz,
--          messages_from_contact bigint, messages_to_contact bigint, first_message_at timestamptz,
--          last_message_at timestamptz, sessions bigint, active_sessions bigint, responses bigint,
--          average_response_seconds double precision, median_response_seconds bigint,
--          longest_response_seconds bigint, open_pipeline_ids uuid[], open_status_ids uuid[]
-- plan: of a tenant that has few open placements all of them may be read, to look for the contact's
SELECT c.tags, c.first_interaction_at, c.last_interaction_at, m.messages_from_contact, m.messages_to_contact,
       m.first_message_at, m.last_message_at, s.sessions, s.active_sessions, s.responses,
       s.average_response_seconds, s.median_response_seconds, s.longest_response_seconds, p.open_pipeline_ids,
       p.open_status_ids
  FROM contacts c
 CROSS JOIN (
       SELECT count(*) FILTER (WHERE NOT from_me) AS messages_from_contact,
              count(*) FILTER (WHERE from_me) AS messages_to_contact,
              min("timestamp") AS first_message_at, max("timestamp") AS last_message_at
         FROM messages
        WHERE tenant_id = $1 AND contact_id = $2 AND deleted_at IS NULL) m
 CROSS JOIN (
       SELECT count(*) AS sessions, count(*) FILTER (WHERE status = 'active') AS active_sessions,
              count(agent_response_time_seconds) AS responses,
              avg(agent_response_time_seconds)::double precision AS average_response_seconds,
              percentile_disc(0.5) WITHIN GROUP (ORDER BY agent_response_time_seconds) AS median_response_seconds,
              max(agent_response_time_seconds) AS longest_response_seconds
         FROM sessions
        WHERE tenant_id = $1 AND contact_id = $2 AND deleted_at IS NULL) s
 CROSS JOIN (
       SELECT coalesce(array_agg(pipeline_id ORDER BY pipeline_id), '{}') AS open_pipeline_ids,
              coalesce(array_agg(status_id ORDER BY pipeline_id), '{}') AS open_status_ids
         FROM placements
        WHERE tenant_id = $1 AND contact_id = $2 AND exited_at IS NULL) p
 WHERE c.tenant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL;
