-- The list of messages, rendered from ventros/crm/messages/list_query.py; not to be edited: ventros sql shapes messages
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.

-- name: messages.page() by timestamp asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "timestamp" ASC,"id" ASC
 LIMIT $2
/* messages.page() by timestamp asc */;

-- name: messages.page() by timestamp asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("timestamp","id")>($2,$3)
 ORDER BY "timestamp" ASC,"id" ASC
 LIMIT $4
/* messages.page() by timestamp asc after */;

-- name: messages.page() by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $2
/* messages.page() by timestamp desc */;

-- name: messages.page() by timestamp desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("timestamp","id")<($2,$3)
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $4
/* messages.page() by timestamp desc after */;

-- name: messages.page() by created_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $2
/* messages.page() by created_at asc */;

-- name: messages.page() by created_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")>($2,$3)
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $4
/* messages.page() by created_at asc after */;

-- name: messages.page() by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $2
/* messages.page() by created_at desc */;

-- name: messages.page() by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")<($2,$3)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $4
/* messages.page() by created_at desc after */;

-- name: messages.page(contact_id) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, contact_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "contact_id"=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(contact_id) by timestamp desc */;

-- name: messages.page(session_id) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, session_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "session_id"=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(session_id) by timestamp desc */;

-- name: messages.page(chat_id) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, chat_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "chat_id"=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(chat_id) by timestamp desc */;

-- name: messages.page(channel_id) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, channel_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "channel_id"=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(channel_id) by timestamp desc */;

-- name: messages.page(project_id) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(project_id) by timestamp desc */;

-- name: messages.page(channel_type_id) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, channel_type_id smallint, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "channel_type_id"=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(channel_type_id) by timestamp desc */;

-- name: messages.page(agent_id) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, agent_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "agent_id"=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(agent_id) by timestamp desc */;

-- name: messages.page(from_me) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, from_me boolean, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "from_me"=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(from_me) by timestamp desc */;

-- name: messages.page(content_type) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, content_type text[], limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "content_type"=ANY($2)
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(content_type) by timestamp desc */;

-- name: messages.page(status) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, status text[], limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "status"=ANY($2)
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(status) by timestamp desc */;

-- name: messages.page(has_media) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, has_media boolean, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND (NOT "media_url" IS NULL)=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(has_media) by timestamp desc */;

-- name: messages.page(text) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, text text, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "text" ILIKE $2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(text) by timestamp desc */;

-- name: messages.page(timestamp_from) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, timestamp_from timestamptz, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "timestamp">=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(timestamp_from) by timestamp desc */;

-- name: messages.page(timestamp_to) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, timestamp_to timestamptz, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "timestamp"<=$2
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $3
/* messages.page(timestamp_to) by timestamp desc */;

-- name: messages.page(contact_id, session_id, chat_id, channel_id, project_id, channel_type_id, agent_id,
--         from_me, content_type, status, has_media, text, timestamp_from, timestamp_to) by timestamp desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, contact_id uuid, session_id uuid, chat_id uuid, channel_id uuid, project_id uuid,
--         channel_type_id smallint, agent_id uuid, from_me boolean, content_type text[], status text[],
--         has_media boolean, text text, timestamp_from timestamptz, timestamp_to timestamptz, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "contact_id"=$2
 AND "session_id"=$3
 AND "chat_id"=$4
 AND "channel_id"=$5
 AND "project_id"=$6
 AND "channel_type_id"=$7
 AND "agent_id"=$8
 AND "from_me"=$9
 AND "content_type"=ANY($10)
 AND "status"=ANY($11)
 AND (NOT "media_url" IS NULL)=$12
 AND "text" ILIKE $13
 AND "timestamp">=$14
 AND "timestamp"<=$15
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $16
/* messages.page(contact_id, session_id, chat_id, channel_id, project_id, channel_type_id, agent_id, from_me, content_type, status, has_media, text, timestamp_from, timestamp_to) by timestamp desc */;

-- name: messages.page(contact_id, session_id, chat_id, channel_id, project_id, channel_type_id, agent_id,
--         from_me, content_type, status, has_media, text, timestamp_from, timestamp_to) by timestamp desc
--         after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, contact_id uuid, session_id uuid, chat_id uuid, channel_id uuid, project_id uuid,
--         channel_type_id smallint, agent_id uuid, from_me boolean, content_type text[], status text[],
--         has_media boolean, text text, timestamp_from timestamptz, timestamp_to timestamptz, after_value
--         timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: message
SELECT "id", "tenant_id", "timestamp", "user_id", "project_id", "contact_id", "channel_id",
"channel_type_id", "chat_id", "session_id", "from_me", "content_type", "text", "media_url",
"media_mimetype", "channel_message_id", "reply_to_id", "status", "language", "agent_id", "source",
"metadata", "mentions", "delivered_at", "read_at", "played_at", "edited_at", "revoked_at", "created_at",
"updated_at", "deleted_at"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "contact_id"=$2
 AND "session_id"=$3
 AND "chat_id"=$4
 AND "channel_id"=$5
 AND "project_id"=$6
 AND "channel_type_id"=$7
 AND "agent_id"=$8
 AND "from_me"=$9
 AND "content_type"=ANY($10)
 AND "status"=ANY($11)
 AND (NOT "media_url" IS NULL)=$12
 AND "text" ILIKE $13
 AND "timestamp">=$14
 AND "timestamp"<=$15
 AND ("timestamp","id")<($16,$17)
 ORDER BY "timestamp" DESC,"id" DESC
 LIMIT $18
/* messages.page(contact_id, session_id, chat_id, channel_id, project_id, channel_type_id, agent_id, from_me, content_type, status, has_media, text, timestamp_from, timestamp_to) by timestamp desc after */;

-- name: messages.count()
-- why: how many rows all pages together have
-- params: tenant_id text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
/* messages.count() */;

-- name: messages.count(contact_id, session_id, chat_id, channel_id, project_id, channel_type_id, agent_id,
--         from_me, content_type, status, has_media, text, timestamp_from, timestamp_to)
-- why: how many rows all pages together have
-- params: tenant_id text, contact_id uuid, session_id uuid, chat_id uuid, channel_id uuid, project_id uuid,
--         channel_type_id smallint, agent_id uuid, from_me boolean, content_type text[], status text[],
--         has_media boolean, text text, timestamp_from timestamptz, timestamp_to timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "messages"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "contact_id"=$2
 AND "session_id"=$3
 AND "chat_id"=$4
 AND "channel_id"=$5
 AND "project_id"=$6
 AND "channel_type_id"=$7
 AND "agent_id"=$8
 AND "from_me"=$9
 AND "content_type"=ANY($10)
 AND "status"=ANY($11)
 AND (NOT "media_url" IS NULL)=$12
 AND "text" ILIKE $13
 AND "timestamp">=$14
 AND "timestamp"<=$15
/* messages.count(contact_id, session_id, chat_id, channel_id, project_id, channel_type_id, agent_id, from_me, content_type, status, has_media, text, timestamp_from, timestamp_to) */;
