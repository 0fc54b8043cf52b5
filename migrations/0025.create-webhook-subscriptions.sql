-- Where a project wants its events sent, and what became of them. A project is one tenant and has few
-- subscriptions, so that the primary key, which begins with the tenant, serves every statement.
CREATE TABLE IF NOT EXISTS webhook_subscriptions (
    tenant_id                text        NOT NULL,
    id                       uuid        NOT NULL,
    user_id                  uuid        NOT NULL,
    project_id               uuid        NOT NULL,
    name                     text        NOT NULL,
    url                      text,
    origin                   text        NOT NULL,
    events                   text[]      NOT NULL,
    subscribe_contact_events boolean     NOT NULL,
    contact_event_types      text[],
    contact_event_categories text[],
    active                   boolean     NOT NULL,
    secret                   text,
    headers                  text,
    retry_count              integer     NOT NULL,
    timeout_seconds          integer     NOT NULL,
    created_at               timestamptz NOT NULL,
    updated_at               timestamptz NOT NULL,
    deleted_at               timestamptz,
    CONSTRAINT webhook_subscriptions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT webhook_subscriptions_user_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT webhook_subscriptions_project_fkey FOREIGN KEY (tenant_id, project_id)
        REFERENCES projects (tenant_id, id),
    CONSTRAINT webhook_subscriptions_name_check CHECK (name <> ''),
    CONSTRAINT webhook_subscriptions_origin_check CHECK (origin ~ '^https?://[^/?#@[:space:]]+$'),
    CONSTRAINT webhook_subscriptions_encrypted_check CHECK (
        ventros_is_encrypted(url) AND ventros_is_encrypted(secret) AND ventros_is_encrypted(headers)),
    CONSTRAINT webhook_subscriptions_deleted_check CHECK (
        (url IS NULL) = (deleted_at IS NOT NULL)
        AND (deleted_at IS NULL OR (secret IS NULL AND headers IS NULL))),
    CONSTRAINT webhook_subscriptions_events_check CHECK (
        cardinality(events) > 0
        AND array_position(events, '') IS NULL AND array_position(events, NULL) IS NULL),
    CONSTRAINT webhook_subscriptions_contact_events_check CHECK (
        subscribe_contact_events OR (contact_event_types IS NULL AND contact_event_categories IS NULL)),
    CONSTRAINT webhook_subscriptions_contact_event_types_check CHECK (
        cardinality(contact_event_types) > 0
        AND array_position(contact_event_types, '') IS NULL
        AND array_position(contact_event_types, NULL) IS NULL),
    CONSTRAINT webhook_subscriptions_contact_event_categories_check CHECK (
        cardinality(contact_event_categories) > 0
        AND array_position(contact_event_categories, '') IS NULL
        AND array_position(contact_event_categories, NULL) IS NULL),
    CONSTRAINT webhook_subscriptions_retry_count_check CHECK (retry_count BETWEEN 1 AND 10),
    CONSTRAINT webhook_subscriptions_timeout_check CHECK (timeout_seconds BETWEEN 1 AND 30)
);
ALTER TABLE webhook_subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_subscriptions FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON webhook_subscriptions;
CREATE POLICY tenant ON webhook_subscriptions
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE webhook_subscriptions IS 'Addresses that events of a project are sent to, by patterns of names.';
COMMENT ON COLUMN webhook_subscriptions.tenant_id IS
    'The tenant that the subscription belongs to; never changes.';
COMMENT ON COLUMN webhook_subscriptions.id IS 'UUIDv7 made by the client.';
COMMENT ON COLUMN webhook_subscriptions.user_id IS 'The user who owns the subscription; never changes.';
COMMENT ON COLUMN webhook_subscriptions.project_id IS 'The project whose events are sent; never changes.';
COMMENT ON COLUMN webhook_subscriptions.name IS 'The name as it is shown.';
COMMENT ON COLUMN webhook_subscriptions.url IS
    'The absolute http or https address that events are sent to, encrypted, since its path or query may be a key; NULL once it is deleted.';
COMMENT ON COLUMN webhook_subscriptions.origin IS 'Scheme, host and port of the address, to be shown.';
COMMENT ON COLUMN webhook_subscriptions.events IS
    'Patterns of event names, at least one: a name, a dotted prefix that ends in .*, or * for all.';
COMMENT ON COLUMN webhook_subscriptions.subscribe_contact_events IS 'Whether contact events are sent as well.';
COMMENT ON COLUMN webhook_subscriptions.contact_event_types IS
    'Types of contact events to send, * for all; NULL does not filter by type.';
COMMENT ON COLUMN webhook_subscriptions.contact_event_categories IS
    'Categories of contact events to send, * for all; NULL does not filter by category.';
COMMENT ON COLUMN webhook_subscriptions.active IS 'Whether anything is sent at all.';
COMMENT ON COLUMN webhook_subscriptions.secret IS
    'The secret that signs what is sent, encrypted; NULL when nothing is signed, and once it is deleted.';
COMMENT ON COLUMN webhook_subscriptions.headers IS
    'HTTP headers to send along, an object of texts, encrypted; NULL for none, and once it is deleted.';
COMMENT ON COLUMN webhook_subscriptions.retry_count IS 'How many attempts there are in all, the first one included.';
COMMENT ON COLUMN webhook_subscriptions.timeout_seconds IS 'How long one attempt may take, in seconds.';
COMMENT ON COLUMN webhook_subscriptions.created_at IS 'When the subscription was made.';
COMMENT ON COLUMN webhook_subscriptions.updated_at IS 'When its settings were last changed.';
COMMENT ON COLUMN webhook_subscriptions.deleted_at IS 'When the subscription was deleted; NULL while it is live.';

-- What became of the events that were sent stands apart from the versioned row, so that parallel senders
-- neither lose a count nor conflict with each other or with the owner; the sum over its slots is the figure.
CREATE TABLE IF NOT EXISTS webhook_counters (
    tenant_id               text        NOT NULL,
    webhook_subscription_id uuid        NOT NULL,
    slot                    smallint    NOT NULL,
    success_count           bigint      NOT NULL DEFAULT 0,
    failure_count           bigint      NOT NULL DEFAULT 0,
    last_success_at         timestamptz,
    last_failure_at         timestamptz,
    CONSTRAINT webhook_counters_pkey PRIMARY KEY (tenant_id, webhook_subscription_id, slot),
    CONSTRAINT webhook_counters_subscription_fkey FOREIGN KEY (tenant_id, webhook_subscription_id)
        REFERENCES webhook_subscriptions (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT webhook_counters_check CHECK (success_count >= 0 AND failure_count >= 0)
);
ALTER TABLE webhook_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_counters FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON webhook_counters;
CREATE POLICY tenant ON webhook_counters
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE webhook_counters IS
    'What became of sent events, apart from the versioned row; the figure is the sum over the slots.';
COMMENT ON COLUMN webhook_counters.tenant_id IS 'The tenant that the subscription belongs to.';
COMMENT ON COLUMN webhook_counters.webhook_subscription_id IS 'The subscription that counts.';
COMMENT ON COLUMN webhook_counters.slot IS 'One of 16, by the process id of the backend that counted.';
COMMENT ON COLUMN webhook_counters.success_count IS 'Events that the receiver accepted.';
COMMENT ON COLUMN webhook_counters.failure_count IS 'Events that it did not accept in any attempt.';
COMMENT ON COLUMN webhook_counters.last_success_at IS 'When the receiver last accepted an event.';
COMMENT ON COLUMN webhook_counters.last_failure_at IS 'When the last attempt for an event failed.';
