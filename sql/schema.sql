-- The schema that the migrations of the application crm make, as pg_dump of PostgreSQL 18 writes it.
-- Not to be edited: ventros migrate schema prints it.

CREATE TABLE public.account_projects (
    tenant_id text NOT NULL,
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    billing_account_id uuid NOT NULL,
    CONSTRAINT account_projects_tenant_check CHECK ((char_length(tenant_id) <= 100))
);

ALTER TABLE ONLY public.account_projects FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.account_projects IS 'Directory of projects by who pays, the way from a billing account to the tenants of its projects.';

COMMENT ON COLUMN public.account_projects.tenant_id IS 'The tenant that the project is.';

COMMENT ON COLUMN public.account_projects.project_id IS 'The project, a deleted one included.';

COMMENT ON COLUMN public.account_projects.user_id IS 'Whose account it is; he may ask for this row.';

COMMENT ON COLUMN public.account_projects.billing_account_id IS 'What the project is paid through; never changes.';

CREATE TABLE public.agent_counters (
    tenant_id text NOT NULL,
    agent_id uuid NOT NULL,
    slot smallint NOT NULL,
    sessions_handled bigint DEFAULT 0 NOT NULL,
    response_ms_total bigint DEFAULT 0 NOT NULL,
    last_activity_at timestamp with time zone,
    CONSTRAINT agent_counters_check CHECK (((sessions_handled >= 0) AND (response_ms_total >= 0))),
    CONSTRAINT agent_counters_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> last_activity_at))
);

ALTER TABLE ONLY public.agent_counters FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.agent_counters IS 'What agents count, apart from the versioned row; the figure of an agent is the sum over its slots.';

COMMENT ON COLUMN public.agent_counters.tenant_id IS 'The tenant that the agent belongs to.';

COMMENT ON COLUMN public.agent_counters.agent_id IS 'The agent that counts.';

COMMENT ON COLUMN public.agent_counters.slot IS 'One of 16, by the process id of the backend that counted.';

COMMENT ON COLUMN public.agent_counters.sessions_handled IS 'Sessions that the agent has handled.';

COMMENT ON COLUMN public.agent_counters.response_ms_total IS 'Sum of the response times of these sessions, in milliseconds; divided by their number it is the mean.';

COMMENT ON COLUMN public.agent_counters.last_activity_at IS 'When the agent last handled a session or changed its status.';

CREATE TABLE public.agents (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    user_id uuid,
    name text NOT NULL,
    email text,
    type text NOT NULL,
    status text NOT NULL,
    role text NOT NULL,
    active boolean NOT NULL,
    config jsonb NOT NULL,
    permissions text[] NOT NULL,
    settings jsonb NOT NULL,
    virtual_metadata jsonb,
    last_login_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT agents_config_check CHECK ((jsonb_typeof(config) = 'object'::text)),
    CONSTRAINT agents_email_check CHECK (((email <> ''::text) AND (email = lower(email)))),
    CONSTRAINT agents_length_bounds_check CHECK (((char_length(name) <= 500) AND (char_length(email) <= 500))),
    CONSTRAINT agents_name_check CHECK ((name <> ''::text)),
    CONSTRAINT agents_permissions_check CHECK (((array_position(permissions, ''::text) IS NULL) AND (array_position(permissions, NULL::text) IS NULL))),
    CONSTRAINT agents_reserved_id_check CHECK (((type = 'system'::text) = (id = ANY (ARRAY['00000000-0000-0000-0000-000000000001'::uuid, '00000000-0000-0000-0000-000000000002'::uuid, '00000000-0000-0000-0000-000000000003'::uuid, '00000000-0000-0000-0000-000000000004'::uuid, '00000000-0000-0000-0000-000000000005'::uuid, '00000000-0000-0000-0000-000000000010'::uuid, '00000000-0000-0000-0000-000000000099'::uuid])))),
    CONSTRAINT agents_role_check CHECK ((role = ANY (ARRAY['human_agent'::text, 'supervisor'::text, 'admin'::text, 'ai_agent'::text, 'ai_assistant'::text, 'channel_bot'::text, 'workflow_bot'::text, 'analytics_bot'::text, 'summarizer_bot'::text]))),
    CONSTRAINT agents_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
    CONSTRAINT agents_status_check CHECK ((status = ANY (ARRAY['available'::text, 'busy'::text, 'away'::text, 'offline'::text]))),
    CONSTRAINT agents_system_check CHECK (((type <> 'system'::text) OR ((status = 'offline'::text) AND active AND (deleted_at IS NULL)))),
    CONSTRAINT agents_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[last_login_at, created_at, updated_at, deleted_at]))),
    CONSTRAINT agents_type_check CHECK ((type = ANY (ARRAY['human'::text, 'ai'::text, 'bot'::text, 'channel'::text, 'virtual'::text, 'system'::text]))),
    CONSTRAINT agents_user_check CHECK ((((type <> 'human'::text) OR (user_id IS NOT NULL)) AND ((type <> ALL (ARRAY['virtual'::text, 'system'::text])) OR (user_id IS NULL)))),
    CONSTRAINT agents_virtual_check CHECK (((type <> 'virtual'::text) OR ((status = 'offline'::text) AND (email IS NULL) AND (permissions = '{}'::text[])))),
    CONSTRAINT agents_virtual_metadata_check CHECK (((type = 'virtual'::text) = (virtual_metadata IS NOT NULL)))
);

ALTER TABLE ONLY public.agents FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.agents IS 'Who or what acts on the CRM side of a conversation: people, programs, stand-ins and built-in agents.';

COMMENT ON COLUMN public.agents.tenant_id IS 'The tenant that the agent belongs to; never changes.';

COMMENT ON COLUMN public.agents.id IS 'UUIDv7 made by the client; a system agent has one of seven reserved ids, the same for every tenant.';

COMMENT ON COLUMN public.agents.project_id IS 'The project that the agent works for; never changes.';

COMMENT ON COLUMN public.agents.user_id IS 'The user who is the agent; a human agent has one, a virtual or system agent has none; never changes.';

COMMENT ON COLUMN public.agents.name IS 'The name as it is shown.';

COMMENT ON COLUMN public.agents.email IS 'The address in lower case, unique among the live agents of the tenant; NULL when unknown.';

COMMENT ON COLUMN public.agents.type IS 'What kind of agent it is; never changes.';

COMMENT ON COLUMN public.agents.status IS 'Presence; a virtual or system agent is always offline.';

COMMENT ON COLUMN public.agents.role IS 'What the agent is there for.';

COMMENT ON COLUMN public.agents.active IS 'Whether work may be given to the agent.';

COMMENT ON COLUMN public.agents.config IS 'Free-form object, for an AI agent provider and model among others; may hold keys to other services.';

COMMENT ON COLUMN public.agents.permissions IS 'Names of the permissions that the agent holds, sorted; an open set.';

COMMENT ON COLUMN public.agents.settings IS 'Free-form object of preferences; may hold keys to other services.';

COMMENT ON COLUMN public.agents.virtual_metadata IS 'Whom a virtual agent stands for and in which period, times as RFC 3339 text; NULL for any other agent.';

COMMENT ON COLUMN public.agents.last_login_at IS 'When the agent last logged in; NULL when it never did.';

COMMENT ON COLUMN public.agents.created_at IS 'When the agent was made.';

COMMENT ON COLUMN public.agents.updated_at IS 'When the agent was last changed by a command.';

COMMENT ON COLUMN public.agents.deleted_at IS 'When the agent was deleted; NULL while it is live.';

COMMENT ON COLUMN public.agents.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

CREATE TABLE public.billing_accounts (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    stripe_customer_id text,
    payment_status text NOT NULL,
    payment_methods jsonb NOT NULL,
    billing_email text NOT NULL,
    suspended_at timestamp with time zone,
    suspension_reason text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT billing_accounts_billing_email_check CHECK ((billing_email <> ''::text)),
    CONSTRAINT billing_accounts_length_bounds_check CHECK ((char_length(stripe_customer_id) <= 500)),
    CONSTRAINT billing_accounts_name_check CHECK ((name <> ''::text)),
    CONSTRAINT billing_accounts_payment_methods_check CHECK ((jsonb_typeof(payment_methods) = 'array'::text)),
    CONSTRAINT billing_accounts_payment_status_check CHECK ((payment_status = ANY (ARRAY['pending'::text, 'active'::text, 'suspended'::text, 'canceled'::text]))),
    CONSTRAINT billing_accounts_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[suspended_at, created_at, updated_at, deleted_at])))
);

ALTER TABLE ONLY public.billing_accounts FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.billing_accounts IS 'What a user pays through, for one project or several.';

COMMENT ON COLUMN public.billing_accounts.user_id IS 'The owner, who never changes.';

COMMENT ON COLUMN public.billing_accounts.id IS 'UUIDv7 made by the application.';

COMMENT ON COLUMN public.billing_accounts.name IS 'What the owner calls it.';

COMMENT ON COLUMN public.billing_accounts.stripe_customer_id IS 'The customer at Stripe (cus_...) that is charged, NULL until linked.';

COMMENT ON COLUMN public.billing_accounts.payment_status IS 'pending until a payment method is activated, then active or suspended; canceled is terminal.';

COMMENT ON COLUMN public.billing_accounts.payment_methods IS 'Array of {type, last_digits, expires_at, is_default}, at most one of them the default; expires_at is ISO 8601 or null.';

COMMENT ON COLUMN public.billing_accounts.billing_email IS 'Where invoices go, as it was given.';

COMMENT ON COLUMN public.billing_accounts.suspended_at IS 'When it was suspended or canceled, NULL while it is neither.';

COMMENT ON COLUMN public.billing_accounts.suspension_reason IS 'Why it was suspended, a fixed text when canceled.';

COMMENT ON COLUMN public.billing_accounts.created_at IS 'When it was created.';

COMMENT ON COLUMN public.billing_accounts.updated_at IS 'Time of the last command that changed it.';

COMMENT ON COLUMN public.billing_accounts.deleted_at IS 'When it was deleted, NULL while it lives.';

COMMENT ON COLUMN public.billing_accounts.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

CREATE TABLE public.broadcast_counters (
    tenant_id text NOT NULL,
    broadcast_id uuid NOT NULL,
    slot smallint NOT NULL,
    total_contacts bigint DEFAULT 0 NOT NULL,
    sent_count bigint DEFAULT 0 NOT NULL,
    failed_count bigint DEFAULT 0 NOT NULL,
    skipped_count bigint DEFAULT 0 NOT NULL,
    CONSTRAINT broadcast_counters_check CHECK (((total_contacts >= 0) AND (sent_count >= 0) AND (failed_count >= 0) AND (skipped_count >= 0)))
);

ALTER TABLE ONLY public.broadcast_counters FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.broadcast_counters IS 'What many workers count for a broadcast; its figure is the sum over the slots.';

COMMENT ON COLUMN public.broadcast_counters.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.broadcast_counters.broadcast_id IS 'The broadcast that this belongs to.';

COMMENT ON COLUMN public.broadcast_counters.slot IS '0 to 15, from the process id of the backend that counted, so that workers do not queue for one row.';

COMMENT ON COLUMN public.broadcast_counters.total_contacts IS 'Contacts that this slot counted in as getting the message.';

COMMENT ON COLUMN public.broadcast_counters.sent_count IS 'Messages that this slot counted as sent.';

COMMENT ON COLUMN public.broadcast_counters.failed_count IS 'Messages that this slot counted as failed.';

COMMENT ON COLUMN public.broadcast_counters.skipped_count IS 'Contacts that this slot counted as passed over; the rest of total_contacts is pending.';

CREATE TABLE public.broadcast_executions (
    tenant_id text NOT NULL,
    broadcast_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    status text NOT NULL,
    message_id uuid,
    error text,
    queued_at timestamp with time zone,
    sent_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT broadcast_executions_error_check CHECK ((((status = ANY (ARRAY['failed'::text, 'skipped'::text])) = (error IS NOT NULL)) AND (error <> ''::text))),
    CONSTRAINT broadcast_executions_message_check CHECK (((message_id IS NOT NULL) = (status = ANY (ARRAY['sending'::text, 'sent'::text, 'failed'::text])))),
    CONSTRAINT broadcast_executions_queued_check CHECK (((queued_at IS NULL) = (message_id IS NULL))),
    CONSTRAINT broadcast_executions_sent_check CHECK (((status = 'sent'::text) = (sent_at IS NOT NULL))),
    CONSTRAINT broadcast_executions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'skipped'::text]))),
    CONSTRAINT broadcast_executions_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[queued_at, sent_at, created_at, updated_at])))
);

ALTER TABLE ONLY public.broadcast_executions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.broadcast_executions IS 'To whom each broadcast goes, and how far it has come with each; rows without a version.';

COMMENT ON COLUMN public.broadcast_executions.tenant_id IS 'The tenant that broadcast and contact belong to.';

COMMENT ON COLUMN public.broadcast_executions.broadcast_id IS 'The broadcast.';

COMMENT ON COLUMN public.broadcast_executions.contact_id IS 'Who gets its message, once.';

COMMENT ON COLUMN public.broadcast_executions.status IS 'pending: not begun; sending: the message is stored, to be sent; sent: the platform took it; failed: it did not; skipped: there was nobody to send it to.';

COMMENT ON COLUMN public.broadcast_executions.message_id IS 'The message; NULL as long as there is none.';

COMMENT ON COLUMN public.broadcast_executions.error IS 'Why it failed or was skipped; NULL of the others.';

COMMENT ON COLUMN public.broadcast_executions.queued_at IS 'When the message was stored, to be sent; the rate limit counts these. NULL as long as there is none.';

COMMENT ON COLUMN public.broadcast_executions.sent_at IS 'When the platform took the message; NULL unless it did.';

COMMENT ON COLUMN public.broadcast_executions.created_at IS 'When the broadcast started, and the contact was on its list.';

COMMENT ON COLUMN public.broadcast_executions.updated_at IS 'When the row last changed.';

CREATE TABLE public.broadcasts (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    list_id uuid NOT NULL,
    message_template jsonb NOT NULL,
    status text NOT NULL,
    scheduled_for timestamp with time zone,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    failure_reason text,
    rate_limit integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    channel_id uuid,
    CONSTRAINT broadcasts_channel_check CHECK (((status <> ALL (ARRAY['scheduled'::text, 'running'::text])) OR (channel_id IS NOT NULL))),
    CONSTRAINT broadcasts_completed_check CHECK (((status = 'completed'::text) = (completed_at IS NOT NULL))),
    CONSTRAINT broadcasts_failed_check CHECK (((status = 'failed'::text) = (failure_reason IS NOT NULL))),
    CONSTRAINT broadcasts_message_template_check CHECK ((jsonb_typeof(message_template) = 'object'::text)),
    CONSTRAINT broadcasts_name_check CHECK ((name <> ''::text)),
    CONSTRAINT broadcasts_rate_limit_check CHECK ((rate_limit >= 0)),
    CONSTRAINT broadcasts_scheduled_check CHECK (((status <> 'scheduled'::text) OR (scheduled_for IS NOT NULL))),
    CONSTRAINT broadcasts_started_check CHECK (((status <> ALL (ARRAY['running'::text, 'completed'::text, 'failed'::text])) OR (started_at IS NOT NULL))),
    CONSTRAINT broadcasts_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'scheduled'::text, 'running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT broadcasts_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[scheduled_for, started_at, completed_at, created_at, updated_at])))
);

ALTER TABLE ONLY public.broadcasts FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.broadcasts IS 'Messages to everybody on a contact list.';

COMMENT ON COLUMN public.broadcasts.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.broadcasts.id IS 'Names the broadcast for good; made by the application.';

COMMENT ON COLUMN public.broadcasts.name IS 'What people call the broadcast; not empty.';

COMMENT ON COLUMN public.broadcasts.list_id IS 'The contact list whose members get the message.';

