-- name: sessions.insert
-- why: the only way a session comes into being; its version starts at 1
-- params: tenant_id text, id uuid, contact_id uuid, channel_type_id smallint, pipeline_id uuid,
--         started_at timestamptz, ended_at timestamptz, status text, end_reason text, timeout interval,
--         last_activity_at timestamptz, message_count integer, messages_from_contact integer,
--         messages_from_agent integer, duration_seconds bigint, first_contact_message_at timestamptz,
--         first_agent_response_at timestamptz, agent_response_time_seconds bigint,
--         contact_wait_time_seconds bigint, agent_ids uuid[], agent_transfers integer, summary text,
--         sentiment text, sentiment_score double precision, topics text[], next_steps text[],
--         outcome_tags text[], key_entities jsonb, resolved boolean, escalated boolean,
--         converted boolean, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz
-- rows: affected
INSERT INTO sessions (
    tenant_id, id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status, end_reason,
    timeout, last_activity_at, message_count, messages_from_contact, messages_from_agent,
    duration_seconds, first_contact_message_at, first_agent_response_at, agent_response_time_seconds,
    contact_wait_time_seconds, agent_ids, agent_transfers, summary, sentiment, sentiment_score, topics,
    next_steps, outcome_tags, key_entities, resolved, escalated, converted, created_at, updated_at,
    deleted_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
    $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34
);

-- name: sessions.get
-- why: loads one session by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: session
SELECT id, version, tenant_id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status,
       end_reason, timeout, last_activity_at, message_count, messages_from_contact, messages_from_agent,
       duration_seconds, first_contact_message_at, first_agent_response_at, agent_response_time_seconds,
       contact_wait_time_seconds, agent_ids, agent_transfers, summary, sentiment, sentiment_score,
       topics, next_steps, outcome_tags, key_entities, resolved, escalated, converted, created_at,
       updated_at, deleted_at
  FROM sessions
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: sessions.update
-- why: the only way a session changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, ended_at timestamptz, status text,
--         end_reason text, last_activity_at timestamptz, message_count integer,
--         messages_from_contact integer, messages_from_agent integer, duration_seconds bigint,
--         first_contact_message_at timestamptz, first_agent_response_at timestamptz,
--         agent_response_time_seconds bigint, contact_wait_time_seconds bigint, agent_ids uuid[],
--         agent_transfers integer, summary text, sentiment text, sentiment_score double precision,
--         topics text[], next_steps text[], outcome_tags text[], key_entities jsonb, resolved boolean,
--         escalated boolean, converted boolean, updated_at timestamptz, deleted_at timestamptz,
--         contact_id uuid
-- rows: maybe
-- returns: id uuid, version integer
-- changes: last_activity_at, message_count, messages_from_contact, messages_from_agent
UPDATE sessions
   SET ended_at = $4,
       status = $5,
       end_reason = $6,
       last_activity_at = $7,
       message_count = $8,
       messages_from_contact = $9,
       messages_from_agent = $10,
       duration_seconds = $11,
       first_contact_message_at = $12,
       first_agent_response_at = $13,
       agent_response_time_seconds = $14,
       contact_wait_time_seconds = $15,
       agent_ids = $16,
       agent_transfers = $17,
       summary = $18,
       sentiment = $19,
       sentiment_score = $20,
       topics = $21,
       next_steps = $22,
       outcome_tags = $23,
       key_entities = $24,
       resolved = $25,
       escalated = $26,
       converted = $27,
       updated_at = $28,
       deleted_at = $29,
       contact_id = $30,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: sessions.delete
-- why: removes a session for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM sessions
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: sessions.stored_version
-- why: tells, after a guarded write touched no row, whether the session is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM sessions
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: sessions.touch
-- why: steps the version of a session that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE sessions
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: sessions.lock_for_share
-- why: sessions that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sessions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: sessions.lock_for_no_key_update
-- why: sessions about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sessions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: sessions.lock_for_update
-- why: sessions about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sessions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: sessions.try_lock_for_share
-- why: as lock_for_share, but without waiting: sessions that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sessions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: sessions.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: sessions that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sessions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: sessions.try_lock_for_update
-- why: as lock_for_update, but without waiting: sessions that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM sessions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: sessions.find_active
-- why: a message joins the contact's active session of that type of channel, if there is one
-- params: tenant_id text, contact_id uuid, channel_type_id smallint
-- rows: maybe
-- returns: session
SELECT id, version, tenant_id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status,
       end_reason, timeout, last_activity_at, message_count, messages_from_contact, messages_from_agent,
       duration_seconds, first_contact_message_at, first_agent_response_at, agent_response_time_seconds,
       contact_wait_time_seconds, agent_ids, agent_transfers, summary, sentiment, sentiment_score,
       topics, next_steps, outcome_tags, key_entities, resolved, escalated, converted, created_at,
       updated_at, deleted_at
  FROM sessions
 WHERE tenant_id = $1 AND contact_id = $2 AND channel_type_id IS NOT DISTINCT FROM $3
   AND status = 'active' AND deleted_at IS NULL;

