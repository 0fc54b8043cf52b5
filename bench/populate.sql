-- The contacts of one tenant, each with an active session; app.tenant_id and bench.rows are set by the caller.
-- Contact n has the id bench_id(n), in the form and the order of a UUIDv7; its session 100,000,000,000 more.
CREATE FUNCTION bench_id(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (lpad(to_hex(1760000000000 + n), 12, '0') || '70008' || substr(md5(n::text), 1, 15))::uuid;

INSERT INTO contacts (
    tenant_id, id, project_id, name, email, phone, source_channel, language, timezone, tags,
    first_interaction_at, last_interaction_at, created_at, updated_at)
SELECT project.tenant_id, bench_id(n), project.id, 'Contact ' || n, 'c' || n || '@bench.example',
       '+' || 5500000000000 + n, 'whatsapp', 'en', 'America/Sao_Paulo', ARRAY['whatsapp', 'tag' || n % 7],
       moment, moment, moment, moment
  FROM projects AS project, generate_series(1, current_setting('bench.rows')::bigint) AS n,
       LATERAL (SELECT timestamptz '2025-01-01' + n * interval '1 second' AS moment) AS moments;

INSERT INTO sessions (
    tenant_id, id, contact_id, channel_type_id, started_at, status, timeout, last_activity_at, message_count,
    messages_from_contact, messages_from_agent, duration_seconds, first_contact_message_at, agent_ids,
    agent_transfers, topics, next_steps, outcome_tags, key_entities, resolved, escalated, converted,
    created_at, updated_at)
SELECT tenant_id, bench_id(n + 100000000000), id, 1, created_at, 'active', interval '10 years', created_at, 1, 1, 0, 0, created_at,
       '{}', 0, '{}', '{}', '{}', '{}', false, false, false, created_at, created_at
  FROM contacts, LATERAL (SELECT right(phone, -3)::bigint AS n) AS numbered;
