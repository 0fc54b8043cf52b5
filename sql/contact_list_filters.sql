-- name: contact_list_filters.find
-- why: the rules of one list or of several, in their order
-- params: tenant_id text, contact_list_ids uuid[]
-- rows: many
-- returns: contact_list_id uuid, id uuid, position integer, filter_type text, operator text,
--          field_key text, field_type text, value jsonb, pipeline_id uuid, created_at timestamptz
SELECT contact_list_id, id, position, filter_type, operator, field_key, field_type, value, pipeline_id,
       created_at
  FROM contact_list_filters
 WHERE tenant_id = $1 AND contact_list_id = ANY($2)
 ORDER BY contact_list_id, position, id;

-- name: contact_list_filters.insert
-- why: adds a rule to a list whose row this transaction has inserted, or has locked by its update
-- params: tenant_id text, contact_list_id uuid, id uuid, position integer, filter_type text,
--         operator text, field_key text, field_type text, value jsonb, pipeline_id uuid,
--         created_at timestamptz
-- rows: affected
INSERT INTO contact_list_filters (
    tenant_id, contact_list_id, id, position, filter_type, operator, field_key, field_type, value,
    pipeline_id, created_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
);

-- name: contact_list_filters.update
-- why: a rule that changed, or lost its place, after the update of its list, whose version guards it
-- params: tenant_id text, contact_list_id uuid, id uuid, position integer, filter_type text,
--         operator text, field_key text, field_type text, value jsonb, pipeline_id uuid
-- rows: affected
UPDATE contact_list_filters
   SET position = $4,
       filter_type = $5,
       operator = $6,
       field_key = $7,
       field_type = $8,
       value = $9,
       pipeline_id = $10
 WHERE tenant_id = $1 AND contact_list_id = $2 AND id = $3;

-- name: contact_list_filters.delete
-- why: the rules that a list no longer has, after the update of the list, whose version guards it
-- params: tenant_id text, contact_list_id uuid, ids uuid[]
-- rows: affected
DELETE FROM contact_list_filters
 WHERE tenant_id = $1 AND contact_list_id = $2 AND id = ANY($3);
