-- name: messages.insert
-- why: stores a message once; a second delivery of the same platform id touches no row
-- params: tenant_id text, id uuid, timestamp timestamptz, user_id uuid, project_id uuid,
--         contact_id uuid, channel_id uuid, channel_type_id smallint, chat_id uuid, session_id uuid,
--         from_me boolean, content_type text, text text, media_url text, media_mimetype text,
--         channel_message_id text, reply_to_id uuid, status text, language text, agent_id uuid,
--         source text, metadata jsonb, mentions text[], delivered_at timestamptz, read_at timestamptz,
--         played_at timestamptz, edited_at timestamptz, revoked_at timestamptz, created_at timestamptz,
--         updated_at timestamptz, deleted_at timestamptz
-- rows: affected
INSERT INTO messages (
    tenant_id, id, "timestamp", user_id, project_id, contact_id, channel_id, channel_type_id, chat_id,
    session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id, reply_to_id,
    status, language, agent_id, source, metadata, mentions, delivered_at, read_at, played_at,
    edited_at, revoked_at, created_at, updated_at, deleted_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
    $23, $24, $25, $26, $27, $28, $29, $30, $31
)
ON CONFLICT (tenant_id, channel_id, channel_message_id)
    WHERE channel_message_id IS NOT NULL AND deleted_at IS NULL
    DO NOTHING;

-- name: messages.get
-- why: loads one message by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: message
SELECT id, tenant_id, "timestamp", user_id, project_id, contact_id, channel_id, channel_type_id,
       chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id,
       reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at,
       played_at, edited_at, revoked_at, created_at, updated_at, deleted_at
  FROM messages
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: messages.hold
-- why: as get, for a message that is about to be handed over, or of which that is recorded: one at a time
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: message
SELECT id, tenant_id, "timestamp", user_id, project_id, contact_id, channel_id, channel_type_id,
       chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id,
       reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at,
       played_at, edited_at, revoked_at, created_at, updated_at, deleted_at
  FROM messages
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL
   FOR NO KEY UPDATE;

-- name: messages.update
-- why: content and links of a message, each only if it is among the changed fields, so that two writers of
--      different ones both keep theirs; the delivery status has a statement of its own
-- params: tenant_id text, id uuid, changed_fields text[], channel_id uuid, channel_type_id smallint,
--         session_id uuid, text text, media_url text, media_mimetype text, channel_message_id text,
--         agent_id uuid, source text, metadata jsonb, mentions text[], edited_at timestamptz,
--         revoked_at timestamptz, updated_at timestamptz
-- rows: maybe
-- returns: message
UPDATE messages
   SET channel_id = CASE WHEN 'channel_id' = ANY ($3) THEN $4 ELSE channel_id END,
       channel_type_id = CASE WHEN 'channel_type_id' = ANY ($3) THEN $5 ELSE channel_type_id END,
       session_id = CASE WHEN 'session_id' = ANY ($3) THEN $6 ELSE session_id END,
       text = CASE WHEN 'text' = ANY ($3) THEN $7 ELSE text END,
       media_url = CASE WHEN 'media_url' = ANY ($3) THEN $8 ELSE media_url END,
       media_mimetype = CASE WHEN 'media_mimetype' = ANY ($3) THEN $9 ELSE media_mimetype END,
       channel_message_id = CASE WHEN 'channel_message_id' = ANY ($3) THEN $10 ELSE channel_message_id END,
       agent_id = CASE WHEN 'agent_id' = ANY ($3) THEN $11 ELSE agent_id END,
       source = CASE WHEN 'source' = ANY ($3) THEN $12 ELSE source END,
       metadata = CASE WHEN 'metadata' = ANY ($3) THEN $13 ELSE metadata END,
       mentions = CASE WHEN 'mentions' = ANY ($3) THEN $14 ELSE mentions END,
       edited_at = CASE WHEN 'edited_at' = ANY ($3) THEN $15 ELSE edited_at END,
       revoked_at = CASE WHEN 'revoked_at' = ANY ($3) THEN $16 ELSE revoked_at END,
       updated_at = greatest(updated_at, $17)
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL
RETURNING id, tenant_id, "timestamp", user_id, project_id, contact_id, channel_id, channel_type_id,
          chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id,
          reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at,
          played_at, edited_at, revoked_at, created_at, updated_at, deleted_at;

