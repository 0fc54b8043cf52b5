-- The list of sessions, rendered from ventros/crm/sessions/list_query.py; not to be edited: ventros sql shapes sessions
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.

-- name: sessions.page() by started_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "started_at" ASC,"id" ASC
 LIMIT $2
/* sessions.page() by started_at asc */;

-- name: sessions.page() by started_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("started_at","id")>($2,$3)
 ORDER BY "started_at" ASC,"id" ASC
 LIMIT $4
/* sessions.page() by started_at asc after */;

-- name: sessions.page() by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $2
/* sessions.page() by started_at desc */;

-- name: sessions.page() by started_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("started_at","id")<($2,$3)
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $4
/* sessions.page() by started_at desc after */;

-- name: sessions.page() by ended_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "ended_at" IS NULL,"ended_at" ASC,"id" ASC
 LIMIT $2
/* sessions.page() by ended_at asc */;

-- name: sessions.page() by ended_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND (("ended_at","id")>($2,$3) OR "ended_at" IS NULL)
 ORDER BY "ended_at" IS NULL,"ended_at" ASC,"id" ASC
 LIMIT $4
/* sessions.page() by ended_at asc after */;

-- name: sessions.page() by ended_at asc after null
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("ended_at" IS NULL AND "id">$2)
 ORDER BY "ended_at" IS NULL,"ended_at" ASC,"id" ASC
 LIMIT $3
/* sessions.page() by ended_at asc after null */;

-- name: sessions.page() by ended_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "ended_at" IS NULL,"ended_at" DESC,"id" DESC
 LIMIT $2
/* sessions.page() by ended_at desc */;

-- name: sessions.page() by ended_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND (("ended_at","id")<($2,$3) OR "ended_at" IS NULL)
 ORDER BY "ended_at" IS NULL,"ended_at" DESC,"id" DESC
 LIMIT $4
/* sessions.page() by ended_at desc after */;

-- name: sessions.page() by ended_at desc after null
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("ended_at" IS NULL AND "id"<$2)
 ORDER BY "ended_at" IS NULL,"ended_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page() by ended_at desc after null */;

-- name: sessions.page() by message_count asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "message_count" ASC,"id" ASC
 LIMIT $2
/* sessions.page() by message_count asc */;

-- name: sessions.page() by message_count asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value integer, after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("message_count","id")>($2,$3)
 ORDER BY "message_count" ASC,"id" ASC
 LIMIT $4
/* sessions.page() by message_count asc after */;

-- name: sessions.page() by message_count desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "message_count" DESC,"id" DESC
 LIMIT $2
/* sessions.page() by message_count desc */;

-- name: sessions.page() by message_count desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value integer, after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("message_count","id")<($2,$3)
 ORDER BY "message_count" DESC,"id" DESC
 LIMIT $4
/* sessions.page() by message_count desc after */;

-- name: sessions.page() by duration_seconds asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "duration_seconds" ASC,"id" ASC
 LIMIT $2
/* sessions.page() by duration_seconds asc */;

-- name: sessions.page() by duration_seconds asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value bigint, after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("duration_seconds","id")>($2,$3)
 ORDER BY "duration_seconds" ASC,"id" ASC
 LIMIT $4
/* sessions.page() by duration_seconds asc after */;

-- name: sessions.page() by duration_seconds desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "duration_seconds" DESC,"id" DESC
 LIMIT $2
/* sessions.page() by duration_seconds desc */;

-- name: sessions.page() by duration_seconds desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value bigint, after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("duration_seconds","id")<($2,$3)
 ORDER BY "duration_seconds" DESC,"id" DESC
 LIMIT $4
/* sessions.page() by duration_seconds desc after */;

-- name: sessions.page(contact_id) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, contact_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "contact_id"=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(contact_id) by started_at desc */;

-- name: sessions.page(channel_id) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, channel_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "messages"."session_id" FROM "messages" WHERE "messages"."tenant_id"=$1 AND "messages"."session_id"="sessions"."id" AND "messages"."channel_id"=$2 AND "messages"."deleted_at" IS NULL)
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(channel_id) by started_at desc */;

-- name: sessions.page(channel_type_id) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, channel_type_id smallint, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "channel_type_id"=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(channel_type_id) by started_at desc */;

-- name: sessions.page(pipeline_id) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, pipeline_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "pipeline_id"=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(pipeline_id) by started_at desc */;