COMMENT ON COLUMN public.broadcasts.message_template IS 'What is sent: type, content and, where given, template_id, variables and media_url.';

COMMENT ON COLUMN public.broadcasts.status IS 'How far it has come: draft, scheduled, running, completed, failed or cancelled.';

COMMENT ON COLUMN public.broadcasts.scheduled_for IS 'When it is, or was, to start; NULL when started by hand.';

COMMENT ON COLUMN public.broadcasts.started_at IS 'When it started to send; NULL before.';

COMMENT ON COLUMN public.broadcasts.completed_at IS 'When it was completed; NULL unless it was.';

COMMENT ON COLUMN public.broadcasts.failure_reason IS 'Why it failed; NULL unless it did.';

COMMENT ON COLUMN public.broadcasts.rate_limit IS 'Messages per minute; 0 for no limit.';

COMMENT ON COLUMN public.broadcasts.created_at IS 'When the broadcast was made.';

COMMENT ON COLUMN public.broadcasts.updated_at IS 'When a command last changed it; never goes back.';

COMMENT ON COLUMN public.broadcasts.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

COMMENT ON COLUMN public.broadcasts.channel_id IS 'The channel by which the messages go; NULL of a draft that is yet to have one.';

CREATE TABLE public.campaign_counters (
    tenant_id text NOT NULL,
    campaign_id uuid NOT NULL,
    slot smallint NOT NULL,
    contacts_reached bigint DEFAULT 0 NOT NULL,
    conversions_count bigint DEFAULT 0 NOT NULL,
    CONSTRAINT campaign_counters_check CHECK (((contacts_reached >= 0) AND (conversions_count >= 0)))
);

ALTER TABLE ONLY public.campaign_counters FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.campaign_counters IS 'What many workers count for a campaign; its figure is the sum over the slots.';

COMMENT ON COLUMN public.campaign_counters.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.campaign_counters.campaign_id IS 'The campaign that this belongs to.';

COMMENT ON COLUMN public.campaign_counters.slot IS '0 to 15, from the process id of the backend that counted, so that workers do not queue for one row.';

COMMENT ON COLUMN public.campaign_counters.contacts_reached IS 'Contacts that this slot counted as reached.';

COMMENT ON COLUMN public.campaign_counters.conversions_count IS 'Conversions that this slot counted.';

CREATE TABLE public.campaign_enrollments (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    campaign_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    status text NOT NULL,
    step_position integer NOT NULL,
    next_scheduled_at timestamp with time zone,
    waiting_for text,
    postponements integer NOT NULL,
    completed_at timestamp with time zone,
    exited_at timestamp with time zone,
    exit_reason text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT campaign_enrollments_completed_check CHECK (((completed_at IS NOT NULL) = (status = 'completed'::text))),
    CONSTRAINT campaign_enrollments_exited_check CHECK ((((exited_at IS NOT NULL) = (status = 'exited'::text)) AND ((exit_reason IS NOT NULL) = (status = 'exited'::text)) AND (exit_reason <> ''::text))),
    CONSTRAINT campaign_enrollments_length_bounds_check CHECK ((char_length(tenant_id) <= 100)),
    CONSTRAINT campaign_enrollments_next_check CHECK (((next_scheduled_at IS NOT NULL) = (status = ANY (ARRAY['active'::text, 'paused'::text])))),
    CONSTRAINT campaign_enrollments_position_check CHECK (((step_position >= 0) AND (postponements >= 0))),
    CONSTRAINT campaign_enrollments_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'completed'::text, 'exited'::text]))),
    CONSTRAINT campaign_enrollments_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[next_scheduled_at, completed_at, exited_at, created_at, updated_at]))),
    CONSTRAINT campaign_enrollments_waiting_check CHECK ((((waiting_for = ANY (ARRAY['reply'::text, 'click'::text, 'open'::text])) AND (status = ANY (ARRAY['active'::text, 'paused'::text]))) OR (waiting_for IS NULL)))
);

ALTER TABLE ONLY public.campaign_enrollments FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.campaign_enrollments IS 'Contacts on their way through a campaign, and those that were.';

COMMENT ON COLUMN public.campaign_enrollments.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.campaign_enrollments.id IS 'UUIDv7, made by the application.';

COMMENT ON COLUMN public.campaign_enrollments.version IS 'Stepped by one with each change; the version guard refuses any other update.';

COMMENT ON COLUMN public.campaign_enrollments.campaign_id IS 'The campaign.';

COMMENT ON COLUMN public.campaign_enrollments.contact_id IS 'Who is on the way; changes when the contact is merged.';

COMMENT ON COLUMN public.campaign_enrollments.channel_id IS 'The channel by which its messages go.';

COMMENT ON COLUMN public.campaign_enrollments.status IS 'active, paused, completed (came to the end) or exited (left before it); the last two stay.';

COMMENT ON COLUMN public.campaign_enrollments.step_position IS 'Position of the step that is taken next, or was to be when the way ended.';

COMMENT ON COLUMN public.campaign_enrollments.next_scheduled_at IS 'When that step is due; kept while paused, NULL when the way is over.';

COMMENT ON COLUMN public.campaign_enrollments.waiting_for IS 'What the contact is waited to do at a step of type wait: reply, click or open; next_scheduled_at is when the time for it is over. NULL unless it waits.';

COMMENT ON COLUMN public.campaign_enrollments.postponements IS 'How often that step could not be taken and was put off.';

COMMENT ON COLUMN public.campaign_enrollments.completed_at IS 'When the last step was taken; NULL unless completed.';

COMMENT ON COLUMN public.campaign_enrollments.exited_at IS 'When the contact left; NULL unless exited.';

COMMENT ON COLUMN public.campaign_enrollments.exit_reason IS 'Why it left, such as replied; NULL unless exited.';

COMMENT ON COLUMN public.campaign_enrollments.created_at IS 'When the contact was enrolled.';

COMMENT ON COLUMN public.campaign_enrollments.updated_at IS 'When a command last changed it; never goes back.';

CREATE TABLE public.campaign_steps (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    config jsonb NOT NULL,
    conditions jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT campaign_steps_conditions_check CHECK ((jsonb_typeof(conditions) = 'array'::text)),
    CONSTRAINT campaign_steps_config_check CHECK ((jsonb_typeof(config) = 'object'::text)),
    CONSTRAINT campaign_steps_position_check CHECK (("position" >= 0)),
    CONSTRAINT campaign_steps_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> created_at)),
    CONSTRAINT campaign_steps_type_check CHECK ((type = ANY (ARRAY['broadcast'::text, 'sequence'::text, 'delay'::text, 'condition'::text, 'wait'::text])))
);

ALTER TABLE ONLY public.campaign_steps FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.campaign_steps IS 'The steps of a campaign, which change with it, under its version.';

COMMENT ON COLUMN public.campaign_steps.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.campaign_steps.id IS 'Names the step for good; made by the application.';

COMMENT ON COLUMN public.campaign_steps.campaign_id IS 'The campaign that this belongs to.';

COMMENT ON COLUMN public.campaign_steps."position" IS 'The place among the steps of the campaign, from 0, not always without a gap.';

COMMENT ON COLUMN public.campaign_steps.name IS 'What people call the step.';

COMMENT ON COLUMN public.campaign_steps.type IS 'What the step does: broadcast, sequence, delay, condition or wait.';

COMMENT ON COLUMN public.campaign_steps.config IS 'How it does it: an object whose keys depend on the type; wait_timeout is in hours, timeout_step a position.';

COMMENT ON COLUMN public.campaign_steps.conditions IS 'What must hold of a contact for the step to be taken: a list of objects with type, operator, value and, where given, field and metadata.';

COMMENT ON COLUMN public.campaign_steps.created_at IS 'When the step was made.';

CREATE TABLE public.campaigns (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    status text NOT NULL,
    goal_type text NOT NULL,
    goal_value integer NOT NULL,
    start_date timestamp with time zone,
    end_date timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT campaigns_end_check CHECK (((status <> 'completed'::text) OR (end_date IS NOT NULL))),
    CONSTRAINT campaigns_goal_type_check CHECK ((goal_type = ANY (ARRAY['reach_contacts'::text, 'conversions'::text, 'engagement'::text]))),
    CONSTRAINT campaigns_goal_value_check CHECK ((goal_value >= 0)),
    CONSTRAINT campaigns_length_bounds_check CHECK ((char_length(tenant_id) <= 100)),
    CONSTRAINT campaigns_name_check CHECK ((name <> ''::text)),
    CONSTRAINT campaigns_start_check CHECK (((status <> 'scheduled'::text) OR (start_date IS NOT NULL))),
    CONSTRAINT campaigns_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'scheduled'::text, 'active'::text, 'paused'::text, 'completed'::text, 'archived'::text]))),
    CONSTRAINT campaigns_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[start_date, end_date, created_at, updated_at])))
);

ALTER TABLE ONLY public.campaigns FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.campaigns IS 'Marketing flows of several steps towards a goal.';

COMMENT ON COLUMN public.campaigns.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.campaigns.id IS 'Names the campaign for good; made by the application.';

COMMENT ON COLUMN public.campaigns.name IS 'What people call the campaign; not empty.';

COMMENT ON COLUMN public.campaigns.description IS 'What it is for; may be empty.';

COMMENT ON COLUMN public.campaigns.status IS 'How far it has come: draft, scheduled, active, paused, completed or archived.';

COMMENT ON COLUMN public.campaigns.goal_type IS 'What goal_value counts: reach_contacts, conversions or engagement.';

COMMENT ON COLUMN public.campaigns.goal_value IS 'How many of what goal_type names are to be reached; 0 for no goal.';

COMMENT ON COLUMN public.campaigns.start_date IS 'When it is, or was, scheduled to start; NULL when started by hand.';

COMMENT ON COLUMN public.campaigns.end_date IS 'When it was completed; NULL before.';

COMMENT ON COLUMN public.campaigns.created_at IS 'When the campaign was made.';

COMMENT ON COLUMN public.campaigns.updated_at IS 'When a command last changed it; never goes back.';

COMMENT ON COLUMN public.campaigns.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

CREATE TABLE public.channel_counters (
    tenant_id text NOT NULL,
    channel_id uuid NOT NULL,
    slot smallint NOT NULL,
    messages_received bigint DEFAULT 0 NOT NULL,
    messages_sent bigint DEFAULT 0 NOT NULL,
    last_message_at timestamp with time zone,
    CONSTRAINT channel_counters_check CHECK (((messages_received >= 0) AND (messages_sent >= 0))),
    CONSTRAINT channel_counters_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> last_message_at))
);

ALTER TABLE ONLY public.channel_counters FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.channel_counters IS 'Messages of a channel, spread over slots; the figure is the sum over them.';

COMMENT ON COLUMN public.channel_counters.tenant_id IS 'Whose channel it is.';

COMMENT ON COLUMN public.channel_counters.channel_id IS 'The channel that is counted for.';

COMMENT ON COLUMN public.channel_counters.slot IS 'Process id of the writing backend modulo 16.';

COMMENT ON COLUMN public.channel_counters.messages_received IS 'Messages received that this slot has counted.';

COMMENT ON COLUMN public.channel_counters.messages_sent IS 'Messages sent that this slot has counted.';

COMMENT ON COLUMN public.channel_counters.last_message_at IS 'When the last message that this slot has counted was received.';

CREATE TABLE public.channel_routes (
    tenant_id text NOT NULL,
    platform text NOT NULL,
    external_id text NOT NULL,
    channel_id uuid NOT NULL,
    webhook_id text NOT NULL,
    CONSTRAINT channel_routes_length_bounds_check CHECK (((char_length(platform) <= 100) AND (char_length(external_id) <= 500) AND (char_length(webhook_id) <= 500)))
);

ALTER TABLE ONLY public.channel_routes FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.channel_routes IS 'Directory of inbound webhooks, the way from an event to its tenant.';

COMMENT ON COLUMN public.channel_routes.tenant_id IS 'Whose channel it is.';

COMMENT ON COLUMN public.channel_routes.platform IS 'Where external_id is unique in the tenant: the type of the channel, waha for both kinds of WAHA.';

COMMENT ON COLUMN public.channel_routes.external_id IS 'Id of the channel on the platform.';

COMMENT ON COLUMN public.channel_routes.channel_id IS 'The channel, live and with this external id.';

COMMENT ON COLUMN public.channel_routes.webhook_id IS 'Path of the channel''s inbound webhook; whoever knows it may ask for this row.';

CREATE TABLE public.channels (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    status text NOT NULL,
    external_id text,
    config jsonb NOT NULL,
    secrets text,
    connection_mode text NOT NULL,
    webhook_id text NOT NULL,
    webhook_url text,
    webhook_configured_at timestamp with time zone,
    webhook_active boolean NOT NULL,
    pipeline_id uuid,
    session_timeout_minutes integer,
    ai_enabled boolean NOT NULL,
    ai_agents_enabled boolean NOT NULL,
    allow_groups boolean NOT NULL,
    tracking_enabled boolean NOT NULL,
    debounce_timeout_ms integer NOT NULL,
    last_error_at timestamp with time zone,
    last_error text,
    history_import_enabled boolean NOT NULL,
    history_import_status text NOT NULL,
    history_import_stats jsonb,
    history_import_correlation_id text,
    last_import_date timestamp with time zone,
    history_import_max_days integer,
    history_import_max_messages_per_chat integer,
    default_agent_id uuid,
    custom_field_definitions jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    suspended_from text,
    CONSTRAINT channels_ai_agents_check CHECK ((ai_enabled OR (NOT ai_agents_enabled))),
    CONSTRAINT channels_config_check CHECK (((jsonb_typeof(config) = 'object'::text) AND (NOT (config ?| ARRAY['auth'::text, 'api_key'::text, 'token'::text, 'access_token'::text, 'verify_token'::text, 'bot_token'::text])) AND ((config ->> 'base_url'::text) !~ '[?#]|//[^/]*@'::text) AND ((config ->> 'webhook_url'::text) !~ '[?#]|//[^/]*@'::text) AND (webhook_url !~ '[?#]|//[^/]*@'::text))),
    CONSTRAINT channels_connection_mode_check CHECK ((connection_mode = ANY (ARRAY['manual'::text, 'auto'::text]))),
    CONSTRAINT channels_debounce_check CHECK (((debounce_timeout_ms >= 0) AND (debounce_timeout_ms <= 300000))),
    CONSTRAINT channels_encrypted_check CHECK (public.ventros_is_encrypted(secrets)),
    CONSTRAINT channels_history_import_limits_check CHECK (((history_import_max_days > 0) AND (history_import_max_messages_per_chat > 0))),
    CONSTRAINT channels_history_import_status_check CHECK ((history_import_status = ANY (ARRAY['idle'::text, 'importing'::text, 'completed'::text, 'failed'::text]))),
    CONSTRAINT channels_length_bounds_check CHECK ((char_length(webhook_id) <= 500)),
    CONSTRAINT channels_name_check CHECK ((name <> ''::text)),
    CONSTRAINT channels_secrets_check CHECK (((deleted_at IS NULL) OR (secrets IS NULL))),
    CONSTRAINT channels_session_timeout_check CHECK (((session_timeout_minutes >= 1) AND (session_timeout_minutes <= 1440))),
    CONSTRAINT channels_status_check CHECK ((status = ANY (ARRAY['active'::text, 'inactive'::text, 'activating'::text, 'connecting'::text, 'disconnected'::text, 'error'::text, 'suspended'::text]))),
    CONSTRAINT channels_suspended_from_check CHECK ((((status = 'suspended'::text) = (suspended_from IS NOT NULL)) AND (suspended_from = ANY (ARRAY['active'::text, 'inactive'::text, 'activating'::text, 'connecting'::text, 'disconnected'::text, 'error'::text])))),
    CONSTRAINT channels_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[webhook_configured_at, last_error_at, last_import_date, created_at, updated_at, deleted_at]))),
    CONSTRAINT channels_type_check CHECK ((type = ANY (ARRAY['waha'::text, 'whatsapp_business'::text, 'whatsapp'::text, 'messenger'::text, 'instagram'::text, 'telegram'::text, 'wechat'::text, 'twilio_sms'::text, 'web_form'::text])))
);

