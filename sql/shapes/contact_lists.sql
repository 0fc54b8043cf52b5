-- The list of contact_lists, rendered from ventros/crm/contact_lists/list_query.py; not to be edited: ventros sql shapes contact_lists
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.
-- After the list's come the other texts that the module puts together, each part alone, and parts joined.

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

-- name: contact_lists.contacts()
-- why: one page of whom a dynamic list holds
-- params: tenant_id text, project_id uuid, limit bigint
-- rows: many
-- returns: id uuid
SELECT "id"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 ORDER BY "id"
 LIMIT $3
/* contact_lists.contacts() */;

-- name: contact_lists.contacts() after
-- why: one page of whom a dynamic list holds
-- params: tenant_id text, project_id uuid, after_id uuid, limit bigint
-- rows: many
-- returns: id uuid
SELECT "id"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "id">$3
 ORDER BY "id"
 LIMIT $4
/* contact_lists.contacts() after */;

-- name: contact_lists.count_contacts()
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
/* contact_lists.count_contacts() */;

-- name: contact_lists.holds()
-- why: whether a dynamic list holds a contact
-- params: tenant_id text, project_id uuid, contact_id uuid
-- rows: maybe
-- returns: id uuid
SELECT "id"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "id"=$3
/* contact_lists.holds() */;

-- name: contact_lists.snapshot()
-- why: whom a dynamic list holds gets a broadcast
-- params: tenant_id text, project_id uuid, status text, created_at timestamptz, broadcast_id uuid
-- rows: affected
-- returns:
INSERT INTO "broadcast_executions" ("tenant_id", "broadcast_id", "contact_id", "status", "created_at",
"updated_at") SELECT "tenant_id",$5,"id",$3,$4,$4
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 ORDER BY "id" ON CONFLICT ("tenant_id", "broadcast_id", "contact_id") DO NOTHING
/* contact_lists.snapshot() */;

-- name: contact_lists.contacts(all: custom_field number gte, tag contains)
-- why: one page of whom a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb, value_1
--         text, limit bigint
-- rows: many
-- returns: id uuid
SELECT "id"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5)
 AND $6=ANY("tags")
 ORDER BY "id"
 LIMIT $7
/* contact_lists.contacts(all: custom_field number gte, tag contains) */;

-- name: contact_lists.contacts(all: custom_field number gte, tag contains) after
-- why: one page of whom a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb, value_1
--         text, after_id uuid, limit bigint
-- rows: many
-- returns: id uuid
SELECT "id"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5)
 AND $6=ANY("tags")
 AND "id">$7
 ORDER BY "id"
 LIMIT $8
/* contact_lists.contacts(all: custom_field number gte, tag contains) after */;

-- name: contact_lists.count_contacts(all: custom_field number gte, tag contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb, value_1 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5)
 AND $6=ANY("tags")
/* contact_lists.count_contacts(all: custom_field number gte, tag contains) */;

-- name: contact_lists.holds(all: custom_field number gte, tag contains)
-- why: whether a dynamic list holds a contact
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb, value_1
--         text, contact_id uuid
-- rows: maybe
-- returns: id uuid
SELECT "id"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5)
 AND $6=ANY("tags")
 AND "id"=$7
/* contact_lists.holds(all: custom_field number gte, tag contains) */;

-- name: contact_lists.snapshot(all: custom_field number gte, tag contains)
-- why: whom a dynamic list holds gets a broadcast
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb, value_1
--         text, status text, created_at timestamptz, broadcast_id uuid
-- rows: affected
-- returns:
INSERT INTO "broadcast_executions" ("tenant_id", "broadcast_id", "contact_id", "status", "created_at",
"updated_at") SELECT "tenant_id",$9,"id",$7,$8,$8
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5)
 AND $6=ANY("tags")
 ORDER BY "id" ON CONFLICT ("tenant_id", "broadcast_id", "contact_id") DO NOTHING
/* contact_lists.snapshot(all: custom_field number gte, tag contains) */;

-- name: contact_lists.contacts(any: custom_field number gte, tag contains)
-- why: one page of whom a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb, value_1
--         text, limit bigint
-- rows: many
-- returns: id uuid
SELECT "id"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND (EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5) OR $6=ANY("tags"))
 ORDER BY "id"
 LIMIT $7
/* contact_lists.contacts(any: custom_field number gte, tag contains) */;

-- name: contact_lists.contacts(any: custom_field number gte, tag contains) after
-- why: one page of whom a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb, value_1
--         text, after_id uuid, limit bigint
-- rows: many
-- returns: id uuid
SELECT "id"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND (EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5) OR $6=ANY("tags"))
 AND "id">$7
 ORDER BY "id"
 LIMIT $8
/* contact_lists.contacts(any: custom_field number gte, tag contains) after */;

