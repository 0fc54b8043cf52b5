-- name: history
-- kind: findings
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
--        trigger's arguments). It reads the whole history and the rows once, in the
--        order of the key: docs/audit.md has how long that takes.
SET app.tenant_id = '';
-- A value's text depends on these; as ventros_history_row has them.
SET "TimeZone" = 'UTC'; SET "DateStyle" = 'ISO'; SET "IntervalStyle" = 'postgres'; SET bytea_output = 'hex';
SET extra_float_digits = 1;
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
), recorder AS MATERIALIZED (
    SELECT aggregate.name, trigger.tgenabled IN ('O', 'A') AS enabled
      FROM aggregate
      JOIN pg_trigger AS trigger ON trigger.tgrelid = to_regclass(aggregate.name)
       AND trigger.tgfoid = to_regproc('ventros_record_history')
), entry (tenant_id, name, id, version, kind, before, after) AS (
    -- The history, and behind each aggregate's the row itself. One sort and window functions over it, and no join of
    -- one with the other, which the planner could take for small and do row by row.
    SELECT tenant_id, aggregate_table, aggregate_id, aggregate_version, kind, before, after FROM aggregate_history
    -- for each versioned table, with "" between: UNION ALL SELECT {tenant}, '{name}', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, {row} AS stored WHERE recorder.enabled AND recorder.name = '{name}'
    UNION ALL SELECT tenant_id, 'agents', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, (SELECT tenant_id, id, project_id, user_id, name, email, type, status, role, active, permissions, settings, virtual_metadata, last_login_at, created_at, updated_at, deleted_at, version FROM agents) AS stored WHERE recorder.enabled AND recorder.name = 'agents'
    UNION ALL SELECT ''::text, 'billing_accounts', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, billing_accounts AS stored WHERE recorder.enabled AND recorder.name = 'billing_accounts'
    UNION ALL SELECT tenant_id, 'broadcasts', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, broadcasts AS stored WHERE recorder.enabled AND recorder.name = 'broadcasts'
    UNION ALL SELECT tenant_id, 'campaigns', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, campaigns AS stored WHERE recorder.enabled AND recorder.name = 'campaigns'
    UNION ALL SELECT tenant_id, 'channels', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, (SELECT tenant_id, id, user_id, project_id, name, type, status, external_id, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id, session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled, debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status, history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days, history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at, updated_at, deleted_at, version FROM channels) AS stored WHERE recorder.enabled AND recorder.name = 'channels'
    UNION ALL SELECT tenant_id, 'chats', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, chats AS stored WHERE recorder.enabled AND recorder.name = 'chats'
    UNION ALL SELECT tenant_id, 'contact_lists', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, contact_lists AS stored WHERE recorder.enabled AND recorder.name = 'contact_lists'
    UNION ALL SELECT tenant_id, 'contacts', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, contacts AS stored WHERE recorder.enabled AND recorder.name = 'contacts'
    UNION ALL SELECT tenant_id, 'credentials', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, (SELECT tenant_id, id, project_id, credential_type, name, description, oauth_token_type, expires_at, metadata, is_active, created_at, updated_at, version FROM credentials) AS stored WHERE recorder.enabled AND recorder.name = 'credentials'
    UNION ALL SELECT tenant_id, 'pipeline_statuses', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, pipeline_statuses AS stored WHERE recorder.enabled AND recorder.name = 'pipeline_statuses'
    UNION ALL SELECT tenant_id, 'pipelines', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, pipelines AS stored WHERE recorder.enabled AND recorder.name = 'pipelines'
    UNION ALL SELECT tenant_id, 'projects', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, projects AS stored WHERE recorder.enabled AND recorder.name = 'projects'
    UNION ALL SELECT tenant_id, 'sequences', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, sequences AS stored WHERE recorder.enabled AND recorder.name = 'sequences'
    UNION ALL SELECT tenant_id, 'sessions', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, sessions AS stored WHERE recorder.enabled AND recorder.name = 'sessions'
    UNION ALL SELECT tenant_id, 'webhook_subscriptions', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM recorder, (SELECT tenant_id, id, user_id, project_id, name, url, events, subscribe_contact_events, contact_event_types, contact_event_categories, active, retry_count, timeout_seconds, created_at, updated_at, deleted_at, version FROM webhook_subscriptions) AS stored WHERE recorder.enabled AND recorder.name = 'webhook_subscriptions'
    -- end
), step AS (
    SELECT *, lag(version) OVER earlier AS previous, lag(after IS NOT NULL) OVER earlier AS was_there,
           lead(version) OVER earlier IS NULL AS is_last,
           count(*) FILTER (WHERE kind IN ('insert', 'baseline')) OVER earlier AS beginnings
      FROM entry
    WINDOW earlier AS (PARTITION BY tenant_id, name, id ORDER BY kind = 'row', version)
), replayed AS (
    -- base is what the record last began with, document the row; fault what is wrong with the step as such.
    SELECT tenant_id, name, id, version, kind, beginnings, before, after,
           CASE WHEN beginnings > 0 THEN first_value(after) OVER since END AS base,
           last_value(CASE kind WHEN 'row' THEN after END) OVER since AS document,
           CASE WHEN kind = 'row' AND previous IS NULL THEN format('was never recorded, and is at version %s', version)
                WHEN kind = 'row' AND (previous <> version OR NOT was_there)
                THEN format('is at version %s, while its history ends with %s%s', version, previous,
                            CASE WHEN NOT was_there THEN ' and its removal' END)
                WHEN kind IN ('row', 'baseline') OR kind = 'insert' AND version = 1 AND previous IS NULL
                  OR kind IN ('update', 'delete') AND previous = version - 1 AND was_there THEN NULL
                WHEN previous IS NULL THEN format('begins with %s to version %s, without a baseline', kind, version)
                WHEN NOT was_there THEN format('has version %s after its removal', version)
                ELSE format('has version %s after version %s', version, previous) END AS fault,
           CASE WHEN kind <> 'row' AND is_last AND after IS NOT NULL AND name IN (SELECT name FROM recorder WHERE enabled)
                THEN format('is gone, while its history ends with version %s', version) END AS gone,
           CASE WHEN kind = 'row' AND version <= previous THEN 'restore the row: it is older than its history'
                WHEN kind = 'row'
                THEN 'find out who wrote past the triggers; then ventros history enable, which writes a baseline' END AS mend
      FROM step
    WINDOW since AS (PARTITION BY tenant_id, name, id, beginnings ORDER BY kind = 'row', version
                     ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), changed AS (
    -- Of a row only what is not as its base, which is little.
    SELECT tenant_id, name, id, version, kind, fault, gone, mend, key, is_stored, stored, was, became, began,
           row_number() OVER earlier > 1 AS is_known, lag(became) OVER earlier AS known,
           lead(version) OVER earlier IS NULL AS is_last
      FROM replayed
      LEFT JOIN LATERAL (
           SELECT key, document ? key AS is_stored, document -> key AS stored, before -> key AS was, after -> key AS became,
                  base -> key AS began
             FROM jsonb_each(CASE WHEN kind IN ('update', 'delete') THEN coalesce(before, '{}') || coalesce(after, '{}')
                                  WHEN kind = 'row' AND after <> base THEN after END)
            WHERE kind <> 'row' OR value IS DISTINCT FROM base -> key
           OFFSET 0) AS one ON true
     WHERE key IS NOT NULL OR fault IS NOT NULL OR gone IS NOT NULL
    WINDOW earlier AS (PARTITION BY tenant_id, name, id, beginnings, key ORDER BY kind = 'row', version)
), doubtful AS (
    SELECT *, CASE kind WHEN 'row' THEN CASE WHEN is_known THEN known IS DISTINCT FROM became ELSE began IS NOT NULL END
                        ELSE is_last AND is_stored AND became IS DISTINCT FROM stored END AS differs,
           kind <> 'row' AND CASE WHEN is_known THEN known ELSE began END <> coalesce(was, 'null') AS is_broken
      FROM changed
), judged AS (
    SELECT tenant_id, name, id, version, key, wrong.*
      FROM doubtful, LATERAL (VALUES
           (1, CASE WHEN kind <> 'row' THEN fault END,
            'find out who wrote past the triggers, or deleted from the history; to begin anew: docs/history.md'),
           (2, CASE WHEN is_broken THEN 'has %s before version %s not as the record had left it' END,
            'find out who wrote past the triggers, or altered the history; to begin anew: docs/history.md'),
           (3, CASE kind WHEN 'row' THEN fault ELSE gone END,
            coalesce(mend, 'find out who wrote past the triggers; then ventros history enable, which writes a baseline')),
           (4, CASE WHEN differs THEN 'differs from its replayed history in %s' END,
            'ventros history disable; set the row right, with version = version + 1; ventros history enable')
           ) AS wrong (rank, text, mend)
     WHERE (fault IS NOT NULL OR gone IS NOT NULL OR differs OR is_broken) AND text IS NOT NULL
), first AS (
    SELECT DISTINCT ON (tenant_id, name, id) tenant_id, name, id, mend,
           CASE WHEN rank IN (2, 4) THEN format(text, string_agg(DISTINCT key, ', ' ORDER BY key), max(version)) ELSE text END AS text
      FROM judged
     GROUP BY tenant_id, name, id, rank, text, mend, CASE rank WHEN 4 THEN 0 ELSE version END
     ORDER BY tenant_id, name, id, rank, text
), ranked AS (
    SELECT *, count(*) OVER (PARTITION BY name) AS at_fault,
           row_number() OVER (PARTITION BY name ORDER BY tenant_id, id) AS nth,
           coalesce(nullif(current_setting('ventros.most', true), ''), '10')::integer AS most
      FROM first
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
 WHERE EXISTS (SELECT FROM recorder) AND name NOT IN (SELECT name FROM recorder WHERE enabled)
 ORDER BY 1;
