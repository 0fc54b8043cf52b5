-- The schema that the migrations of the application kernel make, as pg_dump of PostgreSQL 18 writes it.
-- Not to be edited: ventros migrate schema prints it.

CREATE FUNCTION public.ventros_history_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: what is recorded stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'VT003', TABLE = TG_TABLE_NAME,
              HINT = 'docs/history.md says how to forget what must be forgotten';
END
$$;

CREATE FUNCTION public.ventros_history_row(stored anyelement, secret text[]) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO'
    SET "IntervalStyle" TO 'postgres'
    SET bytea_output TO 'hex'
    SET extra_float_digits TO '1'
    AS $$
    SELECT jsonb_object_agg(key, public.ventros_history_value(key, value, secret))
      FROM jsonb_each(to_jsonb(stored)) WHERE key <> 'version'
$$;

CREATE FUNCTION public.ventros_history_value(name text, value jsonb, secret text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE WHEN value <> 'null' AND name = ANY (secret) THEN '"***"' ELSE value END
$$;

CREATE FUNCTION public.ventros_is_encrypted(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (value ~ '^v1\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9+/]{16}\.[A-Za-z0-9+/]{23,}={0,2}$'::text);

CREATE FUNCTION public.ventros_not_added(relation text, taken boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'no row was added to %', relation
        USING ERRCODE = CASE WHEN taken THEN 'unique_violation' ELSE 'VT011' END,
              TABLE = (SELECT relname FROM pg_class WHERE oid = relation::regclass);
END
$$;

CREATE FUNCTION public.ventros_not_saved(relation text, scope text, owner text, row_id uuid, expected integer, led_to integer) RETURNS integer
    LANGUAGE plpgsql
    AS $_$
DECLARE
    bare   text := (SELECT relname FROM pg_class WHERE oid = relation::regclass);
    stored integer := led_to;
BEGIN
    IF led_to IS NOT NULL THEN
        RAISE EXCEPTION 'update of % led to version %, not %', relation, led_to, expected + 1
            USING ERRCODE = 'VT012', TABLE = bare;
    END IF;
    EXECUTE format(
        'SELECT version FROM %s AS stored WHERE %I = $1::%s AND id = $2'
        ' AND to_jsonb(stored) ->> ''deleted_at'' IS NULL',
        relation::regclass, scope, CASE scope WHEN 'user_id' THEN 'uuid' ELSE 'text' END
    ) INTO stored USING owner, row_id;
    RAISE EXCEPTION '% is not at version %', relation, expected
        USING ERRCODE = CASE WHEN stored = expected THEN 'VT011' ELSE 'VT010' END, TABLE = bare,
              DETAIL = concat_ws(' ', row_id, expected, stored);
END
$_$;

CREATE FUNCTION public.ventros_record_history() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO'
    SET "IntervalStyle" TO 'postgres'
    SET bytea_output TO 'hex'
    SET extra_float_digits TO '1'
    AS $$
DECLARE
    old_row jsonb := to_jsonb(OLD) - 'version';
    new_row jsonb := to_jsonb(NEW) - 'version';
    whole   jsonb := coalesce(new_row, old_row);
    step    integer := coalesce(NEW.version, OLD.version + 1);
    kind    text := CASE WHEN TG_OP = 'INSERT' AND step <> 1 THEN 'baseline' ELSE lower(TG_OP) END;
    before  jsonb;
    after   jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT coalesce(jsonb_object_agg(key, public.ventros_history_value(key, value, TG_ARGV)), '{}') INTO before
          FROM jsonb_each(old_row) WHERE value IS DISTINCT FROM new_row -> key;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT coalesce(jsonb_object_agg(key, public.ventros_history_value(key, value, TG_ARGV)), '{}') INTO after
          FROM jsonb_each(new_row) WHERE value IS DISTINCT FROM old_row -> key;
    END IF;
    INSERT INTO public.aggregate_history (tenant_id, aggregate_table, aggregate_id, aggregate_version, kind,
                                          recorded_at, role, actor, use_case, before, after)
    VALUES (public.ventros_tenant_of(whole),
            CASE TG_TABLE_SCHEMA WHEN 'public' THEN '' ELSE TG_TABLE_SCHEMA || '.' END || TG_TABLE_NAME,
            (whole ->> 'id')::uuid, step, kind, clock_timestamp(), session_user,
            nullif(current_setting('app.actor', true), ''), nullif(current_setting('app.use_case', true), ''),
            before, after);
    RETURN NULL;
END
$$;

CREATE FUNCTION public.ventros_tenant() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(nullif(current_setting('app.tenant_id', true), ''), public.ventros_tenant_missing())
$$;

CREATE FUNCTION public.ventros_tenant_missing() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RAISE EXCEPTION 'no tenant is set for this transaction'
        USING ERRCODE = 'VT001', HINT = 'BEGIN; SET LOCAL app.tenant_id = ''<tenant>'';';
END
$$;

CREATE FUNCTION public.ventros_tenant_of(row_document jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(row_document ->> 'tenant_id', 'user:' || (row_document ->> 'user_id'))
$$;

CREATE FUNCTION public.ventros_user() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(nullif(current_setting('app.user_id', true), ''), public.ventros_user_missing())::uuid
$$;

CREATE FUNCTION public.ventros_user_missing() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RAISE EXCEPTION 'no user is set for this transaction'
        USING ERRCODE = 'VT004', HINT = 'BEGIN; SET LOCAL app.user_id = ''<id of the user>'';';
END
$$;

CREATE FUNCTION public.ventros_version_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'update of % refused: version goes from % to %, it must step by one',
        TG_TABLE_NAME, OLD.version, NEW.version
        USING ERRCODE = 'VT002', TABLE = TG_TABLE_NAME,
              HINT = 'UPDATE ... SET ..., version = version + 1 WHERE ... AND version = <the version you read>;';
END
$$;

CREATE TABLE public.aggregate_history (
    tenant_id text NOT NULL,
    aggregate_table text NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_version integer NOT NULL,
    kind text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    role text NOT NULL,
    actor text,
    use_case text,
    before jsonb,
    after jsonb,
    CONSTRAINT aggregate_history_after_check CHECK (((kind = 'baseline'::text) OR ((after IS NOT NULL) = (kind = ANY (ARRAY['insert'::text, 'update'::text]))))),
    CONSTRAINT aggregate_history_before_check CHECK (((before IS NOT NULL) = (kind = ANY (ARRAY['update'::text, 'delete'::text])))),
    CONSTRAINT aggregate_history_kind_check CHECK ((kind = ANY (ARRAY['insert'::text, 'update'::text, 'delete'::text, 'baseline'::text]))),
    CONSTRAINT aggregate_history_length_bounds_check CHECK (((char_length(tenant_id) <= 100) AND (char_length(aggregate_table) <= 127))),
    CONSTRAINT aggregate_history_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> recorded_at))
);

ALTER TABLE ONLY public.aggregate_history FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.aggregate_history IS 'One row for each version of each aggregate since its history is recorded; nobody updates or deletes them.';

COMMENT ON COLUMN public.aggregate_history.tenant_id IS 'Whose aggregate it is: a tenant, or user:<id> for what belongs to a user.';

COMMENT ON COLUMN public.aggregate_history.aggregate_table IS 'The table of the aggregate; schema.table outside public.';

COMMENT ON COLUMN public.aggregate_history.aggregate_id IS 'Its id there.';

COMMENT ON COLUMN public.aggregate_history.aggregate_version IS 'The version that the step led to; for a delete, one more than the last.';

COMMENT ON COLUMN public.aggregate_history.kind IS 'insert, update or delete; baseline: as it was found when recording began, or began again.';

COMMENT ON COLUMN public.aggregate_history.recorded_at IS 'When the statement was executed, by the clock of the server.';

COMMENT ON COLUMN public.aggregate_history.role IS 'The role that had logged in.';

COMMENT ON COLUMN public.aggregate_history.actor IS 'app.actor of the transaction, NULL when it named none.';

COMMENT ON COLUMN public.aggregate_history.use_case IS 'app.use_case of the transaction, NULL when it named none.';

COMMENT ON COLUMN public.aggregate_history.before IS 'Object of the changed columns as they were, for a delete all but version; NULL for insert and baseline.';

COMMENT ON COLUMN public.aggregate_history.after IS 'The changed columns as they became, for insert and baseline all but version; NULL when the aggregate is gone.';

CREATE TABLE public.commit_markers (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    tombstone boolean DEFAULT false NOT NULL,
    CONSTRAINT commit_markers_length_bounds_check CHECK ((char_length(tenant_id) <= 100)),
    CONSTRAINT commit_markers_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> recorded_at))
);

