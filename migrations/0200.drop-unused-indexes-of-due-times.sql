-- transactional: false
-- What is due is found by the scheduler, for all tenants, along the key: nobody asks a tenant by these times.
DROP INDEX CONCURRENTLY IF EXISTS broadcasts_due_idx;
DROP INDEX CONCURRENTLY IF EXISTS campaigns_due_idx;