ALTER TABLE ONLY public.channels FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.channels IS 'Connections to messaging platforms, through which messages come and go.';

COMMENT ON COLUMN public.channels.tenant_id IS 'Whose it is.';

COMMENT ON COLUMN public.channels.id IS 'UUIDv7 made by the application.';

COMMENT ON COLUMN public.channels.user_id IS 'The owner, who never changes.';

COMMENT ON COLUMN public.channels.project_id IS 'The project whose messages pass here; never changes.';

COMMENT ON COLUMN public.channels.name IS 'What the owner calls it.';

COMMENT ON COLUMN public.channels.type IS 'The platform and the way to it; never changes.';

COMMENT ON COLUMN public.channels.status IS 'Whether it takes messages: only an active one does.';

COMMENT ON COLUMN public.channels.external_id IS 'Its id on the platform (WAHA session, phone number id, bot id), NULL until it has one.';

COMMENT ON COLUMN public.channels.config IS 'Object of what its type needs, the way to the platform, without its keys; also labels and the state of the session.';

COMMENT ON COLUMN public.channels.secrets IS 'Keys to the platform, an object of texts, encrypted; NULL while there is none, and once it is deleted.';

COMMENT ON COLUMN public.channels.connection_mode IS 'manual: the session at the platform is the owner''s; auto: the service made it.';

COMMENT ON COLUMN public.channels.webhook_id IS 'Path of its inbound webhook, a UUID as text; never changes.';

COMMENT ON COLUMN public.channels.webhook_url IS 'Where the platform was told to send its events, NULL before that.';

COMMENT ON COLUMN public.channels.webhook_configured_at IS 'When the platform was told so.';

COMMENT ON COLUMN public.channels.webhook_active IS 'Whether the platform sends its events there.';

COMMENT ON COLUMN public.channels.pipeline_id IS 'The pipeline in which its sessions start, NULL for none.';

COMMENT ON COLUMN public.channels.session_timeout_minutes IS 'Minutes of silence that end a session, NULL for the project''s.';

COMMENT ON COLUMN public.channels.ai_enabled IS 'Whether AI works on its messages.';

COMMENT ON COLUMN public.channels.ai_agents_enabled IS 'Whether AI agents answer; needs ai_enabled.';

COMMENT ON COLUMN public.channels.allow_groups IS 'Whether messages of groups are taken.';

COMMENT ON COLUMN public.channels.tracking_enabled IS 'Whether the origin of its conversations is tracked.';

COMMENT ON COLUMN public.channels.debounce_timeout_ms IS 'Milliseconds for which messages of one contact are gathered, 0 for the default of 15000.';

COMMENT ON COLUMN public.channels.last_error_at IS 'When its last error happened; kept when it works again.';

COMMENT ON COLUMN public.channels.last_error IS 'Text of its last error.';

COMMENT ON COLUMN public.channels.history_import_enabled IS 'Whether older messages may be imported.';

COMMENT ON COLUMN public.channels.history_import_status IS 'idle, importing, completed or failed.';

COMMENT ON COLUMN public.channels.history_import_stats IS 'Object {total, processed, failed, started_at, ended_at} of the last import; counts of messages, ISO 8601 times.';

COMMENT ON COLUMN public.channels.history_import_correlation_id IS 'What the last request of an import was called by its sender.';

COMMENT ON COLUMN public.channels.last_import_date IS 'When the last import was completed.';

COMMENT ON COLUMN public.channels.history_import_max_days IS 'How many days back an import reaches, NULL without limit.';

COMMENT ON COLUMN public.channels.history_import_max_messages_per_chat IS 'How many messages of one chat are imported, NULL without limit.';

COMMENT ON COLUMN public.channels.default_agent_id IS 'The agent who gets what is imported.';

COMMENT ON COLUMN public.channels.custom_field_definitions IS 'Object of definitions by key, kept for the older system''s sake; no command writes it.';

COMMENT ON COLUMN public.channels.created_at IS 'When it was created.';

COMMENT ON COLUMN public.channels.updated_at IS 'Time of the last command that changed it.';

COMMENT ON COLUMN public.channels.deleted_at IS 'When it was deleted, NULL while it lives.';

COMMENT ON COLUMN public.channels.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

COMMENT ON COLUMN public.channels.suspended_from IS 'The status that it had before it was suspended, and has again afterwards; NULL while it is not suspended.';

CREATE TABLE public.chat_participants (
    tenant_id text NOT NULL,
    chat_id uuid NOT NULL,
    participant_id uuid NOT NULL,
    participant_type text NOT NULL,
    contact_id uuid GENERATED ALWAYS AS (
CASE
    WHEN (participant_type = 'contact'::text) THEN participant_id
    ELSE NULL::uuid
END) STORED,
    agent_id uuid GENERATED ALWAYS AS (
CASE
    WHEN (participant_type = 'agent'::text) THEN participant_id
    ELSE NULL::uuid
END) STORED,
    joined_at timestamp with time zone NOT NULL,
    is_admin boolean NOT NULL,
    CONSTRAINT chat_participants_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> joined_at)),
    CONSTRAINT chat_participants_type_check CHECK ((participant_type = ANY (ARRAY['contact'::text, 'agent'::text])))
);

ALTER TABLE ONLY public.chat_participants FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.chat_participants IS 'Who takes part in a chat; written only together with a step of the version of the chat.';

COMMENT ON COLUMN public.chat_participants.tenant_id IS 'Whose chat it is.';

COMMENT ON COLUMN public.chat_participants.chat_id IS 'The chat that is taken part in.';

COMMENT ON COLUMN public.chat_participants.participant_id IS 'The contact or the agent, at most once in a chat.';

COMMENT ON COLUMN public.chat_participants.participant_type IS 'contact or agent: whose id participant_id is.';

COMMENT ON COLUMN public.chat_participants.contact_id IS 'participant_id where it is a contact, else NULL; made by the server for the foreign key and the index.';

COMMENT ON COLUMN public.chat_participants.agent_id IS 'participant_id where it is an agent, else NULL; made by the server for the foreign key.';

COMMENT ON COLUMN public.chat_participants.joined_at IS 'When the participant joined; orders the participants of a chat.';

COMMENT ON COLUMN public.chat_participants.is_admin IS 'Whether the participant runs the group; true only in chats of type group.';

CREATE TABLE public.chats (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    chat_type text NOT NULL,
    individual_contact_id uuid,
    external_id text,
    subject text,
    description text,
    status text NOT NULL,
    metadata jsonb NOT NULL,
    label_ids text[] NOT NULL,
    last_message_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT chats_chat_type_check CHECK ((chat_type = ANY (ARRAY['individual'::text, 'group'::text, 'channel'::text]))),
    CONSTRAINT chats_description_check CHECK (((description IS NULL) OR ((description <> ''::text) AND (chat_type <> 'individual'::text)))),
    CONSTRAINT chats_external_id_check CHECK ((external_id <> ''::text)),
    CONSTRAINT chats_individual_contact_check CHECK (((chat_type = 'individual'::text) = (individual_contact_id IS NOT NULL))),
    CONSTRAINT chats_label_ids_check CHECK (((array_position(label_ids, ''::text) IS NULL) AND (array_position(label_ids, NULL::text) IS NULL))),
    CONSTRAINT chats_length_bounds_check CHECK ((char_length(external_id) <= 500)),
    CONSTRAINT chats_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT chats_status_check CHECK ((status = ANY (ARRAY['active'::text, 'archived'::text, 'closed'::text]))),
    CONSTRAINT chats_subject_check CHECK ((((chat_type = 'individual'::text) = (subject IS NULL)) AND ((char_length(subject) >= 1) AND (char_length(subject) <= 255)))),
    CONSTRAINT chats_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[last_message_at, created_at, updated_at, deleted_at])))
);

ALTER TABLE ONLY public.chats FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.chats IS 'Conversation spaces that outlive sessions: with one contact, of a group, or broadcast-like.';

COMMENT ON COLUMN public.chats.tenant_id IS 'Whose chat it is.';

COMMENT ON COLUMN public.chats.id IS 'The chat, made by the client as a UUIDv7.';

COMMENT ON COLUMN public.chats.project_id IS 'The project that the chat belongs to; never changes.';

COMMENT ON COLUMN public.chats.chat_type IS 'individual, group or channel; never changes.';

COMMENT ON COLUMN public.chats.individual_contact_id IS 'The one contact of an individual chat, by which it is unique; NULL for the other types.';

COMMENT ON COLUMN public.chats.external_id IS 'The id of the chat on the platform, such as the address of a WhatsApp group; NULL when unknown.';

COMMENT ON COLUMN public.chats.subject IS 'The name of a group or channel, 1 to 255 characters; NULL for an individual chat.';

COMMENT ON COLUMN public.chats.description IS 'What a group or channel is about; NULL when nothing is said, and for an individual chat.';

COMMENT ON COLUMN public.chats.status IS 'active, archived, or closed, which is terminal.';

COMMENT ON COLUMN public.chats.metadata IS 'Free-form object; labels are not in it.';

COMMENT ON COLUMN public.chats.label_ids IS 'Ids of labels defined on channels, each once, in the order of their adding.';

COMMENT ON COLUMN public.chats.last_message_at IS 'When the latest message was written; NULL before the first, never goes back.';

COMMENT ON COLUMN public.chats.created_at IS 'When the chat was made.';

COMMENT ON COLUMN public.chats.updated_at IS 'When the chat was last changed.';

COMMENT ON COLUMN public.chats.deleted_at IS 'When the chat was deleted; NULL while it is live.';

COMMENT ON COLUMN public.chats.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

CREATE TABLE public.contact_custom_fields (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    field_key text NOT NULL,
    field_type text NOT NULL,
    field_value jsonb NOT NULL,
    field_value_hash integer GENERATED ALWAYS AS (jsonb_hash(field_value)) STORED NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT contact_custom_fields_key_check CHECK ((field_key <> ''::text)),
    CONSTRAINT contact_custom_fields_length_bounds_check CHECK ((char_length(field_key) <= 500)),
    CONSTRAINT contact_custom_fields_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[created_at, updated_at, deleted_at]))),
    CONSTRAINT contact_custom_fields_value_check CHECK ((jsonb_typeof(field_value) =
CASE
    WHEN (field_type = ANY (ARRAY['text'::text, 'date'::text, 'url'::text, 'email'::text, 'phone'::text, 'select'::text])) THEN 'string'::text
    WHEN (field_type = ANY (ARRAY['number'::text, 'boolean'::text])) THEN field_type
    WHEN (field_type = 'json'::text) THEN 'object'::text
    WHEN (field_type = ANY (ARRAY['multi_select'::text, 'label'::text])) THEN 'array'::text
    ELSE 'none'::text
END))
);

ALTER TABLE ONLY public.contact_custom_fields FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.contact_custom_fields IS 'What a project keeps of its contacts under keys of its own; rows without a version.';

COMMENT ON COLUMN public.contact_custom_fields.tenant_id IS 'The tenant that the contact belongs to.';

COMMENT ON COLUMN public.contact_custom_fields.id IS 'UUIDv7, made by the application.';

COMMENT ON COLUMN public.contact_custom_fields.contact_id IS 'The contact.';

COMMENT ON COLUMN public.contact_custom_fields.field_key IS 'What the project calls the field; once per contact.';

COMMENT ON COLUMN public.contact_custom_fields.field_type IS 'What kind of value the field has; changes only when a removed field is set anew.';

COMMENT ON COLUMN public.contact_custom_fields.field_value IS 'The value, in the JSON form of its type; a date is an ISO 8601 text in UTC.';

COMMENT ON COLUMN public.contact_custom_fields.field_value_hash IS 'Hash of field_value, computed by the server, to find contacts by it.';

COMMENT ON COLUMN public.contact_custom_fields.created_at IS 'When the field was first set.';

COMMENT ON COLUMN public.contact_custom_fields.updated_at IS 'When the field was last set or removed.';

COMMENT ON COLUMN public.contact_custom_fields.deleted_at IS 'When the field was removed; NULL while the contact has it.';

CREATE TABLE public.contact_identities (
    tenant_id text NOT NULL,
    project_id uuid NOT NULL,
    lid text NOT NULL,
    phone text,
    contact_id uuid NOT NULL,
    paired_at timestamp with time zone NOT NULL,
    CONSTRAINT contact_identities_length_bounds_check CHECK (((char_length(lid) <= 500) AND (char_length(phone) <= 500))),
    CONSTRAINT contact_identities_lid_check CHECK ((lid ~ '^[0-9]+$'::text)),
    CONSTRAINT contact_identities_phone_check CHECK ((phone ~ '^[0-9+]{8,}$'::text)),
    CONSTRAINT contact_identities_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> paired_at))
);

ALTER TABLE ONLY public.contact_identities FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.contact_identities IS 'The LIDs that contacts of a project are known by, with the phone that each was last paired with.';

COMMENT ON COLUMN public.contact_identities.tenant_id IS 'The tenant that the contact belongs to.';

COMMENT ON COLUMN public.contact_identities.project_id IS 'The project of the contact.';

COMMENT ON COLUMN public.contact_identities.lid IS 'Digits of the LID, without @lid; once per project.';

COMMENT ON COLUMN public.contact_identities.phone IS 'Phone that WhatsApp told with the LID, in its normal form; NULL as long as it told none.';

COMMENT ON COLUMN public.contact_identities.contact_id IS 'The contact that a message of the LID alone belongs to.';

COMMENT ON COLUMN public.contact_identities.paired_at IS 'When the message was written that first told of LID and phone together; of the LID alone where phone is NULL.';

CREATE TABLE public.contact_list_counters (
    tenant_id text NOT NULL,
    contact_list_id uuid NOT NULL,
    slot smallint NOT NULL,
    members bigint DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.contact_list_counters FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.contact_list_counters IS 'How many members a static list has: the sum over the slots, exact to the row of contact_list_members.';

COMMENT ON COLUMN public.contact_list_counters.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.contact_list_counters.contact_list_id IS 'The static list that this belongs to.';

COMMENT ON COLUMN public.contact_list_counters.slot IS '0 to 15, from the process id of the backend that counted, so that workers do not queue for one row.';

COMMENT ON COLUMN public.contact_list_counters.members IS 'Members that this slot counted in, less those that it counted out; may be below zero.';

CREATE TABLE public.contact_list_filters (
    tenant_id text NOT NULL,
    contact_list_id uuid NOT NULL,
    id uuid NOT NULL,
    "position" integer NOT NULL,
    filter_type text NOT NULL,
    operator text NOT NULL,
    field_key text NOT NULL,
    field_type text,
    value jsonb,
    pipeline_id uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT contact_list_filters_field_key_check CHECK (
CASE filter_type
    WHEN 'custom_field'::text THEN (field_key <> ''::text)
    WHEN 'pipeline_status'::text THEN (field_key = 'status'::text)
    WHEN 'tag'::text THEN (field_key = 'tag'::text)
    WHEN 'attribute'::text THEN (field_key = ANY (ARRAY['name'::text, 'email'::text, 'phone'::text, 'language'::text, 'timezone'::text, 'source_channel'::text, 'first_interaction_at'::text, 'last_interaction_at'::text, 'created_at'::text, 'updated_at'::text]))
    ELSE false
END),
    CONSTRAINT contact_list_filters_field_type_check CHECK ((((field_type IS NOT NULL) = (filter_type = 'custom_field'::text)) AND (field_type = ANY (ARRAY['text'::text, 'number'::text, 'boolean'::text, 'date'::text, 'json'::text, 'url'::text, 'email'::text, 'phone'::text, 'select'::text, 'multi_select'::text, 'label'::text])))),
    CONSTRAINT contact_list_filters_operator_check CHECK ((operator = ANY (ARRAY['eq'::text, 'ne'::text, 'gt'::text, 'lt'::text, 'gte'::text, 'lte'::text, 'contains'::text, 'not_contains'::text, 'starts_with'::text, 'ends_with'::text, 'in'::text, 'not_in'::text, 'is_null'::text, 'is_not_null'::text]))),
    CONSTRAINT contact_list_filters_pipeline_check CHECK (((pipeline_id IS NOT NULL) = (filter_type = 'pipeline_status'::text))),
    CONSTRAINT contact_list_filters_position_check CHECK (("position" >= 0)),
    CONSTRAINT contact_list_filters_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> created_at)),
    CONSTRAINT contact_list_filters_value_check CHECK ((((value IS NULL) = (operator = ANY (ARRAY['is_null'::text, 'is_not_null'::text]))) AND ((jsonb_typeof(value) = 'array'::text) = (operator = ANY (ARRAY['in'::text, 'not_in'::text]))) AND (value <> ALL (ARRAY['null'::jsonb, '[]'::jsonb]))))
);

