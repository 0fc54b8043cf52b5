-- Connections to messaging platforms, what they count, and the directory of who owns which one.
CREATE TABLE IF NOT EXISTS channels (
    tenant_id                            text        NOT NULL,
    id                                   uuid        NOT NULL,
    user_id                              uuid        NOT NULL,
    project_id                           uuid        NOT NULL,
    name                                 text        NOT NULL,
    type                                 text        NOT NULL,
    status                               text        NOT NULL,
    external_id                          text,
    config                               jsonb       NOT NULL,
    secrets                              text,
    connection_mode                      text        NOT NULL,
    webhook_id                           text        NOT NULL,
    webhook_url                          text,
    webhook_configured_at                timestamptz,
    webhook_active                       boolean     NOT NULL,
    pipeline_id                          uuid,
    session_timeout_minutes              integer,
    ai_enabled                           boolean     NOT NULL,
    ai_agents_enabled                    boolean     NOT NULL,
    allow_groups                         boolean     NOT NULL,
    tracking_enabled                     boolean     NOT NULL,
    debounce_timeout_ms                  integer     NOT NULL,
    last_error_at                        timestamptz,
    last_error                           text,
    history_import_enabled               boolean     NOT NULL,
    history_import_status                text        NOT NULL,
    history_import_stats                 jsonb,
    history_import_correlation_id        text,
    last_import_date                     timestamptz,
    history_import_max_days              integer,
    history_import_max_messages_per_chat integer,
    default_agent_id                     uuid,
    custom_field_definitions             jsonb       NOT NULL,
    created_at                           timestamptz NOT NULL,
    updated_at                           timestamptz NOT NULL,
    deleted_at                           timestamptz,
    CONSTRAINT channels_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT channels_webhook_key UNIQUE (tenant_id, webhook_id),
    CONSTRAINT channels_user_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT channels_project_fkey FOREIGN KEY (tenant_id, project_id)
        REFERENCES projects (tenant_id, id),
    CONSTRAINT channels_pipeline_fkey FOREIGN KEY (tenant_id, pipeline_id)
        REFERENCES pipelines (tenant_id, id),
    CONSTRAINT channels_name_check CHECK (name <> ''),
    CONSTRAINT channels_type_check CHECK (type IN (
        'waha', 'whatsapp_business', 'whatsapp', 'messenger', 'instagram', 'telegram', 'wechat', 'twilio_sms',
        'web_form')),
    CONSTRAINT channels_status_check CHECK (status IN (
        'active', 'inactive', 'activating', 'connecting', 'disconnected', 'error')),
    CONSTRAINT channels_connection_mode_check CHECK (connection_mode IN ('manual', 'auto')),
    CONSTRAINT channels_session_timeout_check CHECK (session_timeout_minutes BETWEEN 1 AND 1440),
    CONSTRAINT channels_debounce_check CHECK (debounce_timeout_ms BETWEEN 0 AND 300000),
    CONSTRAINT channels_ai_agents_check CHECK (ai_enabled OR NOT ai_agents_enabled),
    CONSTRAINT channels_history_import_status_check CHECK (history_import_status IN (
        'idle', 'importing', 'completed', 'failed')),
    CONSTRAINT channels_history_import_limits_check CHECK (
        history_import_max_days > 0 AND history_import_max_messages_per_chat > 0),
    CONSTRAINT channels_encrypted_check CHECK (ventros_is_encrypted(secrets)),
    CONSTRAINT channels_secrets_check CHECK (deleted_at IS NULL OR secrets IS NULL),
    -- Keys are encrypted in secrets; and what is sent in the clear names no user, and has no query to hold one.
    CONSTRAINT channels_config_check CHECK (
        jsonb_typeof(config) = 'object'
        AND NOT config ?| ARRAY['auth', 'api_key', 'token', 'access_token', 'verify_token', 'bot_token']
        AND config ->> 'base_url' !~ '[?#]|//[^/]*@' AND config ->> 'webhook_url' !~ '[?#]|//[^/]*@'
        AND webhook_url !~ '[?#]|//[^/]*@')
);
ALTER TABLE channels ENABLE ROW LEVEL SECURITY;
ALTER TABLE channels FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON channels;
CREATE POLICY tenant ON channels USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

