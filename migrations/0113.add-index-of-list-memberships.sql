-- transactional: false
-- The lists that a contact is a member of, when it is merged or removed. Dropped before it is made, because an
-- interrupted CONCURRENTLY leaves an invalid index behind.
DROP INDEX CONCURRENTLY IF EXISTS contact_list_members_contact_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_list_members_contact_idx
    ON contact_list_members (tenant_id, contact_id);