-- name: sessions.page(status) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, status text[], limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "status"=ANY($2)
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(status) by started_at desc */;

-- name: sessions.page(resolved) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, resolved boolean, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "resolved"=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(resolved) by started_at desc */;

-- name: sessions.page(escalated) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, escalated boolean, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "escalated"=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(escalated) by started_at desc */;

-- name: sessions.page(converted) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, converted boolean, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "converted"=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(converted) by started_at desc */;

-- name: sessions.page(sentiment) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, sentiment text[], limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "sentiment"=ANY($2)
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(sentiment) by started_at desc */;

-- name: sessions.page(text) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, text text, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("summary" ILIKE $2 OR "end_reason" ILIKE $2 OR EXISTS (SELECT "item" FROM unnest("topics") "item" WHERE "item" ILIKE $2) OR EXISTS (SELECT "item" FROM unnest("next_steps") "item" WHERE "item" ILIKE $2) OR EXISTS (SELECT "item" FROM unnest("outcome_tags") "item" WHERE "item" ILIKE $2))
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(text) by started_at desc */;

-- name: sessions.page(started_from) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, started_from timestamptz, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "started_at">=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(started_from) by started_at desc */;

-- name: sessions.page(started_to) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, started_to timestamptz, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "started_at"<=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(started_to) by started_at desc */;

-- name: sessions.page(ended_from) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, ended_from timestamptz, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "ended_at">=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(ended_from) by started_at desc */;

-- name: sessions.page(ended_to) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, ended_to timestamptz, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "ended_at"<=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(ended_to) by started_at desc */;

-- name: sessions.page(message_count_min) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, message_count_min integer, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "message_count">=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(message_count_min) by started_at desc */;

-- name: sessions.page(message_count_max) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, message_count_max integer, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "message_count"<=$2
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $3
/* sessions.page(message_count_max) by started_at desc */;

-- name: sessions.page(contact_id, channel_id, channel_type_id, pipeline_id, status, resolved, escalated,
--         converted, sentiment, text, started_from, started_to, ended_from, ended_to, message_count_min,
--         message_count_max) by started_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, contact_id uuid, channel_id uuid, channel_type_id smallint, pipeline_id uuid,
--         status text[], resolved boolean, escalated boolean, converted boolean, sentiment text[], text
--         text, started_from timestamptz, started_to timestamptz, ended_from timestamptz, ended_to
--         timestamptz, message_count_min integer, message_count_max integer, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "contact_id"=$2
 AND EXISTS (SELECT "messages"."session_id" FROM "messages" WHERE "messages"."tenant_id"=$1 AND "messages"."session_id"="sessions"."id" AND "messages"."channel_id"=$3 AND "messages"."deleted_at" IS NULL)
 AND "channel_type_id"=$4
 AND "pipeline_id"=$5
 AND "status"=ANY($6)
 AND "resolved"=$7
 AND "escalated"=$8
 AND "converted"=$9
 AND "sentiment"=ANY($10)
 AND ("summary" ILIKE $11 OR "end_reason" ILIKE $11 OR EXISTS (SELECT "item" FROM unnest("topics") "item" WHERE "item" ILIKE $11) OR EXISTS (SELECT "item" FROM unnest("next_steps") "item" WHERE "item" ILIKE $11) OR EXISTS (SELECT "item" FROM unnest("outcome_tags") "item" WHERE "item" ILIKE $11))
 AND "started_at">=$12
 AND "started_at"<=$13
 AND "ended_at">=$14
 AND "ended_at"<=$15
 AND "message_count">=$16
 AND "message_count"<=$17
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $18
/* sessions.page(contact_id, channel_id, channel_type_id, pipeline_id, status, resolved, escalated, converted, sentiment, text, started_from, started_to, ended_from, ended_to, message_count_min, message_count_max) by started_at desc */;

