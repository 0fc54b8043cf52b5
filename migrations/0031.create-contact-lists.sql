-- Named groups of a project's contacts, the rules of the dynamic ones and the members of the static ones.
CREATE TABLE IF NOT EXISTS contact_lists (
    tenant_id          text        NOT NULL,
    id                 uuid        NOT NULL,
    project_id         uuid        NOT NULL,
    name               text        NOT NULL,
    description        text,
    logical_operator   text        NOT NULL,
    is_static          boolean     NOT NULL,
    contact_count      bigint      NOT NULL,
    last_calculated_at timestamptz,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    deleted_at         timestamptz,
    CONSTRAINT contact_lists_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT contact_lists_project_fkey FOREIGN KEY (tenant_id, project_id)
        REFERENCES projects (tenant_id, id),
    CONSTRAINT contact_lists_name_check CHECK (name <> ''),
    CONSTRAINT contact_lists_description_check CHECK (description <> ''),
    CONSTRAINT contact_lists_logical_operator_check CHECK (logical_operator IN ('AND', 'OR')),
    CONSTRAINT contact_lists_contact_count_check CHECK (contact_count >= 0)
);
CREATE INDEX IF NOT EXISTS contact_lists_live_project_idx
    ON contact_lists (tenant_id, project_id, created_at, id) WHERE deleted_at IS NULL;
ALTER TABLE contact_lists ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_lists FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON contact_lists;
CREATE POLICY tenant ON contact_lists
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE contact_lists IS 'Named groups of a project''s contacts.';
COMMENT ON COLUMN contact_lists.tenant_id IS 'The tenant that the list belongs to.';
COMMENT ON COLUMN contact_lists.id IS 'UUIDv7, made by the application.';
COMMENT ON COLUMN contact_lists.project_id IS 'The project whose contacts the list groups; never changes.';
COMMENT ON COLUMN contact_lists.name IS 'What people call the list; need not be unique.';
COMMENT ON COLUMN contact_lists.description IS 'Free text; NULL for none.';
COMMENT ON COLUMN contact_lists.logical_operator IS
    'AND: a contact must satisfy all rules of a dynamic list; OR: one of them.';
COMMENT ON COLUMN contact_lists.is_static IS
    'Whether the list has members chosen one by one instead of rules; never changes.';
COMMENT ON COLUMN contact_lists.contact_count IS
    'Number of contacts at last_calculated_at; members come and go without changing it.';
COMMENT ON COLUMN contact_lists.last_calculated_at IS 'When contact_count was counted; NULL for never.';
COMMENT ON COLUMN contact_lists.created_at IS 'When the list was created.';
COMMENT ON COLUMN contact_lists.updated_at IS 'When the list or one of its rules last changed.';
COMMENT ON COLUMN contact_lists.deleted_at IS 'When the list was deleted, for good; NULL while it is live.';

