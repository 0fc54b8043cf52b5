-- name: credentials.insert
-- why: the only way a credential comes into being; its version starts at 1
-- params: tenant_id text, id uuid, project_id uuid, credential_type text, name text, description text,
--         secret text, oauth_access_token text, oauth_refresh_token text, oauth_token_type text,
--         expires_at timestamptz, metadata jsonb, is_active boolean, created_at timestamptz,
--         updated_at timestamptz
-- rows: affected
INSERT INTO credentials (
    tenant_id, id, project_id, credential_type, name, description, secret, oauth_access_token,
    oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active, created_at, updated_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
);

-- name: credentials.get
-- why: loads one credential by its key, an inactive one too
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: credential
SELECT id, version, tenant_id, project_id, credential_type, name, description, secret,
       oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active,
       created_at, updated_at
  FROM credentials
 WHERE tenant_id = $1 AND id = $2;

-- name: credentials.update
-- why: the only way a credential changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, project_id uuid, description text,
--         secret text, oauth_access_token text, oauth_refresh_token text, oauth_token_type text,
--         expires_at timestamptz, metadata jsonb, is_active boolean, updated_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE credentials
   SET project_id = $4,
       description = $5,
       secret = $6,
       oauth_access_token = $7,
       oauth_refresh_token = $8,
       oauth_token_type = $9,
       expires_at = $10,
       metadata = $11,
       is_active = $12,
       updated_at = $13,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: credentials.delete
-- why: removes a credential for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM credentials
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: credentials.stored_version
-- why: tells, after a guarded write touched no row, whether the credential is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM credentials
 WHERE tenant_id = $1 AND id = $2;

-- name: credentials.touch
-- why: steps the version of a credential that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE credentials
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: credentials.lock_for_share
-- why: credentials that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM credentials
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE;

-- name: credentials.lock_for_no_key_update
-- why: credentials about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM credentials
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: credentials.lock_for_update
-- why: credentials about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM credentials
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE;

-- name: credentials.try_lock_for_share
-- why: as lock_for_share, but without waiting: credentials that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM credentials
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: credentials.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: credentials that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM credentials
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: credentials.try_lock_for_update
-- why: as lock_for_update, but without waiting: credentials that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM credentials
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: credentials.find_by_name
-- why: a setting names its credential; the unique key answers, and a name of a project is not that
--      of the whole tenant
-- params: tenant_id text, project_id uuid, name text
-- rows: maybe
-- returns: credential
SELECT id, version, tenant_id, project_id, credential_type, name, description, secret,
       oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active,
       created_at, updated_at
  FROM credentials
 WHERE tenant_id = $1 AND project_id IS NOT DISTINCT FROM $2 AND name = $3;

-- name: credentials.find_by_type
-- why: what the tenant has for a service, the newest first, inactive ones too
-- params: tenant_id text, credential_type text
-- rows: many
-- returns: credential
SELECT id, version, tenant_id, project_id, credential_type, name, description, secret,
       oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active,
       created_at, updated_at
  FROM credentials
 WHERE tenant_id = $1 AND credential_type = $2
 ORDER BY created_at DESC, id DESC;

-- name: credentials.find_by_project_and_type
-- why: what a project has for a service, the newest first, inactive ones too
-- params: tenant_id text, project_id uuid, credential_type text
-- rows: many
-- returns: credential
-- plan: reads the tenant's credentials: a tenant is one project, and has few of them
SELECT id, version, tenant_id, project_id, credential_type, name, description, secret,
       oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active,
       created_at, updated_at
  FROM credentials
 WHERE tenant_id = $1 AND project_id = $2 AND credential_type = $3
 ORDER BY created_at DESC, id DESC;

-- name: credentials.find_active
-- why: what the tenant can use, the newest first
-- params: tenant_id text
-- rows: many
-- returns: credential
-- plan: reads the tenant's credentials: those that are not active are few beside them
SELECT id, version, tenant_id, project_id, credential_type, name, description, secret,
       oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active,
       created_at, updated_at
  FROM credentials
 WHERE tenant_id = $1 AND is_active
 ORDER BY created_at DESC, id DESC;

-- name: credentials.find_expiring
-- why: what a background job has to refresh, the most urgent first
-- params: tenant_id text, expires_by timestamptz
-- rows: many
-- returns: credential
SELECT id, version, tenant_id, project_id, credential_type, name, description, secret,
       oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active,
       created_at, updated_at
  FROM credentials
 WHERE tenant_id = $1 AND is_active AND expires_at <= $2
 ORDER BY expires_at, id;

-- name: credentials.find_by_other_keys
-- why: what is still encrypted with a key that no longer writes, a batch at a time, to be re-encrypted; nobody
--      is waited for: those that another holds are for a later pass. The second part of an encrypted value is
--      the id of its key
-- params: tenant_id text, writer_key_id text, after uuid, batch bigint
-- rows: many
-- returns: credential
-- plan: reads the tenant's credentials until a batch is full: keys change seldom, and only a value of
--       its own tells which wrote it
SELECT id, version, tenant_id, project_id, credential_type, name, description, secret,
       oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active,
       created_at, updated_at
  FROM credentials
 WHERE tenant_id = $1 AND id > $3
   AND (split_part(secret, '.', 2) <> $2
        OR split_part(oauth_access_token, '.', 2) <> $2
        OR split_part(oauth_refresh_token, '.', 2) <> $2)
 ORDER BY id
 LIMIT $4
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: credentials.count_by_other_keys
-- why: whether a key can be taken off the ring: how many values each key but the writer still has to read
-- params: tenant_id text, writer_key_id text
-- rows: many
-- returns: key_id text, stored_values bigint
-- plan: reads the tenant's credentials, as find_by_other_keys does
SELECT split_part(held.value, '.', 2) AS key_id, count(*) AS stored_values
  FROM credentials
 CROSS JOIN LATERAL unnest(ARRAY[secret, oauth_access_token, oauth_refresh_token]) AS held (value)
 WHERE tenant_id = $1 AND split_part(held.value, '.', 2) <> $2
 GROUP BY 1
 ORDER BY 1;
