-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS contact_list_members_contact_idx;
