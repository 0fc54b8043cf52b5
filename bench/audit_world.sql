-- What the audit reads, for bench.contacts contacts spread evenly over bench.tenants tenants: each contact at version 2
-- with one session, at version 2 as well, and ten messages; an event for each version and six for each message; the
-- history of both versions. Nothing of it is at fault. In bulk and without triggers, so by a superuser.
SET session_replication_role = replica;
SET "TimeZone" = 'UTC'; SET "DateStyle" = 'ISO'; SET "IntervalStyle" = 'postgres';

CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN (lpad(to_hex(n), 12, '0') || '7' || substr(md5(kind), 1, 19))::uuid;
CREATE TEMP TABLE tenant AS
SELECT owner, 'tenant-' || owner AS tenant_id, timestamptz '2026-01-01' AS at
  FROM generate_series(0, current_setting('bench.tenants')::int - 1) AS owner;
CREATE TEMP TABLE seat AS
SELECT n, owner, tenant_id, at + n * interval '1 second' AS at
  FROM generate_series(1, current_setting('bench.contacts')::int) AS n
  JOIN tenant ON owner = n % current_setting('bench.tenants')::int;
ANALYZE tenant, seat;

INSERT INTO users (id, email) SELECT pg_temp.id('user', owner), 'user' || owner || '@example.org' FROM tenant;
INSERT INTO billing_accounts (id, user_id, name, payment_status, payment_methods, billing_email, created_at, updated_at)
SELECT pg_temp.id('billing_account', owner), pg_temp.id('user', owner), 'Account', 'active', '[]', 'billing@example.org', at, at
  FROM tenant;
INSERT INTO projects (tenant_id, id, user_id, billing_account_id, name, description, configuration, active,
                      session_timeout_minutes, agent_assignment, created_at, updated_at)
SELECT tenant_id, pg_temp.id('project', owner), pg_temp.id('user', owner), pg_temp.id('billing_account', owner), 'Project',
       '', '{}', true, 30, '{}', at, at
  FROM tenant;
INSERT INTO channels (tenant_id, id, user_id, project_id, name, type, status, external_id, config, connection_mode,
                      webhook_id, webhook_active, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
                      debounce_timeout_ms, history_import_enabled, history_import_status, custom_field_definitions,
                      created_at, updated_at)
SELECT tenant_id, pg_temp.id('channel', owner), pg_temp.id('user', owner), pg_temp.id('project', owner), 'Channel', 'waha',
       'active', 'phone-' || owner, '{}', 'manual', 'hook-' || owner, true, false, false, true, true, 15000, false,
       'idle', '{}', at, at
  FROM tenant;
INSERT INTO contacts (tenant_id, id, project_id, name, email, phone, external_id, source_channel, language, tags,
                      first_interaction_at, last_interaction_at, created_at, updated_at, version)
SELECT tenant_id, pg_temp.id('contact', n), pg_temp.id('project', owner), 'Contact ' || n,
       'contact' || n || '@example.org', '+55' || 11900000000 + n, 'ext-' || n, 'whatsapp', 'pt',
       ARRAY['tag ' || n % 30, 'tag ' || n % 7], at, at + interval '1 day', at, at + interval '1 day', 2
  FROM seat;
INSERT INTO sessions (tenant_id, id, contact_id, channel_type_id, started_at, ended_at, status, end_reason, timeout,
                      last_activity_at, message_count, messages_from_contact, messages_from_agent, duration_seconds,
                      agent_ids, agent_transfers, topics, next_steps, outcome_tags, key_entities, resolved, escalated,
                      converted, created_at, updated_at, version)
SELECT tenant_id, pg_temp.id('session', n), pg_temp.id('contact', n), 1, at, at + interval '1 hour', 'ended',
       'inactivity_timeout', interval '30 minutes', at + interval '10 minutes', 10, 5, 5, 3600, '{}', 0, '{}', '{}',
       '{}', '{}', false, false, false, at, at + interval '1 hour', 2
  FROM seat;
INSERT INTO messages (tenant_id, id, "timestamp", user_id, project_id, contact_id, channel_id, channel_type_id,
                      session_id, from_me, content_type, text, status, source, metadata, mentions, created_at, updated_at)
