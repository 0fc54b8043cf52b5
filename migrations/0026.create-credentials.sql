-- Secrets that a tenant keeps for outside services, encrypted by the client: no key is in this database.
CREATE TABLE IF NOT EXISTS credentials (
    tenant_id           text        NOT NULL,
    id                  uuid        NOT NULL,
    project_id          uuid,
    credential_type     text        NOT NULL,
    name                text        NOT NULL,
    description         text        NOT NULL,
    secret              text        NOT NULL,
    oauth_access_token  text,
    oauth_refresh_token text,
    oauth_token_type    text,
    expires_at          timestamptz,
    metadata            jsonb       NOT NULL,
    is_active           boolean     NOT NULL,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    CONSTRAINT credentials_pkey PRIMARY KEY (tenant_id, id),
    -- Inactive ones included, because they may be activated again. The name stands before the project,
    -- which may be NULL, so that a search for both finds its way.
    CONSTRAINT credentials_name_key UNIQUE NULLS NOT DISTINCT (tenant_id, name, project_id),
    CONSTRAINT credentials_project_fkey FOREIGN KEY (tenant_id, project_id)
        REFERENCES projects (tenant_id, id),
    CONSTRAINT credentials_type_check CHECK (credential_type IN (
        'meta_whatsapp_cloud', 'meta_ads', 'meta_conversions_api', 'google_ads', 'google_analytics',
        'webhook_auth', 'api_key', 'basic_auth', 'waha_instance')),
    CONSTRAINT credentials_name_check CHECK (char_length(name) BETWEEN 1 AND 255),
    CONSTRAINT credentials_encrypted_check CHECK (
        ventros_is_encrypted(secret) AND ventros_is_encrypted(oauth_access_token)
        AND ventros_is_encrypted(oauth_refresh_token)),
    CONSTRAINT credentials_oauth_check CHECK (
        (oauth_access_token IS NULL) = (expires_at IS NULL)
        AND (oauth_access_token IS NULL) = (oauth_token_type IS NULL)
        AND (oauth_refresh_token IS NULL OR oauth_access_token IS NOT NULL)
        AND char_length(oauth_token_type) BETWEEN 1 AND 20),
    CONSTRAINT credentials_oauth_type_check CHECK (
        oauth_access_token IS NULL OR credential_type IN (
            'meta_whatsapp_cloud', 'meta_ads', 'meta_conversions_api', 'google_ads', 'google_analytics')),
    CONSTRAINT credentials_metadata_check CHECK (jsonb_typeof(metadata) = 'object')
);
CREATE INDEX IF NOT EXISTS credentials_type_idx ON credentials (tenant_id, credential_type, created_at);
-- Changes when a token is refreshed, which is seldom: once in the life of a token.
CREATE INDEX IF NOT EXISTS credentials_expiring_idx
    ON credentials (tenant_id, expires_at) WHERE is_active AND expires_at IS NOT NULL;
ALTER TABLE credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE credentials FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON credentials;
CREATE POLICY tenant ON credentials
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

-- Its last use changes with every use and stands apart from the versioned row, so that it never conflicts;
-- and in several slots a credential, so that concurrent uses do not queue for one row's lock.
CREATE TABLE IF NOT EXISTS credential_uses (
    tenant_id     text        NOT NULL,
    credential_id uuid        NOT NULL,
    slot          smallint    NOT NULL,
    last_used_at  timestamptz NOT NULL,
    CONSTRAINT credential_uses_pkey PRIMARY KEY (tenant_id, credential_id, slot),
    CONSTRAINT credential_uses_credential_fkey FOREIGN KEY (tenant_id, credential_id)
        REFERENCES credentials (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE credential_uses ENABLE ROW LEVEL SECURITY;
ALTER TABLE credential_uses FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON credential_uses;
CREATE POLICY tenant ON credential_uses
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE credentials IS 'Secrets that a tenant keeps for outside services, encrypted by the client.';
COMMENT ON COLUMN credentials.tenant_id IS 'Whose credential it is; bound into its encrypted values.';
COMMENT ON COLUMN credentials.id IS 'The credential, made by the client as a UUIDv7; bound into its encrypted values.';
COMMENT ON COLUMN credentials.project_id IS 'The project that it serves; NULL when it serves the whole tenant.';
COMMENT ON COLUMN credentials.credential_type IS 'The service that it is for; never changes.';
COMMENT ON COLUMN credentials.name IS 'What settings call it, 1 to 255 characters, unique in its project; never changes.';
COMMENT ON COLUMN credentials.description IS 'Free text, empty when nothing is said.';
COMMENT ON COLUMN credentials.secret IS 'The secret, encrypted: v1.<key id>.<nonce>.<ciphertext and tag>.';
COMMENT ON COLUMN credentials.oauth_access_token IS 'The OAuth access token, encrypted as the secret is; NULL without a token.';
COMMENT ON COLUMN credentials.oauth_refresh_token IS 'The OAuth refresh token, encrypted as the secret is; NULL when the service gave none.';
COMMENT ON COLUMN credentials.oauth_token_type IS 'How the access token is presented, Bearer; NULL without a token.';
COMMENT ON COLUMN credentials.expires_at IS 'When the access token expires; NULL without a token, for a secret alone does not expire.';
COMMENT ON COLUMN credentials.metadata IS 'Free-form object; nothing secret belongs there, for it is not encrypted.';
COMMENT ON COLUMN credentials.is_active IS 'Whether it may be used; an inactive one keeps its name.';
COMMENT ON COLUMN credentials.created_at IS 'When the credential was made.';
COMMENT ON COLUMN credentials.updated_at IS 'When the credential was last changed; a use does not count.';
COMMENT ON TABLE credential_uses IS 'When a credential was last used, in up to 16 slots; the latest of them counts.';
COMMENT ON COLUMN credential_uses.tenant_id IS 'Whose credential it is.';
COMMENT ON COLUMN credential_uses.credential_id IS 'The credential that was used.';
COMMENT ON COLUMN credential_uses.slot IS 'The process id of the server process that noted the use, modulo 16.';
COMMENT ON COLUMN credential_uses.last_used_at IS 'The latest use that was noted in this slot.';
