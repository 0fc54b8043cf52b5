-- name: history
-- kind: findings
-- weight: high
-- means: The record of changes is not what took place, and proves nothing there.
-- why:  where history is enabled, every version of every aggregate is on record, and the record, replayed, yields the
--       row. Where it does not, somebody wrote past the triggers, or touched the record.
-- role: the auditor, ventros_auditor, or a superuser: see outbox_versions
-- read: one row for each aggregate, with the first thing that is wrong with its history, ten to a table (SET
--       ventros.most = '1000' for more): versions that are missing, a step that does not begin where the one before it
--       ended, a row that has moved on, is gone, never was recorded, or differs from the replayed record; and one for
--       each table that is not recorded while others are. No row where history was never enabled; after it was
--       disabled, the record is still checked, but not against the rows.
-- mend: as each row says. Nothing brings back what was not recorded; a baseline says where the record begins anew.
-- blind: who and when (role, actor, use_case, recorded_at) can be altered without contradiction, and so can the whole
--        of an aggregate's history together with its row. It does not look at the columns that hold secrets (the
--        trigger's arguments). It reads the whole history, 100,000 rows in some 10 s (docs/history.md).
SET app.tenant_id = '';
WITH aggregate (name) AS (
    VALUES
    -- for each versioned table, with "," between: ('{name}')
    ('agents'),
    ('billing_accounts'),
    ('broadcasts'),
    ('campaigns'),
    ('channels'),
    ('chats'),
    ('contact_lists'),
    ('contacts'),
    ('credentials'),
    ('pipeline_statuses'),
    ('pipelines'),
    ('projects'),
    ('sequences'),
    ('sessions'),
    ('webhook_subscriptions')
    -- end
), recorder AS (
    SELECT aggregate.name, trigger.tgenabled IN ('O', 'A') AS enabled,
           string_to_array(encode(trigger.tgargs, 'escape'), '\000') AS secret
      FROM aggregate
      JOIN pg_trigger AS trigger ON trigger.tgrelid = to_regclass(aggregate.name)
       AND trigger.tgfoid = to_regproc('ventros_record_history')
), recorded AS MATERIALIZED (
    SELECT name FROM recorder WHERE enabled
), stored (tenant_id, name, id, version, document) AS (
    -- for each versioned table, with " UNION ALL" between: SELECT {tenant}, '{name}', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = '{name}')) FROM {row} AS stored WHERE '{name}' IN (TABLE recorded)
    SELECT tenant_id, 'agents', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'agents')) FROM (SELECT tenant_id, id, project_id, user_id, name, email, type, status, role, active, permissions, virtual_metadata, last_login_at, created_at, updated_at, deleted_at, version FROM agents) AS stored WHERE 'agents' IN (TABLE recorded) UNION ALL
    SELECT ''::text, 'billing_accounts', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'billing_accounts')) FROM billing_accounts AS stored WHERE 'billing_accounts' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'broadcasts', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'broadcasts')) FROM broadcasts AS stored WHERE 'broadcasts' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'campaigns', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'campaigns')) FROM campaigns AS stored WHERE 'campaigns' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'channels', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'channels')) FROM (SELECT tenant_id, id, user_id, project_id, name, type, status, external_id, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id, session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled, debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status, history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days, history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at, updated_at, deleted_at, version FROM channels) AS stored WHERE 'channels' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'chats', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'chats')) FROM chats AS stored WHERE 'chats' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'contact_lists', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'contact_lists')) FROM contact_lists AS stored WHERE 'contact_lists' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'contacts', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'contacts')) FROM contacts AS stored WHERE 'contacts' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'credentials', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'credentials')) FROM (SELECT tenant_id, id, project_id, credential_type, name, description, oauth_token_type, expires_at, metadata, is_active, created_at, updated_at, version FROM credentials) AS stored WHERE 'credentials' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'pipeline_statuses', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'pipeline_statuses')) FROM pipeline_statuses AS stored WHERE 'pipeline_statuses' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'pipelines', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'pipelines')) FROM pipelines AS stored WHERE 'pipelines' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'projects', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'projects')) FROM projects AS stored WHERE 'projects' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'sequences', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'sequences')) FROM sequences AS stored WHERE 'sequences' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'sessions', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'sessions')) FROM sessions AS stored WHERE 'sessions' IN (TABLE recorded) UNION ALL
    SELECT tenant_id, 'webhook_subscriptions', id, version, ventros_history_row(stored, (SELECT secret FROM recorder WHERE name = 'webhook_subscriptions')) FROM (SELECT tenant_id, id, user_id, project_id, name, origin, events, subscribe_contact_events, contact_event_types, contact_event_categories, active, retry_count, timeout_seconds, created_at, updated_at, deleted_at, version FROM webhook_subscriptions) AS stored WHERE 'webhook_subscriptions' IN (TABLE recorded)
    -- end
), step AS (
    SELECT tenant_id, aggregate_table AS name, aggregate_id AS id, aggregate_version AS version, kind, before, after,
           lag(aggregate_version) OVER earlier AS previous, lag(after IS NOT NULL) OVER earlier AS was_there,
           lead(aggregate_version) OVER earlier IS NULL AS is_head
      FROM aggregate_history
    WINDOW earlier AS (PARTITION BY tenant_id, aggregate_table, aggregate_id ORDER BY aggregate_version)
), value AS (
    SELECT step.tenant_id, name, id, version, kind, key, now.before, now.after,
           lag(now.after) OVER earlier AS known, lead(version) OVER earlier IS NULL AS is_head
      FROM step, LATERAL (SELECT key, old.value AS before, new.value AS after
                            FROM jsonb_each(step.before) AS old
                            FULL JOIN jsonb_each(step.after) AS new USING (key)) AS now
    WINDOW earlier AS (PARTITION BY step.tenant_id, name, id, key ORDER BY version)
), head AS (
    SELECT coalesce(stored.tenant_id, step.tenant_id) AS tenant_id, coalesce(stored.name, step.name) AS name,
           coalesce(stored.id, step.id) AS id, stored.version AS stored, step.version AS recorded,
           step.after IS NOT NULL AS believed
      FROM (SELECT * FROM step WHERE is_head AND name IN (TABLE recorded)) AS step
      FULL JOIN stored USING (tenant_id, name, id)
), fault (rank, tenant_id, name, id, text, mend) AS (
    SELECT 1, tenant_id, name, id,
           CASE WHEN previous IS NULL THEN format('begins with %s to version %s, without a baseline', kind, version)
                WHEN NOT was_there THEN format('has version %s after its removal', version)
                ELSE format('has version %s after version %s', version, previous) END,
           'find out who wrote past the triggers, or deleted from the history; to begin anew: docs/history.md'
      FROM step
     WHERE CASE kind WHEN 'baseline' THEN true
                     WHEN 'insert' THEN version = 1 AND previous IS NULL
                     ELSE previous = version - 1 AND was_there END IS NOT TRUE
    UNION ALL
    SELECT 2, tenant_id, name, id,
           format('has %s before version %s not as the record had left it', string_agg(key, ', ' ORDER BY key), version),
           'find out who wrote past the triggers, or altered the history; to begin anew: docs/history.md'
      FROM value
     WHERE kind IN ('update', 'delete') AND known IS DISTINCT FROM before AND known IS NOT NULL
     GROUP BY tenant_id, name, id, version
    UNION ALL
    SELECT 3, tenant_id, name, id,
           CASE WHEN recorded IS NULL THEN format('was never recorded, and is at version %s', stored)
                WHEN stored IS NULL THEN format('is gone, while its history ends with version %s', recorded)
                ELSE format('is at version %s, while its history ends with %s%s', stored, recorded,
                            CASE WHEN NOT believed THEN ' and its removal' END) END,
           CASE WHEN stored <= recorded THEN 'restore the row: it is older than its history'
                ELSE 'find out who wrote past the triggers; then ventros history enable, which writes a baseline' END
      FROM head
     WHERE stored IS DISTINCT FROM recorded AND (stored IS NOT NULL OR believed)
        OR stored = recorded AND NOT believed
    UNION ALL
    SELECT 4, tenant_id, name, id,
           format('differs from its replayed history in %s', string_agg(key, ', ' ORDER BY key)),
           'ventros history disable; set the row right, with version = version + 1; ventros history enable'
      FROM head
      JOIN stored USING (tenant_id, name, id)
      JOIN value USING (tenant_id, name, id)
     WHERE head.stored = head.recorded AND value.is_head
       AND value.after IS DISTINCT FROM stored.document -> key AND stored.document ? key
     GROUP BY tenant_id, name, id
), ranked AS (
    SELECT *, count(*) OVER (PARTITION BY name) AS at_fault,
           row_number() OVER (PARTITION BY name ORDER BY tenant_id, id) AS nth,
           coalesce(nullif(current_setting('ventros.most', true), ''), '10')::integer AS most
      FROM (SELECT DISTINCT ON (tenant_id, name, id) * FROM fault ORDER BY tenant_id, name, id, rank, text) AS first
)
SELECT format('%s %s', name, id) AS subject,
       format('the history of %s %s%s: it %s', name, id, ' of tenant ' || nullif(tenant_id, ''), text) AS finding,
       format('SELECT * FROM aggregate_history WHERE tenant_id = %L AND aggregate_table = %L AND aggregate_id = %L '
              'ORDER BY aggregate_version;', tenant_id, name, id) AS see,
       mend
  FROM ranked
 WHERE nth <= most
UNION ALL
SELECT name, format('%s more of %s are at fault', at_fault - most, name), 'SET ventros.most = ''1000'';',
       'the same, once they are shown'
  FROM ranked
 WHERE nth = most + 1
UNION ALL
SELECT name, format('the table %s is not recorded, while others are', name),
       'SELECT tgrelid::regclass, tgenabled FROM pg_trigger WHERE tgname = ''history'';', 'ventros history enable'
  FROM aggregate
 WHERE EXISTS (SELECT FROM recorder) AND name NOT IN (TABLE recorded)
 ORDER BY 1;
