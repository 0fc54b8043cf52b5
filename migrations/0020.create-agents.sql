-- Who or what acts on the CRM side of a conversation, and what they count.
CREATE TABLE IF NOT EXISTS agents (
    tenant_id        text        NOT NULL,
    id               uuid        NOT NULL,
    project_id       uuid        NOT NULL,
    user_id          uuid,
    name             text        NOT NULL,
    email            text,
    type             text        NOT NULL,
    status           text        NOT NULL,
    role             text        NOT NULL,
    active           boolean     NOT NULL,
    config           jsonb       NOT NULL,
    permissions      text[]      NOT NULL,
    settings         jsonb       NOT NULL,
    virtual_metadata jsonb,
    last_login_at    timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    deleted_at       timestamptz,
    CONSTRAINT agents_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT agents_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id),
    CONSTRAINT agents_user_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT agents_name_check CHECK (name <> ''),
    CONSTRAINT agents_email_check CHECK (email <> '' AND email = lower(email)),
    CONSTRAINT agents_type_check CHECK (type IN ('human', 'ai', 'bot', 'channel', 'virtual', 'system')),
    CONSTRAINT agents_status_check CHECK (status IN ('available', 'busy', 'away', 'offline')),
    CONSTRAINT agents_role_check CHECK (role IN (
        'human_agent', 'supervisor', 'admin', 'ai_agent', 'ai_assistant', 'channel_bot', 'workflow_bot',
        'analytics_bot', 'summarizer_bot')),
    CONSTRAINT agents_user_check CHECK (
        (type <> 'human' OR user_id IS NOT NULL)
        AND (type NOT IN ('virtual', 'system') OR user_id IS NULL)),
    CONSTRAINT agents_config_check CHECK (jsonb_typeof(config) = 'object'),
    CONSTRAINT agents_settings_check CHECK (jsonb_typeof(settings) = 'object'),
    CONSTRAINT agents_permissions_check CHECK (
        array_position(permissions, '') IS NULL AND array_position(permissions, NULL) IS NULL),
    CONSTRAINT agents_virtual_metadata_check CHECK ((type = 'virtual') = (virtual_metadata IS NOT NULL)),
    CONSTRAINT agents_virtual_check CHECK (
        type <> 'virtual' OR (status = 'offline' AND email IS NULL AND permissions = '{}')),
    CONSTRAINT agents_system_check CHECK (
        type <> 'system' OR (status = 'offline' AND active AND deleted_at IS NULL)),
    CONSTRAINT agents_reserved_id_check CHECK ((type = 'system') = (id IN (
        '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002',
        '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000004',
        '00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000010',
        '00000000-0000-0000-0000-000000000099')))
);
-- An email names one live agent of its tenant. It is stored in lower case, so the column itself is the key.
CREATE UNIQUE INDEX IF NOT EXISTS agents_live_email_key
    ON agents (tenant_id, email) WHERE deleted_at IS NULL AND email IS NOT NULL;
-- The order in which agents are listed.
CREATE INDEX IF NOT EXISTS agents_live_name_idx ON agents (tenant_id, name, id) WHERE deleted_at IS NULL;
ALTER TABLE agents ENABLE ROW LEVEL SECURITY;
ALTER TABLE agents FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON agents;
CREATE POLICY tenant ON agents USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE agents IS
    'Who or what acts on the CRM side of a conversation: people, programs, stand-ins and built-in agents.';
COMMENT ON COLUMN agents.tenant_id IS 'The tenant that the agent belongs to; never changes.';
COMMENT ON COLUMN agents.id IS
    'UUIDv7 made by the client; a system agent has one of seven reserved ids, the same for every tenant.';
COMMENT ON COLUMN agents.project_id IS 'The project that the agent works for; never changes.';
COMMENT ON COLUMN agents.user_id IS
    'The user who is the agent; a human agent has one, a virtual or system agent has none; never changes.';
COMMENT ON COLUMN agents.name IS 'The name as it is shown.';
COMMENT ON COLUMN agents.email IS
    'The address in lower case, unique among the live agents of the tenant; NULL when unknown.';
COMMENT ON COLUMN agents.type IS 'What kind of agent it is; never changes.';
COMMENT ON COLUMN agents.status IS 'Presence; a virtual or system agent is always offline.';
COMMENT ON COLUMN agents.role IS 'What the agent is there for.';
COMMENT ON COLUMN agents.active IS 'Whether work may be given to the agent.';
COMMENT ON COLUMN agents.config IS
    'Free-form object, for an AI agent provider and model among others; may hold keys to other services.';
COMMENT ON COLUMN agents.permissions IS 'Names of the permissions that the agent holds, sorted; an open set.';
COMMENT ON COLUMN agents.settings IS 'Free-form object of preferences; may hold keys to other services.';
COMMENT ON COLUMN agents.virtual_metadata IS
    'Whom a virtual agent stands for and in which period, times as RFC 3339 text; NULL for any other agent.';
COMMENT ON COLUMN agents.last_login_at IS 'When the agent last logged in; NULL when it never did.';
COMMENT ON COLUMN agents.created_at IS 'When the agent was made.';
COMMENT ON COLUMN agents.updated_at IS 'When the agent was last changed by a command.';
COMMENT ON COLUMN agents.deleted_at IS 'When the agent was deleted; NULL while it is live.';

-- Figures that every handled session bumps stand apart from the versioned row, so that they never conflict;
-- and in several slots an agent, so that concurrent sessions do not queue for the lock of one row.
CREATE TABLE IF NOT EXISTS agent_counters (
    tenant_id         text        NOT NULL,
    agent_id          uuid        NOT NULL,
    slot              smallint    NOT NULL,
    sessions_handled  bigint      NOT NULL DEFAULT 0,
    response_ms_total bigint      NOT NULL DEFAULT 0,
    last_activity_at  timestamptz,
    CONSTRAINT agent_counters_pkey PRIMARY KEY (tenant_id, agent_id, slot),
    CONSTRAINT agent_counters_agent_fkey FOREIGN KEY (tenant_id, agent_id)
        REFERENCES agents (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT agent_counters_check CHECK (sessions_handled >= 0 AND response_ms_total >= 0)
);
ALTER TABLE agent_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE agent_counters FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON agent_counters;
CREATE POLICY tenant ON agent_counters
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE agent_counters IS
    'What agents count, apart from the versioned row; the figure of an agent is the sum over its slots.';
COMMENT ON COLUMN agent_counters.tenant_id IS 'The tenant that the agent belongs to.';
COMMENT ON COLUMN agent_counters.agent_id IS 'The agent that counts.';
COMMENT ON COLUMN agent_counters.slot IS 'One of 16, by the process id of the backend that counted.';
COMMENT ON COLUMN agent_counters.sessions_handled IS 'Sessions that the agent has handled.';
COMMENT ON COLUMN agent_counters.response_ms_total IS
    'Sum of the response times of these sessions, in milliseconds; divided by their number it is the mean.';
COMMENT ON COLUMN agent_counters.last_activity_at IS
    'When the agent last handled a session or changed its status.';
