-- name: channel_routes.insert
-- why: a new channel takes its identity on the platform; one that another channel holds, of whatever
--      tenant, is refused by the primary key
-- params: platform text, external_id text, tenant_id text, channel_id uuid
-- rows: affected
INSERT INTO channel_routes (platform, external_id, tenant_id, channel_id)
VALUES ($1, $2, $3, $4);

-- name: channel_routes.set
-- why: the route follows the external id of its channel, whose platform never changes; writes nothing
--      where it does so already
-- params: platform text, external_id text, tenant_id text, channel_id uuid
-- rows: affected
INSERT INTO channel_routes (platform, external_id, tenant_id, channel_id)
VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant_id, channel_id) DO UPDATE
   SET external_id = excluded.external_id
 WHERE channel_routes.external_id IS DISTINCT FROM excluded.external_id;

-- name: channel_routes.delete
-- why: a channel without an external id, or a deleted one, gives its identity free for another
-- params: tenant_id text, channel_id uuid
-- rows: affected
DELETE FROM channel_routes
 WHERE tenant_id = $1 AND channel_id = $2;

-- name: channel_routes.find
-- why: an event of a platform names the channel by its id there; the table's policy allows it
-- tenant: a platform's event names a channel, and only the channel tells the tenant
-- params: platform text, external_id text
-- rows: maybe
-- returns: tenant_id text, channel_id uuid
SELECT tenant_id, channel_id
  FROM channel_routes
 WHERE platform = $1 AND external_id = $2;
