-- The list of agents, rendered from ventros/crm/agents/list_query.py; not to be edited: ventros sql shapes agents
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.

-- name: agents.page() by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "name" ASC,"id" ASC
 LIMIT $2
/* agents.page() by name asc */;

-- name: agents.page() by name asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name","id")>($2,$3)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $4
/* agents.page() by name asc after */;

-- name: agents.page() by name desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "name" DESC,"id" DESC
 LIMIT $2
/* agents.page() by name desc */;

-- name: agents.page() by name desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name","id")<($2,$3)
 ORDER BY "name" DESC,"id" DESC
 LIMIT $4
/* agents.page() by name desc after */;

-- name: agents.page() by created_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $2
/* agents.page() by created_at asc */;

-- name: agents.page() by created_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")>($2,$3)
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $4
/* agents.page() by created_at asc after */;

-- name: agents.page() by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $2
/* agents.page() by created_at desc */;

-- name: agents.page() by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")<($2,$3)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $4
/* agents.page() by created_at desc after */;

-- name: agents.page(project_id) by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 ORDER BY "name" ASC,"id" ASC
 LIMIT $3
/* agents.page(project_id) by name asc */;

-- name: agents.page(type) by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, type text[], limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "type"=ANY($2)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $3
/* agents.page(type) by name asc */;

-- name: agents.page(status) by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, status text[], limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "status"=ANY($2)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $3
/* agents.page(status) by name asc */;

-- name: agents.page(active) by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, active boolean, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "active"=$2
 ORDER BY "name" ASC,"id" ASC
 LIMIT $3
/* agents.page(active) by name asc */;

-- name: agents.page(text) by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, text text, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name" ILIKE $2 OR "email" ILIKE $2)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $3
/* agents.page(text) by name asc */;

-- name: agents.page(project_id, type, status, active, text) by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, type text[], status text[], active boolean, text text, limit
--         bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND "type"=ANY($3)
 AND "status"=ANY($4)
 AND "active"=$5
 AND ("name" ILIKE $6 OR "email" ILIKE $6)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $7
/* agents.page(project_id, type, status, active, text) by name asc */;

-- name: agents.page(project_id, type, status, active, text) by name asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, type text[], status text[], active boolean, text text,
--         after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: agent
SELECT "id", "version", "tenant_id", "project_id", "user_id", "name", "email", "type", "status", "role",
"active", "config", "permissions", "settings", "virtual_metadata", "last_login_at", "created_at",
"updated_at", "deleted_at"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND "type"=ANY($3)
 AND "status"=ANY($4)
 AND "active"=$5
 AND ("name" ILIKE $6 OR "email" ILIKE $6)
 AND ("name","id")>($7,$8)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $9
/* agents.page(project_id, type, status, active, text) by name asc after */;

-- name: agents.count()
-- why: how many rows all pages together have
-- params: tenant_id text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
/* agents.count() */;

-- name: agents.count(project_id, type, status, active, text)
-- why: how many rows all pages together have
-- params: tenant_id text, project_id uuid, type text[], status text[], active boolean, text text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "agents"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND "type"=ANY($3)
 AND "status"=ANY($4)
 AND "active"=$5
 AND ("name" ILIKE $6 OR "email" ILIKE $6)
/* agents.count(project_id, type, status, active, text) */;
