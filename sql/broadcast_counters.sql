-- name: broadcast_counters.bump
-- why: counts without a lock on the broadcast or a step of its version, in one of 16 slots by the backend's
--      process id, so that concurrent workers do not queue for one row
-- params: tenant_id text, broadcast_id uuid, contacts bigint, sent bigint, failed bigint,
--         skipped bigint
-- rows: affected
INSERT INTO broadcast_counters (
    tenant_id, broadcast_id, slot, total_contacts, sent_count, failed_count, skipped_count
) VALUES (
    $1, $2, pg_backend_pid() % 16, $3, $4, $5, $6
)
    ON CONFLICT (tenant_id, broadcast_id, slot) DO UPDATE
   SET total_contacts = broadcast_counters.total_contacts + excluded.total_contacts,
       sent_count = broadcast_counters.sent_count + excluded.sent_count,
       failed_count = broadcast_counters.failed_count + excluded.failed_count,
       skipped_count = broadcast_counters.skipped_count + excluded.skipped_count;

-- name: broadcast_counters.total
-- why: a broadcast's figures are the sum over its slots; zero before anything is counted
-- params: tenant_id text, broadcast_id uuid
-- rows: one
-- returns: total_contacts bigint, sent_count bigint, failed_count bigint, skipped_count bigint
SELECT coalesce(sum(total_contacts), 0)::bigint AS total_contacts,
       coalesce(sum(sent_count), 0)::bigint AS sent_count,
       coalesce(sum(failed_count), 0)::bigint AS failed_count,
       coalesce(sum(skipped_count), 0)::bigint AS skipped_count
  FROM broadcast_counters
 WHERE tenant_id = $1 AND broadcast_id = $2;
