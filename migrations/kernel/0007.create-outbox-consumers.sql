-- Who reads the log, and how far. One row to a consumer; it is locked while its owner reads and moves, so that of
-- several processes one at a time does so. A position is of one cluster: in another one transaction ids begin anew.
CREATE TABLE IF NOT EXISTS outbox_consumers (
    name              text        NOT NULL,
    transaction_id    bigint      NOT NULL,
    position          bigint      NOT NULL,
    system_identifier bigint      NOT NULL,
    registered_at     timestamptz NOT NULL DEFAULT now(),
    moved_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_consumers_pkey PRIMARY KEY (name),
    CONSTRAINT outbox_consumers_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange @> registered_at
        AND '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange @> moved_at
    ),
    CONSTRAINT outbox_consumers_length_bounds_check CHECK (char_length(name) <= 100)
);

COMMENT ON TABLE outbox_consumers IS 'Who reads the log of events, and up to where; see docs/events.md.';
COMMENT ON COLUMN outbox_consumers.name IS 'relay:<publisher> for the relay, else what its owner calls it.';
COMMENT ON COLUMN outbox_consumers.transaction_id IS 'Of the last event that it has seen; with position its place in the log.';
COMMENT ON COLUMN outbox_consumers.position IS 'Of the last event that it has seen.';
COMMENT ON COLUMN outbox_consumers.system_identifier IS 'Of the cluster that the position is of, by pg_control_system().';
COMMENT ON COLUMN outbox_consumers.registered_at IS 'When it was registered.';
COMMENT ON COLUMN outbox_consumers.moved_at IS 'When it last moved.';
