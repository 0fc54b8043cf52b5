-- Marketing flows of several steps towards a goal, with the steps and what is counted.
CREATE TABLE IF NOT EXISTS campaigns (
    tenant_id   text        NOT NULL,
    id          uuid        NOT NULL,
    name        text        NOT NULL,
    description text        NOT NULL,
    status      text        NOT NULL,
    goal_type   text        NOT NULL,
    goal_value  integer     NOT NULL,
    start_date  timestamptz,
    end_date    timestamptz,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT campaigns_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT campaigns_name_check CHECK (name <> ''),
    CONSTRAINT campaigns_status_check CHECK (status IN (
        'draft', 'scheduled', 'active', 'paused', 'completed', 'archived')),
    CONSTRAINT campaigns_goal_type_check CHECK (goal_type IN ('reach_contacts', 'conversions', 'engagement')),
    CONSTRAINT campaigns_goal_value_check CHECK (goal_value >= 0),
    CONSTRAINT campaigns_start_check CHECK (status <> 'scheduled' OR start_date IS NOT NULL),
    CONSTRAINT campaigns_end_check CHECK (status <> 'completed' OR end_date IS NOT NULL)
);
-- For campaigns.find_due; only scheduled ones are in it.
CREATE INDEX IF NOT EXISTS campaigns_due_idx ON campaigns (tenant_id, start_date) WHERE status = 'scheduled';
COMMENT ON TABLE campaigns IS 'Marketing flows of several steps towards a goal.';
COMMENT ON COLUMN campaigns.tenant_id IS 'The tenant that owns the row.';
COMMENT ON COLUMN campaigns.id IS 'Names the campaign for good; made by the application.';
COMMENT ON COLUMN campaigns.name IS 'What people call the campaign; not empty.';
COMMENT ON COLUMN campaigns.description IS 'What it is for; may be empty.';
COMMENT ON COLUMN campaigns.status IS
    'How far it has come: draft, scheduled, active, paused, completed or archived.';
COMMENT ON COLUMN campaigns.goal_type IS 'What goal_value counts: reach_contacts, conversions or engagement.';
COMMENT ON COLUMN campaigns.goal_value IS
    'How many of what goal_type names are to be reached; 0 for no goal.';
COMMENT ON COLUMN campaigns.start_date IS
    'When it is, or was, scheduled to start; NULL when started by hand.';
COMMENT ON COLUMN campaigns.end_date IS 'When it was completed; NULL before.';
COMMENT ON COLUMN campaigns.created_at IS 'When the campaign was made.';
COMMENT ON COLUMN campaigns.updated_at IS 'When a command last changed it; never goes back.';
ALTER TABLE campaigns ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaigns FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON campaigns;
CREATE POLICY tenant ON campaigns
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

-- Deferrable, so that positions are compared at the end of a statement and not row by row: one UPDATE may
-- swap two of them.
CREATE TABLE IF NOT EXISTS campaign_steps (
    tenant_id   text        NOT NULL,
    id          uuid        NOT NULL,
    campaign_id uuid        NOT NULL,
    position    integer     NOT NULL,
    name        text        NOT NULL,
    type        text        NOT NULL,
    config      jsonb       NOT NULL,
    conditions  jsonb       NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT campaign_steps_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT campaign_steps_position_key
        UNIQUE (tenant_id, campaign_id, position) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT campaign_steps_campaign_fkey FOREIGN KEY (tenant_id, campaign_id)
        REFERENCES campaigns (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT campaign_steps_position_check CHECK (position >= 0),
    CONSTRAINT campaign_steps_type_check CHECK (type IN (
        'broadcast', 'sequence', 'delay', 'condition', 'wait')),
    CONSTRAINT campaign_steps_config_check CHECK (jsonb_typeof(config) = 'object'),
    CONSTRAINT campaign_steps_conditions_check CHECK (jsonb_typeof(conditions) = 'array')
);
COMMENT ON TABLE campaign_steps IS 'The steps of a campaign, which change with it, under its version.';
COMMENT ON COLUMN campaign_steps.tenant_id IS 'The tenant that owns the row.';
COMMENT ON COLUMN campaign_steps.id IS 'Names the step for good; made by the application.';
COMMENT ON COLUMN campaign_steps.campaign_id IS 'The campaign that this belongs to.';
COMMENT ON COLUMN campaign_steps.position IS
    'The place among the steps of the campaign, from 0, not always without a gap.';
COMMENT ON COLUMN campaign_steps.name IS 'What people call the step.';
COMMENT ON COLUMN campaign_steps.type IS 'What the step does: broadcast, sequence, delay, condition or wait.';
COMMENT ON COLUMN campaign_steps.config IS
    'How it does it: an object whose keys depend on the type; wait_timeout is in hours, '
    'timeout_step a position.';
COMMENT ON COLUMN campaign_steps.conditions IS
    'What must hold of a contact for the step to be taken: a list of objects with type, operator, value '
    'and, where given, field and metadata.';
COMMENT ON COLUMN campaign_steps.created_at IS 'When the step was made.';
ALTER TABLE campaign_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_steps FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON campaign_steps;
CREATE POLICY tenant ON campaign_steps
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

-- Apart from the versioned row, so that counting neither conflicts with its changes nor steps its version.
CREATE TABLE IF NOT EXISTS campaign_counters (
    tenant_id         text     NOT NULL,
    campaign_id       uuid     NOT NULL,
    slot              smallint NOT NULL,
    contacts_reached  bigint   NOT NULL DEFAULT 0,
    conversions_count bigint   NOT NULL DEFAULT 0,
    CONSTRAINT campaign_counters_pkey PRIMARY KEY (tenant_id, campaign_id, slot),
    CONSTRAINT campaign_counters_campaign_fkey FOREIGN KEY (tenant_id, campaign_id)
        REFERENCES campaigns (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT campaign_counters_check CHECK (contacts_reached >= 0 AND conversions_count >= 0)
);
COMMENT ON TABLE campaign_counters IS
    'What many workers count for a campaign; its figure is the sum over the slots.';
COMMENT ON COLUMN campaign_counters.tenant_id IS 'The tenant that owns the row.';
COMMENT ON COLUMN campaign_counters.campaign_id IS 'The campaign that this belongs to.';
COMMENT ON COLUMN campaign_counters.slot IS
    '0 to 15, from the process id of the backend that counted, so that workers do not queue for one row.';
COMMENT ON COLUMN campaign_counters.contacts_reached IS 'Contacts that this slot counted as reached.';
COMMENT ON COLUMN campaign_counters.conversions_count IS 'Conversions that this slot counted.';
ALTER TABLE campaign_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_counters FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON campaign_counters;
CREATE POLICY tenant ON campaign_counters
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