-- The type of a rule says which of its columns are set; the application checks that the operator and the
-- value fit what the rule looks at, so that no rule need be left out when a list is evaluated.
CREATE TABLE IF NOT EXISTS contact_list_filters (
    tenant_id       text        NOT NULL,
    contact_list_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    position        integer     NOT NULL,
    filter_type     text        NOT NULL,
    operator        text        NOT NULL,
    field_key       text        NOT NULL,
    field_type      text,
    value           jsonb,
    pipeline_id     uuid,
    created_at      timestamptz NOT NULL,
    CONSTRAINT contact_list_filters_pkey PRIMARY KEY (tenant_id, contact_list_id, id),
    CONSTRAINT contact_list_filters_list_fkey FOREIGN KEY (tenant_id, contact_list_id)
        REFERENCES contact_lists (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT contact_list_filters_pipeline_fkey FOREIGN KEY (tenant_id, pipeline_id)
        REFERENCES pipelines (tenant_id, id),
    CONSTRAINT contact_list_filters_position_check CHECK (position >= 0),
    CONSTRAINT contact_list_filters_operator_check CHECK (operator IN (
        'eq', 'ne', 'gt', 'lt', 'gte', 'lte', 'contains', 'not_contains', 'starts_with', 'ends_with', 'in',
        'not_in', 'is_null', 'is_not_null')),
    CONSTRAINT contact_list_filters_field_key_check CHECK (
        CASE filter_type
            WHEN 'custom_field' THEN field_key <> ''
            WHEN 'pipeline_status' THEN field_key = 'status'
            WHEN 'tag' THEN field_key = 'tag'
            WHEN 'attribute' THEN field_key IN (
                'name', 'email', 'phone', 'language', 'timezone', 'source_channel', 'first_interaction_at',
                'last_interaction_at', 'created_at', 'updated_at')
            ELSE false
        END),
    CONSTRAINT contact_list_filters_field_type_check CHECK (
        (field_type IS NOT NULL) = (filter_type = 'custom_field')
        AND field_type IN (
            'text', 'number', 'boolean', 'date', 'json', 'url', 'email', 'phone', 'select', 'multi_select',
            'label')),
    CONSTRAINT contact_list_filters_pipeline_check CHECK (
        (pipeline_id IS NOT NULL) = (filter_type = 'pipeline_status')),
    CONSTRAINT contact_list_filters_value_check CHECK (
        (value IS NULL) = (operator IN ('is_null', 'is_not_null'))
        AND (jsonb_typeof(value) = 'array') = (operator IN ('in', 'not_in'))
        AND value NOT IN ('null', '[]'))
);
ALTER TABLE contact_list_filters ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_list_filters FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON contact_list_filters;
CREATE POLICY tenant ON contact_list_filters
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE contact_list_filters IS
    'The rules of dynamic lists; a change goes with an update of the list, which steps its version.';
COMMENT ON COLUMN contact_list_filters.tenant_id IS 'The tenant that the list belongs to.';
COMMENT ON COLUMN contact_list_filters.contact_list_id IS 'The list that the rule is part of.';
COMMENT ON COLUMN contact_list_filters.id IS 'UUIDv7, made by the application.';
COMMENT ON COLUMN contact_list_filters.position IS
    'Place among the rules of the list, rising from 0, with gaps where rules were removed.';
COMMENT ON COLUMN contact_list_filters.filter_type IS 'What of a contact the rule looks at.';
COMMENT ON COLUMN contact_list_filters.operator IS 'How it is compared with the value.';
COMMENT ON COLUMN contact_list_filters.field_key IS
    'The key of the custom field or the column of contacts; "tag" and "status" for the other types.';
COMMENT ON COLUMN contact_list_filters.field_type IS
    'The type of the custom field; NULL for the other types of rule.';
COMMENT ON COLUMN contact_list_filters.value IS
    'What is compared with, an array for in and not_in; a time is an ISO 8601 text in UTC, a pipeline'
    ' status its id; NULL for is_null and is_not_null.';
COMMENT ON COLUMN contact_list_filters.pipeline_id IS
    'The pipeline whose status is looked at; NULL for the other types of rule.';
COMMENT ON COLUMN contact_list_filters.created_at IS 'When the rule was made.';

-- Written one at a time and never loaded into the list.
CREATE TABLE IF NOT EXISTS contact_list_members (
    tenant_id       text        NOT NULL,
    contact_list_id uuid        NOT NULL,
    contact_id      uuid        NOT NULL,
    added_at        timestamptz NOT NULL,
    CONSTRAINT contact_list_members_pkey PRIMARY KEY (tenant_id, contact_list_id, contact_id),
    CONSTRAINT contact_list_members_list_fkey FOREIGN KEY (tenant_id, contact_list_id)
        REFERENCES contact_lists (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT contact_list_members_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES contacts (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE contact_list_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_list_members FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON contact_list_members;
CREATE POLICY tenant ON contact_list_members
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE contact_list_members IS 'The contacts of static lists; rows without a version.';
COMMENT ON COLUMN contact_list_members.tenant_id IS 'The tenant that list and contact belong to.';
COMMENT ON COLUMN contact_list_members.contact_list_id IS 'The static list.';
COMMENT ON COLUMN contact_list_members.contact_id IS 'The member, a contact of the list''s project.';
COMMENT ON COLUMN contact_list_members.added_at IS 'When the contact was added.';
