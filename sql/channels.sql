-- name: channels.insert
-- why: the only way a channel comes into being; its version starts at 1
-- params: tenant_id text, id uuid, user_id uuid, project_id uuid, name text, type text, status text,
--         external_id text, config jsonb, secrets text, connection_mode text, webhook_id text, webhook_url text,
--         webhook_configured_at timestamptz, webhook_active boolean, pipeline_id uuid,
--         session_timeout_minutes integer, ai_enabled boolean, ai_agents_enabled boolean,
--         allow_groups boolean, tracking_enabled boolean, debounce_timeout_ms integer,
--         last_error_at timestamptz, last_error text, history_import_enabled boolean,
--         history_import_status text, history_import_stats jsonb, history_import_correlation_id text,
--         last_import_date timestamptz, history_import_max_days integer,
--         history_import_max_messages_per_chat integer, default_agent_id uuid,
--         custom_field_definitions jsonb, created_at timestamptz, updated_at timestamptz,
--         deleted_at timestamptz, suspended_from text
-- rows: affected
INSERT INTO channels (
    tenant_id, id, user_id, project_id, name, type, status, external_id, config, secrets,
    connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
    session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
    debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
    history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
    history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
    updated_at, deleted_at, suspended_from
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
    $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37
);

-- name: channels.get
-- why: loads one channel by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: channel
SELECT id, version, tenant_id, user_id, project_id, name, type, status, external_id, config,
       secrets, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at, suspended_from
  FROM channels
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: channels.update
-- why: the only way a channel changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, status text, external_id text,
--         config jsonb, secrets text, connection_mode text, webhook_url text, webhook_configured_at timestamptz,
--         webhook_active boolean, pipeline_id uuid, session_timeout_minutes integer,
--         ai_enabled boolean, ai_agents_enabled boolean, allow_groups boolean,
--         tracking_enabled boolean, debounce_timeout_ms integer, last_error_at timestamptz,
--         last_error text, history_import_enabled boolean, history_import_status text,
--         history_import_stats jsonb, history_import_correlation_id text, last_import_date timestamptz,
--         history_import_max_days integer, history_import_max_messages_per_chat integer,
--         default_agent_id uuid, custom_field_definitions jsonb, updated_at timestamptz,
--         deleted_at timestamptz, suspended_from text
-- rows: maybe
-- returns: id uuid, version integer
UPDATE channels
   SET name = $4,
       status = $5,
       external_id = $6,
       config = $7,
       secrets = $8,
       connection_mode = $9,
       webhook_url = $10,
       webhook_configured_at = $11,
       webhook_active = $12,
       pipeline_id = $13,
       session_timeout_minutes = $14,
       ai_enabled = $15,
       ai_agents_enabled = $16,
       allow_groups = $17,
       tracking_enabled = $18,
       debounce_timeout_ms = $19,
       last_error_at = $20,
       last_error = $21,
       history_import_enabled = $22,
       history_import_status = $23,
       history_import_stats = $24,
       history_import_correlation_id = $25,
       last_import_date = $26,
       history_import_max_days = $27,
       history_import_max_messages_per_chat = $28,
       default_agent_id = $29,
       custom_field_definitions = $30,
       updated_at = $31,
       deleted_at = $32,
       suspended_from = $33,
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
       secrets, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at, suspended_from
  FROM channels
 WHERE tenant_id = $1 AND webhook_id = $2 AND deleted_at IS NULL;

-- name: channels.list_by_user
-- why: what one owner has connected
-- params: tenant_id text, user_id uuid
-- rows: many
-- returns: channel
SELECT id, version, tenant_id, user_id, project_id, name, type, status, external_id, config,
       secrets, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at, suspended_from
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
       secrets, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at, suspended_from
  FROM channels
 WHERE tenant_id = $1 AND project_id = $2 AND deleted_at IS NULL
 ORDER BY created_at, id;