ALTER TABLE ONLY public.contact_list_filters FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.contact_list_filters IS 'The rules of dynamic lists; a change goes with an update of the list, which steps its version.';

COMMENT ON COLUMN public.contact_list_filters.tenant_id IS 'The tenant that the list belongs to.';

COMMENT ON COLUMN public.contact_list_filters.contact_list_id IS 'The list that the rule is part of.';

COMMENT ON COLUMN public.contact_list_filters.id IS 'UUIDv7, made by the application.';

COMMENT ON COLUMN public.contact_list_filters."position" IS 'Place among the rules of the list, rising from 0, with gaps where rules were removed.';

COMMENT ON COLUMN public.contact_list_filters.filter_type IS 'What of a contact the rule looks at.';

COMMENT ON COLUMN public.contact_list_filters.operator IS 'How it is compared with the value.';

COMMENT ON COLUMN public.contact_list_filters.field_key IS 'The key of the custom field or the column of contacts; "tag" and "status" for the other types.';

COMMENT ON COLUMN public.contact_list_filters.field_type IS 'The type of the custom field; NULL for the other types of rule.';

COMMENT ON COLUMN public.contact_list_filters.value IS 'What is compared with, an array for in and not_in; a time is an ISO 8601 text in UTC, a pipeline status its id; NULL for is_null and is_not_null.';

COMMENT ON COLUMN public.contact_list_filters.pipeline_id IS 'The pipeline whose status is looked at; NULL for the other types of rule.';

COMMENT ON COLUMN public.contact_list_filters.created_at IS 'When the rule was made.';

CREATE TABLE public.contact_list_members (
    tenant_id text NOT NULL,
    contact_list_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT contact_list_members_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> added_at))
);

ALTER TABLE ONLY public.contact_list_members FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.contact_list_members IS 'The contacts of static lists; rows without a version.';

COMMENT ON COLUMN public.contact_list_members.tenant_id IS 'The tenant that list and contact belong to.';

COMMENT ON COLUMN public.contact_list_members.contact_list_id IS 'The static list.';

COMMENT ON COLUMN public.contact_list_members.contact_id IS 'The member, a contact of the list''s project.';

COMMENT ON COLUMN public.contact_list_members.added_at IS 'When the contact was added.';

CREATE TABLE public.contact_lists (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    logical_operator text NOT NULL,
    is_static boolean NOT NULL,
    contact_count bigint NOT NULL,
    last_calculated_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT contact_lists_contact_count_check CHECK ((contact_count >= 0)),
    CONSTRAINT contact_lists_description_check CHECK ((description <> ''::text)),
    CONSTRAINT contact_lists_logical_operator_check CHECK ((logical_operator = ANY (ARRAY['AND'::text, 'OR'::text]))),
    CONSTRAINT contact_lists_name_check CHECK ((name <> ''::text)),
    CONSTRAINT contact_lists_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[last_calculated_at, created_at, updated_at, deleted_at])))
);

ALTER TABLE ONLY public.contact_lists FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.contact_lists IS 'Named groups of a project''s contacts.';

COMMENT ON COLUMN public.contact_lists.tenant_id IS 'The tenant that the list belongs to.';

COMMENT ON COLUMN public.contact_lists.id IS 'UUIDv7, made by the application.';

COMMENT ON COLUMN public.contact_lists.project_id IS 'The project whose contacts the list groups; never changes.';

COMMENT ON COLUMN public.contact_lists.name IS 'What people call the list; need not be unique.';

COMMENT ON COLUMN public.contact_lists.description IS 'Free text; NULL for none.';

COMMENT ON COLUMN public.contact_lists.logical_operator IS 'AND: a contact must satisfy all rules of a dynamic list; OR: one of them.';

COMMENT ON COLUMN public.contact_lists.is_static IS 'Whether the list has members chosen one by one instead of rules; never changes.';

COMMENT ON COLUMN public.contact_lists.contact_count IS 'Number of contacts at last_calculated_at; members come and go without changing it.';

COMMENT ON COLUMN public.contact_lists.last_calculated_at IS 'When contact_count was counted; NULL for never.';

COMMENT ON COLUMN public.contact_lists.created_at IS 'When the list was created.';

COMMENT ON COLUMN public.contact_lists.updated_at IS 'When the list or one of its rules last changed.';

COMMENT ON COLUMN public.contact_lists.deleted_at IS 'When the list was deleted, for good; NULL while it is live.';

COMMENT ON COLUMN public.contact_lists.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

CREATE TABLE public.contacts (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    external_id text,
    source_channel text,
    language text NOT NULL,
    timezone text,
    tags text[] NOT NULL,
    profile_picture_url text,
    profile_picture_fetched_at timestamp with time zone,
    first_interaction_at timestamp with time zone,
    last_interaction_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    merged_into uuid,
    CONSTRAINT contacts_array_bounds_check CHECK ((array_position(tags, NULL::text) IS NULL)),
    CONSTRAINT contacts_email_check CHECK ((email ~ '^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$'::text)),
    CONSTRAINT contacts_email_length_check CHECK ((char_length(email) <= 500)),
    CONSTRAINT contacts_interaction_check CHECK ((((first_interaction_at IS NULL) = (last_interaction_at IS NULL)) AND (last_interaction_at >= first_interaction_at))),
    CONSTRAINT contacts_language_check CHECK ((language <> ''::text)),
    CONSTRAINT contacts_length_bounds_check CHECK (((char_length(name) <= 500) AND (char_length(phone) <= 500))),
    CONSTRAINT contacts_merged_into_check CHECK (((merged_into IS NULL) OR ((deleted_at IS NOT NULL) AND (merged_into <> id)))),
    CONSTRAINT contacts_name_check CHECK ((name <> ''::text)),
    CONSTRAINT contacts_ninth_digit_check CHECK ((phone !~ '^\+?55[1-9][1-9][6-9][0-9]{7}$'::text)),
    CONSTRAINT contacts_phone_check CHECK ((phone ~ '^[0-9+]{8,}$'::text)),
    CONSTRAINT contacts_profile_picture_check CHECK (((profile_picture_url IS NULL) = (profile_picture_fetched_at IS NULL))),
    CONSTRAINT contacts_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[profile_picture_fetched_at, first_interaction_at, last_interaction_at, created_at, updated_at, deleted_at])))
);

ALTER TABLE ONLY public.contacts FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.contacts IS 'A person that the project talks to.';

COMMENT ON COLUMN public.contacts.tenant_id IS 'The tenant that the contact belongs to.';

COMMENT ON COLUMN public.contacts.id IS 'Made by the application, a UUIDv7.';

COMMENT ON COLUMN public.contacts.project_id IS 'The project; never changes.';

COMMENT ON COLUMN public.contacts.name IS 'As the contact is called; the phone, when no name was given.';

COMMENT ON COLUMN public.contacts.email IS 'Lower-case and trimmed; unique among the live contacts of the project.';

COMMENT ON COLUMN public.contacts.phone IS 'Digits and + only, a Brazilian mobile with its ninth digit; unique among the live contacts of the project.';

COMMENT ON COLUMN public.contacts.external_id IS 'The contact in another system.';

COMMENT ON COLUMN public.contacts.source_channel IS 'Where the contact came from, free text.';

COMMENT ON COLUMN public.contacts.language IS 'A language tag, en unless known.';

COMMENT ON COLUMN public.contacts.timezone IS 'An IANA name.';

COMMENT ON COLUMN public.contacts.tags IS 'Each once, in the order of adding.';

COMMENT ON COLUMN public.contacts.profile_picture_url IS 'Address of the picture; present exactly with the time of its fetching.';

COMMENT ON COLUMN public.contacts.profile_picture_fetched_at IS 'When the picture was last fetched.';

COMMENT ON COLUMN public.contacts.first_interaction_at IS 'When the contact was first in touch; never moves.';

COMMENT ON COLUMN public.contacts.last_interaction_at IS 'When the contact was last in touch; never goes back.';

COMMENT ON COLUMN public.contacts.created_at IS 'When the contact was created.';

COMMENT ON COLUMN public.contacts.updated_at IS 'When the contact last changed.';

COMMENT ON COLUMN public.contacts.deleted_at IS 'When the contact was deleted; it is not found any more.';

COMMENT ON COLUMN public.contacts.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

COMMENT ON COLUMN public.contacts.merged_into IS 'The contact that took over what belonged to this one, which is deleted since; NULL for the others.';

CREATE TABLE public.credential_refreshes (
    tenant_id text NOT NULL,
    credential_id uuid NOT NULL,
    lease_id uuid NOT NULL,
    leased_until timestamp with time zone NOT NULL,
    failures integer NOT NULL,
    CONSTRAINT credential_refreshes_failures_check CHECK ((failures >= 0)),
    CONSTRAINT credential_refreshes_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> leased_until))
);

ALTER TABLE ONLY public.credential_refreshes FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.credential_refreshes IS 'Refreshes of a token that are under way or have failed; one that succeeds leaves no row.';

COMMENT ON COLUMN public.credential_refreshes.tenant_id IS 'Whose credential it is.';

COMMENT ON COLUMN public.credential_refreshes.credential_id IS 'The credential whose token is refreshed.';

COMMENT ON COLUMN public.credential_refreshes.lease_id IS 'The refresh that has the lease, or had it last; made by the client.';

COMMENT ON COLUMN public.credential_refreshes.leased_until IS 'Until when nobody else asks the service, by the clock of the server; the time of its end once it has failed.';

COMMENT ON COLUMN public.credential_refreshes.failures IS 'How many refreshes have failed since one succeeded.';

CREATE TABLE public.credential_uses (
    tenant_id text NOT NULL,
    credential_id uuid NOT NULL,
    slot smallint NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    CONSTRAINT credential_uses_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> last_used_at))
);

ALTER TABLE ONLY public.credential_uses FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.credential_uses IS 'When a credential was last used, in up to 16 slots; the latest of them counts.';

COMMENT ON COLUMN public.credential_uses.tenant_id IS 'Whose credential it is.';

COMMENT ON COLUMN public.credential_uses.credential_id IS 'The credential that was used.';

COMMENT ON COLUMN public.credential_uses.slot IS 'The process id of the server process that noted the use, modulo 16.';

COMMENT ON COLUMN public.credential_uses.last_used_at IS 'The latest use that was noted in this slot.';

CREATE TABLE public.credentials (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    project_id uuid,
    credential_type text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    secret text NOT NULL,
    oauth_access_token text,
    oauth_refresh_token text,
    oauth_token_type text,
    expires_at timestamp with time zone,
    metadata jsonb NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT credentials_encrypted_check CHECK ((public.ventros_is_encrypted(secret) AND public.ventros_is_encrypted(oauth_access_token) AND public.ventros_is_encrypted(oauth_refresh_token))),
    CONSTRAINT credentials_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT credentials_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 255))),
    CONSTRAINT credentials_oauth_check CHECK ((((oauth_access_token IS NULL) = (expires_at IS NULL)) AND ((oauth_access_token IS NULL) = (oauth_token_type IS NULL)) AND ((oauth_refresh_token IS NULL) OR (oauth_access_token IS NOT NULL)) AND ((char_length(oauth_token_type) >= 1) AND (char_length(oauth_token_type) <= 20)))),
    CONSTRAINT credentials_oauth_type_check CHECK (((oauth_access_token IS NULL) OR (credential_type = ANY (ARRAY['meta_whatsapp_cloud'::text, 'meta_ads'::text, 'meta_conversions_api'::text, 'google_ads'::text, 'google_analytics'::text])))),
    CONSTRAINT credentials_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[expires_at, created_at, updated_at]))),
    CONSTRAINT credentials_type_check CHECK ((credential_type = ANY (ARRAY['meta_whatsapp_cloud'::text, 'meta_ads'::text, 'meta_conversions_api'::text, 'google_ads'::text, 'google_analytics'::text, 'webhook_auth'::text, 'api_key'::text, 'basic_auth'::text, 'waha_instance'::text])))
);

ALTER TABLE ONLY public.credentials FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.credentials IS 'Secrets that a tenant keeps for outside services, encrypted by the client.';

COMMENT ON COLUMN public.credentials.tenant_id IS 'Whose credential it is; bound into its encrypted values.';

COMMENT ON COLUMN public.credentials.id IS 'The credential, made by the client as a UUIDv7; bound into its encrypted values.';

COMMENT ON COLUMN public.credentials.project_id IS 'The project that it serves; NULL when it serves the whole tenant.';

COMMENT ON COLUMN public.credentials.credential_type IS 'The service that it is for; never changes.';

COMMENT ON COLUMN public.credentials.name IS 'What settings call it, 1 to 255 characters, unique in its project; never changes.';

COMMENT ON COLUMN public.credentials.description IS 'Free text, empty when nothing is said.';

COMMENT ON COLUMN public.credentials.secret IS 'The secret, encrypted: v1.<key id>.<nonce>.<ciphertext and tag>.';

COMMENT ON COLUMN public.credentials.oauth_access_token IS 'The OAuth access token, encrypted as the secret is; NULL without a token.';

COMMENT ON COLUMN public.credentials.oauth_refresh_token IS 'The OAuth refresh token, encrypted as the secret is; NULL when the service gave none.';

COMMENT ON COLUMN public.credentials.oauth_token_type IS 'How the access token is presented, Bearer; NULL without a token.';

COMMENT ON COLUMN public.credentials.expires_at IS 'When the access token expires; NULL without a token, for a secret alone does not expire.';

COMMENT ON COLUMN public.credentials.metadata IS 'Free-form object; nothing secret belongs there, for it is not encrypted.';

COMMENT ON COLUMN public.credentials.is_active IS 'Whether it may be used; an inactive one keeps its name.';

COMMENT ON COLUMN public.credentials.created_at IS 'When the credential was made.';

COMMENT ON COLUMN public.credentials.updated_at IS 'When the credential was last changed; a use does not count.';

COMMENT ON COLUMN public.credentials.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

CREATE TABLE public.message_sends (
    tenant_id text NOT NULL,
    message_id uuid NOT NULL,
    attempt integer NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    outcome text,
    reason text,
    channel_message_id text,
    CONSTRAINT message_sends_attempt_check CHECK ((attempt >= 1)),
    CONSTRAINT message_sends_ended_check CHECK ((((outcome IS NULL) = (ended_at IS NULL)) AND (ended_at >= began_at))),
    CONSTRAINT message_sends_id_check CHECK (((channel_message_id IS NULL) OR (outcome = 'sent'::text))),
    CONSTRAINT message_sends_length_bounds_check CHECK (((char_length(reason) <= 500) AND (char_length(channel_message_id) <= 500))),
    CONSTRAINT message_sends_outcome_check CHECK ((outcome = ANY (ARRAY['sent'::text, 'refused'::text, 'not_taken'::text, 'unanswered'::text]))),
    CONSTRAINT message_sends_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[began_at, ended_at])))
);

