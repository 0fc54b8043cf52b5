-- A million sessions with a message each, over 333 days; a tenth of both is one contact's. A thousand messages to a
-- chat. To be run by a superuser, who for speed leaves the foreign keys unchecked.
SET session_replication_role = replica;

CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN (lpad(to_hex(n), 12, '0') || '7' || substr(md5(kind), 1, 19))::uuid;

CREATE TEMP TABLE turn AS
SELECT n, CASE WHEN n % 10 = 0 THEN 0 ELSE 1 + n % 9973 END AS contact,
       timestamptz '2025-01-01' + n * interval '28.8 seconds' AS at
  FROM generate_series(0, 999999) AS n;

INSERT INTO contacts (tenant_id, id, project_id, name, language, tags, created_at, updated_at)
SELECT 'large', pg_temp.id('contact', n), pg_temp.id('project', 0), 'Contact ' || n, 'pt', '{}', at, at
  FROM turn WHERE n < 10000;

INSERT INTO placements (tenant_id, id, contact_id, pipeline_id, status_id, entered_at, exited_at, duration_seconds,
                        created_at, updated_at)
SELECT 'large', pg_temp.id('placement', n), pg_temp.id('contact', n / 10), pg_temp.id('pipeline', n % 5),
       pg_temp.id('status', n % 5), at, CASE WHEN n % 10 < 5 THEN at END, CASE WHEN n % 10 < 5 THEN 0 END, at, at
  FROM turn WHERE n < 100000;

INSERT INTO sessions (tenant_id, id, contact_id, channel_type_id, started_at, ended_at, status, end_reason, timeout,
                      last_activity_at, message_count, messages_from_contact, messages_from_agent, duration_seconds,
                      agent_response_time_seconds, agent_ids, agent_transfers, topics, next_steps, outcome_tags,
                      key_entities, resolved, escalated, converted, created_at, updated_at)
SELECT 'large', pg_temp.id('session', n), pg_temp.id('contact', contact), n / 70, at,
       CASE WHEN n % 7 > 0 THEN at + n % 4001 * interval '1 second' END, CASE WHEN n % 7 > 0 THEN 'ended' ELSE 'active' END,
       CASE n % 7 WHEN 0 THEN NULL WHEN 1 THEN 'manual_close' ELSE 'inactivity_timeout' END, interval '30 minutes', at, 1,
       1, 0, CASE WHEN n % 7 > 0 THEN n % 4001 ELSE 0 END, CASE WHEN n % 3 = 0 THEN n % 601 END, '{}', 0, '{}', '{}', '{}',
       '{}', false, false, false, at, at
  FROM turn;

INSERT INTO messages (tenant_id, id, "timestamp", user_id, project_id, contact_id, channel_id, channel_type_id, chat_id,
                      session_id, from_me, content_type, text, channel_message_id, status, source, metadata, mentions,
                      created_at, updated_at)
SELECT 'large', pg_temp.id('message', n), at, pg_temp.id('user', 0), pg_temp.id('project', 0),
       pg_temp.id('contact', contact), pg_temp.id('channel', 0), 1, pg_temp.id('chat', n % 1000),
       pg_temp.id('session', n), n % 2 = 0, 'text', 'Hello', 'wamid-' || n, 'read', 'manual', '{}', '{}', at, at
  FROM turn;

VACUUM ANALYZE contacts, placements, sessions, messages;
