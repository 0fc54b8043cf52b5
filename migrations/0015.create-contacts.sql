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
    CONSTRAINT contacts_email_check CHECK (email ~ '^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$'),
    CONSTRAINT contacts_phone_check CHECK (phone ~ '^[0-9+]{8,}$'),
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

COMMENT ON TABLE contacts IS 'A person that the project talks to.';
COMMENT ON COLUMN contacts.tenant_id IS 'The tenant that the contact belongs to.';
COMMENT ON COLUMN contacts.id IS 'Made by the application, a UUIDv7.';
COMMENT ON COLUMN contacts.project_id IS 'The project; never changes.';
COMMENT ON COLUMN contacts.name IS 'As the contact is called; the phone, when no name was given.';
COMMENT ON COLUMN contacts.email IS 'Lower-case and trimmed.';
COMMENT ON COLUMN contacts.phone IS 'Digits and + only; unique among the live contacts of the project.';
COMMENT ON COLUMN contacts.external_id IS 'The contact in another system.';
COMMENT ON COLUMN contacts.source_channel IS 'Where the contact came from, free text.';
COMMENT ON COLUMN contacts.language IS 'A language tag, en unless known.';
COMMENT ON COLUMN contacts.timezone IS 'An IANA name.';
COMMENT ON COLUMN contacts.tags IS 'Each once, in the order of adding.';
COMMENT ON COLUMN contacts.profile_picture_url IS 'Address of the picture; present exactly with the time of its fetching.';
COMMENT ON COLUMN contacts.profile_picture_fetched_at IS 'When the picture was last fetched.';
COMMENT ON COLUMN contacts.first_interaction_at IS 'When the contact was first in touch; never moves.';
COMMENT ON COLUMN contacts.last_interaction_at IS 'When the contact was last in touch; never goes back.';
COMMENT ON COLUMN contacts.created_at IS 'When the contact was created.';
COMMENT ON COLUMN contacts.updated_at IS 'When the contact last changed.';
COMMENT ON COLUMN contacts.deleted_at IS 'When the contact was deleted; it is not found any more.';
