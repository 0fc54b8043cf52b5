-- The people that a project talks to.
CREATE TABLE IF NOT EXISTS contacts (
    tenant_id                  text        NOT NULL,
    id                         uuid        NOT NULL,
    project_id                 uuid        NOT NULL,
    name                       text        NOT NULL,
    email                      text,
    phone                      text,
    external_id                text,
    source_channel             text,
    language                   text        NOT NULL,
    timezone                   text,
    tags                       text[]      NOT NULL,
    profile_picture_url        text,
    profile_picture_fetched_at timestamptz,
    first_interaction_at       timestamptz,
    last_interaction_at        timestamptz,
    created_at                 timestamptz NOT NULL,
    updated_at                 timestamptz NOT NULL,
    deleted_at                 timestamptz,
    CONSTRAINT contacts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT contacts_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id),
    CONSTRAINT contacts_name_check CHECK (name <> ''),
    CONSTRAINT contacts_language_check CHECK (language <> ''),
    CONSTRAINT contacts_profile_picture_check
        CHECK ((profile_picture_url IS NULL) = (profile_picture_fetched_at IS NULL)),
    CONSTRAINT contacts_interaction_check CHECK (
        (first_interaction_at IS NULL) = (last_interaction_at IS NULL)
        AND last_interaction_at >= first_interaction_at)
);
-- One live contact per phone, so that of two racing first messages one must find the other's contact.
CREATE UNIQUE INDEX IF NOT EXISTS contacts_live_phone_key
    ON contacts (tenant_id, project_id, phone) WHERE deleted_at IS NULL AND phone IS NOT NULL;
ALTER TABLE contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON contacts;
CREATE POLICY tenant ON contacts USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