ALTER TABLE ONLY public.message_sends FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.message_sends IS 'Each attempt to hand a message to its platform, recorded before the platform is called.';

COMMENT ON COLUMN public.message_sends.tenant_id IS 'The tenant that the message belongs to.';

COMMENT ON COLUMN public.message_sends.message_id IS 'The message.';

COMMENT ON COLUMN public.message_sends.attempt IS 'Counts from 1.';

COMMENT ON COLUMN public.message_sends.began_at IS 'Before the platform was called.';

COMMENT ON COLUMN public.message_sends.ended_at IS 'When the outcome was known; NULL without one.';

COMMENT ON COLUMN public.message_sends.outcome IS 'What came of it; NULL of one that is at work or died, unanswered of one without an answer: both are in doubt.';

COMMENT ON COLUMN public.message_sends.reason IS 'Why it was not sent.';

COMMENT ON COLUMN public.message_sends.channel_message_id IS 'The id that the platform answered with.';

CREATE TABLE public.messages (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    user_id uuid NOT NULL,
    project_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    channel_type_id smallint,
    chat_id uuid,
    session_id uuid,
    from_me boolean NOT NULL,
    content_type text NOT NULL,
    text text,
    media_url text,
    media_mimetype text,
    channel_message_id text,
    reply_to_id uuid,
    status text NOT NULL,
    language text,
    agent_id uuid,
    source text NOT NULL,
    metadata jsonb NOT NULL,
    mentions text[] NOT NULL,
    delivered_at timestamp with time zone,
    read_at timestamp with time zone,
    played_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    edited_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT messages_array_bounds_check CHECK ((array_position(mentions, NULL::text) IS NULL)),
    CONSTRAINT messages_content_type_check CHECK ((content_type = ANY (ARRAY['text'::text, 'image'::text, 'video'::text, 'audio'::text, 'voice'::text, 'document'::text, 'location'::text, 'contact'::text, 'sticker'::text, 'system'::text, 'unsupported'::text]))),
    CONSTRAINT messages_length_bounds_check CHECK (((char_length(channel_message_id) <= 500) AND (char_length(text) <= 65536))),
    CONSTRAINT messages_media_check CHECK (((media_url IS NULL) OR (content_type = ANY (ARRAY['image'::text, 'video'::text, 'audio'::text, 'voice'::text, 'document'::text, 'sticker'::text])))),
    CONSTRAINT messages_source_check CHECK ((source = ANY (ARRAY['manual'::text, 'broadcast'::text, 'sequence'::text, 'trigger'::text, 'bot'::text, 'system'::text, 'webhook'::text, 'scheduled'::text, 'test'::text, 'history_import'::text]))),
    CONSTRAINT messages_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'delivered'::text, 'read'::text, 'played'::text, 'failed'::text]))),
    CONSTRAINT messages_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY["timestamp", delivered_at, read_at, played_at, edited_at, revoked_at, created_at, updated_at, deleted_at])))
);

ALTER TABLE ONLY public.messages FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.messages IS 'One inbound or outbound item of a conversation; without a version.';

COMMENT ON COLUMN public.messages.tenant_id IS 'The tenant that the message belongs to.';

COMMENT ON COLUMN public.messages.id IS 'Made by the application, a UUIDv7.';

COMMENT ON COLUMN public.messages."timestamp" IS 'When the message was written.';

COMMENT ON COLUMN public.messages.user_id IS 'The owner of the workspace.';

COMMENT ON COLUMN public.messages.project_id IS 'The project.';

COMMENT ON COLUMN public.messages.contact_id IS 'With whom.';

COMMENT ON COLUMN public.messages.channel_id IS 'Over which channel.';

COMMENT ON COLUMN public.messages.channel_type_id IS 'As in sessions.';

COMMENT ON COLUMN public.messages.chat_id IS 'The chat that it belongs to, if any.';

COMMENT ON COLUMN public.messages.session_id IS 'The session that counts it.';

COMMENT ON COLUMN public.messages.from_me IS 'True for what our side wrote.';

COMMENT ON COLUMN public.messages.content_type IS 'What kind of message it is.';

COMMENT ON COLUMN public.messages.text IS 'What was written, a caption, or the words of a place; 1 to 65536 code points.';

COMMENT ON COLUMN public.messages.media_url IS 'Only with a media content type.';

COMMENT ON COLUMN public.messages.media_mimetype IS 'Of the media, as the platform told it.';

COMMENT ON COLUMN public.messages.channel_message_id IS 'The bare id that the platform gave it, without chat and direction; unique on its channel.';

COMMENT ON COLUMN public.messages.reply_to_id IS 'The message that it answers.';

COMMENT ON COLUMN public.messages.status IS 'Of the delivery: queued, sent, failed, delivered, read, played, in this order; moves forward only.';

COMMENT ON COLUMN public.messages.language IS 'Of the text, if known.';

COMMENT ON COLUMN public.messages.agent_id IS 'Who wrote it for our side, or the reserved system agent of its source.';

COMMENT ON COLUMN public.messages.source IS 'What caused it.';

COMMENT ON COLUMN public.messages.metadata IS 'What the platform said besides, an object.';

COMMENT ON COLUMN public.messages.mentions IS 'External ids of who was mentioned, in their order.';

COMMENT ON COLUMN public.messages.delivered_at IS 'Time of the first report of delivery.';

COMMENT ON COLUMN public.messages.read_at IS 'Time of the first report of reading.';

COMMENT ON COLUMN public.messages.played_at IS 'Time of the first report of playing.';

COMMENT ON COLUMN public.messages.created_at IS 'Time of the message.';

COMMENT ON COLUMN public.messages.updated_at IS 'When the message last changed.';

COMMENT ON COLUMN public.messages.deleted_at IS 'When the message was deleted.';

COMMENT ON COLUMN public.messages.edited_at IS 'When its author last changed the text; event message.edited has what stood there before.';

COMMENT ON COLUMN public.messages.revoked_at IS 'When its author took it back for everyone; text and media are kept.';

CREATE TABLE public.pipeline_custom_fields (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    pipeline_id uuid NOT NULL,
    field_key text NOT NULL COLLATE pg_catalog."C",
    field_type text NOT NULL,
    field_value jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pipeline_custom_fields_field_key_check CHECK ((field_key <> ''::text)),
    CONSTRAINT pipeline_custom_fields_field_value_check CHECK ((jsonb_typeof(field_value) =
CASE field_type
    WHEN 'text'::text THEN 'string'::text
    WHEN 'number'::text THEN 'number'::text
    WHEN 'boolean'::text THEN 'boolean'::text
    WHEN 'date'::text THEN 'string'::text
    WHEN 'json'::text THEN 'object'::text
    WHEN 'url'::text THEN 'string'::text
    WHEN 'email'::text THEN 'string'::text
    WHEN 'phone'::text THEN 'string'::text
    WHEN 'select'::text THEN 'string'::text
    WHEN 'multi_select'::text THEN 'array'::text
    WHEN 'label'::text THEN 'array'::text
    ELSE 'no such type'::text
END)),
    CONSTRAINT pipeline_custom_fields_length_bounds_check CHECK ((char_length(field_key) <= 500)),
    CONSTRAINT pipeline_custom_fields_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[created_at, updated_at])))
);

ALTER TABLE ONLY public.pipeline_custom_fields FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.pipeline_custom_fields IS 'Custom fields of pipelines, part of the pipeline that they name.';

COMMENT ON COLUMN public.pipeline_custom_fields.tenant_id IS 'Tenant that the row belongs to.';

COMMENT ON COLUMN public.pipeline_custom_fields.id IS 'UUIDv7 made by the application.';

COMMENT ON COLUMN public.pipeline_custom_fields.pipeline_id IS 'Pipeline that the field is part of.';

COMMENT ON COLUMN public.pipeline_custom_fields.field_key IS 'Name of the field, unique within the pipeline, never changed.';

COMMENT ON COLUMN public.pipeline_custom_fields.field_type IS 'What the value is: text, number, boolean, date, json, url, email, phone, select, multi_select or label.';

COMMENT ON COLUMN public.pipeline_custom_fields.field_value IS 'The value in the JSON form of its type, a date as ISO 8601 text with its offset.';

COMMENT ON COLUMN public.pipeline_custom_fields.created_at IS 'When the field was first set.';

COMMENT ON COLUMN public.pipeline_custom_fields.updated_at IS 'When the value last changed.';

CREATE TABLE public.pipeline_statuses (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    pipeline_id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    color text,
    status_type text NOT NULL,
    "position" integer NOT NULL,
    active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT pipeline_statuses_color_check CHECK ((color ~ '^#[0-9A-F]{6}$'::text)),
    CONSTRAINT pipeline_statuses_length_bounds_check CHECK ((char_length(name) <= 500)),
    CONSTRAINT pipeline_statuses_name_check CHECK ((name <> ''::text)),
    CONSTRAINT pipeline_statuses_status_type_check CHECK ((status_type = ANY (ARRAY['open'::text, 'active'::text, 'closed'::text]))),
    CONSTRAINT pipeline_statuses_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[created_at, updated_at, deleted_at])))
);

ALTER TABLE ONLY public.pipeline_statuses FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.pipeline_statuses IS 'Statuses of pipelines, one of which a contact stands in.';

COMMENT ON COLUMN public.pipeline_statuses.tenant_id IS 'Tenant that the row belongs to.';

COMMENT ON COLUMN public.pipeline_statuses.id IS 'UUIDv7 made by the application.';

COMMENT ON COLUMN public.pipeline_statuses.pipeline_id IS 'Pipeline that the status is part of, never changed.';

COMMENT ON COLUMN public.pipeline_statuses.name IS 'Name to show, unique among the live statuses of the pipeline.';

COMMENT ON COLUMN public.pipeline_statuses.description IS 'Text to show, empty when there is none.';

COMMENT ON COLUMN public.pipeline_statuses.color IS 'Colour to show as # and six upper-case hexadecimal digits, NULL for none.';

COMMENT ON COLUMN public.pipeline_statuses.status_type IS 'What standing here means for the contact: open (new), active (being worked on) or closed (done).';

COMMENT ON COLUMN public.pipeline_statuses."position" IS 'Place among the statuses of the pipeline, the lowest first.';

COMMENT ON COLUMN public.pipeline_statuses.active IS 'Whether contacts may enter the status.';

COMMENT ON COLUMN public.pipeline_statuses.created_at IS 'When the status was made.';

COMMENT ON COLUMN public.pipeline_statuses.updated_at IS 'When the status last changed.';

COMMENT ON COLUMN public.pipeline_statuses.deleted_at IS 'When the status was deleted, NULL while it lives.';

COMMENT ON COLUMN public.pipeline_statuses.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

CREATE TABLE public.pipelines (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    color text,
    "position" integer NOT NULL,
    active boolean NOT NULL,
    session_timeout_minutes integer,
    lead_qualification jsonb,
    enable_ai_summary boolean NOT NULL,
    ai_provider text,
    ai_model text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT pipelines_color_check CHECK ((color ~ '^#[0-9A-F]{6}$'::text)),
    CONSTRAINT pipelines_lead_qualification_check CHECK ((jsonb_typeof(lead_qualification) = 'object'::text)),
    CONSTRAINT pipelines_name_check CHECK ((name <> ''::text)),
    CONSTRAINT pipelines_session_timeout_check CHECK (((session_timeout_minutes >= 1) AND (session_timeout_minutes <= 1440))),
    CONSTRAINT pipelines_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[created_at, updated_at, deleted_at])))
);

ALTER TABLE ONLY public.pipelines FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.pipelines IS 'Sales and support funnels of a project, whose statuses stand in pipeline_statuses.';

COMMENT ON COLUMN public.pipelines.tenant_id IS 'Tenant that the row belongs to.';

COMMENT ON COLUMN public.pipelines.id IS 'UUIDv7 made by the application.';

COMMENT ON COLUMN public.pipelines.project_id IS 'Project that the funnel belongs to, never changed.';

COMMENT ON COLUMN public.pipelines.name IS 'Name to show, not empty and not necessarily unique.';

COMMENT ON COLUMN public.pipelines.description IS 'Text to show, empty when there is none.';

COMMENT ON COLUMN public.pipelines.color IS 'Colour to show as # and six upper-case hexadecimal digits, NULL for none.';

COMMENT ON COLUMN public.pipelines."position" IS 'Place among the funnels of the project, the lowest first.';

COMMENT ON COLUMN public.pipelines.active IS 'Whether contacts may enter a status of the funnel.';

COMMENT ON COLUMN public.pipelines.session_timeout_minutes IS 'Minutes of silence after which a session ends, 1 to 1440, NULL to leave it to channel and project.';

COMMENT ON COLUMN public.pipelines.lead_qualification IS 'Object of enabled, min_score and questions by which leads are qualified, NULL when never set up.';

COMMENT ON COLUMN public.pipelines.enable_ai_summary IS 'Whether a model writes summaries of ended sessions.';

COMMENT ON COLUMN public.pipelines.ai_provider IS 'Provider of that model, NULL when none is chosen.';

COMMENT ON COLUMN public.pipelines.ai_model IS 'Name of that model at its provider, NULL when none is chosen.';

COMMENT ON COLUMN public.pipelines.created_at IS 'When the funnel was made.';

COMMENT ON COLUMN public.pipelines.updated_at IS 'When the funnel, or one of its custom fields, last changed.';

COMMENT ON COLUMN public.pipelines.deleted_at IS 'When the funnel was deleted, NULL while it lives.';

COMMENT ON COLUMN public.pipelines.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

CREATE TABLE public.placements (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    pipeline_id uuid NOT NULL,
    status_id uuid NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    exited_at timestamp with time zone,
    duration_seconds bigint,
    changed_by uuid,
    reason text,
    notes text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT placements_duration_check CHECK (((duration_seconds)::numeric = floor(EXTRACT(epoch FROM (exited_at - entered_at))))),
    CONSTRAINT placements_exited_check CHECK (((exited_at >= entered_at) AND ((exited_at IS NULL) = (duration_seconds IS NULL)))),
    CONSTRAINT placements_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[entered_at, exited_at, created_at, updated_at])))
);

ALTER TABLE ONLY public.placements FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.placements IS 'Placements: the statuses that contacts stand or stood in, one row from entering to leaving.';

COMMENT ON COLUMN public.placements.tenant_id IS 'Tenant that the row belongs to.';

COMMENT ON COLUMN public.placements.id IS 'UUIDv7 made by the application.';

COMMENT ON COLUMN public.placements.contact_id IS 'Contact that stands or stood in the status.';

COMMENT ON COLUMN public.placements.pipeline_id IS 'Pipeline that the status is part of.';

COMMENT ON COLUMN public.placements.status_id IS 'Status that the contact stands or stood in.';

COMMENT ON COLUMN public.placements.entered_at IS 'When the contact entered the status.';

COMMENT ON COLUMN public.placements.exited_at IS 'When the contact left the status, NULL while the contact is there.';

COMMENT ON COLUMN public.placements.duration_seconds IS 'Whole seconds from entered_at to exited_at, NULL while the contact is there.';

COMMENT ON COLUMN public.placements.changed_by IS 'User or agent who put the contact into the status, NULL when none is known.';

COMMENT ON COLUMN public.placements.reason IS 'Why the contact was put into the status, NULL when nothing was said.';

COMMENT ON COLUMN public.placements.notes IS 'Remarks made on entering, NULL when there are none.';

COMMENT ON COLUMN public.placements.created_at IS 'When the row was written.';

COMMENT ON COLUMN public.placements.updated_at IS 'When the row last changed.';

