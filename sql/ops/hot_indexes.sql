-- name:  hot_indexes
-- kind:  findings
-- weight: low
-- means: Each update of the table writes several times what it needs to.
-- why:   PostgreSQL writes an update that changes no indexed column into the same page and touches no index at
--        all: a heap-only tuple, HOT. One index with a column that every update changes, be it as key, in
--        INCLUDE, in an expression or in the predicate, ends that for every update of the table and for all of
--        its indexes.
-- role:  any that may connect; for the WAL of an update, one that may also read pg_stat_statements
-- read:  one row for each such index, with what share of the table's updates was HOT since its statistics began
--        and, if pg_stat_statements is there, how much WAL an update wrote. The columns are those that most
--        updates change: version and updated_at of any table, and those listed below: a statement makes them of
--        their old value, or names them in its header (changes:). A low share without a finding: the pages are
--        full, so try ALTER TABLE … SET (fillfactor = 80), or long_transactions keeps old versions alive.
-- mend:  run what stands in mend, as the owner of the tables, outside a transaction: it lets writers pass. What
--        is the index for? A list that is sorted by such a column sorts the tenant's rows without it.
-- blind: statements that are not the library's and change other columns all the time. Indexes that the application
--        ships: each serves a statement, which may be worth that price.
-- The WAL of the updates by table waits in a setting of this session; '{}' without the extension, which lies in
-- any schema.
DO $$
DECLARE
    place text := (SELECT quote_ident(nspname)
                     FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
                    WHERE extname = 'pg_stat_statements' AND has_schema_privilege(extnamespace, 'USAGE')
                      AND current_setting('pg_stat_statements.max', true) IS NOT NULL);
    wal jsonb;
