-- name: sequence_counters.bump
-- why: counts without a lock on the sequence or a step of its version, in one of 16 slots by the backend's
--      process id, so that concurrent workers do not queue for one row
-- params: tenant_id text, sequence_id uuid, enrolled bigint, completed bigint, exited bigint
-- rows: affected
INSERT INTO sequence_counters (
    tenant_id, sequence_id, slot, total_enrolled, completed_count, exited_count
) VALUES (
    $1, $2, pg_backend_pid() % 16, $3, $4, $5
)
    ON CONFLICT (tenant_id, sequence_id, slot) DO UPDATE
   SET total_enrolled = sequence_counters.total_enrolled + excluded.total_enrolled,
       completed_count = sequence_counters.completed_count + excluded.completed_count,
       exited_count = sequence_counters.exited_count + excluded.exited_count;

-- name: sequence_counters.total
-- why: a sequence's figures are the sum over its slots; zero before anything is counted
-- params: tenant_id text, sequence_id uuid
-- rows: one
-- returns: total_enrolled bigint, completed_count bigint, exited_count bigint
SELECT coalesce(sum(total_enrolled), 0)::bigint AS total_enrolled,
       coalesce(sum(completed_count), 0)::bigint AS completed_count,
       coalesce(sum(exited_count), 0)::bigint AS exited_count
  FROM sequence_counters
 WHERE tenant_id = $1 AND sequence_id = $2;
