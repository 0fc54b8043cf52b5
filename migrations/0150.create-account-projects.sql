-- Which projects, and so which tenants, are paid through an account? When the account is suspended they are to stop, and
-- each is known to a unit of its own tenant only. A user sees what his own accounts pay for, and no names or settings
-- of it. Written with the project, in the same transaction, by whoever may write the project.
CREATE TABLE IF NOT EXISTS account_projects (
    tenant_id          text NOT NULL,
    project_id         uuid NOT NULL,
    user_id            uuid NOT NULL,
    billing_account_id uuid NOT NULL,
    CONSTRAINT account_projects_pkey PRIMARY KEY (tenant_id, project_id),
    -- account_projects.find
    CONSTRAINT account_projects_account_key UNIQUE (user_id, billing_account_id, project_id),
    CONSTRAINT account_projects_project_fkey FOREIGN KEY (tenant_id, project_id)
        REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT account_projects_tenant_check CHECK (char_length(tenant_id) <= 100)
);
-- Those that are there. Under forced row-level security their owner, who migrates, would see none.
ALTER TABLE projects NO FORCE ROW LEVEL SECURITY;
INSERT INTO account_projects (tenant_id, project_id, user_id, billing_account_id)
SELECT tenant_id, id, user_id, billing_account_id FROM projects
    ON CONFLICT DO NOTHING;
ALTER TABLE projects FORCE ROW LEVEL SECURITY;

ALTER TABLE account_projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_projects FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS asked ON account_projects;
CREATE POLICY asked ON account_projects FOR SELECT USING (
    user_id = nullif(current_setting('app.user_id', true), '')::uuid
    OR tenant_id = current_setting('app.tenant_id', true)
);
DROP POLICY IF EXISTS tenant_insert ON account_projects;
CREATE POLICY tenant_insert ON account_projects FOR INSERT WITH CHECK (tenant_id = ventros_tenant());
-- Nobody puts a project under another user's account, as with the project itself.
DROP POLICY IF EXISTS of_user ON account_projects;
CREATE POLICY of_user ON account_projects AS RESTRICTIVE FOR INSERT WITH CHECK (user_id = ventros_user());
DROP POLICY IF EXISTS tenant_update ON account_projects;
CREATE POLICY tenant_update ON account_projects FOR UPDATE
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
DROP POLICY IF EXISTS tenant_delete ON account_projects;
CREATE POLICY tenant_delete ON account_projects FOR DELETE USING (tenant_id = ventros_tenant());

COMMENT ON TABLE account_projects IS
    'Directory of projects by who pays, the way from a billing account to the tenants of its projects.';
COMMENT ON COLUMN account_projects.tenant_id IS 'The tenant that the project is.';
COMMENT ON COLUMN account_projects.project_id IS 'The project, a deleted one included.';
COMMENT ON COLUMN account_projects.user_id IS 'Whose account it is; he may ask for this row.';
COMMENT ON COLUMN account_projects.billing_account_id IS 'What the project is paid through; never changes.';
