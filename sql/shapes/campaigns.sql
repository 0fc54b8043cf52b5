-- The list of campaigns, rendered from ventros/automation/campaigns/list_query.py; not to be edited: ventros sql shapes campaigns
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.

-- name: campaigns.page() by created_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $2
/* campaigns.page() by created_at asc */;

-- name: campaigns.page() by created_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND ("created_at","id")>($2,$3)
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $4
/* campaigns.page() by created_at asc after */;

-- name: campaigns.page() by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $2
/* campaigns.page() by created_at desc */;

-- name: campaigns.page() by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND ("created_at","id")<($2,$3)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $4
/* campaigns.page() by created_at desc after */;

-- name: campaigns.page() by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 ORDER BY "name" ASC,"id" ASC
 LIMIT $2
/* campaigns.page() by name asc */;

-- name: campaigns.page() by name asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND ("name","id")>($2,$3)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $4
/* campaigns.page() by name asc after */;

-- name: campaigns.page() by name desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 ORDER BY "name" DESC,"id" DESC
 LIMIT $2
/* campaigns.page() by name desc */;

-- name: campaigns.page() by name desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND ("name","id")<($2,$3)
 ORDER BY "name" DESC,"id" DESC
 LIMIT $4
/* campaigns.page() by name desc after */;

-- name: campaigns.page() by start_date asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 ORDER BY "start_date" IS NULL,"start_date" ASC,"id" ASC
 LIMIT $2
/* campaigns.page() by start_date asc */;

-- name: campaigns.page() by start_date asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND (("start_date","id")>($2,$3) OR "start_date" IS NULL)
 ORDER BY "start_date" IS NULL,"start_date" ASC,"id" ASC
 LIMIT $4
/* campaigns.page() by start_date asc after */;

-- name: campaigns.page() by start_date asc after null
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_id uuid, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND ("start_date" IS NULL AND "id">$2)
 ORDER BY "start_date" IS NULL,"start_date" ASC,"id" ASC
 LIMIT $3
/* campaigns.page() by start_date asc after null */;

-- name: campaigns.page() by start_date desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 ORDER BY "start_date" IS NULL,"start_date" DESC,"id" DESC
 LIMIT $2
/* campaigns.page() by start_date desc */;

-- name: campaigns.page() by start_date desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND (("start_date","id")<($2,$3) OR "start_date" IS NULL)
 ORDER BY "start_date" IS NULL,"start_date" DESC,"id" DESC
 LIMIT $4
/* campaigns.page() by start_date desc after */;

-- name: campaigns.page() by start_date desc after null
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_id uuid, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND ("start_date" IS NULL AND "id"<$2)
 ORDER BY "start_date" IS NULL,"start_date" DESC,"id" DESC
 LIMIT $3
/* campaigns.page() by start_date desc after null */;

-- name: campaigns.page(status) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, status text[], limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND "status"=ANY($2)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* campaigns.page(status) by created_at desc */;

-- name: campaigns.page(goal_type) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, goal_type text[], limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND "goal_type"=ANY($2)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* campaigns.page(goal_type) by created_at desc */;

-- name: campaigns.page(name) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, name text, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND "name" ILIKE $2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* campaigns.page(name) by created_at desc */;

-- name: campaigns.page(created_from) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, created_from timestamptz, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND "created_at">=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* campaigns.page(created_from) by created_at desc */;

-- name: campaigns.page(created_to) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, created_to timestamptz, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND "created_at"<=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* campaigns.page(created_to) by created_at desc */;

-- name: campaigns.page(status, goal_type, name, created_from, created_to) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, status text[], goal_type text[], name text, created_from timestamptz, created_to
--         timestamptz, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND "status"=ANY($2)
 AND "goal_type"=ANY($3)
 AND "name" ILIKE $4
 AND "created_at">=$5
 AND "created_at"<=$6
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $7
/* campaigns.page(status, goal_type, name, created_from, created_to) by created_at desc */;

-- name: campaigns.page(status, goal_type, name, created_from, created_to) by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, status text[], goal_type text[], name text, created_from timestamptz, created_to
--         timestamptz, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: campaign
SELECT "id", "version", "tenant_id", "name", "description", "status", "goal_type", "goal_value",
"start_date", "end_date", "created_at", "updated_at"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND "status"=ANY($2)
 AND "goal_type"=ANY($3)
 AND "name" ILIKE $4
 AND "created_at">=$5
 AND "created_at"<=$6
 AND ("created_at","id")<($7,$8)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $9
/* campaigns.page(status, goal_type, name, created_from, created_to) by created_at desc after */;

-- name: campaigns.count()
-- why: how many rows all pages together have
-- params: tenant_id text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "campaigns"
 WHERE "tenant_id"=$1
/* campaigns.count() */;

-- name: campaigns.count(status, goal_type, name, created_from, created_to)
-- why: how many rows all pages together have
-- params: tenant_id text, status text[], goal_type text[], name text, created_from timestamptz, created_to
--         timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "campaigns"
 WHERE "tenant_id"=$1
 AND "status"=ANY($2)
 AND "goal_type"=ANY($3)
 AND "name" ILIKE $4
 AND "created_at">=$5
 AND "created_at"<=$6
/* campaigns.count(status, goal_type, name, created_from, created_to) */;
