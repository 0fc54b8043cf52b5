-- name:  counters
-- kind:  findings
-- weight: high
-- means: A figure that users see is wrong: an update was lost, or made by hand.
-- of:    crm
-- why:   a session counts its messages in its own row; in rows beside them, a channel counts its messages, a static
--        list its members, a broadcast its executions, a campaign and a sequence their enrollments. A count that
--        differs from what is stored is a lost update, or a change made by hand.
-- role:  the auditor, ventros_auditor, or a superuser. Whom row-level security confines is refused: an empty
--        app.tenant_id stands for no tenant.
-- read:  one row for each thing that counts wrongly, ten of a kind; SET ventros.most = '1000' for more. A deleted
--        message counts, for it was counted; for the channel, one of ours counts once the platform has taken it:
--        queued ones do not, nor those that failed and have no id there. It reads messages twice, sessions,
--        contact_list_members, broadcast_executions, both tables of enrollments and those of counters once, whole.
-- steps: SET ventros.after = '0' and ventros.upto = '1' bound it to sessions, '1' and '2' to channels, and so on
--        through the parts, named after the table that is counted or counts; ventros audit asks so, where there are
--        many rows.
-- parts: sessions, channels, contact_list_members, broadcast_executions, campaign_enrollments, sequence_enrollments
-- mend:  as a superuser. It counts again when it is run, and tells of a session's step by session.touched.
-- blind: whatever is counted and not stored: webhook_counters (deliveries), agent_counters (handled sessions),
--        campaign_counters.conversions_count, credential_uses (times of use). contact_lists.contact_count is a
--        figure of last_calculated_at and may differ by now. Who moves a message to another session or channel, or
--        stores one without counting it, finds that here; so does who removes an enrollment, or a contact with its
--        executions, for good: they were counted, and are not stored.
SET app.tenant_id = '';
WITH part AS MATERIALIZED (
    SELECT coalesce(nullif(current_setting('ventros.after', true), ''), '0')::integer AS after,
           coalesce(nullif(current_setting('ventros.upto', true), ''), '1000000')::integer AS upto
), of_session AS (
    SELECT tenant_id, session_id AS id, count(*) FILTER (WHERE NOT from_me) AS theirs,
           count(*) FILTER (WHERE from_me) AS ours
      FROM messages
     WHERE session_id IS NOT NULL AND (SELECT after < 1 AND 1 <= upto FROM part)
     GROUP BY tenant_id, session_id
), session AS (
    SELECT 'sessions' AS name, tenant_id, id,
           format('the session counts %s messages, %s from the contact and %s from our side; %s, %s and %s are stored',
                  message_count, messages_from_contact, messages_from_agent,
                  coalesce(theirs + ours, 0), coalesce(theirs, 0), coalesce(ours, 0)) AS finding,
           format('SELECT message_count, messages_from_contact, messages_from_agent FROM sessions WHERE tenant_id = %1$L '
                  'AND id = %2$L; SELECT count(*), count(*) FILTER (WHERE NOT from_me), count(*) FILTER (WHERE from_me) '
                  'FROM messages WHERE tenant_id = %1$L AND session_id = %2$L;', tenant_id, id) AS see,
           format('WITH counted AS (SELECT count(*) FILTER (WHERE NOT from_me) AS theirs, count(*) FILTER (WHERE from_me) '
                  'AS ours FROM messages WHERE tenant_id = %1$L AND session_id = %2$L), mended AS (UPDATE sessions SET '
                  'message_count = theirs + ours, messages_from_contact = theirs, messages_from_agent = ours, '
                  'updated_at = now(), version = version + 1 FROM counted WHERE tenant_id = %1$L AND id = %2$L '
                  'AND version = %3$s RETURNING version) INSERT INTO outbox_events (tenant_id, event_id, event_name, '
                  'event_version, occurred_at, aggregate_type, aggregate_id, aggregate_version, sequence, payload) '
                  'SELECT %1$L, gen_random_uuid(), ''session.touched'', ''v1'', now(), ''session'', %2$L, version, 1, '
                  'jsonb_build_object(''session_id'', %2$L) FROM mended;', tenant_id, id, version) AS mend
      FROM sessions
      LEFT JOIN of_session USING (tenant_id, id)
     WHERE (SELECT after < 1 AND 1 <= upto FROM part)
       AND (messages_from_contact, messages_from_agent, message_count)
           <> (coalesce(theirs, 0), coalesce(ours, 0), coalesce(theirs + ours, 0))
), of_channel AS (
    SELECT tenant_id, channel_id AS id, count(*) FILTER (WHERE NOT from_me) AS received,
           count(*) FILTER (WHERE from_me AND (channel_message_id IS NOT NULL OR status NOT IN ('queued', 'failed'))) AS sent
      FROM messages
     WHERE (SELECT after < 2 AND 2 <= upto FROM part)
     GROUP BY tenant_id, channel_id
), counted AS (
    SELECT tenant_id, channel_id AS id, sum(messages_received) AS messages_received, sum(messages_sent) AS messages_sent
      FROM channel_counters
     WHERE (SELECT after < 2 AND 2 <= upto FROM part)
     GROUP BY tenant_id, channel_id
), channel AS (
    SELECT 'channels' AS name, tenant_id, id,
           format('the channel counts %s messages received and %s sent; %s and %s are stored',
                  coalesce(messages_received, 0), coalesce(messages_sent, 0), coalesce(received, 0), coalesce(sent, 0))
           AS finding,
           format('SELECT sum(messages_received), sum(messages_sent) FROM channel_counters WHERE tenant_id = %1$L AND '
                  'channel_id = %2$L; SELECT count(*) FILTER (WHERE NOT from_me), count(*) FILTER (WHERE from_me AND '
                  '(channel_message_id IS NOT NULL OR status NOT IN (''queued'', ''failed''))) FROM '
                  'messages WHERE tenant_id = %1$L AND channel_id = %2$L;', tenant_id, id) AS see,
           -- FOR UPDATE keeps away a backend that would count in a slot of its own for the first time.
           format('BEGIN; SELECT FROM channels WHERE tenant_id = %1$L AND id = %2$L FOR UPDATE; UPDATE channel_counters '
                  'SET messages_received = 0, messages_sent = 0 WHERE tenant_id = %1$L AND channel_id = %2$L; '
                  'INSERT INTO channel_counters (tenant_id, channel_id, slot, messages_received, messages_sent) SELECT '
                  '%1$L, %2$L, 0, count(*) FILTER (WHERE NOT from_me), count(*) FILTER (WHERE from_me AND '
                  '(channel_message_id IS NOT NULL OR status NOT IN (''queued'', ''failed''))) FROM '
                  'messages WHERE tenant_id = %1$L AND channel_id = %2$L '
                  'ON CONFLICT (tenant_id, channel_id, slot) DO UPDATE SET '
                  'messages_received = excluded.messages_received, messages_sent = excluded.messages_sent; COMMIT;',
                  tenant_id, id) AS mend
      FROM of_channel
      FULL JOIN counted USING (tenant_id, id)
     WHERE (coalesce(messages_received, 0), coalesce(messages_sent, 0)) <> (coalesce(received, 0), coalesce(sent, 0))
), of_part (place, name, counters, key, columns, counted, counts) AS (
    VALUES (3, 'contact_lists', 'contact_list_counters', 'contact_list_id', 'members', 'contact_list_members', 'count(*)'),
           (4, 'broadcasts', 'broadcast_counters', 'broadcast_id',
            'total_contacts, sent_count, failed_count, skipped_count', 'broadcast_executions',
            'count(*), count(*) FILTER (WHERE status = ''sent''), count(*) FILTER (WHERE status = ''failed''), '
            'count(*) FILTER (WHERE status = ''skipped'')'),
           (5, 'campaigns', 'campaign_counters', 'campaign_id', 'contacts_reached', 'campaign_enrollments', 'count(*)'),
           (6, 'sequences', 'sequence_counters', 'sequence_id', 'total_enrolled, completed_count, exited_count',
            'sequence_enrollments', 'count(*), count(*) FILTER (WHERE status = ''completed''), '
            'count(*) FILTER (WHERE status = ''exited'')')
), told AS (
    SELECT 3 AS place, tenant_id, contact_list_id AS id, ARRAY[sum(members)] AS figures
      FROM contact_list_counters WHERE (SELECT after < 3 AND 3 <= upto FROM part) GROUP BY 2, 3 UNION ALL
    SELECT 4, tenant_id, broadcast_id,
           ARRAY[sum(total_contacts), sum(sent_count), sum(failed_count), sum(skipped_count)]
      FROM broadcast_counters WHERE (SELECT after < 4 AND 4 <= upto FROM part) GROUP BY 2, 3 UNION ALL
    SELECT 5, tenant_id, campaign_id, ARRAY[sum(contacts_reached)]
      FROM campaign_counters WHERE (SELECT after < 5 AND 5 <= upto FROM part) GROUP BY 2, 3 UNION ALL
    SELECT 6, tenant_id, sequence_id, ARRAY[sum(total_enrolled), sum(completed_count), sum(exited_count)]
      FROM sequence_counters WHERE (SELECT after < 6 AND 6 <= upto FROM part) GROUP BY 2, 3
), stored AS (
    SELECT 3 AS place, tenant_id, contact_list_id AS id, ARRAY[count(*)]::numeric[] AS figures
      FROM contact_list_members WHERE (SELECT after < 3 AND 3 <= upto FROM part) GROUP BY 2, 3 UNION ALL
    SELECT 4, tenant_id, broadcast_id,
           ARRAY[count(*), count(*) FILTER (WHERE status = 'sent'), count(*) FILTER (WHERE status = 'failed'),
                 count(*) FILTER (WHERE status = 'skipped')]
      FROM broadcast_executions WHERE (SELECT after < 4 AND 4 <= upto FROM part) GROUP BY 2, 3 UNION ALL
    SELECT 5, tenant_id, campaign_id, ARRAY[count(*)]
      FROM campaign_enrollments WHERE (SELECT after < 5 AND 5 <= upto FROM part) GROUP BY 2, 3 UNION ALL
    SELECT 6, tenant_id, sequence_id,
           ARRAY[count(*), count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'exited')]
      FROM sequence_enrollments WHERE (SELECT after < 6 AND 6 <= upto FROM part) GROUP BY 2, 3
), compared AS (
    SELECT place, tenant_id, id, coalesce(told.figures, array_fill(0::numeric, ARRAY[cardinality(stored.figures)])) AS told,
           coalesce(stored.figures, array_fill(0::numeric, ARRAY[cardinality(told.figures)])) AS stored
      FROM told
      FULL JOIN stored USING (place, tenant_id, id)
), beside AS (
    SELECT name, tenant_id, id,
           format('%s are counted as %s; by %s they are %s', columns, array_to_string(told, ', '), counted,
                  array_to_string(stored, ', ')) AS finding,
           format('SELECT %1$s FROM %2$s WHERE tenant_id = %3$L AND %4$s = %5$L; '
                  'SELECT %6$s FROM %7$s WHERE tenant_id = %3$L AND %4$s = %5$L;',
                  regexp_replace(columns, '(\w+)', 'sum(\1)', 'g'), counters, tenant_id, key, id, counts, counted) AS see,
           format('BEGIN; SELECT FROM %1$s WHERE tenant_id = %2$L AND id = %3$L FOR UPDATE; DELETE FROM %4$s '
                  'WHERE tenant_id = %2$L AND %5$s = %3$L; INSERT INTO %4$s (tenant_id, %5$s, slot, %6$s) '
                  'SELECT %2$L, %3$L, 0, %7$s FROM %8$s WHERE tenant_id = %2$L AND %5$s = %3$L; COMMIT;',
                  name, tenant_id, id, counters, key, columns, counts, counted) AS mend
      FROM compared
      JOIN of_part USING (place)
     WHERE told <> stored
), ranked AS (
    SELECT *, count(*) OVER (PARTITION BY name) AS at_fault,
           row_number() OVER (PARTITION BY name ORDER BY tenant_id, id) AS nth,
           coalesce(nullif(current_setting('ventros.most', true), ''), '10')::integer AS most
      FROM (SELECT * FROM session UNION ALL SELECT * FROM channel UNION ALL SELECT * FROM beside) AS fault
)
SELECT CASE WHEN nth > most THEN name ELSE format('%s %s', name, id) END AS subject,
       CASE WHEN nth > most THEN format('%s more of %s count wrongly, such as this one', at_fault - most, name)
            ELSE finding END AS finding,
       see, mend
  FROM ranked
 WHERE nth <= most + 1
 ORDER BY name, nth;