-- name: messages.advance_delivery
-- why: a delivery report takes effect only if it is further along than what is stored, so late ones do nothing
-- params: tenant_id text, id uuid, status text, delivered_at timestamptz, read_at timestamptz,
--         played_at timestamptz, updated_at timestamptz
-- rows: maybe
-- returns: message
-- changes: status
UPDATE messages
   SET status = $3,
       delivered_at = coalesce(delivered_at, $4),
       read_at = coalesce(read_at, $5),
       played_at = coalesce(played_at, $6),
       updated_at = greatest(updated_at, $7)
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL
   AND array_position(ARRAY['queued', 'sent', 'failed', 'delivered', 'read', 'played'], status)
     < array_position(ARRAY['queued', 'sent', 'failed', 'delivered', 'read', 'played'], $3)
RETURNING id, tenant_id, "timestamp", user_id, project_id, contact_id, channel_id, channel_type_id,
          chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id,
          reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at,
          played_at, edited_at, revoked_at, created_at, updated_at, deleted_at;

-- name: messages.hold_echoed
-- why: the platform tells of our own messages, too, also of one that it was just handed and whose answer is not
--      recorded yet: the oldest such message to the contact that says the same, and has no id of the platform
-- params: tenant_id text, channel_id uuid, contact_id uuid, content_type text, text text, since timestamptz
-- rows: maybe
-- returns: message
-- plan: reads what was written to and by the contact since then
SELECT m.id, m.tenant_id, m."timestamp", m.user_id, m.project_id, m.contact_id, m.channel_id, m.channel_type_id,
       m.chat_id, m.session_id, m.from_me, m.content_type, m.text, m.media_url, m.media_mimetype,
       m.channel_message_id, m.reply_to_id, m.status, m.language, m.agent_id, m.source, m.metadata,
       m.mentions, m.delivered_at, m.read_at, m.played_at, m.edited_at, m.revoked_at, m.created_at,
       m.updated_at, m.deleted_at
  FROM messages m
 WHERE m.tenant_id = $1 AND m.contact_id = $3 AND m."timestamp" >= $6 AND m.deleted_at IS NULL
   AND m.channel_id = $2 AND m.from_me AND m.channel_message_id IS NULL
   AND m.content_type = $4 AND m.text IS NOT DISTINCT FROM $5
   AND EXISTS (SELECT FROM message_sends s
                WHERE s.tenant_id = $1 AND s.message_id = m.id
                  AND (s.outcome IS NULL OR s.outcome IN ('sent', 'unanswered')))
 ORDER BY m."timestamp", m.id
 LIMIT 1
   FOR NO KEY UPDATE OF m;

-- name: messages.find_by_channel_message_id
-- why: the platform's id names a message on its channel, in a second delivery and in delivery reports
-- params: tenant_id text, channel_id uuid, channel_message_id text
-- rows: maybe
-- returns: message
SELECT id, tenant_id, "timestamp", user_id, project_id, contact_id, channel_id, channel_type_id,
       chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id,
       reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at,
       played_at, edited_at, revoked_at, created_at, updated_at, deleted_at
  FROM messages
 WHERE tenant_id = $1 AND channel_id = $2 AND channel_message_id = $3 AND deleted_at IS NULL;

