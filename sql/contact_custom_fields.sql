-- name: contact_custom_fields.set
-- why: one statement decides between a new field, a removed one that comes back, and a new value; the
--      type of a field that is there stays, and a value that is there already is not written again; the
--      contact is not merged meanwhile
-- params: tenant_id text, id uuid, contact_id uuid, field_key text, field_type text, field_value jsonb,
--         at timestamptz
-- rows: affected
INSERT INTO contact_custom_fields AS f (
    tenant_id, id, contact_id, field_key, field_type, field_value, created_at, updated_at
)
SELECT c.tenant_id, $2, c.id, $4, $5, $6, $7, $7
  FROM contacts c
 WHERE c.tenant_id = $1 AND c.id = $3 AND c.deleted_at IS NULL
   FOR KEY SHARE OF c
    ON CONFLICT (tenant_id, contact_id, field_key) DO UPDATE
   SET field_type = excluded.field_type,
       field_value = excluded.field_value,
       updated_at = greatest(f.updated_at, excluded.updated_at),
       deleted_at = NULL
 WHERE f.deleted_at IS NOT NULL
    OR (f.field_type = excluded.field_type AND f.field_value <> excluded.field_value);

-- name: contact_custom_fields.get_type
-- why: tells, after a field was not set, whether the contact is gone or the field is of another type
-- params: tenant_id text, contact_id uuid, field_key text
-- rows: maybe
-- returns: field_type text
SELECT f.field_type
  FROM contacts c
  LEFT JOIN contact_custom_fields f
    ON f.tenant_id = c.tenant_id AND f.contact_id = c.id AND f.field_key = $3 AND f.deleted_at IS NULL
 WHERE c.tenant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL;

-- name: contact_custom_fields.get
-- why: what a project keeps of one contact
-- params: tenant_id text, contact_id uuid
-- rows: many
-- returns: field_key text, field_type text, field_value jsonb
SELECT field_key, field_type, field_value
  FROM contact_custom_fields
 WHERE tenant_id = $1 AND contact_id = $2 AND deleted_at IS NULL
 ORDER BY field_key;

-- name: contact_custom_fields.remove
-- why: a removed field is kept, so that it can be seen when and what it was
-- params: tenant_id text, contact_id uuid, field_key text, at timestamptz
-- rows: affected
UPDATE contact_custom_fields
   SET deleted_at = $4,
       updated_at = greatest(updated_at, $4)
 WHERE tenant_id = $1 AND contact_id = $2 AND field_key = $3 AND deleted_at IS NULL;

-- name: contact_custom_fields.move
-- why: the fields of a merged contact are those of the surviving one, but for keys that this one has, or has
--      removed: those stay where they were
-- params: tenant_id text, merged_contact_id uuid, surviving_contact_id uuid
-- rows: affected
UPDATE contact_custom_fields AS f
   SET contact_id = $3
 WHERE f.tenant_id = $1 AND f.contact_id = $2 AND f.deleted_at IS NULL
   AND NOT EXISTS (
       SELECT FROM contact_custom_fields own
        WHERE own.tenant_id = $1 AND own.contact_id = $3 AND own.field_key = f.field_key);