-- Counters that every message bumps stand apart from the versioned row, so that they never conflict;
-- and in several slots a channel, so that concurrent messages do not queue for one row's lock. The
-- channel's figure is the sum over its slots.
CREATE TABLE IF NOT EXISTS channel_counters (
    tenant_id         text        NOT NULL,
    channel_id        uuid        NOT NULL,
    slot              smallint    NOT NULL,
    messages_received bigint      NOT NULL DEFAULT 0,
    messages_sent     bigint      NOT NULL DEFAULT 0,
    last_message_at   timestamptz,
    CONSTRAINT channel_counters_pkey PRIMARY KEY (tenant_id, channel_id, slot),
    CONSTRAINT channel_counters_channel_fkey FOREIGN KEY (tenant_id, channel_id)
        REFERENCES channels (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT channel_counters_check CHECK (messages_received >= 0 AND messages_sent >= 0)
);
ALTER TABLE channel_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel_counters FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON channel_counters;
CREATE POLICY tenant ON channel_counters
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

-- Whose is the channel of this webhook? A platform's event comes to a path that names the channel, and the tenant is
-- known only once the channel is. The path is a random id that the service made: who was not given it can neither ask
-- for the row nor make one like it, so a tenant that calls a channel by the session of another gets none of its
-- events. Written with the channel, in the same transaction.
CREATE TABLE IF NOT EXISTS channel_routes (
    tenant_id   text NOT NULL,
    platform    text NOT NULL,
    external_id text NOT NULL,
    channel_id  uuid NOT NULL,
    webhook_id  text NOT NULL,
    CONSTRAINT channel_routes_pkey PRIMARY KEY (tenant_id, platform, external_id),
    CONSTRAINT channel_routes_channel_key UNIQUE (tenant_id, channel_id),
    CONSTRAINT channel_routes_webhook_key UNIQUE (webhook_id),
    CONSTRAINT channel_routes_channel_fkey FOREIGN KEY (tenant_id, channel_id)
        REFERENCES channels (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT channel_routes_webhook_fkey FOREIGN KEY (tenant_id, webhook_id)
        REFERENCES channels (tenant_id, webhook_id) ON DELETE CASCADE
);
ALTER TABLE channel_routes ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel_routes FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS asked ON channel_routes;
CREATE POLICY asked ON channel_routes FOR SELECT USING (
    webhook_id = current_setting('app.webhook_id', true) OR tenant_id = current_setting('app.tenant_id', true)
);
DROP POLICY IF EXISTS tenant_insert ON channel_routes;
CREATE POLICY tenant_insert ON channel_routes FOR INSERT WITH CHECK (tenant_id = ventros_tenant());
DROP POLICY IF EXISTS tenant_update ON channel_routes;
CREATE POLICY tenant_update ON channel_routes FOR UPDATE
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
DROP POLICY IF EXISTS tenant_delete ON channel_routes;
CREATE POLICY tenant_delete ON channel_routes FOR DELETE USING (tenant_id = ventros_tenant());
COMMENT ON TABLE channels IS 'Connections to messaging platforms, through which messages come and go.';
COMMENT ON COLUMN channels.tenant_id IS 'Whose it is.';
COMMENT ON COLUMN channels.id IS 'UUIDv7 made by the application.';
COMMENT ON COLUMN channels.user_id IS 'The owner, who never changes.';
COMMENT ON COLUMN channels.project_id IS 'The project whose messages pass here; never changes.';
COMMENT ON COLUMN channels.name IS 'What the owner calls it.';
COMMENT ON COLUMN channels.type IS 'The platform and the way to it; never changes.';
COMMENT ON COLUMN channels.status IS 'Whether it takes messages: only an active one does.';
COMMENT ON COLUMN channels.external_id IS
    'Its id on the platform (WAHA session, phone number id, bot id), NULL until it has one.';
COMMENT ON COLUMN channels.config IS
    'Object of what its type needs, the way to the platform, without its keys; also labels and the state of the session.';
COMMENT ON COLUMN channels.secrets IS
    'Keys to the platform, an object of texts, encrypted; NULL while there is none, and once it is deleted.';
COMMENT ON COLUMN channels.connection_mode IS
    'manual: the session at the platform is the owner''s; auto: the service made it.';
COMMENT ON COLUMN channels.webhook_id IS 'Path of its inbound webhook, a UUID as text; never changes.';
COMMENT ON COLUMN channels.webhook_url IS 'Where the platform was told to send its events, NULL before that.';
COMMENT ON COLUMN channels.webhook_configured_at IS 'When the platform was told so.';
COMMENT ON COLUMN channels.webhook_active IS 'Whether the platform sends its events there.';
COMMENT ON COLUMN channels.pipeline_id IS 'The pipeline in which its sessions start, NULL for none.';
COMMENT ON COLUMN channels.session_timeout_minutes IS
    'Minutes of silence that end a session, NULL for the project''s.';
COMMENT ON COLUMN channels.ai_enabled IS 'Whether AI works on its messages.';
COMMENT ON COLUMN channels.ai_agents_enabled IS 'Whether AI agents answer; needs ai_enabled.';
COMMENT ON COLUMN channels.allow_groups IS 'Whether messages of groups are taken.';
COMMENT ON COLUMN channels.tracking_enabled IS 'Whether the origin of its conversations is tracked.';
COMMENT ON COLUMN channels.debounce_timeout_ms IS
    'Milliseconds for which messages of one contact are gathered, 0 for the default of 15000.';
COMMENT ON COLUMN channels.last_error_at IS 'When its last error happened; kept when it works again.';
COMMENT ON COLUMN channels.last_error IS 'Text of its last error.';
COMMENT ON COLUMN channels.history_import_enabled IS 'Whether older messages may be imported.';
COMMENT ON COLUMN channels.history_import_status IS 'idle, importing, completed or failed.';
COMMENT ON COLUMN channels.history_import_stats IS
    'Object {total, processed, failed, started_at, ended_at} of the last import; counts of messages, ISO 8601 times.';
COMMENT ON COLUMN channels.history_import_correlation_id IS
    'What the last request of an import was called by its sender.';
COMMENT ON COLUMN channels.last_import_date IS 'When the last import was completed.';
COMMENT ON COLUMN channels.history_import_max_days IS 'How many days back an import reaches, NULL without limit.';
COMMENT ON COLUMN channels.history_import_max_messages_per_chat IS
    'How many messages of one chat are imported, NULL without limit.';
COMMENT ON COLUMN channels.default_agent_id IS 'The agent who gets what is imported.';
COMMENT ON COLUMN channels.custom_field_definitions IS
    'Object of definitions by key, kept for the older system''s sake; no command writes it.';
COMMENT ON COLUMN channels.created_at IS 'When it was created.';
COMMENT ON COLUMN channels.updated_at IS 'Time of the last command that changed it.';
COMMENT ON COLUMN channels.deleted_at IS 'When it was deleted, NULL while it lives.';
COMMENT ON TABLE channel_counters IS 'Messages of a channel, spread over slots; the figure is the sum over them.';
COMMENT ON COLUMN channel_counters.tenant_id IS 'Whose channel it is.';
COMMENT ON COLUMN channel_counters.channel_id IS 'The channel that is counted for.';
COMMENT ON COLUMN channel_counters.slot IS 'Process id of the writing backend modulo 16.';
COMMENT ON COLUMN channel_counters.messages_received IS 'Messages received that this slot has counted.';
COMMENT ON COLUMN channel_counters.messages_sent IS 'Messages sent that this slot has counted.';
COMMENT ON COLUMN channel_counters.last_message_at IS
    'When the last message that this slot has counted was received.';
COMMENT ON TABLE channel_routes IS 'Directory of inbound webhooks, the way from an event to its tenant.';
COMMENT ON COLUMN channel_routes.platform IS
    'Where external_id is unique in the tenant: the type of the channel, waha for both kinds of WAHA.';
COMMENT ON COLUMN channel_routes.external_id IS 'Id of the channel on the platform.';
COMMENT ON COLUMN channel_routes.tenant_id IS 'Whose channel it is.';
COMMENT ON COLUMN channel_routes.channel_id IS 'The channel, live and with this external id.';
COMMENT ON COLUMN channel_routes.webhook_id IS 'Path of the channel''s inbound webhook; whoever knows it may ask for this row.';
