-- The functions that every tenant table, every user's table, every versioned table and every encrypted column leans on.

-- Raises instead of returning: a transaction without a tenant must fail, not silently see no rows.
CREATE OR REPLACE FUNCTION ventros_tenant_missing() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RAISE EXCEPTION 'no tenant is set for this transaction'
        USING ERRCODE = 'VT001', HINT = 'BEGIN; SET LOCAL app.tenant_id = ''<tenant>'';';
END
$$;

-- The tenant of this transaction. After a transaction that had set it, the setting is '' and not NULL.
-- One SQL expression, so that the planner inlines it into each policy.
CREATE OR REPLACE FUNCTION ventros_tenant() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('app.tenant_id', true), ''), public.ventros_tenant_missing())
$$;

CREATE OR REPLACE FUNCTION ventros_user_missing() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RAISE EXCEPTION 'no user is set for this transaction'
        USING ERRCODE = 'VT004', HINT = 'BEGIN; SET LOCAL app.user_id = ''<id of the user>'';';
END
$$;

-- The user of this transaction, for the tables whose rows belong to a user and not to a tenant.
CREATE OR REPLACE FUNCTION ventros_user() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('app.user_id', true), ''), public.ventros_user_missing())::uuid
$$;

-- The tenant under which the events and the history of a row stand: its own; of a row that belongs to a user, one
-- that is the user's alone. No caller may name such a tenant.
CREATE OR REPLACE FUNCTION ventros_tenant_of(row_document jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(row_document ->> 'tenant_id', 'user:' || (row_document ->> 'user_id'))
$$;

-- Fired only for an UPDATE that does not step the version by one: see the triggers' WHEN.
CREATE OR REPLACE FUNCTION ventros_version_guard() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'update of % refused: version goes from % to %, it must step by one',
        TG_TABLE_NAME, OLD.version, NEW.version
        USING ERRCODE = 'VT002', TABLE = TG_TABLE_NAME,
              HINT = 'UPDATE ... SET ..., version = version + 1 WHERE ... AND version = <the version you read>;';
END
$$;

-- Called by an update that matched no row, or whose row a trigger stepped once more: always raises, and so takes
-- the transaction down, COMMIT in the same message included. VOLATILE, so that it sees what the update lost to.
-- `relation` is the table, with its schema if the search path does not lead to it; `scope` its column that says whose
-- a row is, tenant_id or user_id, and `owner` whose it was to be.
CREATE OR REPLACE FUNCTION ventros_not_saved(
    relation text, scope text, owner text, row_id uuid, expected integer, led_to integer
) RETURNS integer
    LANGUAGE plpgsql VOLATILE AS $$
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
$$;

-- The same for an insert that added no row: because its key is taken, should it say ON CONFLICT DO NOTHING, else
-- because a trigger or a rule suppressed it.
CREATE OR REPLACE FUNCTION ventros_not_added(relation text, taken boolean) RETURNS boolean
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION 'no row was added to %', relation
        USING ERRCODE = CASE WHEN taken THEN 'unique_violation' ELSE 'VT011' END,
              TABLE = (SELECT relname FROM pg_class WHERE oid = relation::regclass);
END
$$;

-- Whether a text has the form of an encrypted value, v1.<key id>.<nonce>.<ciphertext and tag>, the last two in
-- Base64: for the CHECK of each column that holds one, so that nobody, psql included, stores a plain value there.
-- NULL for NULL, which a CHECK lets through.
CREATE OR REPLACE FUNCTION ventros_is_encrypted(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN value ~ '^v1\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9+/]{16}\.[A-Za-z0-9+/]{23,}={0,2}$';
