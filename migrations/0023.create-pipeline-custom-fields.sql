-- Values that a project keeps with a pipeline under keys of its own. Written with the pipeline only, whose
-- version they move.
CREATE TABLE IF NOT EXISTS pipeline_custom_fields (
    tenant_id   text             NOT NULL,
    id          uuid             NOT NULL,
    pipeline_id uuid             NOT NULL,
    field_key   text COLLATE "C" NOT NULL,
    field_type  text             NOT NULL,
    field_value jsonb            NOT NULL,
    created_at  timestamptz      NOT NULL,
    updated_at  timestamptz      NOT NULL,
    CONSTRAINT pipeline_custom_fields_pkey PRIMARY KEY (tenant_id, id),
    -- pipeline_custom_fields.find, too; in the order of "C", which is that of the application.
    CONSTRAINT pipeline_custom_fields_key UNIQUE (tenant_id, pipeline_id, field_key),
    CONSTRAINT pipeline_custom_fields_pipeline_fkey FOREIGN KEY (tenant_id, pipeline_id)
        REFERENCES pipelines (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT pipeline_custom_fields_field_key_check CHECK (field_key <> ''),
    CONSTRAINT pipeline_custom_fields_field_value_check CHECK (
        jsonb_typeof(field_value) = CASE field_type
            WHEN 'text' THEN 'string'
            WHEN 'number' THEN 'number'
            WHEN 'boolean' THEN 'boolean'
            WHEN 'date' THEN 'string'
            WHEN 'json' THEN 'object'
            WHEN 'url' THEN 'string'
            WHEN 'email' THEN 'string'
            WHEN 'phone' THEN 'string'
            WHEN 'select' THEN 'string'
            WHEN 'multi_select' THEN 'array'
            WHEN 'label' THEN 'array'
            ELSE 'no such type' END)
);
ALTER TABLE pipeline_custom_fields ENABLE ROW LEVEL SECURITY;
ALTER TABLE pipeline_custom_fields FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON pipeline_custom_fields;
CREATE POLICY tenant ON pipeline_custom_fields
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE pipeline_custom_fields IS 'Custom fields of pipelines, part of the pipeline that they name.';
COMMENT ON COLUMN pipeline_custom_fields.tenant_id IS 'Tenant that the row belongs to.';
COMMENT ON COLUMN pipeline_custom_fields.id IS 'UUIDv7 made by the application.';
COMMENT ON COLUMN pipeline_custom_fields.pipeline_id IS 'Pipeline that the field is part of.';
COMMENT ON COLUMN pipeline_custom_fields.field_key IS 'Name of the field, unique within the pipeline, never changed.';
COMMENT ON COLUMN pipeline_custom_fields.field_type IS
    'What the value is: text, number, boolean, date, json, url, email, phone, select, multi_select or label.';
COMMENT ON COLUMN pipeline_custom_fields.field_value IS
    'The value in the JSON form of its type, a date as ISO 8601 text with its offset.';
COMMENT ON COLUMN pipeline_custom_fields.created_at IS 'When the field was first set.';
COMMENT ON COLUMN pipeline_custom_fields.updated_at IS 'When the value last changed.';
