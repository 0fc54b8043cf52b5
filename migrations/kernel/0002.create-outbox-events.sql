-- Events leave through this table, written in the transaction whose change they tell of.
-- (transaction_id, position) is the order of the log. position alone is handed out before commit, so a reader that
-- follows it would skip events that commit late; transaction_id lets it stay below the oldest running transaction. The
-- writer's own id would do for that, but not for the order: a transaction that wrote something else first may have a
-- lower id than the one whose version of an aggregate it continues. So it is at least the id behind all that were
-- complete when the event was written, and the writer of an aggregate's last version was. No xid8, for ventros outbox
-- rebase makes those of another cluster negative.
CREATE TABLE IF NOT EXISTS outbox_events (
    tenant_id         text        NOT NULL,
    event_id          uuid        NOT NULL,
    position          bigint      GENERATED ALWAYS AS IDENTITY,
    transaction_id    bigint      NOT NULL
        DEFAULT greatest(pg_current_xact_id(), pg_snapshot_xmax(pg_current_snapshot()))::text::bigint,
    event_name        text        NOT NULL,
    event_version     text        NOT NULL,
    occurred_at       timestamptz NOT NULL,
    aggregate_type    text        NOT NULL,
    aggregate_id      uuid        NOT NULL,
    aggregate_version integer,
    sequence          smallint    NOT NULL,
    last_of_version   boolean     NOT NULL DEFAULT true,
    correlation_id    uuid,
    causation_id      uuid,
    payload           jsonb       NOT NULL,
    CONSTRAINT outbox_events_pkey PRIMARY KEY (tenant_id, event_id),
    -- An aggregate's row lock orders its writers, so its versions are here without a gap and without a
    -- twin. Entities without a version have NULL, which is distinct from NULL. The type is in it for two
    -- applications whose aggregates happen to have one id.
    CONSTRAINT outbox_events_version_key
        UNIQUE (tenant_id, aggregate_id, aggregate_version, sequence, aggregate_type),
    -- What Python cannot hold, or a btree cannot index, is refused from whoever writes: a time that is infinite or
    -- not within the years 1 to 9999, whose first and last microsecond the driver takes for infinity; an indexed
    -- text that is too long for an index entry of 2,704 bytes. The same of all tables here.
    CONSTRAINT outbox_events_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange @> occurred_at
    ),
    CONSTRAINT outbox_events_length_bounds_check CHECK (char_length(tenant_id) <= 100 AND char_length(aggregate_type) <= 100)
);
ALTER TABLE outbox_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox_events FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON outbox_events;
CREATE POLICY tenant ON outbox_events
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
-- Events of what belongs to the unit's user, whichever tenant it works for: one account may serve several tenants, and
-- its events stand in one place, in one sequence.
DROP POLICY IF EXISTS of_user ON outbox_events;
CREATE POLICY of_user ON outbox_events FOR INSERT
    WITH CHECK (tenant_id = 'user:' || current_setting('app.user_id', true));

COMMENT ON TABLE outbox_events IS 'Domain events on their way out, written with the change that they tell of.';
COMMENT ON COLUMN outbox_events.tenant_id IS 'Whose the aggregate is: a tenant, or user:<id> for what belongs to a user.';
COMMENT ON COLUMN outbox_events.event_id IS 'Made by the application; consumers know an event again by it.';
COMMENT ON COLUMN outbox_events.position IS 'In the order of writing; handed out before the commit, so not the order of commits.';
COMMENT ON COLUMN outbox_events.transaction_id IS
    'Not below the writing transaction''s, nor any that was complete when it was written; a reader stays below the oldest that is still running.';
COMMENT ON COLUMN outbox_events.event_name IS 'aggregate.fact';
COMMENT ON COLUMN outbox_events.event_version IS 'Of the payload, v1.';
COMMENT ON COLUMN outbox_events.occurred_at IS 'When it took place.';
COMMENT ON COLUMN outbox_events.aggregate_type IS 'Which kind of aggregate tells it.';
COMMENT ON COLUMN outbox_events.aggregate_id IS 'Which aggregate tells it.';
COMMENT ON COLUMN outbox_events.aggregate_version IS 'The version that the change led to; NULL for an entity without versions.';
COMMENT ON COLUMN outbox_events.sequence IS 'Of the events of one aggregate version, from 1.';
COMMENT ON COLUMN outbox_events.last_of_version IS 'No event of its version comes after it: the next is the first of the next version.';
COMMENT ON COLUMN outbox_events.correlation_id IS 'Of the request that it belongs to.';
COMMENT ON COLUMN outbox_events.causation_id IS 'Of the event that led to it.';
COMMENT ON COLUMN outbox_events.payload IS 'The fields of the event, an object.';
