-- The list of pipelines, rendered from ventros/crm/pipelines/list_query.py; not to be edited: ventros sql shapes pipelines
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.

-- name: pipelines.page() by position asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "position" ASC,"id" ASC
 LIMIT $2
/* pipelines.page() by position asc */;

-- name: pipelines.page() by position asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value integer, after_id uuid, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("position","id")>($2,$3)
 ORDER BY "position" ASC,"id" ASC
 LIMIT $4
/* pipelines.page() by position asc after */;

-- name: pipelines.page() by position desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "position" DESC,"id" DESC
 LIMIT $2
/* pipelines.page() by position desc */;

-- name: pipelines.page() by position desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value integer, after_id uuid, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("position","id")<($2,$3)
 ORDER BY "position" DESC,"id" DESC
 LIMIT $4
/* pipelines.page() by position desc after */;

-- name: pipelines.page() by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "name" ASC,"id" ASC
 LIMIT $2
/* pipelines.page() by name asc */;

-- name: pipelines.page() by name asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name","id")>($2,$3)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $4
/* pipelines.page() by name asc after */;

-- name: pipelines.page() by name desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "name" DESC,"id" DESC
 LIMIT $2
/* pipelines.page() by name desc */;

-- name: pipelines.page() by name desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name","id")<($2,$3)
 ORDER BY "name" DESC,"id" DESC
 LIMIT $4
/* pipelines.page() by name desc after */;

-- name: pipelines.page() by created_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $2
/* pipelines.page() by created_at asc */;

-- name: pipelines.page() by created_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")>($2,$3)
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $4
/* pipelines.page() by created_at asc after */;

-- name: pipelines.page() by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $2
/* pipelines.page() by created_at desc */;

-- name: pipelines.page() by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")<($2,$3)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $4
/* pipelines.page() by created_at desc after */;

-- name: pipelines.page(project_id) by position asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 ORDER BY "position" ASC,"id" ASC
 LIMIT $3
/* pipelines.page(project_id) by position asc */;

-- name: pipelines.page(text) by position asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, text text, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name" ILIKE $2 OR "description" ILIKE $2)
 ORDER BY "position" ASC,"id" ASC
 LIMIT $3
/* pipelines.page(text) by position asc */;

-- name: pipelines.page(active) by position asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, active boolean, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "active"=$2
 ORDER BY "position" ASC,"id" ASC
 LIMIT $3
/* pipelines.page(active) by position asc */;

-- name: pipelines.page(color) by position asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, color text, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "color"=$2
 ORDER BY "position" ASC,"id" ASC
 LIMIT $3
/* pipelines.page(color) by position asc */;

-- name: pipelines.page(project_id, text, active, color) by position asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, text text, active boolean, color text, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND ("name" ILIKE $3 OR "description" ILIKE $3)
 AND "active"=$4
 AND "color"=$5
 ORDER BY "position" ASC,"id" ASC
 LIMIT $6
/* pipelines.page(project_id, text, active, color) by position asc */;

-- name: pipelines.page(project_id, text, active, color) by position asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, text text, active boolean, color text, after_value integer,
--         after_id uuid, limit bigint
-- rows: many
-- returns: pipeline
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "color", "position", "active",
"session_timeout_minutes", "lead_qualification", "enable_ai_summary", "ai_provider", "ai_model",
"created_at", "updated_at", "deleted_at"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND ("name" ILIKE $3 OR "description" ILIKE $3)
 AND "active"=$4
 AND "color"=$5
 AND ("position","id")>($6,$7)
 ORDER BY "position" ASC,"id" ASC
 LIMIT $8
/* pipelines.page(project_id, text, active, color) by position asc after */;

-- name: pipelines.count()
-- why: how many rows all pages together have
-- params: tenant_id text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
/* pipelines.count() */;

-- name: pipelines.count(project_id, text, active, color)
-- why: how many rows all pages together have
-- params: tenant_id text, project_id uuid, text text, active boolean, color text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "pipelines"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND ("name" ILIKE $3 OR "description" ILIKE $3)
 AND "active"=$4
 AND "color"=$5
/* pipelines.count(project_id, text, active, color) */;