-- name: contact_lists.count_contacts(any: custom_field number gte, tag contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb, value_1 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND (EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5) OR $6=ANY("tags"))
/* contact_lists.count_contacts(any: custom_field number gte, tag contains) */;

-- name: contact_lists.holds(any: custom_field number gte, tag contains)
-- why: whether a dynamic list holds a contact
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb, value_1
--         text, contact_id uuid
-- rows: maybe
-- returns: id uuid
SELECT "id"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND (EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5) OR $6=ANY("tags"))
 AND "id"=$7
/* contact_lists.holds(any: custom_field number gte, tag contains) */;

-- name: contact_lists.snapshot(any: custom_field number gte, tag contains)
-- why: whom a dynamic list holds gets a broadcast
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb, value_1
--         text, status text, created_at timestamptz, broadcast_id uuid
-- rows: affected
-- returns:
INSERT INTO "broadcast_executions" ("tenant_id", "broadcast_id", "contact_id", "status", "created_at",
"updated_at") SELECT "tenant_id",$9,"id",$7,$8,$8
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND (EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5) OR $6=ANY("tags"))
 ORDER BY "id" ON CONFLICT ("tenant_id", "broadcast_id", "contact_id") DO NOTHING
/* contact_lists.snapshot(any: custom_field number gte, tag contains) */;

