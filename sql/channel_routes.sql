-- name: channel_routes.insert
-- why: a new channel takes its identity on the platform; one that another channel of the tenant holds is refused by the
--      primary key
-- params: tenant_id text, platform text, external_id text, channel_id uuid, webhook_id text
-- rows: affected
INSERT INTO channel_routes (tenant_id, platform, external_id, channel_id, webhook_id)
VALUES ($1, $2, $3, $4, $5);

-- name: channel_routes.set
-- why: the route follows the external id of its channel, whose platform and webhook never change; writes nothing where
--      it does so already
-- params: tenant_id text, platform text, external_id text, channel_id uuid, webhook_id text
-- rows: affected
INSERT INTO channel_routes (tenant_id, platform, external_id, channel_id, webhook_id)
VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant_id, channel_id) DO UPDATE
   SET external_id = excluded.external_id
 WHERE channel_routes.external_id IS DISTINCT FROM excluded.external_id;

-- name: channel_routes.delete
-- why: a channel without an external id, or a deleted one, gives its identity free for another
-- params: tenant_id text, channel_id uuid
-- rows: affected
DELETE FROM channel_routes
 WHERE tenant_id = $1 AND channel_id = $2;

-- name: channel_routes.find_by_webhook
-- why: an event comes to the webhook of a channel, for the session that the channel has on the platform; the policy
--      shows the row to a transaction that has set the webhook it asks for
-- tenant: a platform's event names a webhook, and only the channel tells the tenant
-- params: webhook_id text, platform text, external_id text
-- rows: maybe
-- returns: tenant_id text, channel_id uuid
SELECT tenant_id, channel_id
  FROM channel_routes
 WHERE webhook_id = $1 AND platform = $2 AND external_id = $3;

-- name: channel_routes.find
-- why: an event that came from elsewhere than the webhook, a file say, names the session of a channel of the tenant
-- params: tenant_id text, platform text, external_id text
-- rows: maybe
-- returns: channel_id uuid
SELECT channel_id
  FROM channel_routes
 WHERE tenant_id = $1 AND platform = $2 AND external_id = $3;
