-- The list of broadcasts, rendered from ventros/automation/broadcasts/list_query.py; not to be edited: ventros sql shapes broadcasts
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.

-- name: broadcasts.page() by created_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $2
/* broadcasts.page() by created_at asc */;

-- name: broadcasts.page() by created_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND ("created_at","id")>($2,$3)
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $4
/* broadcasts.page() by created_at asc after */;

-- name: broadcasts.page() by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $2
/* broadcasts.page() by created_at desc */;

-- name: broadcasts.page() by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND ("created_at","id")<($2,$3)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $4
/* broadcasts.page() by created_at desc after */;

-- name: broadcasts.page() by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 ORDER BY "name" ASC,"id" ASC
 LIMIT $2
/* broadcasts.page() by name asc */;

-- name: broadcasts.page() by name asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND ("name","id")>($2,$3)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $4
/* broadcasts.page() by name asc after */;

-- name: broadcasts.page() by name desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 ORDER BY "name" DESC,"id" DESC
 LIMIT $2
/* broadcasts.page() by name desc */;

-- name: broadcasts.page() by name desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND ("name","id")<($2,$3)
 ORDER BY "name" DESC,"id" DESC
 LIMIT $4
/* broadcasts.page() by name desc after */;

-- name: broadcasts.page() by scheduled_for asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 ORDER BY "scheduled_for" IS NULL,"scheduled_for" ASC,"id" ASC
 LIMIT $2
/* broadcasts.page() by scheduled_for asc */;

-- name: broadcasts.page() by scheduled_for asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND (("scheduled_for","id")>($2,$3) OR "scheduled_for" IS NULL)
 ORDER BY "scheduled_for" IS NULL,"scheduled_for" ASC,"id" ASC
 LIMIT $4
/* broadcasts.page() by scheduled_for asc after */;

-- name: broadcasts.page() by scheduled_for asc after null
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_id uuid, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND ("scheduled_for" IS NULL AND "id">$2)
 ORDER BY "scheduled_for" IS NULL,"scheduled_for" ASC,"id" ASC
 LIMIT $3
/* broadcasts.page() by scheduled_for asc after null */;

-- name: broadcasts.page() by scheduled_for desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 ORDER BY "scheduled_for" IS NULL,"scheduled_for" DESC,"id" DESC
 LIMIT $2
/* broadcasts.page() by scheduled_for desc */;

-- name: broadcasts.page() by scheduled_for desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND (("scheduled_for","id")<($2,$3) OR "scheduled_for" IS NULL)
 ORDER BY "scheduled_for" IS NULL,"scheduled_for" DESC,"id" DESC
 LIMIT $4
/* broadcasts.page() by scheduled_for desc after */;

-- name: broadcasts.page() by scheduled_for desc after null
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_id uuid, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND ("scheduled_for" IS NULL AND "id"<$2)
 ORDER BY "scheduled_for" IS NULL,"scheduled_for" DESC,"id" DESC
 LIMIT $3
/* broadcasts.page() by scheduled_for desc after null */;

-- name: broadcasts.page(status) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, status text[], limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND "status"=ANY($2)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* broadcasts.page(status) by created_at desc */;

-- name: broadcasts.page(list_id) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, list_id uuid, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND "list_id"=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* broadcasts.page(list_id) by created_at desc */;

-- name: broadcasts.page(name) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, name text, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND "name" ILIKE $2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* broadcasts.page(name) by created_at desc */;

-- name: broadcasts.page(created_from) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, created_from timestamptz, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND "created_at">=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* broadcasts.page(created_from) by created_at desc */;

-- name: broadcasts.page(created_to) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, created_to timestamptz, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND "created_at"<=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* broadcasts.page(created_to) by created_at desc */;

-- name: broadcasts.page(status, list_id, name, created_from, created_to) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, status text[], list_id uuid, name text, created_from timestamptz, created_to
--         timestamptz, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND "status"=ANY($2)
 AND "list_id"=$3
 AND "name" ILIKE $4
 AND "created_at">=$5
 AND "created_at"<=$6
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $7
/* broadcasts.page(status, list_id, name, created_from, created_to) by created_at desc */;

-- name: broadcasts.page(status, list_id, name, created_from, created_to) by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, status text[], list_id uuid, name text, created_from timestamptz, created_to
--         timestamptz, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: broadcast
SELECT "id", "version", "tenant_id", "name", "list_id", "channel_id", "message_template", "status",
"scheduled_for", "started_at", "completed_at", "failure_reason", "rate_limit", "created_at", "updated_at"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND "status"=ANY($2)
 AND "list_id"=$3
 AND "name" ILIKE $4
 AND "created_at">=$5
 AND "created_at"<=$6
 AND ("created_at","id")<($7,$8)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $9
/* broadcasts.page(status, list_id, name, created_from, created_to) by created_at desc after */;

-- name: broadcasts.count()
-- why: how many rows all pages together have
-- params: tenant_id text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
/* broadcasts.count() */;

-- name: broadcasts.count(status, list_id, name, created_from, created_to)
-- why: how many rows all pages together have
-- params: tenant_id text, status text[], list_id uuid, name text, created_from timestamptz, created_to
--         timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "broadcasts"
 WHERE "tenant_id"=$1
 AND "status"=ANY($2)
 AND "list_id"=$3
 AND "name" ILIKE $4
 AND "created_at">=$5
 AND "created_at"<=$6
/* broadcasts.count(status, list_id, name, created_from, created_to) */;
