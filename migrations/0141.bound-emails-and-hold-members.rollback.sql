-- Checked at once: not forced meanwhile, or the owner would see one tenant's rows at most.
ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_list_members NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_list_members
    DROP CONSTRAINT IF EXISTS contact_list_members_contact_fkey,
    ADD CONSTRAINT contact_list_members_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES contacts (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE contact_list_members FORCE ROW LEVEL SECURITY;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
COMMENT ON COLUMN contacts.email IS 'Lower-case and trimmed.';
ALTER TABLE contacts DROP CONSTRAINT IF EXISTS contacts_email_length_check;