-- name: channels.list_active_waha
-- why: the sessions whose state is to be asked of their WAHA servers
-- params: tenant_id text
-- rows: many
-- returns: channel
SELECT id, version, tenant_id, user_id, project_id, name, type, status, external_id, config,
       secrets, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at, suspended_from
  FROM channels
 WHERE tenant_id = $1 AND type = 'waha' AND status = 'active' AND deleted_at IS NULL
 ORDER BY created_at, id;

-- name: channels.find_inbound
-- why: all that an inbound message has to know first, in one round trip: its channel, whether it is known, the
--      message that it quotes, the chat of its group, and the contacts of its phone and of its LID, which may
--      be two, with their active sessions. A row for each session of each contact, which ends with the
--      columns of both. Of a deleted pipeline neither the id nor the timeout counts
-- params: tenant_id text, id uuid, channel_message_id text, reply_to text, group_id text, phone text, lid text
-- rows: many
-- returns: channel_id uuid, user_id uuid, channel_project_id uuid, type text, channel_status text,
--          channel_pipeline_id uuid, pipeline_timeout_minutes integer, channel_timeout_minutes integer,
--          project_timeout_minutes integer, known boolean, quoted_id uuid, quoted_chat_id uuid,
--          quoted_contact_id uuid, chat_id uuid, by_lid boolean, paired_phone text, id uuid, version
--          integer, tenant_id text, project_id uuid, name text, email text, phone text, external_id
--          text, source_channel text, language text, timezone text, tags text[], profile_picture_url
--          text, profile_picture_fetched_at timestamptz, first_interaction_at timestamptz,
--          last_interaction_at timestamptz, created_at timestamptz, updated_at timestamptz, deleted_at
--          timestamptz, merged_into uuid, id uuid, version integer, tenant_id text, contact_id uuid,
--          channel_type_id smallint, pipeline_id uuid, started_at timestamptz, ended_at timestamptz,
--          status text, end_reason text, timeout interval, last_activity_at timestamptz, message_count
--          integer, messages_from_contact integer, messages_from_agent integer, duration_seconds bigint,
--          first_contact_message_at timestamptz, first_agent_response_at timestamptz,
--          agent_response_time_seconds bigint, contact_wait_time_seconds bigint, agent_ids uuid[],
--          agent_transfers integer, summary text, sentiment text, sentiment_score double precision,
--          topics text[], next_steps text[], outcome_tags text[], key_entities jsonb, resolved boolean,
--          escalated boolean, converted boolean, created_at timestamptz, updated_at timestamptz,
--          deleted_at timestamptz
SELECT h.id AS channel_id, h.user_id, h.project_id AS channel_project_id, h.type,
       h.status AS channel_status, p.id AS channel_pipeline_id,
       p.session_timeout_minutes AS pipeline_timeout_minutes,
       h.session_timeout_minutes AS channel_timeout_minutes,
       r.session_timeout_minutes AS project_timeout_minutes,
       m.id IS NOT NULL AS known, q.id AS quoted_id, q.chat_id AS quoted_chat_id,
       q.contact_id AS quoted_contact_id, g.id AS chat_id,
       f.by_lid, f.paired_phone, c.id, c.version, c.tenant_id, c.project_id, c.name, c.email, c.phone,
       c.external_id, c.source_channel, c.language, c.timezone, c.tags, c.profile_picture_url,
       c.profile_picture_fetched_at, c.first_interaction_at, c.last_interaction_at, c.created_at,
       c.updated_at, c.deleted_at, c.merged_into,
       s.id, s.version, s.tenant_id, s.contact_id, s.channel_type_id, s.pipeline_id, s.started_at,
       s.ended_at, s.status, s.end_reason, s.timeout, s.last_activity_at, s.message_count,
       s.messages_from_contact, s.messages_from_agent, s.duration_seconds, s.first_contact_message_at,
       s.first_agent_response_at, s.agent_response_time_seconds, s.contact_wait_time_seconds,
       s.agent_ids, s.agent_transfers, s.summary, s.sentiment, s.sentiment_score, s.topics, s.next_steps,
       s.outcome_tags, s.key_entities, s.resolved, s.escalated, s.converted, s.created_at, s.updated_at,
       s.deleted_at
  FROM channels h
  JOIN projects r ON r.tenant_id = $1 AND r.id = h.project_id
  LEFT JOIN pipelines p ON p.tenant_id = $1 AND p.id = h.pipeline_id AND p.deleted_at IS NULL
  LEFT JOIN messages m
    ON m.tenant_id = $1 AND m.channel_id = $2 AND m.channel_message_id = $3 AND m.deleted_at IS NULL
  LEFT JOIN messages q
    ON q.tenant_id = $1 AND q.channel_id = $2 AND q.channel_message_id = $4 AND q.deleted_at IS NULL
  LEFT JOIN chats g ON g.tenant_id = $1 AND g.external_id = $5 AND g.deleted_at IS NULL
  LEFT JOIN LATERAL (
       SELECT by_phone.id, false AS by_lid, NULL::text AS paired_phone
         FROM contacts by_phone
        WHERE by_phone.tenant_id = $1 AND by_phone.project_id = h.project_id AND by_phone.phone = $6
          AND by_phone.deleted_at IS NULL
        UNION ALL
       SELECT i.contact_id, true, i.phone
         FROM contact_identities i
        WHERE i.tenant_id = $1 AND i.project_id = h.project_id AND i.lid = $7) f ON true
  LEFT JOIN contacts c ON c.tenant_id = $1 AND c.id = f.id AND c.deleted_at IS NULL
  LEFT JOIN sessions s
    ON s.tenant_id = $1 AND s.contact_id = c.id AND s.status = 'active' AND s.deleted_at IS NULL
 WHERE h.tenant_id = $1 AND h.id = $2 AND h.deleted_at IS NULL;