ALTER TABLE ONLY public.commit_markers FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.commit_markers IS 'Which units of work were committed: its unit was if and only if a row is there that is no tombstone.';

COMMENT ON COLUMN public.commit_markers.tenant_id IS 'The tenant of the unit of work.';

COMMENT ON COLUMN public.commit_markers.id IS 'Made by the application for its unit of work, for one attempt of a command.';

COMMENT ON COLUMN public.commit_markers.recorded_at IS 'When the transaction of the unit began; old ones may be pruned.';

COMMENT ON COLUMN public.commit_markers.tombstone IS 'Left by who asked for a unit that had not written its marker: it never will.';

CREATE TABLE public.expected_events (
    tenant_id text NOT NULL,
    consumer text NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_version integer NOT NULL,
    sequence smallint NOT NULL,
    CONSTRAINT expected_events_length_bounds_check CHECK (((char_length(tenant_id) <= 100) AND (char_length(consumer) <= 100) AND (char_length(aggregate_type) <= 100)))
);

ALTER TABLE ONLY public.expected_events FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.expected_events IS 'Which event of an aggregate is a consumer''s next, where it asked for them in order.';

COMMENT ON COLUMN public.expected_events.tenant_id IS 'The tenant of the unit of work.';

COMMENT ON COLUMN public.expected_events.consumer IS 'Who waits for it.';