CREATE TABLE public.projects (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    billing_account_id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    configuration jsonb NOT NULL,
    active boolean NOT NULL,
    session_timeout_minutes integer NOT NULL,
    agent_assignment jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    suspended_at timestamp with time zone,
    CONSTRAINT projects_name_check CHECK ((name <> ''::text)),
    CONSTRAINT projects_session_timeout_check CHECK ((session_timeout_minutes > 0)),
    CONSTRAINT projects_tenant_check CHECK (((tenant_id ~ '^[A-Za-z0-9_.:@-]{3,100}$'::text) AND (tenant_id !~ '^user:'::text))),
    CONSTRAINT projects_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[suspended_at, created_at, updated_at, deleted_at])))
);

ALTER TABLE ONLY public.projects FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.projects IS 'The workspaces of customers; each one is a tenant.';

COMMENT ON COLUMN public.projects.tenant_id IS 'The tenant that this project is, repeated by every row that belongs to it.';

COMMENT ON COLUMN public.projects.id IS 'UUIDv7 made by the application.';

COMMENT ON COLUMN public.projects.user_id IS 'The customer who owns it; never changes.';

COMMENT ON COLUMN public.projects.billing_account_id IS 'What it is paid through; never changes.';

COMMENT ON COLUMN public.projects.name IS 'What the customer calls it.';

COMMENT ON COLUMN public.projects.description IS 'Free text, empty without one.';

COMMENT ON COLUMN public.projects.configuration IS 'Object of settings that only their readers know.';

COMMENT ON COLUMN public.projects.active IS 'Whether the customer uses it at present.';

COMMENT ON COLUMN public.projects.session_timeout_minutes IS 'Minutes of silence that end a session, where neither pipeline nor channel says otherwise.';

COMMENT ON COLUMN public.projects.agent_assignment IS 'Object that says how sessions get their agents, with the place of the next one in turn.';

COMMENT ON COLUMN public.projects.created_at IS 'When it was created.';

COMMENT ON COLUMN public.projects.updated_at IS 'Time of the last command that changed it.';

COMMENT ON COLUMN public.projects.deleted_at IS 'When it was deleted, NULL while it lives; its tenant is not handed out again.';

COMMENT ON COLUMN public.projects.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

COMMENT ON COLUMN public.projects.suspended_at IS 'Since when it stands still because its billing account is suspended, canceled or deleted; NULL while it does not.';

CREATE TABLE public.sequence_counters (
    tenant_id text NOT NULL,
    sequence_id uuid NOT NULL,
    slot smallint NOT NULL,
    total_enrolled bigint DEFAULT 0 NOT NULL,
    completed_count bigint DEFAULT 0 NOT NULL,
    exited_count bigint DEFAULT 0 NOT NULL,
    CONSTRAINT sequence_counters_check CHECK (((total_enrolled >= 0) AND (completed_count >= 0) AND (exited_count >= 0)))
);

ALTER TABLE ONLY public.sequence_counters FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sequence_counters IS 'What many workers count for a sequence; its figure is the sum over the slots.';

COMMENT ON COLUMN public.sequence_counters.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.sequence_counters.sequence_id IS 'The sequence that this belongs to.';

COMMENT ON COLUMN public.sequence_counters.slot IS '0 to 15, from the process id of the backend that counted, so that workers do not queue for one row.';

COMMENT ON COLUMN public.sequence_counters.total_enrolled IS 'Contacts that this slot counted as enrolled.';

COMMENT ON COLUMN public.sequence_counters.completed_count IS 'Enrolled contacts that this slot counted as having come to the end.';

COMMENT ON COLUMN public.sequence_counters.exited_count IS 'Enrolled contacts that this slot counted as having left before the end; the rest of total_enrolled is active.';

CREATE TABLE public.sequence_enrollments (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    sequence_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    status text NOT NULL,
    step_position integer NOT NULL,
    next_scheduled_at timestamp with time zone,
    postponements integer NOT NULL,
    completed_at timestamp with time zone,
    exited_at timestamp with time zone,
    exit_reason text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT sequence_enrollments_completed_check CHECK (((completed_at IS NOT NULL) = (status = 'completed'::text))),
    CONSTRAINT sequence_enrollments_exited_check CHECK ((((exited_at IS NOT NULL) = (status = 'exited'::text)) AND ((exit_reason IS NOT NULL) = (status = 'exited'::text)) AND (exit_reason <> ''::text))),
    CONSTRAINT sequence_enrollments_length_bounds_check CHECK ((char_length(tenant_id) <= 100)),
    CONSTRAINT sequence_enrollments_next_check CHECK (((next_scheduled_at IS NOT NULL) = (status = ANY (ARRAY['active'::text, 'paused'::text])))),
    CONSTRAINT sequence_enrollments_position_check CHECK (((step_position >= 0) AND (postponements >= 0))),
    CONSTRAINT sequence_enrollments_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'completed'::text, 'exited'::text]))),
    CONSTRAINT sequence_enrollments_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[next_scheduled_at, completed_at, exited_at, created_at, updated_at])))
);

ALTER TABLE ONLY public.sequence_enrollments FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sequence_enrollments IS 'Contacts on their way through a sequence, and those that were.';

COMMENT ON COLUMN public.sequence_enrollments.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.sequence_enrollments.id IS 'UUIDv7, made by the application.';

COMMENT ON COLUMN public.sequence_enrollments.version IS 'Stepped by one with each change; the version guard refuses any other update.';

COMMENT ON COLUMN public.sequence_enrollments.sequence_id IS 'The sequence.';

COMMENT ON COLUMN public.sequence_enrollments.contact_id IS 'Who is on the way; changes when the contact is merged.';

COMMENT ON COLUMN public.sequence_enrollments.channel_id IS 'The channel by which its messages go.';

COMMENT ON COLUMN public.sequence_enrollments.status IS 'active, paused, completed (came to the end) or exited (left before it); the last two stay.';

COMMENT ON COLUMN public.sequence_enrollments.step_position IS 'Position of the step that is taken next, or was to be when the way ended.';

COMMENT ON COLUMN public.sequence_enrollments.next_scheduled_at IS 'When that step is due; kept while paused, NULL when the way is over.';

COMMENT ON COLUMN public.sequence_enrollments.postponements IS 'How often that step could not be taken and was put off.';

COMMENT ON COLUMN public.sequence_enrollments.completed_at IS 'When the last step was taken; NULL unless completed.';

COMMENT ON COLUMN public.sequence_enrollments.exited_at IS 'When the contact left; NULL unless exited.';

COMMENT ON COLUMN public.sequence_enrollments.exit_reason IS 'Why it left, such as replied; NULL unless exited.';

COMMENT ON COLUMN public.sequence_enrollments.created_at IS 'When the contact was enrolled.';

COMMENT ON COLUMN public.sequence_enrollments.updated_at IS 'When a command last changed it; never goes back.';

CREATE TABLE public.sequence_steps (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    sequence_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    delay_amount integer NOT NULL,
    delay_unit text NOT NULL,
    message_template jsonb NOT NULL,
    conditions jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT sequence_steps_conditions_check CHECK ((jsonb_typeof(conditions) = 'array'::text)),
    CONSTRAINT sequence_steps_delay_check CHECK ((delay_amount >= 0)),
    CONSTRAINT sequence_steps_delay_unit_check CHECK ((delay_unit = ANY (ARRAY['minutes'::text, 'hours'::text, 'days'::text]))),
    CONSTRAINT sequence_steps_message_template_check CHECK ((jsonb_typeof(message_template) = 'object'::text)),
    CONSTRAINT sequence_steps_position_check CHECK (("position" >= 0)),
    CONSTRAINT sequence_steps_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> created_at))
);

ALTER TABLE ONLY public.sequence_steps FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sequence_steps IS 'The steps of a sequence, which change with it, under its version.';

COMMENT ON COLUMN public.sequence_steps.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.sequence_steps.id IS 'Names the step for good; made by the application.';

COMMENT ON COLUMN public.sequence_steps.sequence_id IS 'The sequence that this belongs to.';

COMMENT ON COLUMN public.sequence_steps."position" IS 'The place among the steps of the sequence, from 0, not always without a gap.';

COMMENT ON COLUMN public.sequence_steps.name IS 'What people call the step.';

COMMENT ON COLUMN public.sequence_steps.delay_amount IS 'How long to wait before the message, in units of delay_unit.';

COMMENT ON COLUMN public.sequence_steps.delay_unit IS 'The unit of delay_amount: minutes, hours or days.';

COMMENT ON COLUMN public.sequence_steps.message_template IS 'What is sent: type, content and, where given, template_id, variables and media_url.';

COMMENT ON COLUMN public.sequence_steps.conditions IS 'What must hold of a contact for the step to be taken: a list of objects with type, operator, value and, where given, field and metadata.';

COMMENT ON COLUMN public.sequence_steps.created_at IS 'When the step was made.';

CREATE TABLE public.sequences (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    status text NOT NULL,
    trigger_type text NOT NULL,
    trigger_data jsonb NOT NULL,
    exit_on_reply boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT sequences_length_bounds_check CHECK ((char_length(tenant_id) <= 100)),
    CONSTRAINT sequences_name_check CHECK ((name <> ''::text)),
    CONSTRAINT sequences_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'active'::text, 'paused'::text, 'archived'::text]))),
    CONSTRAINT sequences_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[created_at, updated_at]))),
    CONSTRAINT sequences_trigger_data_check CHECK ((jsonb_typeof(trigger_data) = 'object'::text)),
    CONSTRAINT sequences_trigger_type_check CHECK ((trigger_type = ANY (ARRAY['manual'::text, 'tag_added'::text, 'list_joined'::text, 'form_submit'::text, 'pipeline_entered'::text])))
);

ALTER TABLE ONLY public.sequences FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sequences IS 'Series of messages that a contact gets one after the other, with delays between them.';

COMMENT ON COLUMN public.sequences.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN public.sequences.id IS 'Names the sequence for good; made by the application.';

COMMENT ON COLUMN public.sequences.name IS 'What people call the sequence; not empty.';

COMMENT ON COLUMN public.sequences.description IS 'What it is for; may be empty.';

COMMENT ON COLUMN public.sequences.status IS 'How far it has come: draft, active, paused or archived.';

COMMENT ON COLUMN public.sequences.trigger_type IS 'What enrolls a contact: manual, tag_added, list_joined, form_submit or pipeline_entered.';

COMMENT ON COLUMN public.sequences.trigger_data IS 'What the data of such an event must contain to enroll; {} is contained in any.';

COMMENT ON COLUMN public.sequences.exit_on_reply IS 'Whether an answer of the contact ends its way through the sequence.';

COMMENT ON COLUMN public.sequences.created_at IS 'When the sequence was made.';

COMMENT ON COLUMN public.sequences.updated_at IS 'When a command last changed it; never goes back.';

COMMENT ON COLUMN public.sequences.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

CREATE TABLE public.sessions (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    channel_type_id smallint,
    pipeline_id uuid,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    status text NOT NULL,
    end_reason text,
    timeout interval NOT NULL,
    last_activity_at timestamp with time zone NOT NULL,
    message_count integer NOT NULL,
    messages_from_contact integer NOT NULL,
    messages_from_agent integer NOT NULL,
    duration_seconds bigint NOT NULL,
    first_contact_message_at timestamp with time zone,
    first_agent_response_at timestamp with time zone,
    agent_response_time_seconds bigint,
    contact_wait_time_seconds bigint,
    agent_ids uuid[] NOT NULL,
    agent_transfers integer NOT NULL,
    summary text,
    sentiment text,
    sentiment_score double precision,
    topics text[] NOT NULL,
    next_steps text[] NOT NULL,
    outcome_tags text[] NOT NULL,
    key_entities jsonb NOT NULL,
    resolved boolean NOT NULL,
    escalated boolean NOT NULL,
    converted boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT sessions_activity_check CHECK ((last_activity_at >= started_at)),
    CONSTRAINT sessions_array_bounds_check CHECK (((array_position(agent_ids, NULL::uuid) IS NULL) AND (array_position(topics, NULL::text) IS NULL) AND (array_position(next_steps, NULL::text) IS NULL) AND (array_position(outcome_tags, NULL::text) IS NULL))),
    CONSTRAINT sessions_counts_check CHECK (((messages_from_contact >= 0) AND (messages_from_agent >= 0) AND (message_count = (messages_from_contact + messages_from_agent)))),
    CONSTRAINT sessions_end_reason_check CHECK ((end_reason = ANY (ARRAY['inactivity_timeout'::text, 'manual_close'::text, 'contact_request'::text, 'agent_close'::text, 'system_close'::text, 'saga_rollback'::text]))),
    CONSTRAINT sessions_ended_check CHECK ((((status = 'active'::text) = (ended_at IS NULL)) AND ((ended_at IS NULL) = (end_reason IS NULL)))),
    CONSTRAINT sessions_sentiment_check CHECK ((sentiment = ANY (ARRAY['positive'::text, 'neutral'::text, 'negative'::text, 'mixed'::text]))),
    CONSTRAINT sessions_sentiment_score_bounds_check CHECK (((sentiment_score > '-Infinity'::double precision) AND (sentiment_score < 'Infinity'::double precision))),
    CONSTRAINT sessions_status_check CHECK ((status = ANY (ARRAY['active'::text, 'ended'::text]))),
    CONSTRAINT sessions_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[started_at, ended_at, last_activity_at, first_contact_message_at, first_agent_response_at, created_at, updated_at, deleted_at]))),
    CONSTRAINT sessions_timeout_bounds_check CHECK ((timeout <= '36500 days'::interval)),
    CONSTRAINT sessions_timeout_check CHECK ((timeout > '00:00:00'::interval)),
    CONSTRAINT sessions_times_check CHECK (((duration_seconds >= 0) AND (agent_response_time_seconds >= 0) AND (contact_wait_time_seconds >= 0)))
);

ALTER TABLE ONLY public.sessions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sessions IS 'A stretch of conversation with one contact over one type of channel.';

COMMENT ON COLUMN public.sessions.tenant_id IS 'The tenant that the session belongs to.';

COMMENT ON COLUMN public.sessions.id IS 'Made by the application, a UUIDv7.';

COMMENT ON COLUMN public.sessions.contact_id IS 'With whom.';

COMMENT ON COLUMN public.sessions.channel_type_id IS '1 waha, 2 whatsapp, 3 instagram, 4 messenger, 5 telegram; NULL for others.';

COMMENT ON COLUMN public.sessions.pipeline_id IS 'The pipeline of the channel when the session began.';

COMMENT ON COLUMN public.sessions.started_at IS 'Time of the first message.';

COMMENT ON COLUMN public.sessions.ended_at IS 'When it ended; of a session that timed out, when the timeout ran out.';

COMMENT ON COLUMN public.sessions.status IS 'active or ended; ended is final.';

COMMENT ON COLUMN public.sessions.end_reason IS 'Why it ended.';

COMMENT ON COLUMN public.sessions.timeout IS 'Without activity for longer than this, the next message begins another session.';

COMMENT ON COLUMN public.sessions.last_activity_at IS 'Time of the latest message; never goes back.';

COMMENT ON COLUMN public.sessions.message_count IS 'Messages of both sides.';

COMMENT ON COLUMN public.sessions.messages_from_contact IS 'Messages that the contact wrote.';

COMMENT ON COLUMN public.sessions.messages_from_agent IS 'Messages that our side wrote.';

COMMENT ON COLUMN public.sessions.duration_seconds IS 'From start to end, in whole seconds; 0 while active.';

COMMENT ON COLUMN public.sessions.first_contact_message_at IS 'Time of the first message that was recorded of the contact.';

COMMENT ON COLUMN public.sessions.first_agent_response_at IS 'Time of the first message that was recorded of our side.';

COMMENT ON COLUMN public.sessions.agent_response_time_seconds IS 'When the contact wrote first: seconds until our first message.';

COMMENT ON COLUMN public.sessions.contact_wait_time_seconds IS 'When our side wrote first: seconds until the contact answered.';

COMMENT ON COLUMN public.sessions.agent_ids IS 'In the order of assignment, each once; the last is the current agent.';

