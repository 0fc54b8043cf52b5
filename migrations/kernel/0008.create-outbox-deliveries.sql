-- What is still to be delivered: one row to a destination and event, inserted when the relay reads the log and deleted
-- when the event is where it was to go. It is never updated: what changes is in the queue that it belongs to.
CREATE TABLE IF NOT EXISTS outbox_deliveries (
    tenant_id      text   NOT NULL,
    destination    text   COLLATE "C" NOT NULL,
    aggregate_type text   NOT NULL,
    aggregate_id   uuid   NOT NULL,
    transaction_id bigint NOT NULL,
    position       bigint NOT NULL,
    event_id       uuid   NOT NULL,
    CONSTRAINT outbox_deliveries_pkey
        PRIMARY KEY (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position),
    CONSTRAINT outbox_deliveries_length_bounds_check CHECK (
        char_length(tenant_id) <= 100 AND char_length(destination) <= 100 AND char_length(aggregate_type) <= 100
    )
);
ALTER TABLE outbox_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox_deliveries FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON outbox_deliveries;
CREATE POLICY tenant ON outbox_deliveries
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE outbox_deliveries IS 'What is still to be delivered: one row to a destination and event.';
COMMENT ON COLUMN outbox_deliveries.tenant_id IS 'Of the event.';
COMMENT ON COLUMN outbox_deliveries.destination IS 'Where the event is to go: a publisher, or webhook:<subscription id>.';
COMMENT ON COLUMN outbox_deliveries.aggregate_type IS 'Of the event.';
COMMENT ON COLUMN outbox_deliveries.aggregate_id IS 'Of the event.';
COMMENT ON COLUMN outbox_deliveries.transaction_id IS 'Of the event; with position its place in the log, and in its queue.';
COMMENT ON COLUMN outbox_deliveries.position IS 'Of the event.';
COMMENT ON COLUMN outbox_deliveries.event_id IS 'By which the event itself is found.';

-- One row to a destination and aggregate that has deliveries. Who delivers claims the queue, not a delivery: so the
-- events of one aggregate can go to a destination in their order only, and a dead one stops its own queue and no other.
-- The newest delivery is written here too: by that a queue is known to be empty under its own row lock, whatever a
-- relay is adding to it in this moment.
CREATE TABLE IF NOT EXISTS outbox_queues (
    tenant_id           text        NOT NULL,
    destination         text        COLLATE "C" NOT NULL,
    aggregate_type      text        NOT NULL,
    aggregate_id        uuid        NOT NULL,
    last_transaction_id bigint      NOT NULL,
    last_position       bigint      NOT NULL,
    due_at              timestamptz NOT NULL DEFAULT now(),
    token               uuid,
    attempts            integer     NOT NULL DEFAULT 0,
    last_error          text,
    dead_at             timestamptz,
    CONSTRAINT outbox_queues_pkey PRIMARY KEY (tenant_id, destination, aggregate_type, aggregate_id),
    CONSTRAINT outbox_queues_attempts_check CHECK (attempts >= 0),
    CONSTRAINT outbox_queues_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange @> due_at
        AND '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange @> dead_at
    ),
    CONSTRAINT outbox_queues_length_bounds_check CHECK (
        char_length(tenant_id) <= 100 AND char_length(destination) <= 100 AND char_length(aggregate_type) <= 100
    )
);
-- due_at changes with each claim, so a claim is no HOT update: the price of finding what is due among much that is not.
CREATE INDEX IF NOT EXISTS outbox_queues_due_idx ON outbox_queues (destination, due_at) WHERE dead_at IS NULL;
ALTER TABLE outbox_queues ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox_queues FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON outbox_queues;
CREATE POLICY tenant ON outbox_queues
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE outbox_queues IS 'Of each aggregate with something to be delivered, and each destination of it, how that stands.';
COMMENT ON COLUMN outbox_queues.tenant_id IS 'Of the aggregate.';
COMMENT ON COLUMN outbox_queues.destination IS 'Where its events are to go.';
COMMENT ON COLUMN outbox_queues.aggregate_type IS 'Of the aggregate.';
COMMENT ON COLUMN outbox_queues.aggregate_id IS 'Of the aggregate.';
COMMENT ON COLUMN outbox_queues.last_transaction_id IS 'Of the newest delivery; once that is done, the queue is removed.';
COMMENT ON COLUMN outbox_queues.last_position IS 'Of the newest delivery.';
COMMENT ON COLUMN outbox_queues.due_at IS 'When it may be claimed: the end of a lease, or of the pause after a failure.';
COMMENT ON COLUMN outbox_queues.token IS 'Of the latest claim; who holds another one may not say any more what was delivered.';
COMMENT ON COLUMN outbox_queues.attempts IS 'Failures of its oldest delivery.';
COMMENT ON COLUMN outbox_queues.last_error IS 'Of the latest failure.';
COMMENT ON COLUMN outbox_queues.dead_at IS 'When its oldest delivery was given up; nothing goes on before it is requeued or skipped.';