-- name: channels.find_outbound
-- why: all that a message to a contact has to know first, in one round trip: its channel, whether the message that
--      it answers is one of the contact's and its agent is the tenant's, the LID by which WhatsApp knows the
--      contact, and the contact with its active sessions, a row for each, which ends with the columns of both.
--      Of a deleted pipeline neither the id nor the timeout counts
-- params: tenant_id text, id uuid, contact_id uuid, reply_to_id uuid, agent_id uuid
-- rows: many
-- returns: channel_id uuid, user_id uuid, channel_project_id uuid, type text, channel_status text,
--          channel_pipeline_id uuid, pipeline_timeout_minutes integer, channel_timeout_minutes integer,
--          project_timeout_minutes integer, quoted boolean, has_agent boolean, lid text, id uuid, version
--          integer, tenant_id text, project_id uuid, name text, email text, phone text, external_id
--          text, source_channel text, language text, timezone text, tags text[], profile_picture_url
--          text, profile_picture_fetched_at timestamptz, first_interaction_at timestamptz,
--          last_interaction_at timestamptz, created_at timestamptz, updated_at timestamptz, deleted_at
--          timestamptz, merged_into uuid, id uuid, version integer, tenant_id text, contact_id uuid,
--          channel_type_id smallint, pipeline_id uuid, started_at timestamptz, ended_at timestamptz,
--          status text, end_reason text, timeout interval, last_activity_at timestamptz, message_count
--          integer, messages_from_contact integer, messages_from_agent integer, duration_seconds bigint,
--          first_contact_message_at timestamptz, first_agent_response_at timestamptz,
--          agent_response_time_seconds bigint, contact_wait_time_seconds bigint, agent_ids uuid[],
--          agent_transfers integer, summary text, sentiment text, sentiment_score double precision,
--          topics text[], next_steps text[], outcome_tags text[], key_entities jsonb, resolved boolean,
--          escalated boolean, converted boolean, created_at timestamptz, updated_at timestamptz,
--          deleted_at timestamptz
SELECT h.id AS channel_id, h.user_id, h.project_id AS channel_project_id, h.type,
       h.status AS channel_status, p.id AS channel_pipeline_id,
       p.session_timeout_minutes AS pipeline_timeout_minutes,
       h.session_timeout_minutes AS channel_timeout_minutes,
       r.session_timeout_minutes AS project_timeout_minutes,
       EXISTS (SELECT FROM messages q
                WHERE q.tenant_id = $1 AND q.id = $4 AND q.channel_id = $2 AND q.contact_id = $3
                  AND q.chat_id IS NULL AND q.deleted_at IS NULL) AS quoted,
       EXISTS (SELECT FROM agents a
                WHERE a.tenant_id = $1 AND a.id = $5 AND a.deleted_at IS NULL) AS has_agent,
       (SELECT i.lid FROM contact_identities i
         WHERE i.tenant_id = $1 AND i.contact_id = $3
         ORDER BY i.paired_at DESC, i.lid LIMIT 1) AS lid,
       c.id, c.version, c.tenant_id, c.project_id, c.name, c.email, c.phone,
       c.external_id, c.source_channel, c.language, c.timezone, c.tags, c.profile_picture_url,
       c.profile_picture_fetched_at, c.first_interaction_at, c.last_interaction_at, c.created_at,
       c.updated_at, c.deleted_at, c.merged_into,
       s.id, s.version, s.tenant_id, s.contact_id, s.channel_type_id, s.pipeline_id, s.started_at,
       s.ended_at, s.status, s.end_reason, s.timeout, s.last_activity_at, s.message_count,
       s.messages_from_contact, s.messages_from_agent, s.duration_seconds, s.first_contact_message_at,
       s.first_agent_response_at, s.agent_response_time_seconds, s.contact_wait_time_seconds,
       s.agent_ids, s.agent_transfers, s.summary, s.sentiment, s.sentiment_score, s.topics, s.next_steps,
       s.outcome_tags, s.key_entities, s.resolved, s.escalated, s.converted, s.created_at, s.updated_at,
       s.deleted_at
  FROM channels h
  JOIN projects r ON r.tenant_id = $1 AND r.id = h.project_id
  LEFT JOIN pipelines p ON p.tenant_id = $1 AND p.id = h.pipeline_id AND p.deleted_at IS NULL
  LEFT JOIN contacts c
    ON c.tenant_id = $1 AND c.id = $3 AND c.project_id = h.project_id AND c.deleted_at IS NULL
  LEFT JOIN sessions s
    ON s.tenant_id = $1 AND s.contact_id = c.id AND s.status = 'active' AND s.deleted_at IS NULL
 WHERE h.tenant_id = $1 AND h.id = $2 AND h.deleted_at IS NULL;

