-- name: pipeline_custom_fields.insert
-- why: a pipeline gets a custom field, after the pipeline itself was written
-- params: tenant_id text, id uuid, pipeline_id uuid, field_key text, field_type text, field_value jsonb,
--         created_at timestamptz, updated_at timestamptz
-- rows: affected
INSERT INTO pipeline_custom_fields (
    tenant_id, id, pipeline_id, field_key, field_type, field_value, created_at, updated_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8
);

-- name: pipeline_custom_fields.update
-- why: a custom field gets another value, after the pipeline itself was written; its key and type never change
-- params: tenant_id text, id uuid, field_value jsonb, updated_at timestamptz
-- rows: affected
UPDATE pipeline_custom_fields
   SET field_value = $3,
       updated_at = $4
 WHERE tenant_id = $1 AND id = $2;

-- name: pipeline_custom_fields.delete
-- why: the custom fields that a pipeline loses, after the pipeline itself was written
-- params: tenant_id text, pipeline_id uuid, ids uuid[]
-- rows: affected
DELETE FROM pipeline_custom_fields
 WHERE tenant_id = $1 AND pipeline_id = $2 AND id = ANY ($3);

-- name: pipeline_custom_fields.find
-- why: loads the custom fields of one or more pipelines, to be asked after the pipelines themselves: what
--      changes in between has then moved the version of its pipeline
-- params: tenant_id text, pipeline_ids uuid[]
-- rows: many
-- returns: pipeline_id uuid, id uuid, field_key text, field_type text, field_value jsonb,
--          created_at timestamptz, updated_at timestamptz
SELECT pipeline_id, id, field_key, field_type, field_value, created_at, updated_at
  FROM pipeline_custom_fields
 WHERE tenant_id = $1 AND pipeline_id = ANY ($2)
 ORDER BY pipeline_id, field_key;
