-- name: account_projects.insert
-- why: a new project is found by who pays for it
-- params: tenant_id text, project_id uuid, user_id uuid, billing_account_id uuid
-- rows: affected
INSERT INTO account_projects (tenant_id, project_id, user_id, billing_account_id)
VALUES ($1, $2, $3, $4);

-- name: account_projects.find
-- why: an account was suspended or reactivated, and the projects that are paid through it stop or go on; the policy
--      shows a user what his own accounts pay for
-- tenant: an account is a user's, and only the directory tells which tenants are paid through it
-- params: user_id uuid, billing_account_id uuid
-- rows: many
-- returns: tenant_id text, project_id uuid
SELECT tenant_id, project_id
  FROM account_projects
 WHERE user_id = $1 AND billing_account_id = $2
 ORDER BY tenant_id;
