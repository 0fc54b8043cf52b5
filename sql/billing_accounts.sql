-- name: billing_accounts.insert
-- why: the only way a billing account comes into being; its version starts at 1
-- params: user_id uuid, id uuid, name text, stripe_customer_id text, payment_status text,
--         payment_methods jsonb, billing_email text, suspended_at timestamptz, suspension_reason text,
--         created_at timestamptz, updated_at timestamptz, deleted_at timestamptz
-- rows: affected
INSERT INTO billing_accounts (
    user_id, id, name, stripe_customer_id, payment_status, payment_methods, billing_email, suspended_at,
    suspension_reason, created_at, updated_at, deleted_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
);

-- name: billing_accounts.get
-- why: loads one billing account by its key; a deleted one is not found
-- params: user_id uuid, id uuid
-- rows: maybe
-- returns: billing_account
SELECT id, version, user_id, name, stripe_customer_id, payment_status, payment_methods, billing_email,
       suspended_at, suspension_reason, created_at, updated_at, deleted_at
  FROM billing_accounts
 WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: billing_accounts.update
-- why: the only way a billing account changes; guarded by the version it was loaded with
-- params: user_id uuid, id uuid, expected_version integer, name text, stripe_customer_id text,
--         payment_status text, payment_methods jsonb, billing_email text, suspended_at timestamptz,
--         suspension_reason text, updated_at timestamptz, deleted_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE billing_accounts
   SET name = $4,
       stripe_customer_id = $5,
       payment_status = $6,
       payment_methods = $7,
       billing_email = $8,
       suspended_at = $9,
       suspension_reason = $10,
       updated_at = $11,
       deleted_at = $12,
       version = version + 1
 WHERE user_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: billing_accounts.delete
-- why: removes a billing account for good; guarded by the version it was loaded with
-- params: user_id uuid, id uuid, expected_version integer
-- rows: affected
DELETE FROM billing_accounts
 WHERE user_id = $1 AND id = $2 AND version = $3;

-- name: billing_accounts.stored_version
-- why: tells, after a guarded write touched no row, whether a billing account is gone or was changed
-- params: user_id uuid, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM billing_accounts
 WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: billing_accounts.touch
-- why: steps the version of a billing account that others rely on, without another change
-- params: user_id uuid, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE billing_accounts
   SET version = version + 1
 WHERE user_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: billing_accounts.lock_for_share
-- why: billing accounts that a decision rests on stay as they are until it is stored; others may share
-- params: user_id uuid, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM billing_accounts
 WHERE user_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: billing_accounts.lock_for_no_key_update
-- why: billing accounts about to be saved, in one order, so that no two savers wait for each other
-- params: user_id uuid, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM billing_accounts
 WHERE user_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: billing_accounts.lock_for_update
-- why: billing accounts about to be removed: not even a row that refers to them comes in meanwhile
-- params: user_id uuid, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM billing_accounts
 WHERE user_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: billing_accounts.try_lock_for_share
-- why: as lock_for_share, but without waiting: billing accounts that another holds are left out
-- params: user_id uuid, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM billing_accounts
 WHERE user_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: billing_accounts.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: billing accounts that another holds are left out
-- params: user_id uuid, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM billing_accounts
 WHERE user_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: billing_accounts.try_lock_for_update
-- why: as lock_for_update, but without waiting: billing accounts that another holds are left out
-- params: user_id uuid, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM billing_accounts
 WHERE user_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: billing_accounts.list
-- why: what a user can pay with; one user may own several accounts
-- params: user_id uuid
-- rows: many
-- returns: billing_account
SELECT id, version, user_id, name, stripe_customer_id, payment_status, payment_methods, billing_email,
       suspended_at, suspension_reason, created_at, updated_at, deleted_at
  FROM billing_accounts
 WHERE user_id = $1 AND deleted_at IS NULL
 ORDER BY created_at, id;

-- name: billing_accounts.find_active
-- why: a new project needs an account that pays; of several the oldest, so that the choice never varies
-- params: user_id uuid
-- rows: maybe
-- returns: billing_account
SELECT id, version, user_id, name, stripe_customer_id, payment_status, payment_methods, billing_email,
       suspended_at, suspension_reason, created_at, updated_at, deleted_at
  FROM billing_accounts
 WHERE user_id = $1 AND payment_status = 'active' AND suspended_at IS NULL AND deleted_at IS NULL
 ORDER BY created_at, id
 LIMIT 1;