COMMENT ON COLUMN public.expected_events.aggregate_type IS 'Which kind of aggregate will tell it.';

COMMENT ON COLUMN public.expected_events.aggregate_id IS 'Which aggregate will tell it.';

COMMENT ON COLUMN public.expected_events.aggregate_version IS 'Of the event.';

COMMENT ON COLUMN public.expected_events.sequence IS 'Of the events of that version, from 1.';

CREATE TABLE public.outbox_consumers (
    name text NOT NULL,
    transaction_id bigint NOT NULL,
    "position" bigint NOT NULL,
    system_identifier bigint NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT outbox_consumers_length_bounds_check CHECK ((char_length(name) <= 100)),
    CONSTRAINT outbox_consumers_time_bounds_check CHECK ((('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> registered_at) AND ('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> moved_at)))
);

COMMENT ON TABLE public.outbox_consumers IS 'Who reads the log of events, and up to where; see docs/events.md.';

COMMENT ON COLUMN public.outbox_consumers.name IS 'relay:<publisher> for the relay, else what its owner calls it.';

COMMENT ON COLUMN public.outbox_consumers.transaction_id IS 'Of the last event that it has seen; with position its place in the log.';

COMMENT ON COLUMN public.outbox_consumers."position" IS 'Of the last event that it has seen.';

COMMENT ON COLUMN public.outbox_consumers.system_identifier IS 'Of the cluster that the position is of, by pg_control_system().';

COMMENT ON COLUMN public.outbox_consumers.registered_at IS 'When it was registered.';

COMMENT ON COLUMN public.outbox_consumers.moved_at IS 'When it last moved.';

CREATE TABLE public.outbox_deliveries (
    tenant_id text NOT NULL,
    destination text NOT NULL COLLATE pg_catalog."C",
    aggregate_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    transaction_id bigint NOT NULL,
    "position" bigint NOT NULL,
    event_id uuid NOT NULL,
    CONSTRAINT outbox_deliveries_length_bounds_check CHECK (((char_length(tenant_id) <= 100) AND (char_length(destination) <= 100) AND (char_length(aggregate_type) <= 100)))
);

ALTER TABLE ONLY public.outbox_deliveries FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.outbox_deliveries IS 'What is still to be delivered: one row to a destination and event.';

COMMENT ON COLUMN public.outbox_deliveries.tenant_id IS 'Of the event.';

COMMENT ON COLUMN public.outbox_deliveries.destination IS 'Where the event is to go: a publisher, or webhook:<subscription id>.';

