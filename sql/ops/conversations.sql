-- name:   conversations
-- kind:   findings
-- of:     crm
-- weight: high
-- means:  A conversation is told wrongly: it goes on in two sessions at once, or lacks messages.
-- why:    a contact has at most one active session on each type of channel, which a unique index keeps as long as it is
--         there; and each message of a contact's own chat is in a session. Only those of groups have none.
-- role:   the auditor, ventros_auditor, or a superuser. Whom row-level security confines is refused: an empty
--         app.tenant_id stands for no tenant.
-- read:   one row for each tenant with contacts that have several active sessions, and one for each with messages that
--         have lost their session; ten of each, SET ventros.most = '1000' for more. It reads messages, sessions and
--         chats once, whole.
-- mend:   as a superuser, in the order of the rows, and before what counters says: it counts what is in a session, and
--         would count away what was lost. Of several active sessions the one with the last activity stays, the others
--         end. A message goes back to the session of its contact that had begun by then, the first one if none had; a
--         contact without any gets one, ended, of all that it has lost. Then ask again: sessions count what they had.
-- blind:  a message in a session of another contact.
SET app.tenant_id = '';
WITH event (announced, own) AS (
    VALUES ('INSERT INTO outbox_events (tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, '
            'aggregate_id, aggregate_version, sequence, payload) SELECT %1$L, gen_random_uuid(), ''session.touched'', '
            '''v1'', now(), ''session'', id, version, 1, jsonb_build_object(''session_id'', id) FROM mended;',
            'NOT EXISTS (SELECT FROM chats WHERE chats.tenant_id = messages.tenant_id AND chats.id = messages.chat_id '
            'AND chat_type <> ''individual'')')
), twin AS (
    SELECT tenant_id, count(*) AS contacts
      FROM (SELECT tenant_id, contact_id, channel_type_id
              FROM sessions
             WHERE status = 'active' AND deleted_at IS NULL
             GROUP BY tenant_id, contact_id, channel_type_id
            HAVING count(*) > 1) AS several
     GROUP BY tenant_id
), lost AS (
    SELECT messages.tenant_id, count(*) AS messages, min(messages.id::text) AS id
      FROM messages
      LEFT JOIN chats ON chats.tenant_id = messages.tenant_id AND chats.id = messages.chat_id
     WHERE messages.session_id IS NULL AND coalesce(chats.chat_type, 'individual') = 'individual'
     GROUP BY messages.tenant_id
), fault (place, tenant_id, finding, see, mend) AS (
    SELECT 1, tenant_id, format('in tenant %s, %s more than one active session on one type of channel', tenant_id,
                                CASE contacts WHEN 1 THEN 'a contact has' ELSE format('%s contacts have', contacts) END),
           format('SELECT contact_id, channel_type_id, array_agg(id ORDER BY last_activity_at DESC, id) FROM sessions WHERE '
                  'tenant_id = %L AND status = ''active'' AND deleted_at IS NULL GROUP BY 1, 2 HAVING count(*) > 1;', tenant_id),
           format('WITH other AS (SELECT id, row_number() OVER (PARTITION BY contact_id, channel_type_id ORDER BY '
                  'last_activity_at DESC, id) AS nth FROM sessions WHERE tenant_id = %1$L AND status = ''active'' AND deleted_at '
                  'IS NULL), mended AS (UPDATE sessions SET status = ''ended'', ended_at = last_activity_at, end_reason = '
                  '''system_close'', duration_seconds = extract(epoch FROM last_activity_at - started_at), updated_at = now(), '
                  'version = version + 1 FROM other WHERE tenant_id = %1$L AND sessions.id = other.id AND nth > 1 RETURNING '
                  'sessions.id, version) %2$s', tenant_id, format(announced, tenant_id))
      FROM twin, event
    UNION ALL
    SELECT 2, tenant_id, format('in tenant %s, %s no session and %s not of a group, such as %s', tenant_id,
                                CASE messages WHEN 1 THEN 'a message has' ELSE format('%s messages have', messages) END,
                                CASE messages WHEN 1 THEN 'is' ELSE 'are' END, id),
           format('SELECT * FROM messages WHERE tenant_id = %L AND session_id IS NULL AND %s LIMIT 100;', tenant_id, own),
           format('BEGIN; WITH lost AS (SELECT contact_id, channel_type_id, min("timestamp") AS began, max("timestamp") AS ended, '
                  'count(*) FILTER (WHERE NOT from_me) AS theirs, count(*) FILTER (WHERE from_me) AS ours FROM messages WHERE '
                  'tenant_id = %1$L AND session_id IS NULL AND %2$s AND NOT EXISTS (SELECT FROM sessions WHERE tenant_id = %1$L '
                  'AND sessions.contact_id = messages.contact_id) GROUP BY 1, 2), mended AS (INSERT INTO sessions (tenant_id, '
                  'id, contact_id, channel_type_id, started_at, ended_at, status, end_reason, timeout, last_activity_at, '
                  'message_count, messages_from_contact, messages_from_agent, duration_seconds, agent_ids, agent_transfers, '
                  'topics, next_steps, outcome_tags, key_entities, resolved, escalated, converted, created_at, updated_at) '
                  'SELECT %1$L, gen_random_uuid(), contact_id, channel_type_id, began, ended, ''ended'', ''system_close'', '
                  '''30 minutes'', ended, theirs + ours, theirs, ours, extract(epoch FROM ended - began), ''{}'', 0, ''{}'', '
                  '''{}'', ''{}'', ''{}'', false, false, false, now(), now() FROM lost RETURNING id, version) %3$s '
                  'UPDATE messages SET updated_at = now(), session_id = (SELECT id FROM sessions WHERE tenant_id = %1$L AND '
                  'sessions.contact_id = messages.contact_id ORDER BY sessions.channel_type_id IS NOT DISTINCT FROM '
                  'messages.channel_type_id DESC, CASE WHEN started_at <= "timestamp" THEN started_at END DESC NULLS LAST, '
                  'started_at LIMIT 1) WHERE tenant_id = %1$L AND session_id IS NULL AND %2$s; COMMIT;',
                  tenant_id, own, format(announced, tenant_id))
      FROM lost, event
), ranked AS (
    SELECT *, count(*) OVER (PARTITION BY place) AS at_fault, row_number() OVER (PARTITION BY place ORDER BY tenant_id) AS nth,
           coalesce(nullif(current_setting('ventros.most', true), ''), '10')::integer AS most
      FROM fault
)
SELECT concat((ARRAY['sessions', 'messages'])[place], CASE WHEN nth <= most THEN ' ' || tenant_id END) AS subject,
       CASE WHEN nth > most THEN format('%s more tenants are at fault, such as this one', at_fault - most) ELSE finding END AS finding,
       see, mend
  FROM ranked
 WHERE nth <= most + 1
 ORDER BY place, nth;
