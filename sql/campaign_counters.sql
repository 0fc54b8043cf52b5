-- name: campaign_counters.bump
-- why: counts without a lock on the campaign or a step of its version, in one of 16 slots by the backend's
--      process id, so that concurrent workers do not queue for one row
-- params: tenant_id text, campaign_id uuid, reached bigint, conversions bigint
-- rows: affected
INSERT INTO campaign_counters (
    tenant_id, campaign_id, slot, contacts_reached, conversions_count
) VALUES (
    $1, $2, pg_backend_pid() % 16, $3, $4
)
    ON CONFLICT (tenant_id, campaign_id, slot) DO UPDATE
   SET contacts_reached = campaign_counters.contacts_reached + excluded.contacts_reached,
       conversions_count = campaign_counters.conversions_count + excluded.conversions_count;

-- name: campaign_counters.total
-- why: a campaign's figures are the sum over its slots; zero before anything is counted
-- params: tenant_id text, campaign_id uuid
-- rows: one
-- returns: contacts_reached bigint, conversions_count bigint
SELECT coalesce(sum(contacts_reached), 0)::bigint AS contacts_reached,
       coalesce(sum(conversions_count), 0)::bigint AS conversions_count
  FROM campaign_counters
 WHERE tenant_id = $1 AND campaign_id = $2;