-- name: contact_lists.count_contacts(all: attribute name eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name"=$3
/* contact_lists.count_contacts(all: attribute name eq) */;

-- name: contact_lists.count_contacts(all: attribute name ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name"<>$3
/* contact_lists.count_contacts(all: attribute name ne) */;

-- name: contact_lists.count_contacts(all: attribute name gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name">$3
/* contact_lists.count_contacts(all: attribute name gt) */;

-- name: contact_lists.count_contacts(all: attribute name lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name"<$3
/* contact_lists.count_contacts(all: attribute name lt) */;

-- name: contact_lists.count_contacts(all: attribute name gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name">=$3
/* contact_lists.count_contacts(all: attribute name gte) */;

-- name: contact_lists.count_contacts(all: attribute name lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name"<=$3
/* contact_lists.count_contacts(all: attribute name lte) */;

-- name: contact_lists.count_contacts(all: attribute name contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name" ILIKE $3
/* contact_lists.count_contacts(all: attribute name contains) */;

-- name: contact_lists.count_contacts(all: attribute name not_contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name" NOT ILIKE $3
/* contact_lists.count_contacts(all: attribute name not_contains) */;

-- name: contact_lists.count_contacts(all: attribute name starts_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name" ILIKE $3
/* contact_lists.count_contacts(all: attribute name starts_with) */;

-- name: contact_lists.count_contacts(all: attribute name ends_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name" ILIKE $3
/* contact_lists.count_contacts(all: attribute name ends_with) */;

-- name: contact_lists.count_contacts(all: attribute name in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name"=ANY($3)
/* contact_lists.count_contacts(all: attribute name in) */;

-- name: contact_lists.count_contacts(all: attribute name not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name"<>ALL($3)
/* contact_lists.count_contacts(all: attribute name not_in) */;

-- name: contact_lists.count_contacts(all: attribute name is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "name" IS NULL
/* contact_lists.count_contacts(all: attribute name is_null) */;

-- name: contact_lists.count_contacts(all: attribute name is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "name" IS NULL
/* contact_lists.count_contacts(all: attribute name is_not_null) */;

-- name: contact_lists.count_contacts(all: attribute email eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email"=$3
/* contact_lists.count_contacts(all: attribute email eq) */;

-- name: contact_lists.count_contacts(all: attribute email ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email"<>$3
/* contact_lists.count_contacts(all: attribute email ne) */;

-- name: contact_lists.count_contacts(all: attribute email gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email">$3
/* contact_lists.count_contacts(all: attribute email gt) */;

-- name: contact_lists.count_contacts(all: attribute email lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email"<$3
/* contact_lists.count_contacts(all: attribute email lt) */;

-- name: contact_lists.count_contacts(all: attribute email gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email">=$3
/* contact_lists.count_contacts(all: attribute email gte) */;

-- name: contact_lists.count_contacts(all: attribute email lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email"<=$3
/* contact_lists.count_contacts(all: attribute email lte) */;

-- name: contact_lists.count_contacts(all: attribute email contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email" ILIKE $3
/* contact_lists.count_contacts(all: attribute email contains) */;

-- name: contact_lists.count_contacts(all: attribute email not_contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email" NOT ILIKE $3
/* contact_lists.count_contacts(all: attribute email not_contains) */;

-- name: contact_lists.count_contacts(all: attribute email starts_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email" ILIKE $3
/* contact_lists.count_contacts(all: attribute email starts_with) */;

-- name: contact_lists.count_contacts(all: attribute email ends_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email" ILIKE $3
/* contact_lists.count_contacts(all: attribute email ends_with) */;

-- name: contact_lists.count_contacts(all: attribute email in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email"=ANY($3)
/* contact_lists.count_contacts(all: attribute email in) */;

-- name: contact_lists.count_contacts(all: attribute email not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email"<>ALL($3)
/* contact_lists.count_contacts(all: attribute email not_in) */;

-- name: contact_lists.count_contacts(all: attribute email is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "email" IS NULL
/* contact_lists.count_contacts(all: attribute email is_null) */;

-- name: contact_lists.count_contacts(all: attribute email is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "email" IS NULL
/* contact_lists.count_contacts(all: attribute email is_not_null) */;

-- name: contact_lists.count_contacts(all: attribute phone eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone"=$3
/* contact_lists.count_contacts(all: attribute phone eq) */;

-- name: contact_lists.count_contacts(all: attribute phone ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone"<>$3
/* contact_lists.count_contacts(all: attribute phone ne) */;

-- name: contact_lists.count_contacts(all: attribute phone gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone">$3
/* contact_lists.count_contacts(all: attribute phone gt) */;

-- name: contact_lists.count_contacts(all: attribute phone lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone"<$3
/* contact_lists.count_contacts(all: attribute phone lt) */;

-- name: contact_lists.count_contacts(all: attribute phone gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone">=$3
/* contact_lists.count_contacts(all: attribute phone gte) */;

-- name: contact_lists.count_contacts(all: attribute phone lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone"<=$3
/* contact_lists.count_contacts(all: attribute phone lte) */;

-- name: contact_lists.count_contacts(all: attribute phone contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone" ILIKE $3
/* contact_lists.count_contacts(all: attribute phone contains) */;

-- name: contact_lists.count_contacts(all: attribute phone not_contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone" NOT ILIKE $3
/* contact_lists.count_contacts(all: attribute phone not_contains) */;

-- name: contact_lists.count_contacts(all: attribute phone starts_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone" ILIKE $3
/* contact_lists.count_contacts(all: attribute phone starts_with) */;

-- name: contact_lists.count_contacts(all: attribute phone ends_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone" ILIKE $3
/* contact_lists.count_contacts(all: attribute phone ends_with) */;

-- name: contact_lists.count_contacts(all: attribute phone in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone"=ANY($3)
/* contact_lists.count_contacts(all: attribute phone in) */;

-- name: contact_lists.count_contacts(all: attribute phone not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone"<>ALL($3)
/* contact_lists.count_contacts(all: attribute phone not_in) */;

-- name: contact_lists.count_contacts(all: attribute phone is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "phone" IS NULL
/* contact_lists.count_contacts(all: attribute phone is_null) */;

-- name: contact_lists.count_contacts(all: attribute phone is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "phone" IS NULL
/* contact_lists.count_contacts(all: attribute phone is_not_null) */;

-- name: contact_lists.count_contacts(all: attribute language eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language"=$3
/* contact_lists.count_contacts(all: attribute language eq) */;

-- name: contact_lists.count_contacts(all: attribute language ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language"<>$3
/* contact_lists.count_contacts(all: attribute language ne) */;

-- name: contact_lists.count_contacts(all: attribute language gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language">$3
/* contact_lists.count_contacts(all: attribute language gt) */;

-- name: contact_lists.count_contacts(all: attribute language lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language"<$3
/* contact_lists.count_contacts(all: attribute language lt) */;

-- name: contact_lists.count_contacts(all: attribute language gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language">=$3
/* contact_lists.count_contacts(all: attribute language gte) */;

-- name: contact_lists.count_contacts(all: attribute language lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language"<=$3
/* contact_lists.count_contacts(all: attribute language lte) */;

-- name: contact_lists.count_contacts(all: attribute language contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language" ILIKE $3
/* contact_lists.count_contacts(all: attribute language contains) */;

-- name: contact_lists.count_contacts(all: attribute language not_contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language" NOT ILIKE $3
/* contact_lists.count_contacts(all: attribute language not_contains) */;

-- name: contact_lists.count_contacts(all: attribute language starts_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language" ILIKE $3
/* contact_lists.count_contacts(all: attribute language starts_with) */;

-- name: contact_lists.count_contacts(all: attribute language ends_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language" ILIKE $3
/* contact_lists.count_contacts(all: attribute language ends_with) */;

-- name: contact_lists.count_contacts(all: attribute language in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language"=ANY($3)
/* contact_lists.count_contacts(all: attribute language in) */;

-- name: contact_lists.count_contacts(all: attribute language not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language"<>ALL($3)
/* contact_lists.count_contacts(all: attribute language not_in) */;

-- name: contact_lists.count_contacts(all: attribute language is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "language" IS NULL
/* contact_lists.count_contacts(all: attribute language is_null) */;

-- name: contact_lists.count_contacts(all: attribute language is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "language" IS NULL
/* contact_lists.count_contacts(all: attribute language is_not_null) */;

-- name: contact_lists.count_contacts(all: attribute timezone eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone"=$3
/* contact_lists.count_contacts(all: attribute timezone eq) */;

-- name: contact_lists.count_contacts(all: attribute timezone ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone"<>$3
/* contact_lists.count_contacts(all: attribute timezone ne) */;

-- name: contact_lists.count_contacts(all: attribute timezone gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone">$3
/* contact_lists.count_contacts(all: attribute timezone gt) */;

-- name: contact_lists.count_contacts(all: attribute timezone lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone"<$3
/* contact_lists.count_contacts(all: attribute timezone lt) */;

-- name: contact_lists.count_contacts(all: attribute timezone gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone">=$3
/* contact_lists.count_contacts(all: attribute timezone gte) */;

-- name: contact_lists.count_contacts(all: attribute timezone lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone"<=$3
/* contact_lists.count_contacts(all: attribute timezone lte) */;

-- name: contact_lists.count_contacts(all: attribute timezone contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone" ILIKE $3
/* contact_lists.count_contacts(all: attribute timezone contains) */;

-- name: contact_lists.count_contacts(all: attribute timezone not_contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone" NOT ILIKE $3
/* contact_lists.count_contacts(all: attribute timezone not_contains) */;

-- name: contact_lists.count_contacts(all: attribute timezone starts_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone" ILIKE $3
/* contact_lists.count_contacts(all: attribute timezone starts_with) */;

-- name: contact_lists.count_contacts(all: attribute timezone ends_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone" ILIKE $3
/* contact_lists.count_contacts(all: attribute timezone ends_with) */;

-- name: contact_lists.count_contacts(all: attribute timezone in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone"=ANY($3)
/* contact_lists.count_contacts(all: attribute timezone in) */;

-- name: contact_lists.count_contacts(all: attribute timezone not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone"<>ALL($3)
/* contact_lists.count_contacts(all: attribute timezone not_in) */;

-- name: contact_lists.count_contacts(all: attribute timezone is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "timezone" IS NULL
/* contact_lists.count_contacts(all: attribute timezone is_null) */;

-- name: contact_lists.count_contacts(all: attribute timezone is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "timezone" IS NULL
/* contact_lists.count_contacts(all: attribute timezone is_not_null) */;

-- name: contact_lists.count_contacts(all: attribute source_channel eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel"=$3
/* contact_lists.count_contacts(all: attribute source_channel eq) */;

-- name: contact_lists.count_contacts(all: attribute source_channel ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel"<>$3
/* contact_lists.count_contacts(all: attribute source_channel ne) */;

-- name: contact_lists.count_contacts(all: attribute source_channel gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel">$3
/* contact_lists.count_contacts(all: attribute source_channel gt) */;

-- name: contact_lists.count_contacts(all: attribute source_channel lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel"<$3
/* contact_lists.count_contacts(all: attribute source_channel lt) */;

-- name: contact_lists.count_contacts(all: attribute source_channel gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel">=$3
/* contact_lists.count_contacts(all: attribute source_channel gte) */;

-- name: contact_lists.count_contacts(all: attribute source_channel lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel"<=$3
/* contact_lists.count_contacts(all: attribute source_channel lte) */;

-- name: contact_lists.count_contacts(all: attribute source_channel contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel" ILIKE $3
/* contact_lists.count_contacts(all: attribute source_channel contains) */;

-- name: contact_lists.count_contacts(all: attribute source_channel not_contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel" NOT ILIKE $3
/* contact_lists.count_contacts(all: attribute source_channel not_contains) */;

-- name: contact_lists.count_contacts(all: attribute source_channel starts_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel" ILIKE $3
/* contact_lists.count_contacts(all: attribute source_channel starts_with) */;

-- name: contact_lists.count_contacts(all: attribute source_channel ends_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel" ILIKE $3
/* contact_lists.count_contacts(all: attribute source_channel ends_with) */;

-- name: contact_lists.count_contacts(all: attribute source_channel in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel"=ANY($3)
/* contact_lists.count_contacts(all: attribute source_channel in) */;

-- name: contact_lists.count_contacts(all: attribute source_channel not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel"<>ALL($3)
/* contact_lists.count_contacts(all: attribute source_channel not_in) */;

-- name: contact_lists.count_contacts(all: attribute source_channel is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "source_channel" IS NULL
/* contact_lists.count_contacts(all: attribute source_channel is_null) */;

-- name: contact_lists.count_contacts(all: attribute source_channel is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "source_channel" IS NULL
/* contact_lists.count_contacts(all: attribute source_channel is_not_null) */;

-- name: contact_lists.count_contacts(all: attribute first_interaction_at eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "first_interaction_at"=$3
/* contact_lists.count_contacts(all: attribute first_interaction_at eq) */;

-- name: contact_lists.count_contacts(all: attribute first_interaction_at ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "first_interaction_at"<>$3
/* contact_lists.count_contacts(all: attribute first_interaction_at ne) */;

-- name: contact_lists.count_contacts(all: attribute first_interaction_at gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "first_interaction_at">$3
/* contact_lists.count_contacts(all: attribute first_interaction_at gt) */;

-- name: contact_lists.count_contacts(all: attribute first_interaction_at lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "first_interaction_at"<$3
/* contact_lists.count_contacts(all: attribute first_interaction_at lt) */;

-- name: contact_lists.count_contacts(all: attribute first_interaction_at gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "first_interaction_at">=$3
/* contact_lists.count_contacts(all: attribute first_interaction_at gte) */;

-- name: contact_lists.count_contacts(all: attribute first_interaction_at lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "first_interaction_at"<=$3
/* contact_lists.count_contacts(all: attribute first_interaction_at lte) */;

-- name: contact_lists.count_contacts(all: attribute first_interaction_at in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "first_interaction_at"=ANY($3)
/* contact_lists.count_contacts(all: attribute first_interaction_at in) */;

-- name: contact_lists.count_contacts(all: attribute first_interaction_at not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "first_interaction_at"<>ALL($3)
/* contact_lists.count_contacts(all: attribute first_interaction_at not_in) */;

-- name: contact_lists.count_contacts(all: attribute first_interaction_at is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "first_interaction_at" IS NULL
/* contact_lists.count_contacts(all: attribute first_interaction_at is_null) */;

-- name: contact_lists.count_contacts(all: attribute first_interaction_at is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "first_interaction_at" IS NULL
/* contact_lists.count_contacts(all: attribute first_interaction_at is_not_null) */;

-- name: contact_lists.count_contacts(all: attribute last_interaction_at eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "last_interaction_at"=$3
/* contact_lists.count_contacts(all: attribute last_interaction_at eq) */;

-- name: contact_lists.count_contacts(all: attribute last_interaction_at ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "last_interaction_at"<>$3
/* contact_lists.count_contacts(all: attribute last_interaction_at ne) */;

-- name: contact_lists.count_contacts(all: attribute last_interaction_at gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "last_interaction_at">$3
/* contact_lists.count_contacts(all: attribute last_interaction_at gt) */;

-- name: contact_lists.count_contacts(all: attribute last_interaction_at lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "last_interaction_at"<$3
/* contact_lists.count_contacts(all: attribute last_interaction_at lt) */;

-- name: contact_lists.count_contacts(all: attribute last_interaction_at gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "last_interaction_at">=$3
/* contact_lists.count_contacts(all: attribute last_interaction_at gte) */;

-- name: contact_lists.count_contacts(all: attribute last_interaction_at lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "last_interaction_at"<=$3
/* contact_lists.count_contacts(all: attribute last_interaction_at lte) */;

-- name: contact_lists.count_contacts(all: attribute last_interaction_at in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "last_interaction_at"=ANY($3)
/* contact_lists.count_contacts(all: attribute last_interaction_at in) */;

-- name: contact_lists.count_contacts(all: attribute last_interaction_at not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "last_interaction_at"<>ALL($3)
/* contact_lists.count_contacts(all: attribute last_interaction_at not_in) */;

-- name: contact_lists.count_contacts(all: attribute last_interaction_at is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "last_interaction_at" IS NULL
/* contact_lists.count_contacts(all: attribute last_interaction_at is_null) */;

-- name: contact_lists.count_contacts(all: attribute last_interaction_at is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "last_interaction_at" IS NULL
/* contact_lists.count_contacts(all: attribute last_interaction_at is_not_null) */;

-- name: contact_lists.count_contacts(all: attribute created_at eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "created_at"=$3
/* contact_lists.count_contacts(all: attribute created_at eq) */;

-- name: contact_lists.count_contacts(all: attribute created_at ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "created_at"<>$3
/* contact_lists.count_contacts(all: attribute created_at ne) */;

-- name: contact_lists.count_contacts(all: attribute created_at gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "created_at">$3
/* contact_lists.count_contacts(all: attribute created_at gt) */;

-- name: contact_lists.count_contacts(all: attribute created_at lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "created_at"<$3
/* contact_lists.count_contacts(all: attribute created_at lt) */;

-- name: contact_lists.count_contacts(all: attribute created_at gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "created_at">=$3
/* contact_lists.count_contacts(all: attribute created_at gte) */;

-- name: contact_lists.count_contacts(all: attribute created_at lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "created_at"<=$3
/* contact_lists.count_contacts(all: attribute created_at lte) */;

-- name: contact_lists.count_contacts(all: attribute created_at in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "created_at"=ANY($3)
/* contact_lists.count_contacts(all: attribute created_at in) */;

-- name: contact_lists.count_contacts(all: attribute created_at not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "created_at"<>ALL($3)
/* contact_lists.count_contacts(all: attribute created_at not_in) */;

-- name: contact_lists.count_contacts(all: attribute created_at is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "created_at" IS NULL
/* contact_lists.count_contacts(all: attribute created_at is_null) */;

-- name: contact_lists.count_contacts(all: attribute created_at is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "created_at" IS NULL
/* contact_lists.count_contacts(all: attribute created_at is_not_null) */;

-- name: contact_lists.count_contacts(all: attribute updated_at eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "updated_at"=$3
/* contact_lists.count_contacts(all: attribute updated_at eq) */;

-- name: contact_lists.count_contacts(all: attribute updated_at ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "updated_at"<>$3
/* contact_lists.count_contacts(all: attribute updated_at ne) */;

-- name: contact_lists.count_contacts(all: attribute updated_at gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "updated_at">$3
/* contact_lists.count_contacts(all: attribute updated_at gt) */;

-- name: contact_lists.count_contacts(all: attribute updated_at lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "updated_at"<$3
/* contact_lists.count_contacts(all: attribute updated_at lt) */;

-- name: contact_lists.count_contacts(all: attribute updated_at gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "updated_at">=$3
/* contact_lists.count_contacts(all: attribute updated_at gte) */;

-- name: contact_lists.count_contacts(all: attribute updated_at lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "updated_at"<=$3
/* contact_lists.count_contacts(all: attribute updated_at lte) */;

-- name: contact_lists.count_contacts(all: attribute updated_at in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "updated_at"=ANY($3)
/* contact_lists.count_contacts(all: attribute updated_at in) */;

-- name: contact_lists.count_contacts(all: attribute updated_at not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 timestamptz[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "updated_at"<>ALL($3)
/* contact_lists.count_contacts(all: attribute updated_at not_in) */;

-- name: contact_lists.count_contacts(all: attribute updated_at is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "updated_at" IS NULL
/* contact_lists.count_contacts(all: attribute updated_at is_null) */;

-- name: contact_lists.count_contacts(all: attribute updated_at is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "updated_at" IS NULL
/* contact_lists.count_contacts(all: attribute updated_at is_not_null) */;

-- name: contact_lists.count_contacts(all: custom_field text eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value_hash"=jsonb_hash($5) AND "f"."field_value"=$5)
/* contact_lists.count_contacts(all: custom_field text eq) */;

-- name: contact_lists.count_contacts(all: custom_field text ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<>$5)
/* contact_lists.count_contacts(all: custom_field text ne) */;

-- name: contact_lists.count_contacts(all: custom_field text gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">$5)
/* contact_lists.count_contacts(all: custom_field text gt) */;

-- name: contact_lists.count_contacts(all: custom_field text lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<$5)
/* contact_lists.count_contacts(all: custom_field text lt) */;

-- name: contact_lists.count_contacts(all: custom_field text gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5)
/* contact_lists.count_contacts(all: custom_field text gte) */;

-- name: contact_lists.count_contacts(all: custom_field text lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<=$5)
/* contact_lists.count_contacts(all: custom_field text lte) */;

-- name: contact_lists.count_contacts(all: custom_field text contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"#>>'{}' ILIKE $5)
/* contact_lists.count_contacts(all: custom_field text contains) */;

-- name: contact_lists.count_contacts(all: custom_field text not_contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"#>>'{}' NOT ILIKE $5)
/* contact_lists.count_contacts(all: custom_field text not_contains) */;

-- name: contact_lists.count_contacts(all: custom_field text starts_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"#>>'{}' ILIKE $5)
/* contact_lists.count_contacts(all: custom_field text starts_with) */;

-- name: contact_lists.count_contacts(all: custom_field text ends_with)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"#>>'{}' ILIKE $5)
/* contact_lists.count_contacts(all: custom_field text ends_with) */;

-- name: contact_lists.count_contacts(all: custom_field text in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"=ANY($5))
/* contact_lists.count_contacts(all: custom_field text in) */;

-- name: contact_lists.count_contacts(all: custom_field text not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<>ALL($5))
/* contact_lists.count_contacts(all: custom_field text not_in) */;

-- name: contact_lists.count_contacts(all: custom_field text is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field text is_null) */;

-- name: contact_lists.count_contacts(all: custom_field text is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field text is_not_null) */;

-- name: contact_lists.count_contacts(all: custom_field number eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value_hash"=jsonb_hash($5) AND "f"."field_value"=$5)
/* contact_lists.count_contacts(all: custom_field number eq) */;

-- name: contact_lists.count_contacts(all: custom_field number ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<>$5)
/* contact_lists.count_contacts(all: custom_field number ne) */;

-- name: contact_lists.count_contacts(all: custom_field number gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">$5)
/* contact_lists.count_contacts(all: custom_field number gt) */;

-- name: contact_lists.count_contacts(all: custom_field number lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<$5)
/* contact_lists.count_contacts(all: custom_field number lt) */;

-- name: contact_lists.count_contacts(all: custom_field number gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5)
/* contact_lists.count_contacts(all: custom_field number gte) */;

-- name: contact_lists.count_contacts(all: custom_field number lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<=$5)
/* contact_lists.count_contacts(all: custom_field number lte) */;

-- name: contact_lists.count_contacts(all: custom_field number in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"=ANY($5))
/* contact_lists.count_contacts(all: custom_field number in) */;

-- name: contact_lists.count_contacts(all: custom_field number not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<>ALL($5))
/* contact_lists.count_contacts(all: custom_field number not_in) */;

-- name: contact_lists.count_contacts(all: custom_field number is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field number is_null) */;

-- name: contact_lists.count_contacts(all: custom_field number is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field number is_not_null) */;

-- name: contact_lists.count_contacts(all: custom_field boolean eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value_hash"=jsonb_hash($5) AND "f"."field_value"=$5)
/* contact_lists.count_contacts(all: custom_field boolean eq) */;

-- name: contact_lists.count_contacts(all: custom_field boolean ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<>$5)
/* contact_lists.count_contacts(all: custom_field boolean ne) */;

-- name: contact_lists.count_contacts(all: custom_field boolean is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field boolean is_null) */;

-- name: contact_lists.count_contacts(all: custom_field boolean is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field boolean is_not_null) */;

-- name: contact_lists.count_contacts(all: custom_field time eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value_hash"=jsonb_hash($5) AND "f"."field_value"=$5)
/* contact_lists.count_contacts(all: custom_field time eq) */;

-- name: contact_lists.count_contacts(all: custom_field time ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<>$5)
/* contact_lists.count_contacts(all: custom_field time ne) */;

-- name: contact_lists.count_contacts(all: custom_field time gt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">$5)
/* contact_lists.count_contacts(all: custom_field time gt) */;

-- name: contact_lists.count_contacts(all: custom_field time lt)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<$5)
/* contact_lists.count_contacts(all: custom_field time lt) */;

-- name: contact_lists.count_contacts(all: custom_field time gte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value">=$5)
/* contact_lists.count_contacts(all: custom_field time gte) */;

-- name: contact_lists.count_contacts(all: custom_field time lte)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<=$5)
/* contact_lists.count_contacts(all: custom_field time lte) */;

-- name: contact_lists.count_contacts(all: custom_field time in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"=ANY($5))
/* contact_lists.count_contacts(all: custom_field time in) */;

-- name: contact_lists.count_contacts(all: custom_field time not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<>ALL($5))
/* contact_lists.count_contacts(all: custom_field time not_in) */;

-- name: contact_lists.count_contacts(all: custom_field time is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field time is_null) */;

-- name: contact_lists.count_contacts(all: custom_field time is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field time is_not_null) */;

-- name: contact_lists.count_contacts(all: custom_field object eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value_hash"=jsonb_hash($5) AND "f"."field_value"=$5)
/* contact_lists.count_contacts(all: custom_field object eq) */;

-- name: contact_lists.count_contacts(all: custom_field object ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 jsonb
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"<>$5)
/* contact_lists.count_contacts(all: custom_field object ne) */;

-- name: contact_lists.count_contacts(all: custom_field object is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field object is_null) */;

-- name: contact_lists.count_contacts(all: custom_field object is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field object is_not_null) */;

-- name: contact_lists.count_contacts(all: custom_field words eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"?$5)
/* contact_lists.count_contacts(all: custom_field words eq) */;

-- name: contact_lists.count_contacts(all: custom_field words ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND NOT "f"."field_value"?$5)
/* contact_lists.count_contacts(all: custom_field words ne) */;

-- name: contact_lists.count_contacts(all: custom_field words contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"?$5)
/* contact_lists.count_contacts(all: custom_field words contains) */;

-- name: contact_lists.count_contacts(all: custom_field words not_contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND NOT "f"."field_value"?$5)
/* contact_lists.count_contacts(all: custom_field words not_contains) */;

-- name: contact_lists.count_contacts(all: custom_field words in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND "f"."field_value"?|$5)
/* contact_lists.count_contacts(all: custom_field words in) */;

-- name: contact_lists.count_contacts(all: custom_field words not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL AND NOT "f"."field_value"?|$5)
/* contact_lists.count_contacts(all: custom_field words not_in) */;

-- name: contact_lists.count_contacts(all: custom_field words is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field words is_null) */;

-- name: contact_lists.count_contacts(all: custom_field words is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, field_key_0 text, field_type_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "f"."id" FROM "contact_custom_fields" "f" WHERE "f"."tenant_id"=$1 AND "f"."contact_id"="contacts"."id" AND "f"."field_key"=$3 AND "f"."field_type"=$4 AND "f"."deleted_at" IS NULL)
/* contact_lists.count_contacts(all: custom_field words is_not_null) */;

-- name: contact_lists.count_contacts(all: tag eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND $3=ANY("tags")
/* contact_lists.count_contacts(all: tag eq) */;

-- name: contact_lists.count_contacts(all: tag ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND $3<>ALL("tags")
/* contact_lists.count_contacts(all: tag ne) */;

-- name: contact_lists.count_contacts(all: tag contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND $3=ANY("tags")
/* contact_lists.count_contacts(all: tag contains) */;

-- name: contact_lists.count_contacts(all: tag not_contains)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND $3<>ALL("tags")
/* contact_lists.count_contacts(all: tag not_contains) */;

-- name: contact_lists.count_contacts(all: tag in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND "tags"&&$3
/* contact_lists.count_contacts(all: tag in) */;

-- name: contact_lists.count_contacts(all: tag not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, value_0 text[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT "tags"&&$3
/* contact_lists.count_contacts(all: tag not_in) */;

-- name: contact_lists.count_contacts(all: tag is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND array_dims("tags") IS NULL
/* contact_lists.count_contacts(all: tag is_null) */;

-- name: contact_lists.count_contacts(all: tag is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT array_dims("tags") IS NULL
/* contact_lists.count_contacts(all: tag is_not_null) */;

-- name: contact_lists.count_contacts(all: pipeline_status eq)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, pipeline_id_0 uuid, value_0 uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "p"."id" FROM "placements" "p" WHERE "p"."tenant_id"=$1 AND "p"."contact_id"="contacts"."id" AND "p"."pipeline_id"=$3 AND "p"."exited_at" IS NULL AND "p"."status_id"=$4)
/* contact_lists.count_contacts(all: pipeline_status eq) */;

-- name: contact_lists.count_contacts(all: pipeline_status ne)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, pipeline_id_0 uuid, value_0 uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "p"."id" FROM "placements" "p" WHERE "p"."tenant_id"=$1 AND "p"."contact_id"="contacts"."id" AND "p"."pipeline_id"=$3 AND "p"."exited_at" IS NULL AND "p"."status_id"<>$4)
/* contact_lists.count_contacts(all: pipeline_status ne) */;

-- name: contact_lists.count_contacts(all: pipeline_status in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, pipeline_id_0 uuid, value_0 uuid[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "p"."id" FROM "placements" "p" WHERE "p"."tenant_id"=$1 AND "p"."contact_id"="contacts"."id" AND "p"."pipeline_id"=$3 AND "p"."exited_at" IS NULL AND "p"."status_id"=ANY($4))
/* contact_lists.count_contacts(all: pipeline_status in) */;

-- name: contact_lists.count_contacts(all: pipeline_status not_in)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, pipeline_id_0 uuid, value_0 uuid[]
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "p"."id" FROM "placements" "p" WHERE "p"."tenant_id"=$1 AND "p"."contact_id"="contacts"."id" AND "p"."pipeline_id"=$3 AND "p"."exited_at" IS NULL AND "p"."status_id"<>ALL($4))
/* contact_lists.count_contacts(all: pipeline_status not_in) */;

-- name: contact_lists.count_contacts(all: pipeline_status is_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, pipeline_id_0 uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND NOT EXISTS (SELECT "p"."id" FROM "placements" "p" WHERE "p"."tenant_id"=$1 AND "p"."contact_id"="contacts"."id" AND "p"."pipeline_id"=$3 AND "p"."exited_at" IS NULL)
/* contact_lists.count_contacts(all: pipeline_status is_null) */;

-- name: contact_lists.count_contacts(all: pipeline_status is_not_null)
-- why: how many contacts a dynamic list holds
-- params: tenant_id text, project_id uuid, pipeline_id_0 uuid
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "project_id"=$2
 AND "deleted_at" IS NULL
 AND EXISTS (SELECT "p"."id" FROM "placements" "p" WHERE "p"."tenant_id"=$1 AND "p"."contact_id"="contacts"."id" AND "p"."pipeline_id"=$3 AND "p"."exited_at" IS NULL)
/* contact_lists.count_contacts(all: pipeline_status is_not_null) */;