COMMENT ON COLUMN public.sessions.agent_transfers IS 'How often the session passed from one agent to another.';

COMMENT ON COLUMN public.sessions.summary IS 'Written after the end.';

COMMENT ON COLUMN public.sessions.sentiment IS 'positive, neutral, negative or mixed.';

COMMENT ON COLUMN public.sessions.sentiment_score IS 'As the summarizer gave it.';

COMMENT ON COLUMN public.sessions.topics IS 'What was talked about.';

COMMENT ON COLUMN public.sessions.next_steps IS 'What is to be done.';

COMMENT ON COLUMN public.sessions.outcome_tags IS 'What came of it.';

COMMENT ON COLUMN public.sessions.key_entities IS 'Names and things that were mentioned, an object.';

COMMENT ON COLUMN public.sessions.resolved IS 'The matter was settled.';

COMMENT ON COLUMN public.sessions.escalated IS 'The matter was handed up.';

COMMENT ON COLUMN public.sessions.converted IS 'The conversation led to a conversion.';

COMMENT ON COLUMN public.sessions.created_at IS 'When the session was created.';

COMMENT ON COLUMN public.sessions.updated_at IS 'When the session last changed.';

COMMENT ON COLUMN public.sessions.deleted_at IS 'When the session was deleted.';

COMMENT ON COLUMN public.sessions.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

CREATE TABLE public.users (
    id uuid NOT NULL,
    email text NOT NULL,
    role text DEFAULT 'user'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_length_bounds_check CHECK ((char_length(email) <= 500)),
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'manager'::text, 'user'::text, 'readonly'::text]))),
    CONSTRAINT users_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> created_at))
);

ALTER TABLE ONLY public.users FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.users IS 'The users that rows point to as their owners; users are managed elsewhere.';

COMMENT ON COLUMN public.users.id IS 'The id by which the managing system knows the user.';

COMMENT ON COLUMN public.users.email IS 'Address of the user, unique over all of them.';

COMMENT ON COLUMN public.users.role IS 'What the user may do: admin, manager, user or readonly; the application''s role cannot write it.';

COMMENT ON COLUMN public.users.created_at IS 'When this stub was made.';

CREATE TABLE public.webhook_counters (
    tenant_id text NOT NULL,
    webhook_subscription_id uuid NOT NULL,
    slot smallint NOT NULL,
    success_count bigint DEFAULT 0 NOT NULL,
    failure_count bigint DEFAULT 0 NOT NULL,
    last_success_at timestamp with time zone,
    last_failure_at timestamp with time zone,
    CONSTRAINT webhook_counters_check CHECK (((success_count >= 0) AND (failure_count >= 0))),
    CONSTRAINT webhook_counters_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[last_success_at, last_failure_at])))
);

ALTER TABLE ONLY public.webhook_counters FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.webhook_counters IS 'What became of sent events, apart from the versioned row; the figure is the sum over the slots.';

COMMENT ON COLUMN public.webhook_counters.tenant_id IS 'The tenant that the subscription belongs to.';

COMMENT ON COLUMN public.webhook_counters.webhook_subscription_id IS 'The subscription that counts.';

COMMENT ON COLUMN public.webhook_counters.slot IS 'One of 16, by the process id of the backend that counted.';

COMMENT ON COLUMN public.webhook_counters.success_count IS 'Events that the receiver accepted.';

COMMENT ON COLUMN public.webhook_counters.failure_count IS 'Events that it did not accept in any attempt.';

COMMENT ON COLUMN public.webhook_counters.last_success_at IS 'When the receiver last accepted an event.';

COMMENT ON COLUMN public.webhook_counters.last_failure_at IS 'When the last attempt for an event failed.';

CREATE TABLE public.webhook_subscriptions (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    url text,
    origin text NOT NULL,
    events text[] NOT NULL,
    subscribe_contact_events boolean NOT NULL,
    contact_event_types text[],
    contact_event_categories text[],
    active boolean NOT NULL,
    secret text,
    headers text,
    retry_count integer NOT NULL,
    timeout_seconds integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT webhook_subscriptions_contact_event_categories_check CHECK (((cardinality(contact_event_categories) > 0) AND (array_position(contact_event_categories, ''::text) IS NULL) AND (array_position(contact_event_categories, NULL::text) IS NULL))),
    CONSTRAINT webhook_subscriptions_contact_event_types_check CHECK (((cardinality(contact_event_types) > 0) AND (array_position(contact_event_types, ''::text) IS NULL) AND (array_position(contact_event_types, NULL::text) IS NULL))),
    CONSTRAINT webhook_subscriptions_contact_events_check CHECK ((subscribe_contact_events OR ((contact_event_types IS NULL) AND (contact_event_categories IS NULL)))),
    CONSTRAINT webhook_subscriptions_deleted_check CHECK ((((url IS NULL) = (deleted_at IS NOT NULL)) AND ((deleted_at IS NULL) OR ((secret IS NULL) AND (headers IS NULL))))),
    CONSTRAINT webhook_subscriptions_encrypted_check CHECK ((public.ventros_is_encrypted(url) AND public.ventros_is_encrypted(secret) AND public.ventros_is_encrypted(headers))),
    CONSTRAINT webhook_subscriptions_events_check CHECK (((cardinality(events) > 0) AND (array_position(events, ''::text) IS NULL) AND (array_position(events, NULL::text) IS NULL))),
    CONSTRAINT webhook_subscriptions_name_check CHECK ((name <> ''::text)),
    CONSTRAINT webhook_subscriptions_origin_check CHECK ((origin ~ '^https?://[^/?#@[:space:]]+$'::text)),
    CONSTRAINT webhook_subscriptions_retry_count_check CHECK (((retry_count >= 1) AND (retry_count <= 10))),
    CONSTRAINT webhook_subscriptions_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[created_at, updated_at, deleted_at]))),
    CONSTRAINT webhook_subscriptions_timeout_check CHECK (((timeout_seconds >= 1) AND (timeout_seconds <= 30)))
);

ALTER TABLE ONLY public.webhook_subscriptions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.webhook_subscriptions IS 'Addresses that events of a project are sent to, by patterns of names.';

COMMENT ON COLUMN public.webhook_subscriptions.tenant_id IS 'The tenant that the subscription belongs to; never changes.';

COMMENT ON COLUMN public.webhook_subscriptions.id IS 'UUIDv7 made by the client.';

COMMENT ON COLUMN public.webhook_subscriptions.user_id IS 'The user who owns the subscription; never changes.';

COMMENT ON COLUMN public.webhook_subscriptions.project_id IS 'The project whose events are sent; never changes.';

COMMENT ON COLUMN public.webhook_subscriptions.name IS 'The name as it is shown.';

COMMENT ON COLUMN public.webhook_subscriptions.url IS 'The absolute http or https address that events are sent to, encrypted, since its path or query may be a key; NULL once it is deleted.';

COMMENT ON COLUMN public.webhook_subscriptions.origin IS 'Scheme, host and port of the address, to be shown.';

COMMENT ON COLUMN public.webhook_subscriptions.events IS 'Patterns of event names, at least one: a name, a dotted prefix that ends in .*, or * for all.';

COMMENT ON COLUMN public.webhook_subscriptions.subscribe_contact_events IS 'Whether contact events are sent as well.';

COMMENT ON COLUMN public.webhook_subscriptions.contact_event_types IS 'Types of contact events to send, * for all; NULL does not filter by type.';

COMMENT ON COLUMN public.webhook_subscriptions.contact_event_categories IS 'Categories of contact events to send, * for all; NULL does not filter by category.';

COMMENT ON COLUMN public.webhook_subscriptions.active IS 'Whether anything is sent at all.';

COMMENT ON COLUMN public.webhook_subscriptions.secret IS 'The secret that signs what is sent, encrypted; NULL when nothing is signed, and once it is deleted.';

COMMENT ON COLUMN public.webhook_subscriptions.headers IS 'HTTP headers to send along, an object of texts, encrypted; NULL for none, and once it is deleted.';

COMMENT ON COLUMN public.webhook_subscriptions.retry_count IS 'How many attempts there are in all, the first one included.';

COMMENT ON COLUMN public.webhook_subscriptions.timeout_seconds IS 'How long one attempt may take, in seconds.';

COMMENT ON COLUMN public.webhook_subscriptions.created_at IS 'When the subscription was made.';

COMMENT ON COLUMN public.webhook_subscriptions.updated_at IS 'When its settings were last changed.';

COMMENT ON COLUMN public.webhook_subscriptions.deleted_at IS 'When the subscription was deleted; NULL while it is live.';

COMMENT ON COLUMN public.webhook_subscriptions.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

ALTER TABLE ONLY public.account_projects
    ADD CONSTRAINT account_projects_account_key UNIQUE (user_id, billing_account_id, project_id);

ALTER TABLE ONLY public.account_projects
    ADD CONSTRAINT account_projects_pkey PRIMARY KEY (tenant_id, project_id);

ALTER TABLE ONLY public.agent_counters
    ADD CONSTRAINT agent_counters_pkey PRIMARY KEY (tenant_id, agent_id, slot);

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.billing_accounts
    ADD CONSTRAINT billing_accounts_pkey PRIMARY KEY (user_id, id);

ALTER TABLE ONLY public.broadcast_counters
    ADD CONSTRAINT broadcast_counters_pkey PRIMARY KEY (tenant_id, broadcast_id, slot);

ALTER TABLE ONLY public.broadcast_executions
    ADD CONSTRAINT broadcast_executions_pkey PRIMARY KEY (tenant_id, broadcast_id, contact_id);

ALTER TABLE ONLY public.broadcasts
    ADD CONSTRAINT broadcasts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.campaign_counters
    ADD CONSTRAINT campaign_counters_pkey PRIMARY KEY (tenant_id, campaign_id, slot);

ALTER TABLE ONLY public.campaign_enrollments
    ADD CONSTRAINT campaign_enrollments_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.campaign_steps
    ADD CONSTRAINT campaign_steps_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.campaign_steps
    ADD CONSTRAINT campaign_steps_position_key UNIQUE (tenant_id, campaign_id, "position") DEFERRABLE;

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.channel_counters
    ADD CONSTRAINT channel_counters_pkey PRIMARY KEY (tenant_id, channel_id, slot);

ALTER TABLE ONLY public.channel_routes
    ADD CONSTRAINT channel_routes_channel_key UNIQUE (tenant_id, channel_id);

ALTER TABLE ONLY public.channel_routes
    ADD CONSTRAINT channel_routes_pkey PRIMARY KEY (tenant_id, platform, external_id);

ALTER TABLE ONLY public.channel_routes
    ADD CONSTRAINT channel_routes_webhook_key UNIQUE (webhook_id);

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_webhook_key UNIQUE (tenant_id, webhook_id);

ALTER TABLE ONLY public.chat_participants
    ADD CONSTRAINT chat_participants_pkey PRIMARY KEY (tenant_id, chat_id, participant_id);

ALTER TABLE ONLY public.chats
    ADD CONSTRAINT chats_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.contact_custom_fields
    ADD CONSTRAINT contact_custom_fields_key_key UNIQUE (tenant_id, contact_id, field_key);

ALTER TABLE ONLY public.contact_custom_fields
    ADD CONSTRAINT contact_custom_fields_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.contact_identities
    ADD CONSTRAINT contact_identities_pkey PRIMARY KEY (tenant_id, project_id, lid);

ALTER TABLE ONLY public.contact_list_counters
    ADD CONSTRAINT contact_list_counters_pkey PRIMARY KEY (tenant_id, contact_list_id, slot);

ALTER TABLE ONLY public.contact_list_filters
    ADD CONSTRAINT contact_list_filters_pkey PRIMARY KEY (tenant_id, contact_list_id, id);

ALTER TABLE ONLY public.contact_list_members
    ADD CONSTRAINT contact_list_members_pkey PRIMARY KEY (tenant_id, contact_list_id, contact_id);

ALTER TABLE ONLY public.contact_lists
    ADD CONSTRAINT contact_lists_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.credential_refreshes
    ADD CONSTRAINT credential_refreshes_pkey PRIMARY KEY (tenant_id, credential_id);

ALTER TABLE ONLY public.credential_uses
    ADD CONSTRAINT credential_uses_pkey PRIMARY KEY (tenant_id, credential_id, slot);

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT credentials_name_key UNIQUE NULLS NOT DISTINCT (tenant_id, name, project_id);

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT credentials_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.message_sends
    ADD CONSTRAINT message_sends_pkey PRIMARY KEY (tenant_id, message_id, attempt);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.pipeline_custom_fields
    ADD CONSTRAINT pipeline_custom_fields_key UNIQUE (tenant_id, pipeline_id, field_key);

ALTER TABLE ONLY public.pipeline_custom_fields
    ADD CONSTRAINT pipeline_custom_fields_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.pipeline_statuses
    ADD CONSTRAINT pipeline_statuses_pipeline_key UNIQUE (tenant_id, pipeline_id, id);

ALTER TABLE ONLY public.pipeline_statuses
    ADD CONSTRAINT pipeline_statuses_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.pipelines
    ADD CONSTRAINT pipelines_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT placements_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_tenant_key UNIQUE (tenant_id);

ALTER TABLE ONLY public.sequence_counters
    ADD CONSTRAINT sequence_counters_pkey PRIMARY KEY (tenant_id, sequence_id, slot);

ALTER TABLE ONLY public.sequence_enrollments
    ADD CONSTRAINT sequence_enrollments_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.sequence_steps
    ADD CONSTRAINT sequence_steps_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.sequence_steps
    ADD CONSTRAINT sequence_steps_position_key UNIQUE (tenant_id, sequence_id, "position") DEFERRABLE;

ALTER TABLE ONLY public.sequences
    ADD CONSTRAINT sequences_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_counters
    ADD CONSTRAINT webhook_counters_pkey PRIMARY KEY (tenant_id, webhook_subscription_id, slot);

ALTER TABLE ONLY public.webhook_subscriptions
    ADD CONSTRAINT webhook_subscriptions_pkey PRIMARY KEY (tenant_id, id);

CREATE UNIQUE INDEX agents_live_email_key ON public.agents USING btree (tenant_id, email) WHERE ((deleted_at IS NULL) AND (email IS NOT NULL));

CREATE INDEX agents_live_name_idx ON public.agents USING btree (tenant_id, name, id) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX billing_accounts_stripe_customer_key ON public.billing_accounts USING btree (stripe_customer_id) WHERE ((deleted_at IS NULL) AND (stripe_customer_id IS NOT NULL));

CREATE INDEX broadcast_executions_contact_idx ON public.broadcast_executions USING btree (tenant_id, contact_id);

CREATE UNIQUE INDEX broadcast_executions_message_key ON public.broadcast_executions USING btree (tenant_id, message_id) WHERE (message_id IS NOT NULL);

CREATE INDEX broadcast_executions_open_idx ON public.broadcast_executions USING btree (tenant_id, broadcast_id, status, contact_id) WHERE (status = ANY (ARRAY['pending'::text, 'sending'::text]));

CREATE INDEX broadcast_executions_queued_idx ON public.broadcast_executions USING btree (tenant_id, broadcast_id, queued_at) WHERE (queued_at IS NOT NULL);

CREATE INDEX broadcasts_at_work_idx ON public.broadcasts USING btree (tenant_id, id) WHERE (status = ANY (ARRAY['scheduled'::text, 'running'::text]));

CREATE INDEX broadcasts_created_idx ON public.broadcasts USING btree (tenant_id, created_at, id);

CREATE INDEX campaign_enrollments_active_idx ON public.campaign_enrollments USING btree (tenant_id, id) WHERE (status = 'active'::text);

CREATE INDEX campaign_enrollments_contact_idx ON public.campaign_enrollments USING btree (tenant_id, contact_id, created_at, id);

CREATE UNIQUE INDEX campaign_enrollments_open_key ON public.campaign_enrollments USING btree (tenant_id, campaign_id, contact_id) WHERE (status = ANY (ARRAY['active'::text, 'paused'::text]));

