-- The list of contact_lists, rendered from ventros/crm/contact_lists/finder.py; not to be edited: ventros sql shapes contact_lists
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.

-- name: contact_lists.page() by created_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $2
/* contact_lists.page() by created_at asc */;

-- name: contact_lists.page() by created_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")>($2,$3)
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $4
/* contact_lists.page() by created_at asc after */;

-- name: contact_lists.page() by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $2
/* contact_lists.page() by created_at desc */;

-- name: contact_lists.page() by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")<($2,$3)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $4
/* contact_lists.page() by created_at desc after */;

-- name: contact_lists.page() by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "name" ASC,"id" ASC
 LIMIT $2
/* contact_lists.page() by name asc */;

-- name: contact_lists.page() by name asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name","id")>($2,$3)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $4
/* contact_lists.page() by name asc after */;

-- name: contact_lists.page() by name desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "name" DESC,"id" DESC
 LIMIT $2
/* contact_lists.page() by name desc */;

-- name: contact_lists.page() by name desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name","id")<($2,$3)
 ORDER BY "name" DESC,"id" DESC
 LIMIT $4
/* contact_lists.page() by name desc after */;

-- name: contact_lists.page(project_id) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contact_lists.page(project_id) by created_at desc */;

-- name: contact_lists.page(name) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, name text, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "name" ILIKE $2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contact_lists.page(name) by created_at desc */;

-- name: contact_lists.page(is_static) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, is_static boolean, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "is_static"=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contact_lists.page(is_static) by created_at desc */;

-- name: contact_lists.page(project_id, name, is_static) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, name text, is_static boolean, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND "name" ILIKE $3
 AND "is_static"=$4
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $5
/* contact_lists.page(project_id, name, is_static) by created_at desc */;

-- name: contact_lists.page(project_id, name, is_static) by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, name text, is_static boolean, after_value timestamptz, after_id
--         uuid, limit bigint
-- rows: many
-- returns: contact_list
SELECT "id", "version", "tenant_id", "project_id", "name", "description", "logical_operator", "is_static",
"contact_count", "last_calculated_at", "created_at", "updated_at", "deleted_at"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND "name" ILIKE $3
 AND "is_static"=$4
 AND ("created_at","id")<($5,$6)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $7
/* contact_lists.page(project_id, name, is_static) by created_at desc after */;

-- name: contact_lists.count()
-- why: how many rows all pages together have
-- params: tenant_id text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
/* contact_lists.count() */;

-- name: contact_lists.count(project_id, name, is_static)
-- why: how many rows all pages together have
-- params: tenant_id text, project_id uuid, name text, is_static boolean
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contact_lists"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND "name" ILIKE $3
 AND "is_static"=$4
/* contact_lists.count(project_id, name, is_static) */;
