-- name: chat_participants.find_by_chats
-- why: the participants of each chat that is being loaded, or whose stored ones are compared with new ones
-- params: tenant_id text, chat_ids uuid[]
-- rows: many
-- returns: chat_id uuid, participant_id uuid, participant_type text, joined_at timestamptz, is_admin boolean
SELECT chat_id, participant_id, participant_type, joined_at, is_admin
  FROM chat_participants
 WHERE tenant_id = $1 AND chat_id = ANY ($2);

-- name: chat_participants.insert
-- why: all who joined a chat, in one statement; sent after the chat's own row was written and locked
-- params: tenant_id text, chat_id uuid, participant_ids uuid[], participant_types text[],
--         joined_at timestamptz[], is_admin boolean[]
-- rows: affected
INSERT INTO chat_participants (tenant_id, chat_id, participant_id, participant_type, joined_at, is_admin)
SELECT $1, $2, joined.participant_id, joined.participant_type, joined.joined_at, joined.is_admin
  FROM unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::boolean[])
    AS joined (participant_id, participant_type, joined_at, is_admin);

-- name: chat_participants.update
-- why: all who became an admin or ceased to be one, or left and came back, in one statement; sent after
--      the chat's own row was written and locked
-- params: tenant_id text, chat_id uuid, participant_ids uuid[], participant_types text[],
--         joined_at timestamptz[], is_admin boolean[]
-- rows: affected
UPDATE chat_participants AS participant
   SET participant_type = changed.participant_type,
       joined_at = changed.joined_at,
       is_admin = changed.is_admin
  FROM unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::boolean[])
    AS changed (participant_id, participant_type, joined_at, is_admin)
 WHERE participant.tenant_id = $1 AND participant.chat_id = $2
   AND participant.participant_id = changed.participant_id;

-- name: chat_participants.delete
-- why: all who left a chat, in one statement; sent after the chat's own row was written and locked
-- params: tenant_id text, chat_id uuid, participant_ids uuid[]
-- rows: affected
DELETE FROM chat_participants
 WHERE tenant_id = $1 AND chat_id = $2 AND participant_id = ANY ($3);