-- name: sessions.find_timed_out
-- why: active sessions of all tenants whose timeout has run out, for the scheduler. A step looks at as many as it is
--      told, in the order of the key; its last session is among the answers, timed out or not, for the next step
--      goes on behind it
-- params: now timestamptz, tenant_id text, id uuid, most integer
-- role: scheduler
-- rows: many
-- returns: tenant_id text, id uuid
WITH step AS (
    SELECT s.tenant_id, s.id, $1 - s.last_activity_at > s.timeout AS timed_out
      FROM sessions AS s
     WHERE s.status = 'active' AND s.deleted_at IS NULL AND (s.tenant_id, s.id) > ($2, $3)
     ORDER BY s.tenant_id, s.id
     LIMIT $4::integer
)
SELECT tenant_id, id
  FROM step
 WHERE timed_out OR (tenant_id, id) = (SELECT tenant_id, id FROM step ORDER BY tenant_id DESC, id DESC LIMIT 1)
 ORDER BY tenant_id, id;

-- name: sessions.hold_active
-- why: the active sessions of a contact that is to be deleted, which end with it; nobody changes one until the
--      transaction ends
-- params: tenant_id text, contact_id uuid
-- rows: many
-- returns: session
SELECT id, version, tenant_id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status,
       end_reason, timeout, last_activity_at, message_count, messages_from_contact, messages_from_agent,
       duration_seconds, first_contact_message_at, first_agent_response_at, agent_response_time_seconds,
       contact_wait_time_seconds, agent_ids, agent_transfers, summary, sentiment, sentiment_score,
       topics, next_steps, outcome_tags, key_entities, resolved, escalated, converted, created_at,
       updated_at, deleted_at
  FROM sessions
 WHERE tenant_id = $1 AND contact_id = $2 AND status = 'active' AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: sessions.sum_miscounts
-- why: how many messages the tenant's sessions have lost count of, or count twice; 0 unless updates were lost
-- params: tenant_id text
-- rows: one
-- returns: miscounts bigint
SELECT coalesce(sum(abs(session.message_count - coalesce(counted.messages, 0))), 0)::bigint AS miscounts
  FROM sessions AS session
  LEFT JOIN (
       SELECT session_id, count(*) AS messages
         FROM messages
        WHERE tenant_id = $1
        GROUP BY session_id) AS counted ON counted.session_id = session.id
 WHERE session.tenant_id = $1;

-- name: sessions.summarize
-- why: how the sessions of a period went: all of them, in the first row, and those of each status and end reason
-- params: tenant_id text, started_from timestamptz, started_before timestamptz
-- rows: many
-- returns: status text, end_reason text, sessions bigint, messages bigint, resolved bigint, escalated bigint,
--          converted bigint, ended bigint, average_duration_seconds double precision, duration_seconds bigint[],
--          responses bigint, average_response_seconds double precision, response_seconds bigint[]
SELECT status, end_reason, count(*) AS sessions, coalesce(sum(message_count), 0)::bigint AS messages,
       count(*) FILTER (WHERE resolved) AS resolved, count(*) FILTER (WHERE escalated) AS escalated,
       count(*) FILTER (WHERE converted) AS converted, count(ended_at) AS ended,
       (avg(duration_seconds) FILTER (WHERE ended_at IS NOT NULL))::double precision AS average_duration_seconds,
       percentile_disc(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY duration_seconds)
           FILTER (WHERE ended_at IS NOT NULL) AS duration_seconds,
       count(agent_response_time_seconds) AS responses,
       avg(agent_response_time_seconds)::double precision AS average_response_seconds,
       percentile_disc(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY agent_response_time_seconds)
           AS response_seconds
  FROM sessions
 WHERE tenant_id = $1 AND deleted_at IS NULL AND started_at >= $2 AND started_at < $3
 GROUP BY GROUPING SETS ((), (status, end_reason))
 ORDER BY grouping(status) DESC, status, end_reason;
