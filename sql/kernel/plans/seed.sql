-- 20,000 rows in each table of the kernel, spread over 40 tenants of unequal size: the first has about 3,700 of them,
-- the last about 130, and no tenant's rows lie together. What expected.txt was planned on. To be run by a role that
-- row-level security spares.
--
-- The seeds of the applications above are run after this one, in the same session, and fill their tables from the table
-- seat and by pg_temp.id(). A child row has one of five places with its parent; where rows crowd, they do it at one of
-- their tenant's first three. Foreign keys hold, though for speed nobody checks them here.

SET session_replication_role = replica;

CREATE TEMP TABLE seat AS
WITH spread AS (SELECT n, floor(exp(n * 0.6180339887 % 1 * ln(41)))::int AS owner FROM generate_series(1, 20000) AS n),
     placed AS (SELECT n, owner, row_number() OVER (PARTITION BY owner ORDER BY n) - 1 AS nth FROM spread)
SELECT row.n, row.owner, 'tenant-' || row.owner AS tenant_id, row.nth % 5 AS place, parent.n AS parent, few.n AS few,
       status.n AS status,
       timestamptz '2025-01-01' + row.n * interval '25 minutes' AS at,
       CASE WHEN row.n % 23 = 0 THEN timestamptz '2026-01-01' END AS deleted_at
  FROM placed AS row
  JOIN placed AS parent ON parent.owner = row.owner AND parent.nth = row.nth / 5
  JOIN placed AS few ON few.owner = row.owner AND few.nth = row.nth / 5 % 3
  JOIN placed AS status ON status.owner = row.owner AND status.nth = row.nth / 5 % 3 * 5 + row.nth % 5
 ORDER BY row.n;
ANALYZE seat;

-- As UUIDv7: in the order of creation.
CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN (lpad(to_hex(n), 12, '0') || '7' || substr(md5(kind), 1, 19))::uuid;

INSERT INTO outbox_events (tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id,
                           aggregate_version, sequence, payload)
SELECT tenant_id, pg_temp.id('event', n), 'contact.updated', 'v1', at, 'contact', pg_temp.id('contact', parent),
       1 + place, 1, '{}'
  FROM seat;
INSERT INTO outbox_consumers (name, transaction_id, position, system_identifier)
SELECT 'consumer-' || n, '1', n, 1 FROM seat;
-- A tenth of the queues is dead.
INSERT INTO outbox_queues (tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position,
                           due_at, dead_at)
SELECT tenant_id, 'destination-' || place, 'contact', pg_temp.id('contact', n), '1', n, at,
       CASE WHEN n % 10 = 0 THEN at END
  FROM seat;
INSERT INTO outbox_deliveries (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id)
SELECT tenant_id, 'destination-' || place, 'contact', pg_temp.id('contact', parent), '1', n, pg_temp.id('event', n)
  FROM seat;
INSERT INTO processed_events (tenant_id, consumer, event_id, processed_at)
SELECT tenant_id, 'consumer-' || place, pg_temp.id('event', n), at FROM seat;
INSERT INTO expected_events (tenant_id, consumer, aggregate_type, aggregate_id, aggregate_version, sequence)
SELECT tenant_id, 'consumer-' || place, 'contact', pg_temp.id('contact', n), 1 + place, 1 FROM seat;
INSERT INTO commit_markers (tenant_id, id, recorded_at)
SELECT tenant_id, pg_temp.id('commit', n), at FROM seat;
INSERT INTO aggregate_history (tenant_id, aggregate_table, aggregate_id, aggregate_version, kind, recorded_at, role,
                               after)
SELECT tenant_id, 'contacts', pg_temp.id('contact', n), 1, 'insert', at, 'ventros_app', '{}' FROM seat;
