-- PostgreSQL checks the rows that are there with a query of the owner's. Under forced row-level security that
-- query sees one tenant at most, and would find nothing wrong with the others; so not forced meanwhile. A row that
-- breaks a rule stops this, and names the constraint: mend the row, then migrate again.
ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_list_members NO FORCE ROW LEVEL SECURITY;

ALTER TABLE contacts VALIDATE CONSTRAINT contacts_email_length_check;
ALTER TABLE contact_list_members VALIDATE CONSTRAINT contact_list_members_contact_fkey;

ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_list_members FORCE ROW LEVEL SECURITY;
