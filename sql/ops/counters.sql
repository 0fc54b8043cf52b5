-- name:  counters
-- kind:  findings
-- weight: high
-- means: A figure that users see is wrong: an update was lost, or made by hand.
-- of:    crm
-- why:   a session counts its messages in its own row, a channel in rows beside it. A count that differs from
--        the messages that are stored is a lost update, or a change made by hand.
-- role:  the auditor, ventros_auditor, or a superuser. Whom row-level security confines is refused: an empty
--        app.tenant_id stands for no tenant.
-- read:  one row for each session or channel that counts wrongly, ten of each; SET ventros.most = '1000' for
--        more. A deleted message counts, for it was counted; for the channel, one of ours counts once the
--        platform has taken it: queued ones do not, nor those that failed and have no id there. It reads messages
--        twice, sessions and channel_counters once, whole.
-- steps: SET ventros.after = '0' and ventros.upto = '1' bound it to sessions, '1' and '2' to channels; ventros audit
--        asks so, where there are many sessions.
-- parts: sessions, channels
-- mend:  as a superuser. It counts the messages again when it is run, and tells of a session's step by
--        session.touched.
-- blind: whatever is counted and not stored: webhook_counters (deliveries), agent_counters (handled sessions),
--        campaign_counters, sequence_counters and broadcast_counters (contacts and messages sent),
--        credential_uses (times of use). contact_lists.contact_count is a figure of last_calculated_at and may
--        differ by now. Who moves a message to another session or channel, or stores one without counting it,
--        finds that here.
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
), ranked AS (
    SELECT *, count(*) OVER (PARTITION BY name) AS at_fault,
           row_number() OVER (PARTITION BY name ORDER BY tenant_id, id) AS nth,
           coalesce(nullif(current_setting('ventros.most', true), ''), '10')::integer AS most
      FROM (SELECT * FROM session UNION ALL SELECT * FROM channel) AS fault
)
SELECT CASE WHEN nth > most THEN name ELSE format('%s %s', name, id) END AS subject,
       CASE WHEN nth > most THEN format('%s more of %s count wrongly, such as this one', at_fault - most, name)
            ELSE finding END AS finding,
       see, mend
  FROM ranked
 WHERE nth <= most + 1
 ORDER BY name, nth;
