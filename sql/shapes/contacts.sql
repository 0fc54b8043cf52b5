-- The list of contacts, rendered from ventros/crm/contacts/list_query.py; not to be edited: ventros sql shapes contacts
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.

-- name: contacts.page() by created_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $2
/* contacts.page() by created_at asc */;

-- name: contacts.page() by created_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")>($2,$3)
 ORDER BY "created_at" ASC,"id" ASC
 LIMIT $4
/* contacts.page() by created_at asc after */;

-- name: contacts.page() by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $2
/* contacts.page() by created_at desc */;

-- name: contacts.page() by created_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("created_at","id")<($2,$3)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $4
/* contacts.page() by created_at desc after */;

-- name: contacts.page() by name asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "name" ASC,"id" ASC
 LIMIT $2
/* contacts.page() by name asc */;

-- name: contacts.page() by name asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name","id")>($2,$3)
 ORDER BY "name" ASC,"id" ASC
 LIMIT $4
/* contacts.page() by name asc after */;

-- name: contacts.page() by name desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "name" DESC,"id" DESC
 LIMIT $2
/* contacts.page() by name desc */;

-- name: contacts.page() by name desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value text, after_id uuid, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name","id")<($2,$3)
 ORDER BY "name" DESC,"id" DESC
 LIMIT $4
/* contacts.page() by name desc after */;

-- name: contacts.page() by updated_at asc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "updated_at" ASC,"id" ASC
 LIMIT $2
/* contacts.page() by updated_at asc */;

-- name: contacts.page() by updated_at asc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("updated_at","id")>($2,$3)
 ORDER BY "updated_at" ASC,"id" ASC
 LIMIT $4
/* contacts.page() by updated_at asc after */;

-- name: contacts.page() by updated_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 ORDER BY "updated_at" DESC,"id" DESC
 LIMIT $2
/* contacts.page() by updated_at desc */;

-- name: contacts.page() by updated_at desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, after_value timestamptz, after_id uuid, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("updated_at","id")<($2,$3)
 ORDER BY "updated_at" DESC,"id" DESC
 LIMIT $4
/* contacts.page() by updated_at desc after */;

-- name: contacts.page(project_id) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contacts.page(project_id) by created_at desc */;

-- name: contacts.page(text) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, text text, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND ("name" ILIKE $2 OR "phone" ILIKE $2 OR "email" ILIKE $2)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contacts.page(text) by created_at desc */;

-- name: contacts.page(name) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, name text, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "name" ILIKE $2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contacts.page(name) by created_at desc */;

-- name: contacts.page(phone) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, phone text, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "phone" ILIKE $2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contacts.page(phone) by created_at desc */;

-- name: contacts.page(email) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, email text, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "email" ILIKE $2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contacts.page(email) by created_at desc */;

-- name: contacts.page(tags) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, tags text[], limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "tags"&&$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contacts.page(tags) by created_at desc */;

-- name: contacts.page(created_from) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, created_from timestamptz, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "created_at">=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contacts.page(created_from) by created_at desc */;

-- name: contacts.page(created_to) by created_at desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, created_to timestamptz, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "created_at"<=$2
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $3
/* contacts.page(created_to) by created_at desc */;

-- name: contacts.page(project_id, text, name, phone, email, tags, created_from, created_to) by created_at
--         desc
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, text text, name text, phone text, email text, tags text[],
--         created_from timestamptz, created_to timestamptz, limit bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND ("name" ILIKE $3 OR "phone" ILIKE $3 OR "email" ILIKE $3)
 AND "name" ILIKE $4
 AND "phone" ILIKE $5
 AND "email" ILIKE $6
 AND "tags"&&$7
 AND "created_at">=$8
 AND "created_at"<=$9
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $10
/* contacts.page(project_id, text, name, phone, email, tags, created_from, created_to) by created_at desc */;

-- name: contacts.page(project_id, text, name, phone, email, tags, created_from, created_to) by created_at
--         desc after
-- why: one page of a list, in its order, from the start or after the cursor
-- params: tenant_id text, project_id uuid, text text, name text, phone text, email text, tags text[],
--         created_from timestamptz, created_to timestamptz, after_value timestamptz, after_id uuid, limit
--         bigint
-- rows: many
-- returns: contact
SELECT "id", "version", "tenant_id", "project_id", "name", "email", "phone", "external_id",
"source_channel", "language", "timezone", "tags", "profile_picture_url", "profile_picture_fetched_at",
"first_interaction_at", "last_interaction_at", "created_at", "updated_at", "deleted_at", "merged_into"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND ("name" ILIKE $3 OR "phone" ILIKE $3 OR "email" ILIKE $3)
 AND "name" ILIKE $4
 AND "phone" ILIKE $5
 AND "email" ILIKE $6
 AND "tags"&&$7
 AND "created_at">=$8
 AND "created_at"<=$9
 AND ("created_at","id")<($10,$11)
 ORDER BY "created_at" DESC,"id" DESC
 LIMIT $12
/* contacts.page(project_id, text, name, phone, email, tags, created_from, created_to) by created_at desc after */;

-- name: contacts.count()
-- why: how many rows all pages together have
-- params: tenant_id text
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
/* contacts.count() */;

-- name: contacts.count(project_id, text, name, phone, email, tags, created_from, created_to)
-- why: how many rows all pages together have
-- params: tenant_id text, project_id uuid, text text, name text, phone text, email text, tags text[],
--         created_from timestamptz, created_to timestamptz
-- rows: one
-- returns: total bigint
SELECT COUNT(*) "total"
 FROM "contacts"
 WHERE "tenant_id"=$1
 AND "deleted_at" IS NULL
 AND "project_id"=$2
 AND ("name" ILIKE $3 OR "phone" ILIKE $3 OR "email" ILIKE $3)
 AND "name" ILIKE $4
 AND "phone" ILIKE $5
 AND "email" ILIKE $6
 AND "tags"&&$7
 AND "created_at">=$8
 AND "created_at"<=$9
/* contacts.count(project_id, text, name, phone, email, tags, created_from, created_to) */;
