-- name: chat_participants.find
-- why: the participants of each chat that is being loaded, or whose stored ones are compared with new ones
-- params: tenant_id text, chat_ids uuid[]
-- rows: many
-- returns: chat_id uuid, participant_id uuid, participant_type text, joined_at timestamptz, is_admin boolean
SELECT chat_id, participant_id, participant_type, joined_at, is_admin
  FROM chat_participants
 WHERE tenant_id = $1 AND chat_id = ANY ($2);

-- name: chat_participants.insert
-- why: one who joined a chat; sent after the chat's own row was written and locked
-- params: tenant_id text, chat_id uuid, participant_id uuid, participant_type text, joined_at timestamptz,
--         is_admin boolean
-- rows: affected
INSERT INTO chat_participants (tenant_id, chat_id, participant_id, participant_type, joined_at, is_admin)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: chat_participants.update
-- why: one who became an admin or ceased to be one, or left and came back; sent after the chat's own row was
--      written and locked
-- params: tenant_id text, chat_id uuid, participant_id uuid, participant_type text, joined_at timestamptz,
--         is_admin boolean
-- rows: affected
UPDATE chat_participants
   SET participant_type = $4,
       joined_at = $5,
       is_admin = $6
 WHERE tenant_id = $1 AND chat_id = $2 AND participant_id = $3;

-- name: chat_participants.delete
-- why: all who left a chat, in one statement; sent after the chat's own row was written and locked
-- params: tenant_id text, chat_id uuid, participant_ids uuid[]
-- rows: affected
DELETE FROM chat_participants
 WHERE tenant_id = $1 AND chat_id = $2 AND participant_id = ANY ($3);