SELECT tenant_id, pg_temp.id('message', n * 10 + place), at, pg_temp.id('user', owner), pg_temp.id('project', owner),
       pg_temp.id('contact', n), pg_temp.id('channel', owner), 1, pg_temp.id('session', n), place % 2 = 1, 'text',
       'Hello', 'read', 'manual', '{}', '{}', at, at
  FROM seat, generate_series(0, 9) AS place;
INSERT INTO channel_counters (tenant_id, channel_id, slot, messages_received, messages_sent)
SELECT tenant_id, pg_temp.id('channel', owner), 0, 5 * count(*), 5 * count(*) FROM seat GROUP BY tenant_id, owner;

CREATE TEMP TABLE step AS
SELECT 'billing_account' AS kind, tenant_id, pg_temp.id('billing_account', owner) AS id, 1 AS version FROM tenant
UNION ALL SELECT 'project', tenant_id, pg_temp.id('project', owner), 1 FROM tenant
UNION ALL SELECT 'channel', tenant_id, pg_temp.id('channel', owner), 1 FROM tenant
UNION ALL SELECT kind, tenant_id, pg_temp.id(kind, n), version
            FROM seat, (VALUES ('contact'), ('session')) AS of (kind), generate_series(1, 2) AS version
UNION ALL SELECT 'message', tenant_id, pg_temp.id('message', n * 10 + place), NULL
            FROM seat, generate_series(0, 5) AS place;
INSERT INTO outbox_events (tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id,
                           aggregate_version, sequence, payload)
SELECT tenant_id, gen_random_uuid(), kind || '.changed', 'v1', '2026-01-01', kind, id, version, 1, '{}' FROM step;

INSERT INTO aggregate_history (tenant_id, aggregate_table, aggregate_id, aggregate_version, kind, recorded_at, role, after)
SELECT '', 'billing_accounts', id, version, 'baseline', created_at, 'ventros_owner',
       ventros_history_row(billing_accounts, (SELECT string_to_array(encode(tgargs, 'escape'), '\000')
         FROM pg_trigger WHERE tgname = 'history' AND tgrelid = 'billing_accounts'::regclass)) FROM billing_accounts
UNION ALL
SELECT tenant_id, 'projects', id, version, 'baseline', created_at, 'ventros_owner', to_jsonb(projects) - 'version' FROM projects
UNION ALL
SELECT tenant_id, 'channels', id, version, 'baseline', created_at, 'ventros_owner', ventros_history_row(channels, (SELECT string_to_array(encode(tgargs, 'escape'), '\000')
         FROM pg_trigger WHERE tgname = 'history' AND tgrelid = 'channels'::regclass)) FROM channels
UNION ALL
SELECT tenant_id, 'contacts', id, 1, 'insert', created_at, 'ventros_app',
       to_jsonb(contacts) - 'version' || '{"name": "Ann", "updated_at": "2026-01-01T00:00:00+00:00"}' FROM contacts
UNION ALL
SELECT tenant_id, 'sessions', id, 1, 'insert', created_at, 'ventros_app',
       to_jsonb(sessions) - 'version'
       || '{"status": "active", "ended_at": null, "end_reason": null, "updated_at": "2026-01-01T00:00:00+00:00"}' FROM sessions;
INSERT INTO aggregate_history (tenant_id, aggregate_table, aggregate_id, aggregate_version, kind, recorded_at, role,
                               before, after)
SELECT tenant_id, 'contacts', id, 2, 'update', updated_at, 'ventros_app',
       '{"name": "Ann", "updated_at": "2026-01-01T00:00:00+00:00"}'::jsonb,
       jsonb_build_object('name', name, 'updated_at', updated_at) FROM contacts
UNION ALL
SELECT tenant_id, 'sessions', id, 2, 'update', updated_at, 'ventros_app',
       '{"status": "active", "ended_at": null, "end_reason": null, "updated_at": "2026-01-01T00:00:00+00:00"}'::jsonb,
       jsonb_build_object('status', status, 'ended_at', ended_at, 'end_reason', end_reason, 'updated_at', updated_at)
  FROM sessions;
RESET session_replication_role;
