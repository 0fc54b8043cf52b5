-- By which LID WhatsApp knows a contact, and which phone it told with it; beside the contact and outside of its version.
CREATE TABLE IF NOT EXISTS contact_identities (
    tenant_id  text        NOT NULL,
    project_id uuid        NOT NULL,
    lid        text        NOT NULL,
    phone      text,
    contact_id uuid        NOT NULL,
    paired_at  timestamptz NOT NULL,
    CONSTRAINT contact_identities_pkey PRIMARY KEY (tenant_id, project_id, lid),
    CONSTRAINT contact_identities_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES contacts (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT contact_identities_lid_check CHECK (lid ~ '^[0-9]+$'),
    CONSTRAINT contact_identities_phone_check CHECK (phone ~ '^[0-9+]{8,}$'),
    CONSTRAINT contact_identities_length_bounds_check CHECK (char_length(lid) <= 500 AND char_length(phone) <= 500),
    CONSTRAINT contact_identities_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> paired_at)
);
-- The other LIDs of a phone, which a newer pairing of it removes.
CREATE INDEX IF NOT EXISTS contact_identities_phone_idx
    ON contact_identities (tenant_id, project_id, phone) WHERE phone IS NOT NULL;
-- What a contact is known by, when it is merged or removed.
CREATE INDEX IF NOT EXISTS contact_identities_contact_idx ON contact_identities (tenant_id, contact_id);
ALTER TABLE contact_identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_identities FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON contact_identities;
CREATE POLICY tenant ON contact_identities
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE contact_identities IS
    'The LIDs that contacts of a project are known by, with the phone that each was last paired with.';
COMMENT ON COLUMN contact_identities.tenant_id IS 'The tenant that the contact belongs to.';
COMMENT ON COLUMN contact_identities.project_id IS 'The project of the contact.';
COMMENT ON COLUMN contact_identities.lid IS 'Digits of the LID, without @lid; once per project.';
COMMENT ON COLUMN contact_identities.phone IS
    'Phone that WhatsApp told with the LID, in its normal form; NULL as long as it told none.';
COMMENT ON COLUMN contact_identities.contact_id IS 'The contact that a message of the LID alone belongs to.';
COMMENT ON COLUMN contact_identities.paired_at IS
    'When the message was written that first told of LID and phone together; of the LID alone where phone is NULL.';
