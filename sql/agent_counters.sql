-- name: agent_counters.bump
-- why: counts handled sessions, or only an activity, without a lock on the agent or a step of its version;
--      a backend has a slot of its own (one of 16, by its process id), so that concurrent sessions do not
--      queue for one row; a virtual or deleted agent counts nothing, and the last activity never goes back
-- params: tenant_id text, agent_id uuid, sessions bigint, response_ms bigint, last_activity_at timestamptz
-- rows: affected
INSERT INTO agent_counters (
    tenant_id, agent_id, slot, sessions_handled, response_ms_total, last_activity_at
)
SELECT tenant_id, id, pg_backend_pid() % 16, $3::bigint, $4::bigint, $5::timestamptz
  FROM agents
 WHERE tenant_id = $1 AND id = $2 AND type <> 'virtual' AND deleted_at IS NULL
    ON CONFLICT (tenant_id, agent_id, slot) DO UPDATE
   SET sessions_handled = agent_counters.sessions_handled + excluded.sessions_handled,
       response_ms_total = agent_counters.response_ms_total + excluded.response_ms_total,
       last_activity_at = greatest(agent_counters.last_activity_at, excluded.last_activity_at);

-- name: agent_counters.total
-- why: an agent's figures are the sums over its slots; zero before its first activity
-- params: tenant_id text, agent_id uuid
-- rows: one
-- returns: sessions_handled bigint, response_ms_total bigint, last_activity_at timestamptz
SELECT coalesce(sum(sessions_handled), 0)::bigint AS sessions_handled,
       coalesce(sum(response_ms_total), 0)::bigint AS response_ms_total,
       max(last_activity_at) AS last_activity_at
  FROM agent_counters
 WHERE tenant_id = $1 AND agent_id = $2;
