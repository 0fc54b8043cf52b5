-- name:  unused_indexes
-- kind:  findings
-- weight: low
-- means: Each row that is written costs one write more, for nothing.
-- why:   an index that no query has used costs a write with each row, and room in memory, for nothing.
-- role:  any that may connect
-- read:  one row for each index that was never scanned, on a table that was read a thousand times or more since
--        the statistics began, if that is seven days ago; SET ventros.unused_after = '30 days' for longer. When
--        they were never reset, the start of the server counts. Indexes that keep values unique are never
--        listed, nor are those that the application ships: each serves a statement, which may not have been sent yet.
-- mend:  run what stands in mend, as the owner of the tables, outside a transaction: it lets writers pass.
--        Before that: is it used on a replica, whose statistics are its own, or by a report that runs once a
--        quarter?
-- blind: younger statistics; a statement that nobody happened to send.
SELECT used.indexrelid::regclass::text AS subject,
       format('the index %s on %s was not used since %s, in %s reads of the table; it takes %s',
              used.indexrelid::regclass, used.relid::regclass, to_char(began.at, 'YYYY-MM-DD'),
              owner.seq_scan + coalesce(owner.idx_scan, 0), pg_size_pretty(pg_relation_size(used.indexrelid)))
       AS finding,
       format('SELECT indexrelname, idx_scan, pg_size_pretty(pg_relation_size(indexrelid)) FROM pg_stat_user_indexes '
              'WHERE relid = %L::regclass;', used.relid::regclass) AS see,
       format('DROP INDEX CONCURRENTLY IF EXISTS %s; -- to make it again: %s', used.indexrelid::regclass,
              pg_get_indexdef(used.indexrelid)) AS mend
  FROM pg_stat_user_indexes AS used
  JOIN pg_index AS index USING (indexrelid)
  JOIN pg_stat_user_tables AS owner ON owner.relid = used.relid
  JOIN (SELECT coalesce(stats_reset, pg_postmaster_start_time())
          FROM pg_stat_database WHERE datname = current_database()) AS began (at) ON true
 WHERE used.schemaname IN (
           -- for each schema, with "," between: '{name}'
           'public'
           -- end
       )
   AND used.indexrelid <> ALL (ARRAY(SELECT coalesce(to_regclass(name), 0::oid::regclass) FROM unnest(ARRAY[
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
   AND used.idx_scan = 0 AND index.indisvalid AND NOT index.indisunique
   AND NOT index.indisreplident AND NOT index.indisexclusion
   AND began.at <= now() - coalesce(nullif(current_setting('ventros.unused_after', true), ''), '7 days')::interval
   AND owner.seq_scan + coalesce(owner.idx_scan, 0) >= 1000
 ORDER BY 1;
