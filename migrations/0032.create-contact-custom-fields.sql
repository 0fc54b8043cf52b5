-- What a project keeps of its contacts under keys of its own; beside the contact and outside of its version.
CREATE TABLE IF NOT EXISTS contact_custom_fields (
    tenant_id        text        NOT NULL,
    id               uuid        NOT NULL,
    contact_id       uuid        NOT NULL,
    field_key        text        NOT NULL,
    field_type       text        NOT NULL,
    field_value      jsonb       NOT NULL,
    field_value_hash integer     NOT NULL GENERATED ALWAYS AS (jsonb_hash(field_value)) STORED,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    deleted_at       timestamptz,
    CONSTRAINT contact_custom_fields_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT contact_custom_fields_key_key UNIQUE (tenant_id, contact_id, field_key),
    CONSTRAINT contact_custom_fields_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES contacts (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT contact_custom_fields_key_check CHECK (field_key <> ''),
    CONSTRAINT contact_custom_fields_value_check CHECK (
        jsonb_typeof(field_value) = CASE
            WHEN field_type IN ('text', 'date', 'url', 'email', 'phone', 'select') THEN 'string'
            WHEN field_type IN ('number', 'boolean') THEN field_type
            WHEN field_type = 'json' THEN 'object'
            WHEN field_type IN ('multi_select', 'label') THEN 'array'
            ELSE 'none'
        END)
);
-- By a stored hash and not by the value: below row-level security no comparison of jsonb may use an index,
-- because its functions are not marked leakproof, and a long value would not fit into one.
CREATE INDEX IF NOT EXISTS contact_custom_fields_live_value_idx
    ON contact_custom_fields (tenant_id, field_key, field_value_hash) WHERE deleted_at IS NULL;
ALTER TABLE contact_custom_fields ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_custom_fields FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON contact_custom_fields;
CREATE POLICY tenant ON contact_custom_fields
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE contact_custom_fields IS
    'What a project keeps of its contacts under keys of its own; rows without a version.';
COMMENT ON COLUMN contact_custom_fields.tenant_id IS 'The tenant that the contact belongs to.';
COMMENT ON COLUMN contact_custom_fields.id IS 'UUIDv7, made by the application.';
COMMENT ON COLUMN contact_custom_fields.contact_id IS 'The contact.';
COMMENT ON COLUMN contact_custom_fields.field_key IS 'What the project calls the field; once per contact.';
COMMENT ON COLUMN contact_custom_fields.field_type IS
    'What kind of value the field has; changes only when a removed field is set anew.';
COMMENT ON COLUMN contact_custom_fields.field_value IS
    'The value, in the JSON form of its type; a date is an ISO 8601 text in UTC.';
COMMENT ON COLUMN contact_custom_fields.field_value_hash IS
    'Hash of field_value, computed by the server, to find contacts by it.';
COMMENT ON COLUMN contact_custom_fields.created_at IS 'When the field was first set.';
COMMENT ON COLUMN contact_custom_fields.updated_at IS 'When the field was last set or removed.';
COMMENT ON COLUMN contact_custom_fields.deleted_at IS
    'When the field was removed; NULL while the contact has it.';
