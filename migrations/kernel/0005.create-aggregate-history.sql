-- What became of each aggregate, version by version: see docs/history.md. Nothing is recorded until
-- `ventros history enable` puts the trigger on the tables of the aggregates.
CREATE TABLE IF NOT EXISTS aggregate_history (
    tenant_id         text        NOT NULL,
    aggregate_table   text        NOT NULL,
    aggregate_id      uuid        NOT NULL,
    aggregate_version integer     NOT NULL,
    kind              text        NOT NULL,
    recorded_at       timestamptz NOT NULL,
    role              text        NOT NULL,
    actor             text,
    use_case          text,
    before            jsonb,
    after             jsonb,
    -- An update that leaves the version as it was would be a second row of that version, and is refused by this.
    CONSTRAINT aggregate_history_pkey PRIMARY KEY (tenant_id, aggregate_table, aggregate_id, aggregate_version),
    CONSTRAINT aggregate_history_kind_check CHECK (kind IN ('insert', 'update', 'delete', 'baseline')),
    CONSTRAINT aggregate_history_before_check CHECK ((before IS NOT NULL) = (kind IN ('update', 'delete'))),
    CONSTRAINT aggregate_history_after_check
        CHECK (kind = 'baseline' OR (after IS NOT NULL) = (kind IN ('insert', 'update'))),
    CONSTRAINT aggregate_history_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange @> recorded_at
    ),
    CONSTRAINT aggregate_history_length_bounds_check CHECK (char_length(tenant_id) <= 100 AND char_length(aggregate_table) <= 127)
);
-- Nobody is granted it, and there is no policy for UPDATE and DELETE. Rows come from the trigger alone, which
-- runs as the owner of this table, for whoever writes: psql as a superuser may have set no tenant.
ALTER TABLE aggregate_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE aggregate_history FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON aggregate_history;
CREATE POLICY tenant ON aggregate_history FOR SELECT USING (tenant_id = ventros_tenant());
DROP POLICY IF EXISTS recorded ON aggregate_history;
CREATE POLICY recorded ON aggregate_history FOR INSERT WITH CHECK (true);

COMMENT ON TABLE aggregate_history IS
    'One row for each version of each aggregate since its history is recorded; nobody updates or deletes them.';
COMMENT ON COLUMN aggregate_history.tenant_id IS
    'Whose aggregate it is: a tenant, or user:<id> for what belongs to a user.';
COMMENT ON COLUMN aggregate_history.aggregate_table IS 'The table of the aggregate; schema.table outside public.';
COMMENT ON COLUMN aggregate_history.aggregate_id IS 'Its id there.';
COMMENT ON COLUMN aggregate_history.aggregate_version IS
    'The version that the step led to; for a delete, one more than the last.';
COMMENT ON COLUMN aggregate_history.kind IS
    'insert, update or delete; baseline: as it was found when recording began, or began again.';
COMMENT ON COLUMN aggregate_history.recorded_at IS 'When the statement was executed, by the clock of the server.';
COMMENT ON COLUMN aggregate_history.role IS 'The role that had logged in.';
COMMENT ON COLUMN aggregate_history.actor IS 'app.actor of the transaction, NULL when it named none.';
COMMENT ON COLUMN aggregate_history.use_case IS 'app.use_case of the transaction, NULL when it named none.';
COMMENT ON COLUMN aggregate_history.before IS
    'Object of the changed columns as they were, for a delete all but version; NULL for insert and baseline.';
COMMENT ON COLUMN aggregate_history.after IS
    'The changed columns as they became, for insert and baseline all but version; NULL when the aggregate is gone.';

CREATE OR REPLACE FUNCTION ventros_history_append_only() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: what is recorded stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'VT003', TABLE = TG_TABLE_NAME,
              HINT = 'docs/history.md says how to forget what must be forgotten';
END
$$;
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON aggregate_history
    FOR EACH STATEMENT EXECUTE FUNCTION ventros_history_append_only();

-- What the history keeps of one column. The columns named in `secret` hold secrets, or documents with keys among
-- other things. A history that cannot be erased must not keep them, not even encrypted: it would outlive the rotation
-- of a key and the removal of a token. So of these it tells when they changed, and whether there was one.
CREATE OR REPLACE FUNCTION ventros_history_value(name text, value jsonb, secret text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN value <> 'null' AND name = ANY (secret) THEN '"***"' ELSE value END
$$;

-- A row of an aggregate table as the history knows it, whatever the session's own settings.
CREATE OR REPLACE FUNCTION ventros_history_row(stored anyelement, secret text[]) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    SET "TimeZone" = 'UTC' SET "DateStyle" = 'ISO' SET "IntervalStyle" = 'postgres' SET bytea_output = 'hex'
    SET extra_float_digits = 1 AS $$
    SELECT jsonb_object_agg(key, public.ventros_history_value(key, value, secret))
      FROM jsonb_each(to_jsonb(stored)) WHERE key <> 'version'
$$;

-- Row by row, which for single-row saves costs less than half of what a statement's transition tables do: 160 to 220
-- microseconds against 540 to 690 (python -m bench.history_cost; docs/history.md).
-- As the table's owner, so that the app needs no privilege on the history and can neither forge nor erase it; with the
-- settings that a value's text depends on, so that the same value is the same text. Its arguments are the columns
-- that hold secrets: EXECUTE FUNCTION ventros_record_history('secret', 'headers').
CREATE OR REPLACE FUNCTION ventros_record_history() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET "TimeZone" = 'UTC' SET "DateStyle" = 'ISO' SET "IntervalStyle" = 'postgres' SET bytea_output = 'hex'
    SET extra_float_digits = 1 AS $$
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
-- Whoever may execute it can put it on a table of their own, and forge history by that table's rows.
REVOKE ALL ON FUNCTION ventros_record_history() FROM PUBLIC;
