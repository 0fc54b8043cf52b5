-- The list of chats, rendered from ventros/crm/chats/list_query.py; not to be edited: ventros sql shapes chats
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.

-- name: chats.page() by created_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: chat
SELECT "id", "version", "tenant_id", "project_id", "chat_type", "external_id", "subject", "description",
"status", "metadata", "label_ids", "last_message_at", "created_at", "updated_at", "deleted_at"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $2
/* chats.page() by created_at asc */;

-- name: chats.page() by created_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: chat
SELECT "id", "version", "tenant_id", "project_id", "chat_type", "external_id", "subject", "description",
"status", "metadata", "label_ids", "last_message_at", "created_at", "updated_at", "deleted_at"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")>($2,$3)
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $4
/* chats.page() by created_at asc after */;

-- name: chats.page() by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: chat
SELECT "id", "version", "tenant_id", "project_id", "chat_type", "external_id", "subject", "description",
"status", "metadata", "label_ids", "last_message_at", "created_at", "updated_at", "deleted_at"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $2
/* chats.page() by created_at desc */;

-- name: chats.page() by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: chat
SELECT "id", "version", "tenant_id", "project_id", "chat_type", "external_id", "subject", "description",
"status", "metadata", "label_ids", "last_message_at", "created_at", "updated_at", "deleted_at"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")<($2,$3)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $4
/* chats.page() by created_at desc after */;

-- name: chats.page(project_id) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, limit bigint
-- rows: many
-- returns: chat
SELECT "id", "version", "tenant_id", "project_id", "chat_type", "external_id", "subject", "description",
"status", "metadata", "label_ids", "last_message_at", "created_at", "updated_at", "deleted_at"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* chats.page(project_id) by created_at desc */;

-- name: chats.page(contact_id) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, contact_id uuid, limit bigint
-- rows: many
-- returns: chat
SELECT "id", "version", "tenant_id", "project_id", "chat_type", "external_id", "subject", "description",
"status", "metadata", "label_ids", "last_message_at", "created_at", "updated_at", "deleted_at"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "chat_participants"."chat_id" FROM "chat_participants" WHERE "chat_participants"."tenant_id"=$1 AND "chat_participants"."chat_id"="chats"."id" AND "chat_participants"."contact_id"=$2)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* chats.page(contact_id) by created_at desc */;

-- name: chats.page(status) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, status text[], limit bigint
-- rows: many
-- returns: chat
SELECT "id", "version", "tenant_id", "project_id", "chat_type", "external_id", "subject", "description",
"status", "metadata", "label_ids", "last_message_at", "created_at", "updated_at", "deleted_at"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "status"=ANY($2)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* chats.page(status) by created_at desc */;

-- name: chats.page(subject) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, subject text, limit bigint
-- rows: many
-- returns: chat
SELECT "id", "version", "tenant_id", "project_id", "chat_type", "external_id", "subject", "description",
"status", "metadata", "label_ids", "last_message_at", "created_at", "updated_at", "deleted_at"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "subject" ILIKE $2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* chats.page(subject) by created_at desc */;

-- name: chats.page(project_id, contact_id, status, subject) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, contact_id uuid, status text[], subject text, limit bigint
-- rows: many
-- returns: chat
SELECT "id", "version", "tenant_id", "project_id", "chat_type", "external_id", "subject", "description",
"status", "metadata", "label_ids", "last_message_at", "created_at", "updated_at", "deleted_at"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND EXISTS (SELECT "chat_participants"."chat_id" FROM "chat_participants" WHERE "chat_participants"."tenant_id"=$1 AND "chat_participants"."chat_id"="chats"."id" AND "chat_participants"."contact_id"=$3)
 AND "status"=ANY($4)
 AND "subject" ILIKE $5
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $6
/* chats.page(project_id, contact_id, status, subject) by created_at desc */;

-- name: chats.page(project_id, contact_id, status, subject) by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, contact_id uuid, status text[], subject text, after_value
--         timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: chat
SELECT "id", "version", "tenant_id", "project_id", "chat_type", "external_id", "subject", "description",
"status", "metadata", "label_ids", "last_message_at", "created_at", "updated_at", "deleted_at"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND EXISTS (SELECT "chat_participants"."chat_id" FROM "chat_participants" WHERE "chat_participants"."tenant_id"=$1 AND "chat_participants"."chat_id"="chats"."id" AND "chat_participants"."contact_id"=$3)
 AND "status"=ANY($4)
 AND "subject" ILIKE $5
 AND ("created_at","id")<($6,$7)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $8
/* chats.page(project_id, contact_id, status, subject) by created_at desc after */;

-- name: chats.count()
-- why: how many rows all pages together have
-- params: tenant_id text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
/* chats.count() */;

-- name: chats.count(project_id, contact_id, status, subject)
-- why: how many rows all pages together have
-- params: tenant_id text, project_id uuid, contact_id uuid, status text[], subject text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "chats"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND EXISTS (SELECT "chat_participants"."chat_id" FROM "chat_participants" WHERE "chat_participants"."tenant_id"=$1 AND "chat_participants"."chat_id"="chats"."id" AND "chat_participants"."contact_id"=$3)
 AND "status"=ANY($4)
 AND "subject" ILIKE $5
/* chats.count(project_id, contact_id, status, subject) */;