-- name: messages.find_named
-- why: a message that is there already is named by its id, its chat and its author, and the sender chooses the
--      id: with the message come the chat of that group, and the contacts of that phone and of that LID
-- params: tenant_id text, channel_id uuid, channel_message_id text, group_id text, phone text, lid text
-- rows: maybe
-- returns: group_chat_id uuid, phone_contact_id uuid, lid_contact_id uuid, lid_contact_phone text,
--          paired_phone text, id uuid, tenant_id text, timestamp timestamptz, user_id uuid, project_id
--          uuid, contact_id uuid, channel_id uuid, channel_type_id smallint, chat_id uuid, session_id
--          uuid, from_me boolean, content_type text, text text, media_url text, media_mimetype text,
--          channel_message_id text, reply_to_id uuid, status text, language text, agent_id uuid, source
--          text, metadata jsonb, mentions text[], delivered_at timestamptz, read_at timestamptz,
--          played_at timestamptz, edited_at timestamptz, revoked_at timestamptz, created_at timestamptz,
--          updated_at timestamptz, deleted_at timestamptz
SELECT g.id AS group_chat_id, p.id AS phone_contact_id, l.id AS lid_contact_id, l.phone AS lid_contact_phone,
       i.phone AS paired_phone,
       m.id, m.tenant_id, m."timestamp", m.user_id, m.project_id, m.contact_id, m.channel_id, m.channel_type_id,
       m.chat_id, m.session_id, m.from_me, m.content_type, m.text, m.media_url, m.media_mimetype,
       m.channel_message_id, m.reply_to_id, m.status, m.language, m.agent_id, m.source, m.metadata,
       m.mentions, m.delivered_at, m.read_at, m.played_at, m.edited_at, m.revoked_at, m.created_at,
       m.updated_at, m.deleted_at
  FROM messages m
  LEFT JOIN chats g ON g.tenant_id = $1 AND g.external_id = $4 AND g.deleted_at IS NULL
  LEFT JOIN contacts p
    ON p.tenant_id = $1 AND p.project_id = m.project_id AND p.phone = $5 AND p.deleted_at IS NULL
  LEFT JOIN contact_identities i ON i.tenant_id = $1 AND i.project_id = m.project_id AND i.lid = $6
  LEFT JOIN contacts l ON l.tenant_id = $1 AND l.id = i.contact_id AND l.deleted_at IS NULL
 WHERE m.tenant_id = $1 AND m.channel_id = $2 AND m.channel_message_id = $3 AND m.deleted_at IS NULL;

-- name: messages.lock_named
-- why: as find_named, for a message whose text or metadata is about to be decided upon, so that of two changes
--      the second sees the first
-- params: tenant_id text, channel_id uuid, channel_message_id text, group_id text, phone text, lid text
-- rows: maybe
-- returns: group_chat_id uuid, phone_contact_id uuid, lid_contact_id uuid, lid_contact_phone text,
--          paired_phone text, id uuid, tenant_id text, timestamp timestamptz, user_id uuid, project_id
--          uuid, contact_id uuid, channel_id uuid, channel_type_id smallint, chat_id uuid, session_id
--          uuid, from_me boolean, content_type text, text text, media_url text, media_mimetype text,
--          channel_message_id text, reply_to_id uuid, status text, language text, agent_id uuid, source
--          text, metadata jsonb, mentions text[], delivered_at timestamptz, read_at timestamptz,
--          played_at timestamptz, edited_at timestamptz, revoked_at timestamptz, created_at timestamptz,
--          updated_at timestamptz, deleted_at timestamptz
SELECT g.id AS group_chat_id, p.id AS phone_contact_id, l.id AS lid_contact_id, l.phone AS lid_contact_phone,
       i.phone AS paired_phone,
       m.id, m.tenant_id, m."timestamp", m.user_id, m.project_id, m.contact_id, m.channel_id, m.channel_type_id,
       m.chat_id, m.session_id, m.from_me, m.content_type, m.text, m.media_url, m.media_mimetype,
       m.channel_message_id, m.reply_to_id, m.status, m.language, m.agent_id, m.source, m.metadata,
       m.mentions, m.delivered_at, m.read_at, m.played_at, m.edited_at, m.revoked_at, m.created_at,
       m.updated_at, m.deleted_at
  FROM messages m
  LEFT JOIN chats g ON g.tenant_id = $1 AND g.external_id = $4 AND g.deleted_at IS NULL
  LEFT JOIN contacts p
    ON p.tenant_id = $1 AND p.project_id = m.project_id AND p.phone = $5 AND p.deleted_at IS NULL
  LEFT JOIN contact_identities i ON i.tenant_id = $1 AND i.project_id = m.project_id AND i.lid = $6
  LEFT JOIN contacts l ON l.tenant_id = $1 AND l.id = i.contact_id AND l.deleted_at IS NULL
 WHERE m.tenant_id = $1 AND m.channel_id = $2 AND m.channel_message_id = $3 AND m.deleted_at IS NULL
 ORDER BY m.id
   FOR NO KEY UPDATE OF m;

-- name: messages.find_stored
-- why: which messages of a history are there already, and which of them others quote
-- params: tenant_id text, channel_id uuid, channel_message_ids text[]
-- rows: many
-- returns: channel_message_id text, id uuid, chat_id uuid, contact_id uuid
SELECT channel_message_id, id, chat_id, contact_id
  FROM messages
 WHERE tenant_id = $1 AND channel_id = $2 AND channel_message_id IN (SELECT unnest($3::text[]))
   AND deleted_at IS NULL;