CREATE INDEX campaigns_created_idx ON public.campaigns USING btree (tenant_id, created_at, id);

CREATE INDEX campaigns_scheduled_idx ON public.campaigns USING btree (tenant_id, id) WHERE (status = 'scheduled'::text);

CREATE INDEX channels_active_waha_idx ON public.channels USING btree (tenant_id) WHERE ((type = 'waha'::text) AND (status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX channels_user_idx ON public.channels USING btree (tenant_id, user_id) WHERE (deleted_at IS NULL);

CREATE INDEX chat_participants_contact_idx ON public.chat_participants USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);

CREATE INDEX chats_live_created_idx ON public.chats USING btree (tenant_id, created_at, id) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX chats_live_external_id_key ON public.chats USING btree (tenant_id, external_id) WHERE ((deleted_at IS NULL) AND (external_id IS NOT NULL));

CREATE UNIQUE INDEX chats_live_individual_key ON public.chats USING btree (tenant_id, project_id, individual_contact_id) WHERE ((deleted_at IS NULL) AND (individual_contact_id IS NOT NULL));

CREATE INDEX contact_custom_fields_live_value_idx ON public.contact_custom_fields USING btree (tenant_id, field_key, field_value_hash) WHERE (deleted_at IS NULL);

CREATE INDEX contact_identities_contact_idx ON public.contact_identities USING btree (tenant_id, contact_id);

CREATE INDEX contact_identities_phone_idx ON public.contact_identities USING btree (tenant_id, project_id, phone) WHERE (phone IS NOT NULL);

CREATE INDEX contact_list_members_contact_idx ON public.contact_list_members USING btree (tenant_id, contact_id);

CREATE INDEX contact_lists_live_project_idx ON public.contact_lists USING btree (tenant_id, project_id, created_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX contacts_live_created_idx ON public.contacts USING btree (tenant_id, created_at, id) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX contacts_live_email_key ON public.contacts USING btree (tenant_id, project_id, email) WHERE ((deleted_at IS NULL) AND (email IS NOT NULL));

CREATE INDEX contacts_live_name_idx ON public.contacts USING btree (tenant_id, name, id) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX contacts_live_phone_key ON public.contacts USING btree (tenant_id, project_id, phone) WHERE ((deleted_at IS NULL) AND (phone IS NOT NULL));

CREATE INDEX credentials_expiring_idx ON public.credentials USING btree (tenant_id, expires_at) WHERE (is_active AND (expires_at IS NOT NULL));

CREATE INDEX credentials_type_idx ON public.credentials USING btree (tenant_id, credential_type, created_at);

CREATE UNIQUE INDEX messages_channel_message_key ON public.messages USING btree (tenant_id, channel_id, channel_message_id) WHERE ((channel_message_id IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX messages_live_chat_idx ON public.messages USING btree (tenant_id, chat_id, "timestamp", id) WHERE ((deleted_at IS NULL) AND (chat_id IS NOT NULL));

CREATE INDEX messages_live_contact_idx ON public.messages USING btree (tenant_id, contact_id, "timestamp", id) WHERE (deleted_at IS NULL);

CREATE INDEX messages_live_session_idx ON public.messages USING btree (tenant_id, session_id, "timestamp", id) WHERE (deleted_at IS NULL);

CREATE INDEX messages_live_timestamp_idx ON public.messages USING btree (tenant_id, "timestamp", id) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX pipeline_statuses_live_name_key ON public.pipeline_statuses USING btree (tenant_id, pipeline_id, name) WHERE (deleted_at IS NULL);

CREATE INDEX pipelines_live_position_idx ON public.pipelines USING btree (tenant_id, "position", id) WHERE (deleted_at IS NULL);

CREATE INDEX placements_history_idx ON public.placements USING btree (tenant_id, contact_id, pipeline_id, entered_at, id);

CREATE INDEX placements_in_status_idx ON public.placements USING btree (tenant_id, pipeline_id, status_id, contact_id) WHERE (exited_at IS NULL);

CREATE UNIQUE INDEX placements_open_key ON public.placements USING btree (tenant_id, contact_id, pipeline_id) WHERE (exited_at IS NULL);

CREATE INDEX sequence_enrollments_active_idx ON public.sequence_enrollments USING btree (tenant_id, id) WHERE (status = 'active'::text);

CREATE INDEX sequence_enrollments_contact_idx ON public.sequence_enrollments USING btree (tenant_id, contact_id, created_at, id);

CREATE UNIQUE INDEX sequence_enrollments_open_key ON public.sequence_enrollments USING btree (tenant_id, sequence_id, contact_id) WHERE (status = ANY (ARRAY['active'::text, 'paused'::text]));

CREATE INDEX sequences_active_trigger_idx ON public.sequences USING btree (tenant_id, trigger_type) WHERE (status = 'active'::text);

CREATE INDEX sessions_active_idx ON public.sessions USING btree (tenant_id, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE UNIQUE INDEX sessions_active_key ON public.sessions USING btree (tenant_id, contact_id, channel_type_id) NULLS NOT DISTINCT WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX sessions_live_contact_idx ON public.sessions USING btree (tenant_id, contact_id, started_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX sessions_live_started_idx ON public.sessions USING btree (tenant_id, started_at, id) WHERE (deleted_at IS NULL);

CREATE TRIGGER version_guard BEFORE UPDATE ON public.agents FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.billing_accounts FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.broadcasts FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.campaign_enrollments FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.campaigns FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.channels FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.chats FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.contact_lists FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.contacts FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.credentials FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.pipeline_statuses FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.pipelines FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.projects FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.sequence_enrollments FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.sequences FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.sessions FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

CREATE TRIGGER version_guard BEFORE UPDATE ON public.webhook_subscriptions FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

ALTER TABLE ONLY public.account_projects
    ADD CONSTRAINT account_projects_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_counters
    ADD CONSTRAINT agent_counters_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES public.agents(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id);

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.billing_accounts
    ADD CONSTRAINT billing_accounts_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.broadcast_counters
    ADD CONSTRAINT broadcast_counters_broadcast_fkey FOREIGN KEY (tenant_id, broadcast_id) REFERENCES public.broadcasts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.broadcast_executions
    ADD CONSTRAINT broadcast_executions_broadcast_fkey FOREIGN KEY (tenant_id, broadcast_id) REFERENCES public.broadcasts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.broadcast_executions
    ADD CONSTRAINT broadcast_executions_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.broadcast_executions
    ADD CONSTRAINT broadcast_executions_message_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES public.messages(tenant_id, id);

ALTER TABLE ONLY public.broadcasts
    ADD CONSTRAINT broadcasts_channel_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES public.channels(tenant_id, id);

ALTER TABLE ONLY public.broadcasts
    ADD CONSTRAINT broadcasts_list_fkey FOREIGN KEY (tenant_id, list_id) REFERENCES public.contact_lists(tenant_id, id);

ALTER TABLE ONLY public.campaign_counters
    ADD CONSTRAINT campaign_counters_campaign_fkey FOREIGN KEY (tenant_id, campaign_id) REFERENCES public.campaigns(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.campaign_enrollments
    ADD CONSTRAINT campaign_enrollments_campaign_fkey FOREIGN KEY (tenant_id, campaign_id) REFERENCES public.campaigns(tenant_id, id);

ALTER TABLE ONLY public.campaign_enrollments
    ADD CONSTRAINT campaign_enrollments_channel_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES public.channels(tenant_id, id);

ALTER TABLE ONLY public.campaign_enrollments
    ADD CONSTRAINT campaign_enrollments_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id);

ALTER TABLE ONLY public.campaign_steps
    ADD CONSTRAINT campaign_steps_campaign_fkey FOREIGN KEY (tenant_id, campaign_id) REFERENCES public.campaigns(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.channel_counters
    ADD CONSTRAINT channel_counters_channel_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES public.channels(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.channel_routes
    ADD CONSTRAINT channel_routes_channel_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES public.channels(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.channel_routes
    ADD CONSTRAINT channel_routes_webhook_fkey FOREIGN KEY (tenant_id, webhook_id) REFERENCES public.channels(tenant_id, webhook_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_default_agent_fkey FOREIGN KEY (tenant_id, default_agent_id) REFERENCES public.agents(tenant_id, id);

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_pipeline_fkey FOREIGN KEY (tenant_id, pipeline_id) REFERENCES public.pipelines(tenant_id, id);

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id);

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.chat_participants
    ADD CONSTRAINT chat_participants_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES public.agents(tenant_id, id);

ALTER TABLE ONLY public.chat_participants
    ADD CONSTRAINT chat_participants_chat_fkey FOREIGN KEY (tenant_id, chat_id) REFERENCES public.chats(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.chat_participants
    ADD CONSTRAINT chat_participants_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id);

ALTER TABLE ONLY public.chats
    ADD CONSTRAINT chats_individual_contact_fkey FOREIGN KEY (tenant_id, individual_contact_id) REFERENCES public.contacts(tenant_id, id);

ALTER TABLE ONLY public.chats
    ADD CONSTRAINT chats_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id);

ALTER TABLE ONLY public.contact_custom_fields
    ADD CONSTRAINT contact_custom_fields_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_identities
    ADD CONSTRAINT contact_identities_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_list_counters
    ADD CONSTRAINT contact_list_counters_list_fkey FOREIGN KEY (tenant_id, contact_list_id) REFERENCES public.contact_lists(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_list_filters
    ADD CONSTRAINT contact_list_filters_list_fkey FOREIGN KEY (tenant_id, contact_list_id) REFERENCES public.contact_lists(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_list_filters
    ADD CONSTRAINT contact_list_filters_pipeline_fkey FOREIGN KEY (tenant_id, pipeline_id) REFERENCES public.pipelines(tenant_id, id);

ALTER TABLE ONLY public.contact_list_members
    ADD CONSTRAINT contact_list_members_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id);

ALTER TABLE ONLY public.contact_list_members
    ADD CONSTRAINT contact_list_members_list_fkey FOREIGN KEY (tenant_id, contact_list_id) REFERENCES public.contact_lists(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_lists
    ADD CONSTRAINT contact_lists_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id);

ALTER TABLE ONLY public.credential_refreshes
    ADD CONSTRAINT credential_refreshes_credential_fkey FOREIGN KEY (tenant_id, credential_id) REFERENCES public.credentials(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.credential_uses
    ADD CONSTRAINT credential_uses_credential_fkey FOREIGN KEY (tenant_id, credential_id) REFERENCES public.credentials(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT credentials_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id);

ALTER TABLE ONLY public.message_sends
    ADD CONSTRAINT message_sends_message_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES public.messages(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_channel_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES public.channels(tenant_id, id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_chat_fkey FOREIGN KEY (tenant_id, chat_id) REFERENCES public.chats(tenant_id, id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_session_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES public.sessions(tenant_id, id);

ALTER TABLE ONLY public.pipeline_custom_fields
    ADD CONSTRAINT pipeline_custom_fields_pipeline_fkey FOREIGN KEY (tenant_id, pipeline_id) REFERENCES public.pipelines(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pipeline_statuses
    ADD CONSTRAINT pipeline_statuses_pipeline_fkey FOREIGN KEY (tenant_id, pipeline_id) REFERENCES public.pipelines(tenant_id, id);

ALTER TABLE ONLY public.pipelines
    ADD CONSTRAINT pipelines_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id);

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT placements_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id);

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT placements_status_fkey FOREIGN KEY (tenant_id, pipeline_id, status_id) REFERENCES public.pipeline_statuses(tenant_id, pipeline_id, id);

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_billing_account_fkey FOREIGN KEY (billing_account_id, user_id) REFERENCES public.billing_accounts(id, user_id);

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.sequence_counters
    ADD CONSTRAINT sequence_counters_sequence_fkey FOREIGN KEY (tenant_id, sequence_id) REFERENCES public.sequences(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sequence_enrollments
    ADD CONSTRAINT sequence_enrollments_channel_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES public.channels(tenant_id, id);

ALTER TABLE ONLY public.sequence_enrollments
    ADD CONSTRAINT sequence_enrollments_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id);

ALTER TABLE ONLY public.sequence_enrollments
    ADD CONSTRAINT sequence_enrollments_sequence_fkey FOREIGN KEY (tenant_id, sequence_id) REFERENCES public.sequences(tenant_id, id);

ALTER TABLE ONLY public.sequence_steps
    ADD CONSTRAINT sequence_steps_sequence_fkey FOREIGN KEY (tenant_id, sequence_id) REFERENCES public.sequences(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pipeline_fkey FOREIGN KEY (tenant_id, pipeline_id) REFERENCES public.pipelines(tenant_id, id);

ALTER TABLE ONLY public.webhook_counters
    ADD CONSTRAINT webhook_counters_subscription_fkey FOREIGN KEY (tenant_id, webhook_subscription_id) REFERENCES public.webhook_subscriptions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_subscriptions
    ADD CONSTRAINT webhook_subscriptions_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id);

ALTER TABLE ONLY public.webhook_subscriptions
    ADD CONSTRAINT webhook_subscriptions_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE public.account_projects ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agent_counters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agents ENABLE ROW LEVEL SECURITY;

CREATE POLICY asked ON public.account_projects FOR SELECT USING (((user_id = (NULLIF(current_setting('app.user_id'::text, true), ''::text))::uuid) OR (tenant_id = current_setting('app.tenant_id'::text, true))));

CREATE POLICY asked ON public.channel_routes FOR SELECT USING (((webhook_id = current_setting('app.webhook_id'::text, true)) OR (tenant_id = current_setting('app.tenant_id'::text, true))));

ALTER TABLE public.billing_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.broadcast_counters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.broadcast_executions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.broadcasts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaign_counters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaign_enrollments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaign_steps ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaigns ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.channel_counters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.channel_routes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.channels ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chat_participants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chats ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_custom_fields ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_identities ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_list_counters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_list_filters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_list_members ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_lists ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credential_refreshes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credential_uses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credentials ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.message_sends ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_user ON public.account_projects AS RESTRICTIVE FOR INSERT WITH CHECK ((user_id = public.ventros_user()));

CREATE POLICY of_user ON public.projects AS RESTRICTIVE FOR INSERT WITH CHECK ((user_id = public.ventros_user()));

CREATE POLICY own ON public.billing_accounts USING ((user_id = public.ventros_user())) WITH CHECK ((user_id = public.ventros_user()));

CREATE POLICY own ON public.users USING ((id = public.ventros_user())) WITH CHECK ((id = public.ventros_user()));

ALTER TABLE public.pipeline_custom_fields ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pipeline_statuses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pipelines ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.placements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.projects ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sequence_counters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sequence_enrollments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sequence_steps ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sequences ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON public.agent_counters USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.agents USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.broadcast_counters USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.broadcast_executions USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.broadcasts USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.campaign_counters USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.campaign_enrollments USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.campaign_steps USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.campaigns USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.channel_counters USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.channels USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.chat_participants USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.chats USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.contact_custom_fields USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.contact_identities USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.contact_list_counters USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.contact_list_filters USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.contact_list_members USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.contact_lists USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.contacts USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.credential_refreshes USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.credential_uses USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.credentials USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.message_sends USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.messages USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.pipeline_custom_fields USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.pipeline_statuses USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.pipelines USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.placements USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.projects USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.sequence_counters USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.sequence_enrollments USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.sequence_steps USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.sequences USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.sessions USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.webhook_counters USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.webhook_subscriptions USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant_delete ON public.account_projects FOR DELETE USING ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant_delete ON public.channel_routes FOR DELETE USING ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant_insert ON public.account_projects FOR INSERT WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant_insert ON public.channel_routes FOR INSERT WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant_update ON public.account_projects FOR UPDATE USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant_update ON public.channel_routes FOR UPDATE USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_counters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_subscriptions ENABLE ROW LEVEL SECURITY;
