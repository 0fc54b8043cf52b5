-- name: credential_refreshes.find
-- why: whether somebody refreshes the token, and how often that has failed; no row when the last one succeeded
-- params: tenant_id text, credential_id uuid
-- rows: maybe
-- returns: is_leased boolean, failures integer
SELECT leased_until > now() AS is_leased, failures
  FROM credential_refreshes
 WHERE tenant_id = $1 AND credential_id = $2;

-- name: credential_refreshes.lease
-- why: of many who would refresh the token, one gets the lease: no row is touched while another's is in force. That
--      is decided by the clock of the server, which all of them share
-- params: tenant_id text, credential_id uuid, lease_id uuid, seconds double precision
-- rows: affected
-- changes: lease_id, leased_until
INSERT INTO credential_refreshes (tenant_id, credential_id, lease_id, leased_until, failures)
VALUES ($1, $2, $3, now() + $4 * interval '1 second', 0)
    ON CONFLICT (tenant_id, credential_id) DO UPDATE
   SET lease_id = excluded.lease_id, leased_until = excluded.leased_until
 WHERE credential_refreshes.leased_until <= now();

-- name: credential_refreshes.release
-- why: ends a lease without a new token, so that the next one need not wait until it has run out; counts a failure
-- params: tenant_id text, credential_id uuid, lease_id uuid, failures integer
-- rows: affected
-- changes: leased_until
UPDATE credential_refreshes
   SET leased_until = now(), failures = failures + $4
 WHERE tenant_id = $1 AND credential_id = $2 AND lease_id = $3;

-- name: credential_refreshes.delete
-- why: ends a lease with the new token that is stored; the lease of another stays
-- params: tenant_id text, credential_id uuid, lease_id uuid
-- rows: affected
DELETE FROM credential_refreshes
 WHERE tenant_id = $1 AND credential_id = $2 AND lease_id = $3;
