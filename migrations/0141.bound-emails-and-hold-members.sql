-- An email comes under an index, so it has a greatest length; and a contact that is a member of a list is not removed
-- before it is taken out of it, because a removal that took the membership along would not be counted. Rows that are
-- there already are checked by the next migration.
ALTER TABLE contacts
    DROP CONSTRAINT IF EXISTS contacts_email_length_check,
    ADD CONSTRAINT contacts_email_length_check CHECK (char_length(email) <= 500) NOT VALID;
COMMENT ON COLUMN contacts.email IS 'Lower-case and trimmed; unique among the live contacts of the project.';
ALTER TABLE contact_list_members
    DROP CONSTRAINT IF EXISTS contact_list_members_contact_fkey,
    ADD CONSTRAINT contact_list_members_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES contacts (tenant_id, id) NOT VALID;