-- name: sessions.page(contact_id, channel_id, channel_type_id, pipeline_id, status, resolved, escalated,
--         converted, sentiment, text, started_from, started_to, ended_from, ended_to, message_count_min,
--         message_count_max) by started_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, contact_id uuid, channel_id uuid, channel_type_id smallint, pipeline_id uuid,
--         status text[], resolved boolean, escalated boolean, converted boolean, sentiment text[], text
--         text, started_from timestamptz, started_to timestamptz, ended_from timestamptz, ended_to
--         timestamptz, message_count_min integer, message_count_max integer, after_value timestamptz,
--         after_id uuid, limit bigint
-- rows: many
-- returns: session
SELECT "id", "version", "tenant_id", "contact_id", "channel_type_id", "pipeline_id", "started_at",
"ended_at", "status", "end_reason", "timeout", "last_activity_at", "message_count", "messages_from_contact",
"messages_from_agent", "duration_seconds", "first_contact_message_at", "first_agent_response_at",
"agent_response_time_seconds", "contact_wait_time_seconds", "agent_ids", "agent_transfers", "summary",
"sentiment", "sentiment_score", "topics", "next_steps", "outcome_tags", "key_entities", "resolved",
"escalated", "converted", "created_at", "updated_at", "deleted_at"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "contact_id"=$2
 AND EXISTS (SELECT "messages"."session_id" FROM "messages" WHERE "messages"."tenant_id"=$1 AND "messages"."session_id"="sessions"."id" AND "messages"."channel_id"=$3 AND "messages"."deleted_at" IS NULL)
 AND "channel_type_id"=$4
 AND "pipeline_id"=$5
 AND "status"=ANY($6)
 AND "resolved"=$7
 AND "escalated"=$8
 AND "converted"=$9
 AND "sentiment"=ANY($10)
 AND ("summary" ILIKE $11 OR "end_reason" ILIKE $11 OR EXISTS (SELECT "item" FROM unnest("topics") "item" WHERE "item" ILIKE $11) OR EXISTS (SELECT "item" FROM unnest("next_steps") "item" WHERE "item" ILIKE $11) OR EXISTS (SELECT "item" FROM unnest("outcome_tags") "item" WHERE "item" ILIKE $11))
 AND "started_at">=$12
 AND "started_at"<=$13
 AND "ended_at">=$14
 AND "ended_at"<=$15
 AND "message_count">=$16
 AND "message_count"<=$17
 AND ("started_at","id")<($18,$19)
 ORDER BY "started_at" DESC,"id" DESC
 LIMIT $20
/* sessions.page(contact_id, channel_id, channel_type_id, pipeline_id, status, resolved, escalated, converted, sentiment, text, started_from, started_to, ended_from, ended_to, message_count_min, message_count_max) by started_at desc after */;

-- name: sessions.count()
-- why: how many rows all pages together have
-- params: tenant_id text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
/* sessions.count() */;

-- name: sessions.count(contact_id, channel_id, channel_type_id, pipeline_id, status, resolved, escalated,
--         converted, sentiment, text, started_from, started_to, ended_from, ended_to, message_count_min,
--         message_count_max)
-- why: how many rows all pages together have
-- params: tenant_id text, contact_id uuid, channel_id uuid, channel_type_id smallint, pipeline_id uuid,
--         status text[], resolved boolean, escalated boolean, converted boolean, sentiment text[], text
--         text, started_from timestamptz, started_to timestamptz, ended_from timestamptz, ended_to
--         timestamptz, message_count_min integer, message_count_max integer
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "sessions"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "contact_id"=$2
 AND EXISTS (SELECT "messages"."session_id" FROM "messages" WHERE "messages"."tenant_id"=$1 AND "messages"."session_id"="sessions"."id" AND "messages"."channel_id"=$3 AND "messages"."deleted_at" IS NULL)
 AND "channel_type_id"=$4
 AND "pipeline_id"=$5
 AND "status"=ANY($6)
 AND "resolved"=$7
 AND "escalated"=$8
 AND "converted"=$9
 AND "sentiment"=ANY($10)
 AND ("summary" ILIKE $11 OR "end_reason" ILIKE $11 OR EXISTS (SELECT "item" FROM unnest("topics") "item" WHERE "item" ILIKE $11) OR EXISTS (SELECT "item" FROM unnest("next_steps") "item" WHERE "item" ILIKE $11) OR EXISTS (SELECT "item" FROM unnest("outcome_tags") "item" WHERE "item" ILIKE $11))
 AND "started_at">=$12
 AND "started_at"<=$13
 AND "ended_at">=$14
 AND "ended_at"<=$15
 AND "message_count">=$16
 AND "message_count"<=$17
/* sessions.count(contact_id, channel_id, channel_type_id, pipeline_id, status, resolved, escalated, converted, sentiment, text, started_from, started_to, ended_from, ended_to, message_count_min, message_count_max) */;