-- name: messages.count
-- why: what is stored, to be held against what was offered
-- params: tenant_id text
-- rows: one
-- returns: messages bigint
SELECT count(*) AS messages
  FROM messages
 WHERE tenant_id = $1;

-- name: messages.move
-- why: the messages of a merged contact are those of the surviving one, and those in its individual chat are in
--      the surviving one's, if each had one; deleted ones stay where they were
-- params: tenant_id text, merged_contact_id uuid, surviving_contact_id uuid, merged_chat_id uuid,
--         surviving_chat_id uuid, updated_at timestamptz
-- rows: affected
UPDATE messages
   SET contact_id = $3,
       chat_id = CASE WHEN chat_id = $4 THEN coalesce($5, chat_id) ELSE chat_id END,
       updated_at = greatest(updated_at, $6)
 WHERE tenant_id = $1 AND contact_id = $2 AND deleted_at IS NULL;

-- name: messages.move_between_sessions
-- why: sessions that were one conversation become one, with the messages of all; deleted ones stay where they were.
--      Counts follow what was moved
-- params: tenant_id text, session_ids uuid[], surviving_session_ids uuid[], updated_at timestamptz
-- rows: many
-- returns: session_id uuid, from_contact bigint, from_agent bigint
WITH moved AS (
    UPDATE messages AS m
       SET session_id = pair.surviving_session_id,
           updated_at = greatest(m.updated_at, $4)
      FROM unnest($2::uuid[], $3::uuid[]) AS pair (session_id, surviving_session_id)
     WHERE m.tenant_id = $1 AND m.session_id = pair.session_id AND m.deleted_at IS NULL
    RETURNING pair.session_id, m.from_me
)
SELECT session_id, count(*) FILTER (WHERE NOT from_me) AS from_contact, count(*) FILTER (WHERE from_me) AS from_agent
  FROM moved
 GROUP BY session_id;

-- name: messages.find_thread
-- why: one page of a contact's conversation, newest first, each message with what is shown of its session; a row
--      without a message tells that the contact is there and the conversation at its end
-- params: tenant_id text, contact_id uuid, before_timestamp timestamptz, before_id uuid, limit bigint
-- rows: many
-- returns: session_channel_type_id smallint, session_status text, session_end_reason text, session_started_at
--          timestamptz, session_ended_at timestamptz, id uuid, tenant_id text, timestamp timestamptz, user_id
--          uuid, project_id uuid, contact_id uuid, channel_id uuid, channel_type_id smallint, chat_id uuid,
--          session_id uuid, from_me boolean, content_type text, text text, media_url text, media_mimetype
--          text, channel_message_id text, reply_to_id uuid, status text, language text, agent_id uuid, source
--          text, metadata jsonb, mentions text[], delivered_at timestamptz, read_at timestamptz, played_at
--          timestamptz, edited_at timestamptz, revoked_at timestamptz, created_at timestamptz, updated_at
--          timestamptz, deleted_at timestamptz
SELECT s.channel_type_id AS session_channel_type_id, s.status AS session_status,
       s.end_reason AS session_end_reason, s.started_at AS session_started_at, s.ended_at AS session_ended_at,
       m.id, m.tenant_id, m."timestamp", m.user_id, m.project_id, m.contact_id, m.channel_id,
       m.channel_type_id, m.chat_id, m.session_id, m.from_me, m.content_type, m.text, m.media_url,
       m.media_mimetype, m.channel_message_id, m.reply_to_id, m.status, m.language, m.agent_id, m.source,
       m.metadata, m.mentions, m.delivered_at, m.read_at, m.played_at, m.edited_at, m.revoked_at,
       m.created_at, m.updated_at, m.deleted_at
  FROM contacts c
  LEFT JOIN LATERAL (
       SELECT id, tenant_id, "timestamp", user_id, project_id, contact_id, channel_id, channel_type_id, chat_id,
              session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id,
              reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at,
              played_at, edited_at, revoked_at, created_at, updated_at, deleted_at
         FROM messages
        WHERE tenant_id = $1 AND contact_id = $2 AND deleted_at IS NULL AND ("timestamp", id) < ($3, $4)
        ORDER BY "timestamp" DESC, id DESC
        LIMIT $5) m ON true
  LEFT JOIN sessions s ON s.tenant_id = $1 AND s.id = m.session_id AND s.deleted_at IS NULL
 WHERE c.tenant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
 ORDER BY m."timestamp" DESC, m.id DESC;