COMMENT ON COLUMN public.outbox_deliveries.aggregate_type IS 'Of the event.';

COMMENT ON COLUMN public.outbox_deliveries.aggregate_id IS 'Of the event.';

COMMENT ON COLUMN public.outbox_deliveries.transaction_id IS 'Of the event; with position its place in the log, and in its queue.';

COMMENT ON COLUMN public.outbox_deliveries."position" IS 'Of the event.';

COMMENT ON COLUMN public.outbox_deliveries.event_id IS 'By which the event itself is found.';

CREATE TABLE public.outbox_events (
    tenant_id text NOT NULL,
    event_id uuid NOT NULL,
    "position" bigint NOT NULL,
    transaction_id bigint DEFAULT ((GREATEST(pg_current_xact_id(), pg_snapshot_xmax(pg_current_snapshot())))::text)::bigint NOT NULL,
    event_name text NOT NULL,
    event_version text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_version integer,
    sequence smallint NOT NULL,
    last_of_version boolean DEFAULT true NOT NULL,
    correlation_id uuid,
    causation_id uuid,
    payload jsonb NOT NULL,
    CONSTRAINT outbox_events_length_bounds_check CHECK (((char_length(tenant_id) <= 100) AND (char_length(aggregate_type) <= 100))),
    CONSTRAINT outbox_events_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> occurred_at))
);

ALTER TABLE ONLY public.outbox_events FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.outbox_events IS 'Domain events on their way out, written with the change that they tell of.';

COMMENT ON COLUMN public.outbox_events.tenant_id IS 'Whose the aggregate is: a tenant, or user:<id> for what belongs to a user.';

COMMENT ON COLUMN public.outbox_events.event_id IS 'Made by the application; consumers know an event again by it.';

COMMENT ON COLUMN public.outbox_events."position" IS 'In the order of writing; handed out before the commit, so not the order of commits.';

COMMENT ON COLUMN public.outbox_events.transaction_id IS 'Not below the writing transaction''s, nor any that was complete when it was written; a reader stays below the oldest that is still running.';

COMMENT ON COLUMN public.outbox_events.event_name IS 'aggregate.fact';

COMMENT ON COLUMN public.outbox_events.event_version IS 'Of the payload, v1.';

COMMENT ON COLUMN public.outbox_events.occurred_at IS 'When it took place.';

COMMENT ON COLUMN public.outbox_events.aggregate_type IS 'Which kind of aggregate tells it.';

COMMENT ON COLUMN public.outbox_events.aggregate_id IS 'Which aggregate tells it.';

COMMENT ON COLUMN public.outbox_events.aggregate_version IS 'The version that the change led to; NULL for an entity without versions.';

COMMENT ON COLUMN public.outbox_events.sequence IS 'Of the events of one aggregate version, from 1.';

COMMENT ON COLUMN public.outbox_events.last_of_version IS 'No event of its version comes after it: the next is the first of the next version.';

COMMENT ON COLUMN public.outbox_events.correlation_id IS 'Of the request that it belongs to.';

COMMENT ON COLUMN public.outbox_events.causation_id IS 'Of the event that led to it.';

COMMENT ON COLUMN public.outbox_events.payload IS 'The fields of the event, an object.';

ALTER TABLE public.outbox_events ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_events_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbox_queues (
    tenant_id text NOT NULL,
    destination text NOT NULL COLLATE pg_catalog."C",
    aggregate_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    last_transaction_id bigint NOT NULL,
    last_position bigint NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    token uuid,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    dead_at timestamp with time zone,
    CONSTRAINT outbox_queues_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT outbox_queues_length_bounds_check CHECK (((char_length(tenant_id) <= 100) AND (char_length(destination) <= 100) AND (char_length(aggregate_type) <= 100))),
    CONSTRAINT outbox_queues_time_bounds_check CHECK ((('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> due_at) AND ('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> dead_at)))
);

ALTER TABLE ONLY public.outbox_queues FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.outbox_queues IS 'Of each aggregate with something to be delivered, and each destination of it, how that stands.';

COMMENT ON COLUMN public.outbox_queues.tenant_id IS 'Of the aggregate.';

COMMENT ON COLUMN public.outbox_queues.destination IS 'Where its events are to go.';

