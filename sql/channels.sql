-- name: channels.insert
-- why: the only way a channel comes into being; its version starts at 1
-- params: tenant_id text, id uuid, user_id uuid, project_id uuid, name text, type text, status text,
--         external_id text, config jsonb, connection_mode text, webhook_id text, webhook_url text,
--         webhook_configured_at timestamptz, webhook_active boolean, pipeline_id uuid,
--         session_timeout_minutes integer, ai_enabled boolean, ai_agents_enabled boolean,
--         allow_groups boolean, tracking_enabled boolean, debounce_timeout_ms integer,
--         last_error_at timestamptz, last_error text, history_import_enabled boolean,
--         history_import_status text, history_import_stats jsonb, history_import_correlation_id text,
--         last_import_date timestamptz, history_import_max_days integer,
--         history_import_max_messages_per_chat integer, default_agent_id uuid,
--         custom_field_definitions jsonb, created_at timestamptz, updated_at timestamptz,
--         deleted_at timestamptz
-- rows: affected
INSERT INTO channels (
    tenant_id, id, user_id, project_id, name, type, status, external_id, config, connection_mode,
    webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
    session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
    debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
    history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
    history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
    updated_at, deleted_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
    $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35
);

-- name: channels.get
-- why: loads one channel by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: channel
SELECT id, version, tenant_id, user_id, project_id, name, type, status, external_id, config,
       connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at
  FROM channels
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: channels.update
-- why: the only way a channel changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, status text, external_id text,
--         config jsonb, connection_mode text, webhook_url text, webhook_configured_at timestamptz,
--         webhook_active boolean, pipeline_id uuid, session_timeout_minutes integer,
--         ai_enabled boolean, ai_agents_enabled boolean, allow_groups boolean,
--         tracking_enabled boolean, debounce_timeout_ms integer, last_error_at timestamptz,
--         last_error text, history_import_enabled boolean, history_import_status text,
--         history_import_stats jsonb, history_import_correlation_id text, last_import_date timestamptz,
--         history_import_max_days integer, history_import_max_messages_per_chat integer,
--         default_agent_id uuid, custom_field_definitions jsonb, updated_at timestamptz,
--         deleted_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE channels
   SET name = $4,
       status = $5,
       external_id = $6,
       config = $7,
       connection_mode = $8,
       webhook_url = $9,
       webhook_configured_at = $10,
       webhook_active = $11,
       pipeline_id = $12,
       session_timeout_minutes = $13,
       ai_enabled = $14,
       ai_agents_enabled = $15,
       allow_groups = $16,
       tracking_enabled = $17,
       debounce_timeout_ms = $18,
       last_error_at = $19,
       last_error = $20,
       history_import_enabled = $21,
       history_import_status = $22,
       history_import_stats = $23,
       history_import_correlation_id = $24,
       last_import_date = $25,
       history_import_max_days = $26,
       history_import_max_messages_per_chat = $27,
       default_agent_id = $28,
       custom_field_definitions = $29,
       updated_at = $30,
       deleted_at = $31,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: channels.delete
-- why: removes a channel for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM channels
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: channels.stored_version
-- why: tells, after a guarded write touched no row, whether the channel is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM channels
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: channels.touch
-- why: steps the version of a channel that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE channels
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: channels.lock_for_share
-- why: channels that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM channels
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: channels.lock_for_no_key_update
-- why: channels about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM channels
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: channels.lock_for_update
-- why: channels about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM channels
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: channels.try_lock_for_share
-- why: as lock_for_share, but without waiting: channels that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM channels
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: channels.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: channels that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM channels
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: channels.try_lock_for_update
-- why: as lock_for_update, but without waiting: channels that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM channels
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: channels.find_by_webhook_id
-- why: a platform calls the path of an inbound webhook; the caller knows whose the path is
-- params: tenant_id text, webhook_id text
-- rows: maybe
-- returns: channel
SELECT id, version, tenant_id, user_id, project_id, name, type, status, external_id, config,
       connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at
  FROM channels
 WHERE tenant_id = $1 AND webhook_id = $2 AND deleted_at IS NULL;

-- name: channels.list_by_user
-- why: what one owner has connected
-- params: tenant_id text, user_id uuid
-- rows: many
-- returns: channel
SELECT id, version, tenant_id, user_id, project_id, name, type, status, external_id, config,
       connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at
  FROM channels
 WHERE tenant_id = $1 AND user_id = $2 AND deleted_at IS NULL
 ORDER BY created_at, id;

-- name: channels.list_by_project
-- why: what a project has connected; the primary key serves it, a tenant being one project
-- params: tenant_id text, project_id uuid
-- rows: many
-- returns: channel
-- plan: reads the tenant's live channels: a tenant is one project
SELECT id, version, tenant_id, user_id, project_id, name, type, status, external_id, config,
       connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at
  FROM channels
 WHERE tenant_id = $1 AND project_id = $2 AND deleted_at IS NULL
 ORDER BY created_at, id;

-- name: channels.list_active_waha
-- why: the sessions whose state is to be asked of their WAHA servers
-- params: tenant_id text
-- rows: many
-- returns: channel
SELECT id, version, tenant_id, user_id, project_id, name, type, status, external_id, config,
       connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at
  FROM channels
 WHERE tenant_id = $1 AND type = 'waha' AND status = 'active' AND deleted_at IS NULL
 ORDER BY created_at, id;

-- name: channels.inbound
-- why: what an inbound message needs of its channel, in one round trip; of a deleted pipeline neither
--      the id nor the timeout counts
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: id uuid, user_id uuid, project_id uuid, type text, status text, pipeline_id uuid,
--          pipeline_timeout_minutes integer, channel_timeout_minutes integer,
--          project_timeout_minutes integer
SELECT c.id, c.user_id, c.project_id, c.type, c.status, p.id AS pipeline_id,
       p.session_timeout_minutes AS pipeline_timeout_minutes,
       c.session_timeout_minutes AS channel_timeout_minutes,
       r.session_timeout_minutes AS project_timeout_minutes
  FROM channels c
  JOIN projects r ON r.tenant_id = c.tenant_id AND r.id = c.project_id
  LEFT JOIN pipelines p ON p.tenant_id = c.tenant_id AND p.id = c.pipeline_id AND p.deleted_at IS NULL
 WHERE c.tenant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL;
