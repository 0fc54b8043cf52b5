-- name: webhook_counters.bump
-- why: counts what became of events without a lock on the subscription or a step of its version; a backend
--      has a slot of its own (one of 16, by its process id), so that parallel senders do not queue for one
--      row; a deleted subscription counts nothing, and neither time goes back
-- params: tenant_id text, webhook_subscription_id uuid, successes bigint, failures bigint,
--         last_success_at timestamptz, last_failure_at timestamptz
-- rows: affected
INSERT INTO webhook_counters (
    tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at,
    last_failure_at
)
SELECT tenant_id, id, pg_backend_pid() % 16, $3::bigint, $4::bigint, $5::timestamptz, $6::timestamptz
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL
    ON CONFLICT (tenant_id, webhook_subscription_id, slot) DO UPDATE
   SET success_count = webhook_counters.success_count + excluded.success_count,
       failure_count = webhook_counters.failure_count + excluded.failure_count,
       last_success_at = greatest(webhook_counters.last_success_at, excluded.last_success_at),
       last_failure_at = greatest(webhook_counters.last_failure_at, excluded.last_failure_at);

-- name: webhook_counters.total
-- why: the figures of a subscription are the sums over its slots; zero before its first event
-- params: tenant_id text, webhook_subscription_id uuid
-- rows: one
-- returns: success_count bigint, failure_count bigint, last_success_at timestamptz,
--          last_failure_at timestamptz
SELECT coalesce(sum(success_count), 0)::bigint AS success_count,
       coalesce(sum(failure_count), 0)::bigint AS failure_count,
       max(last_success_at) AS last_success_at,
       max(last_failure_at) AS last_failure_at
  FROM webhook_counters
 WHERE tenant_id = $1 AND webhook_subscription_id = $2;

-- name: webhook_counters.count_deliveries
-- why: as bump, for many subscriptions of any tenant: what the relay has delivered or given up is counted in the
--      transaction that says so; in the order of the key, so that two relays do not wait for each other
-- params: tenant_ids text[], webhook_subscription_ids uuid[], successes bigint[], failures bigint[], at timestamptz
-- role: relay
-- rows: affected
INSERT INTO webhook_counters (
    tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at, last_failure_at
)
SELECT s.tenant_id, s.id, pg_backend_pid() % 16, d.successes, d.failures,
       CASE WHEN d.successes > 0 THEN $5::timestamptz END,
       CASE WHEN d.failures > 0 THEN $5::timestamptz END
  FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[])
       AS d (tenant_id, webhook_subscription_id, successes, failures)
  JOIN webhook_subscriptions AS s ON s.tenant_id = d.tenant_id AND s.id = d.webhook_subscription_id
 WHERE s.deleted_at IS NULL
 ORDER BY s.tenant_id, s.id
    ON CONFLICT (tenant_id, webhook_subscription_id, slot) DO UPDATE
   SET success_count = webhook_counters.success_count + excluded.success_count,
       failure_count = webhook_counters.failure_count + excluded.failure_count,
       last_success_at = greatest(webhook_counters.last_success_at, excluded.last_success_at),
       last_failure_at = greatest(webhook_counters.last_failure_at, excluded.last_failure_at);