-- name: channels.find_by_other_keys
-- why: what is still encrypted with a key that no longer writes, a batch at a time, to be re-encrypted; nobody
--      is waited for: those that another holds are for a later pass. The second part of an encrypted value is
--      the id of its key; a deleted channel has none
-- params: tenant_id text, writer_key_id text, after uuid, batch bigint
-- rows: many
-- returns: channel
-- plan: reads the tenant's channels until a batch is full: keys change seldom, and only a value of its own
--       tells which wrote it
SELECT id, version, tenant_id, user_id, project_id, name, type, status, external_id, config,
       secrets, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
       session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
       debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
       history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
       history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
       updated_at, deleted_at, suspended_from
  FROM channels
 WHERE tenant_id = $1 AND id > $3 AND deleted_at IS NULL
   AND split_part(secrets, '.', 2) <> $2
 ORDER BY id
 LIMIT $4
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: channels.count_by_other_keys
-- why: whether a key can be taken off the ring: how many values each key but the writer still has to read
-- params: tenant_id text, writer_key_id text
-- rows: many
-- returns: key_id text, stored_values bigint
-- plan: reads the tenant's channels, as find_by_other_keys does
SELECT split_part(secrets, '.', 2) AS key_id, count(*) AS stored_values
  FROM channels
 WHERE tenant_id = $1 AND split_part(secrets, '.', 2) <> $2
 GROUP BY 1
 ORDER BY 1;
