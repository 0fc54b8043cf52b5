-- name: credential_uses.mark
-- why: notes a use without a lock on the credential or a step of its version, so that using a credential
--      never conflicts with the refresh of its token; a backend has a slot of its own (one of 16, by its
--      process id), so that concurrent uses do not queue for one row; the time never goes back
-- params: tenant_id text, credential_id uuid, last_used_at timestamptz
-- rows: affected
-- changes: last_used_at
INSERT INTO credential_uses (tenant_id, credential_id, slot, last_used_at)
VALUES ($1, $2, pg_backend_pid() % 16, $3)
    ON CONFLICT (tenant_id, credential_id, slot) DO UPDATE
   SET last_used_at = excluded.last_used_at
 WHERE credential_uses.last_used_at < excluded.last_used_at;

-- name: credential_uses.last
-- why: a credential was last used at the latest time of its slots; NULL before its first use
-- params: tenant_id text, credential_id uuid
-- rows: one
-- returns: last_used_at timestamptz
SELECT max(last_used_at) AS last_used_at
  FROM credential_uses
 WHERE tenant_id = $1 AND credential_id = $2;