COMMENT ON COLUMN public.outbox_queues.aggregate_type IS 'Of the aggregate.';

COMMENT ON COLUMN public.outbox_queues.aggregate_id IS 'Of the aggregate.';

COMMENT ON COLUMN public.outbox_queues.last_transaction_id IS 'Of the newest delivery; once that is done, the queue is removed.';

COMMENT ON COLUMN public.outbox_queues.last_position IS 'Of the newest delivery.';

COMMENT ON COLUMN public.outbox_queues.due_at IS 'When it may be claimed: the end of a lease, or of the pause after a failure.';

COMMENT ON COLUMN public.outbox_queues.token IS 'Of the latest claim; who holds another one may not say any more what was delivered.';

COMMENT ON COLUMN public.outbox_queues.attempts IS 'Failures of its oldest delivery.';

COMMENT ON COLUMN public.outbox_queues.last_error IS 'Of the latest failure.';

COMMENT ON COLUMN public.outbox_queues.dead_at IS 'When its oldest delivery was given up; nothing goes on before it is requeued or skipped.';

CREATE TABLE public.processed_events (
    tenant_id text NOT NULL,
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    processed_at timestamp with time zone NOT NULL,
    CONSTRAINT processed_events_length_bounds_check CHECK (((char_length(tenant_id) <= 100) AND (char_length(consumer) <= 100))),
    CONSTRAINT processed_events_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> processed_at))
);

ALTER TABLE ONLY public.processed_events FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.processed_events IS 'Which events a consumer has dealt with, written with their effect.';

COMMENT ON COLUMN public.processed_events.tenant_id IS 'The tenant of the unit of work.';

COMMENT ON COLUMN public.processed_events.consumer IS 'Who dealt with it.';

COMMENT ON COLUMN public.processed_events.event_id IS 'The event.';

COMMENT ON COLUMN public.processed_events.processed_at IS 'When its unit of work began.';

ALTER TABLE ONLY public.aggregate_history
    ADD CONSTRAINT aggregate_history_pkey PRIMARY KEY (tenant_id, aggregate_table, aggregate_id, aggregate_version);

ALTER TABLE ONLY public.commit_markers
    ADD CONSTRAINT commit_markers_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.expected_events
    ADD CONSTRAINT expected_events_pkey PRIMARY KEY (tenant_id, consumer, aggregate_type, aggregate_id);

ALTER TABLE ONLY public.outbox_consumers
    ADD CONSTRAINT outbox_consumers_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.outbox_deliveries
    ADD CONSTRAINT outbox_deliveries_pkey PRIMARY KEY (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, "position");

ALTER TABLE ONLY public.outbox_events
    ADD CONSTRAINT outbox_events_pkey PRIMARY KEY (tenant_id, event_id);

ALTER TABLE ONLY public.outbox_events
    ADD CONSTRAINT outbox_events_version_key UNIQUE (tenant_id, aggregate_id, aggregate_version, sequence, aggregate_type);

ALTER TABLE ONLY public.outbox_queues
    ADD CONSTRAINT outbox_queues_pkey PRIMARY KEY (tenant_id, destination, aggregate_type, aggregate_id);

ALTER TABLE ONLY public.processed_events
    ADD CONSTRAINT processed_events_pkey PRIMARY KEY (tenant_id, consumer, event_id);

CREATE INDEX outbox_events_log_idx ON public.outbox_events USING btree (transaction_id, "position");

CREATE INDEX outbox_queues_due_idx ON public.outbox_queues USING btree (destination, due_at) WHERE (dead_at IS NULL);

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.aggregate_history FOR EACH STATEMENT EXECUTE FUNCTION public.ventros_history_append_only();

ALTER TABLE public.aggregate_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.commit_markers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.expected_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_user ON public.outbox_events FOR INSERT WITH CHECK ((tenant_id = ('user:'::text || current_setting('app.user_id'::text, true))));

ALTER TABLE public.outbox_deliveries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox_queues ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.processed_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY recorded ON public.aggregate_history FOR INSERT WITH CHECK (true);

CREATE POLICY tenant ON public.aggregate_history FOR SELECT USING ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.commit_markers USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.expected_events USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.outbox_deliveries USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.outbox_events USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.outbox_queues USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON public.processed_events USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));
