-- Where a consumer that asked for order stands with each aggregate, written in the transaction of the event before.
-- What is kept is not the last event but the next: whether that begins a version is known when the last of the
-- version before was dealt with, and forgotten afterwards.
CREATE TABLE IF NOT EXISTS expected_events (
    tenant_id         text     NOT NULL,
    consumer          text     NOT NULL,
    aggregate_type    text     NOT NULL,
    aggregate_id      uuid     NOT NULL,
    aggregate_version integer  NOT NULL,
    sequence          smallint NOT NULL,
    CONSTRAINT expected_events_pkey PRIMARY KEY (tenant_id, consumer, aggregate_type, aggregate_id),
    CONSTRAINT expected_events_length_bounds_check CHECK (
        char_length(tenant_id) <= 100 AND char_length(consumer) <= 100 AND char_length(aggregate_type) <= 100
    )
);
ALTER TABLE expected_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE expected_events FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON expected_events;
CREATE POLICY tenant ON expected_events
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE expected_events IS 'Which event of an aggregate is a consumer''s next, where it asked for them in order.';
COMMENT ON COLUMN expected_events.tenant_id IS 'The tenant of the unit of work.';
COMMENT ON COLUMN expected_events.consumer IS 'Who waits for it.';
COMMENT ON COLUMN expected_events.aggregate_type IS 'Which kind of aggregate will tell it.';
COMMENT ON COLUMN expected_events.aggregate_id IS 'Which aggregate will tell it.';
COMMENT ON COLUMN expected_events.aggregate_version IS 'Of the event.';
COMMENT ON COLUMN expected_events.sequence IS 'Of the events of that version, from 1.';