BEGIN
    IF place IS NOT NULL THEN
        EXECUTE 'SELECT jsonb_object_agg(name, bytes)
                   FROM (SELECT substring(query FROM ''/\* ([\w.]+)\.\w+ \*/$'') AS name,
                                round(sum(wal_bytes) / sum(calls)) AS bytes
                           FROM ' || place || '.pg_stat_statements
                          WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND calls > 0
                            AND query ~ ''\mUPDATE\s+([\w."]+\s+)?(AS \w+\s+)?SET\M''
                          GROUP BY 1) AS counted
                  WHERE name IS NOT NULL' INTO wal;
    END IF;
    PERFORM set_config('ventros.wal', coalesce(wal, '{}')::text, false);
END
$$;
WITH changing (name, columns) AS (
    VALUES
    -- for each changing table, with "" between: ('{name}', ARRAY[{columns}]),
    ('agent_counters', ARRAY['last_activity_at', 'response_ms_total', 'sessions_handled']),
    ('broadcast_counters', ARRAY['failed_count', 'sent_count', 'skipped_count', 'total_contacts']),
    ('campaign_counters', ARRAY['contacts_reached', 'conversions_count']),
    ('channel_counters', ARRAY['last_message_at', 'messages_received', 'messages_sent']),
    ('chats', ARRAY['last_message_at']),
    ('contact_list_counters', ARRAY['members']),
    ('contact_lists', ARRAY['contact_count', 'last_calculated_at']),
    ('contacts', ARRAY['last_interaction_at']),
    ('credential_refreshes', ARRAY['failures', 'lease_id', 'leased_until']),
    ('credential_uses', ARRAY['last_used_at']),
    ('messages', ARRAY['delivered_at', 'played_at', 'read_at', 'status']),
    ('outbox_consumers', ARRAY['moved_at', 'position', 'transaction_id']),
    ('outbox_queues', ARRAY['attempts', 'last_error', 'last_position', 'last_transaction_id', 'token']),
    ('sequence_counters', ARRAY['completed_count', 'exited_count', 'total_enrolled']),
    ('sessions', ARRAY['last_activity_at', 'message_count', 'messages_from_agent', 'messages_from_contact']),
    ('webhook_counters', ARRAY['failure_count', 'last_failure_at', 'last_success_at', 'success_count']),
    -- end
    ('', ARRAY[]::text[])
), held AS (
    SELECT index.indexrelid, index.indrelid, owner.oid::regclass::text AS name, attribute.attname AS held,
           (SELECT conname FROM pg_constraint
             WHERE conindid = index.indexrelid AND conrelid = index.indrelid AND contype IN ('p', 'u', 'x')) AS conname
      FROM pg_index AS index
      JOIN pg_class AS owner ON owner.oid = index.indrelid AND owner.relnamespace::regnamespace::text IN (
           -- for each schema, with "," between: '{name}'
           'public'
           -- end
           )
      JOIN pg_class AS relation ON relation.oid = index.indexrelid
      JOIN pg_am ON pg_am.oid = relation.relam
      JOIN pg_attribute AS attribute ON attribute.attrelid = index.indrelid AND attribute.attnum > 0
       AND (attribute.attnum = ANY (index.indkey)
            -- Expressions and predicates depend on the columns that they are made of.
            OR EXISTS (SELECT FROM pg_depend
                        WHERE classid = 'pg_class'::regclass AND objid = index.indexrelid
                          AND refclassid = 'pg_class'::regclass AND refobjid = index.indrelid
                          AND refobjsubid = attribute.attnum))
     WHERE index.indislive AND index.indisready
       AND index.indexrelid <> ALL (ARRAY(SELECT coalesce(to_regclass(name), 0::oid::regclass) FROM unnest(ARRAY[
           -- for each index, with "," between: '{name}'
           'agents_live_email_key',
           'agents_live_name_idx',
           'billing_accounts_stripe_customer_key',
           'broadcast_executions_contact_idx',
           'broadcast_executions_message_key',
           'broadcast_executions_open_idx',
           'broadcast_executions_queued_idx',
           'broadcasts_at_work_idx',
           'broadcasts_created_idx',
           'campaign_enrollments_active_idx',
           'campaign_enrollments_contact_idx',
           'campaign_enrollments_open_key',
           'campaigns_created_idx',
           'campaigns_scheduled_idx',
           'channels_active_waha_idx',
           'channels_user_idx',
           'chat_participants_contact_idx',
           'chats_live_created_idx',
           'chats_live_external_id_key',
           'chats_live_individual_key',
           'contact_custom_fields_live_value_idx',
           'contact_identities_contact_idx',
           'contact_identities_phone_idx',
           'contact_list_members_contact_idx',
           'contact_lists_live_project_idx',
           'contacts_live_created_idx',
           'contacts_live_email_key',
           'contacts_live_name_idx',
           'contacts_live_phone_key',
           'credentials_expiring_idx',
           'credentials_type_idx',
           'messages_channel_message_key',
           'messages_live_chat_idx',
           'messages_live_contact_idx',
           'messages_live_session_idx',
           'messages_live_timestamp_idx',
           'outbox_events_log_idx',
           'outbox_queues_due_idx',
           'pipeline_statuses_live_name_key',
           'pipelines_live_position_idx',
           'placements_history_idx',
           'placements_in_status_idx',
           'placements_open_key',
           'sequence_enrollments_active_idx',
           'sequence_enrollments_contact_idx',
           'sequence_enrollments_open_key',
           'sequences_active_trigger_idx',
           'sessions_active_idx',
           'sessions_active_key',
           'sessions_live_contact_idx',
           'sessions_live_started_idx'
           -- end
           ]::text[]) AS name))
       -- From PostgreSQL 16 on a BRIN index does not stand in the way.
       AND NOT (pg_am.amname = 'brin' AND current_setting('server_version_num')::integer >= 160000)
), hindering AS (
    SELECT indexrelid, indrelid, held.name, conname, string_agg(held, ', ' ORDER BY held) AS held,
           count(*) > 1 AS several
      FROM held
      LEFT JOIN changing ON changing.name = held.name
     WHERE held IN ('version', 'updated_at') OR held = ANY (columns)
     GROUP BY indexrelid, indrelid, held.name, conname
)
SELECT indexrelid::regclass::text AS subject,
       concat(format('the index %s on %s holds %s, which %s with most updates: ', indexrelid::regclass, name, held,
                     CASE WHEN several THEN 'change' ELSE 'changes' END),
              CASE WHEN n_tup_upd > 0
                   THEN format('%s %% of %s updates were heap-only', round(100.0 * n_tup_hot_upd / n_tup_upd, 1), n_tup_upd)
                   ELSE 'none of its updates can be heap-only' END,
              ', and one wrote ' || (current_setting('ventros.wal')::jsonb ->> name) || ' bytes of WAL') AS finding,
       format('SELECT n_tup_upd, n_tup_hot_upd, n_dead_tup FROM pg_stat_user_tables WHERE relid = %L::regclass; '
              'SELECT pg_get_indexdef(%L::regclass);', indrelid::regclass, indexrelid::regclass) AS see,
       CASE WHEN conname IS NOT NULL THEN format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I;', indrelid::regclass, conname)
            ELSE format('DROP INDEX CONCURRENTLY IF EXISTS %s;', indexrelid::regclass) END
       || format(' -- to make it again: %s', pg_get_indexdef(indexrelid)) AS mend
  FROM hindering
  LEFT JOIN pg_stat_user_tables ON relid = indrelid
 ORDER BY 1;
