"""What a schema can lack, have too much of, or have otherwise: how it is planted, and what is found of it."""

from __future__ import annotations

import attrs


@attrs.frozen
class Planted:
    """``found`` are weights and subjects, in the order of the findings; ``needs`` the oldest PostgreSQL."""

    plant: str
    found: tuple[tuple[str, str], ...]
    needs: int = 15


def planted(plant: str, *found: str, needs: int = 15) -> Planted:
    """``found``: ``"critical contacts.tenant"``."""
    pairs = [one.partition(" ") for one in found]
    return Planted(plant, tuple((weight, subject) for weight, _, subject in pairs), needs)


# A fence that takes back what it raises; with an argument, in another schema.
HOLLOW = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'update of % refused: version goes from % to %, it must step by one',
        TG_TABLE_NAME, OLD.version, NEW.version USING ERRCODE = 'VT002';
EXCEPTION WHEN OTHERS THEN
    RETURN NEW;
END $$;
"""
STEPPING = """
CREATE SCHEMA others;
CREATE FUNCTION others.step() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN NEW.version := OLD.version + 1; RETURN NEW; END$$;
CREATE TRIGGER a_first BEFORE UPDATE ON chats FOR EACH ROW EXECUTE FUNCTION others.step();
"""
NOTHING = """
CREATE SCHEMA IF NOT EXISTS others;
CREATE OR REPLACE FUNCTION others.nothing() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
"""
OPEN_HISTORY = """
CREATE OR REPLACE FUNCTION ventros_history_value(name text, value jsonb, secret text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT value $$;
"""

ROW_SECURITY = {
    "row security is disabled": planted(
        "ALTER TABLE contacts DISABLE ROW LEVEL SECURITY", "critical contacts"
    ),
    "row security is not forced": planted(
        "ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY", "critical contacts"
    ),
    "a policy is gone": planted("DROP POLICY tenant ON contacts", "critical contacts.tenant"),
    "a policy lets all pass": planted(
        "ALTER POLICY tenant ON contacts USING (true) WITH CHECK (true)", "critical contacts.tenant"
    ),
    "a policy lets all be read": planted(
        "ALTER POLICY tenant ON contacts USING (true)", "critical contacts.tenant"
    ),
    "a policy lets all be written": planted(
        "ALTER POLICY tenant ON contacts WITH CHECK (true)", "critical contacts.tenant"
    ),
    "a policy compares with a setting that may be empty": planted(
        "ALTER POLICY tenant ON contacts USING (tenant_id = current_setting('app.tenant_id', true) "
        "OR current_setting('app.tenant_id', true) IS NULL)",
        "critical contacts.tenant",
    ),
    "a policy is for reading": planted(
        "DROP POLICY tenant ON contacts;"
        "CREATE POLICY tenant ON contacts FOR SELECT USING (tenant_id = ventros_tenant())",
        "critical contacts.tenant",
    ),
    "a policy is for one role": planted(
        "ALTER POLICY tenant ON contacts TO ventros_owner", "critical contacts.tenant"
    ),
    "a policy of the tenant is restrictive": planted(
        "DROP POLICY tenant ON contacts; CREATE POLICY tenant ON contacts AS RESTRICTIVE "
        "USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant())",
        "critical contacts.tenant",
    ),
    "another policy for everybody": planted(
        "CREATE POLICY support ON contacts FOR SELECT USING (true)", "critical contacts.support"
    ),
    "another policy for the app": planted(
        "CREATE POLICY support ON contacts TO ventros_app USING (tenant_id <> '')",
        "critical contacts.support",
    ),
    "another policy with a name that needs quotes": planted(
        'CREATE POLICY "Support; --" ON contacts USING (true)', 'critical contacts."Support; --"'
    ),
    "a restrictive policy": planted(
        "CREATE POLICY narrow ON contacts AS RESTRICTIVE USING (name <> 'x')", "critical contacts.narrow"
    ),
    "a policy has another name": planted(
        "ALTER POLICY tenant ON contacts RENAME TO theirs",
        "critical contacts.theirs",
        "critical contacts.tenant",
    ),
    "a policy of a child is gone": planted(
        "DROP POLICY tenant ON chat_participants", "critical chat_participants.tenant"
    ),
    "the tenant is anybody": planted(
        "CREATE OR REPLACE FUNCTION ventros_tenant() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE "
        "AS $$ SELECT coalesce(nullif(current_setting('app.tenant_id', true), ''), 'bakery') $$",
        "critical ventros_tenant()",
    ),
    "the tenant is asked with the owner's rights": planted(
        "ALTER FUNCTION ventros_tenant() SECURITY DEFINER", "critical ventros_tenant()"
    ),
    "the tenant is taken for a constant": planted(
        "ALTER FUNCTION ventros_tenant() IMMUTABLE", "critical ventros_tenant()"
    ),
    "the tenant has a search path": planted(
        "ALTER FUNCTION ventros_tenant() SET search_path = others", "critical ventros_tenant()"
    ),
    "no tenant is none": planted(
        "CREATE OR REPLACE FUNCTION ventros_tenant_missing() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE "
        "AS $$ SELECT '' $$",
        "critical ventros_tenant_missing()",
    ),
}

TRIGGERS = {
    "the fence swallows its error": planted(
        HOLLOW.format(name="ventros_version_guard"), "critical ventros_version_guard()"
    ),
    "a fence of another schema": planted(
        "CREATE SCHEMA others;"
        + HOLLOW.format(name="others.ventros_version_guard")
        + "CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON chats FOR EACH ROW "
        "WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) "
        "EXECUTE FUNCTION others.ventros_version_guard()",
        "critical chats.version_guard",
    ),
    "a trigger before the fence steps the version": planted(STEPPING, "critical chats.a_first"),
    "a trigger swallows writes": planted(
        NOTHING
        + "CREATE TRIGGER zz BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION others.nothing()",
        "critical messages.zz",
    ),
    "a trigger runs after writes": planted(
        NOTHING + "CREATE TRIGGER zz AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION others.nothing()",
        "high messages.zz",
    ),
    "a constraint trigger": planted(
        NOTHING + "CREATE CONSTRAINT TRIGGER zz AFTER INSERT ON messages DEFERRABLE FOR EACH ROW "
        "EXECUTE FUNCTION others.nothing()",
        "high messages.zz",
    ),
    "the fence is off": planted(
        "ALTER TABLE chats DISABLE TRIGGER version_guard", "critical chats.version_guard"
    ),
    "the fence stands on replicas only": planted(
        "ALTER TABLE chats ENABLE REPLICA TRIGGER version_guard", "critical chats.version_guard"
    ),
    "the fence is gone": planted("DROP TRIGGER version_guard ON chats", "critical chats.version_guard"),
    "the fence looks at one column": planted(
        "CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE OF subject ON chats FOR EACH ROW "
        "WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard()",
        "critical chats.version_guard",
    ),
    "the fence refuses less": planted(
        "CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON chats FOR EACH ROW "
        "WHEN (NEW.version < OLD.version) EXECUTE FUNCTION ventros_version_guard()",
        "critical chats.version_guard",
    ),
    "the fence comes too late": planted(
        "DROP TRIGGER version_guard ON chats;"
        "CREATE TRIGGER version_guard AFTER UPDATE ON chats FOR EACH ROW "
        "WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard()",
        "critical chats.version_guard",
    ),
    "all triggers are off": planted(
        "ALTER TABLE chats DISABLE TRIGGER ALL", "critical chats.version_guard", "high chats"
    ),
    "those of foreign keys are off": planted(
        "ALTER TABLE sessions DISABLE TRIGGER ALL; ALTER TABLE sessions ENABLE TRIGGER USER", "high sessions"
    ),
    "the history may be changed": planted(
        "ALTER TABLE aggregate_history DISABLE TRIGGER append_only", "critical aggregate_history.append_only"
    ),
    "the history masks nothing": planted(OPEN_HISTORY, "critical ventros_history_value(text,jsonb,text[])"),
    "everybody may write the history": planted(
        "GRANT EXECUTE ON FUNCTION ventros_record_history() TO PUBLIC", "critical ventros_record_history()"
    ),
    "the history has the rights of whoever writes": planted(
        "ALTER FUNCTION ventros_record_history() SECURITY INVOKER", "critical ventros_record_history()"
    ),
    "a rule does nothing instead": planted(
        "CREATE RULE nothing AS ON DELETE TO chats DO INSTEAD NOTHING", "critical chats.nothing"
    ),
    "a function of everybody's": planted(
        "CREATE FUNCTION helper(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1'", "low helper(integer)"
    ),
    "a function with its owner's rights": planted(
        "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER "
        "AS 'SELECT count(*) FROM public.contacts'",
        "high peek()",
    ),
    "a trigger with every change of the schema": planted(
        "CREATE SCHEMA others; CREATE FUNCTION others.told() RETURNS event_trigger LANGUAGE plpgsql AS "
        "'BEGIN END'; CREATE EVENT TRIGGER told ON ddl_command_end EXECUTE FUNCTION others.told()",
        "high told",
    ),
    "an operator that compares otherwise": planted(
        "CREATE SCHEMA others; CREATE FUNCTION others.same(text, uuid) RETURNS boolean RETURN true;"
        " CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = uuid, FUNCTION = others.same)",
        "high =(text,uuid)",
    ),
    "a cast that was an error": planted(
        "CREATE CAST (text AS uuid) WITH INOUT AS IMPLICIT", "high text to uuid"
    ),
}

KEYS = {
    "a foreign key is gone": planted(
        "ALTER TABLE chat_participants DROP CONSTRAINT chat_participants_chat_fkey",
        "high chat_participants.chat_participants_chat_fkey",
    ),
    "a foreign key is not validated": planted(
        "ALTER TABLE chat_participants DROP CONSTRAINT chat_participants_chat_fkey,"
        " ADD CONSTRAINT chat_participants_chat_fkey FOREIGN KEY (tenant_id, chat_id)"
        " REFERENCES chats (tenant_id, id) ON DELETE CASCADE NOT VALID",
        "high chat_participants.chat_participants_chat_fkey",
    ),
    "a foreign key is not enforced": planted(
        "ALTER TABLE chat_participants ALTER CONSTRAINT chat_participants_chat_fkey NOT ENFORCED",
        "high chat_participants.chat_participants_chat_fkey",
        needs=18,
    ),
    "a foreign key may wait": planted(
        "ALTER TABLE chat_participants ALTER CONSTRAINT chat_participants_chat_fkey DEFERRABLE",
        "high chat_participants.chat_participants_chat_fkey",
    ),
    "a foreign key crosses tenants": planted(
        "ALTER TABLE chats ADD CONSTRAINT chats_id_key UNIQUE (id);"
        "ALTER TABLE chat_participants ADD CONSTRAINT crossing FOREIGN KEY (chat_id) REFERENCES chats (id)",
        "high chat_participants.crossing",
        "high chats.chats_id_key",
    ),
    "a primary key is gone": planted(
        "ALTER TABLE sessions DROP CONSTRAINT sessions_pkey CASCADE",
        "high sessions.sessions_pkey",
        "high messages.messages_session_fkey",
    ),
    "a primary key has no tenant": planted(
        "ALTER TABLE placements DROP CONSTRAINT placements_pkey,"
        " ADD CONSTRAINT placements_pkey PRIMARY KEY (contact_id)",
        "high placements.placements_pkey",
    ),
    "a primary key begins with the id": planted(
        "ALTER TABLE sessions DROP CONSTRAINT sessions_pkey CASCADE,"
        " ADD CONSTRAINT sessions_pkey PRIMARY KEY (id, tenant_id);"
        "ALTER TABLE messages ADD CONSTRAINT messages_session_fkey FOREIGN KEY (tenant_id, session_id)"
        " REFERENCES sessions (tenant_id, id)",
        "high sessions.sessions_pkey",
    ),
    "a primary key is invalid": planted(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'chats_pkey'::regclass",
        "high chats.chats_pkey",
    ),
    "a unique constraint is gone": planted(
        "ALTER TABLE outbox_events DROP CONSTRAINT outbox_events_version_key",
        "high outbox_events.outbox_events_version_key",
    ),
    "a unique index is gone": planted("DROP INDEX contacts_live_phone_key", "high contacts_live_phone_key"),
    "a unique index is invalid": planted(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'contacts_live_phone_key'::regclass",
        "high contacts_live_phone_key",
    ),
    "a unique index is none": planted(
        "DROP INDEX contacts_live_phone_key; CREATE INDEX contacts_live_phone_key ON contacts"
        " (tenant_id, project_id, phone) WHERE deleted_at IS NULL AND phone IS NOT NULL",
        "high contacts_live_phone_key",
    ),
    "an index of a list is gone": planted("DROP INDEX contacts_live_name_idx", "high contacts_live_name_idx"),
    "an index of a list is of fewer rows": planted(
        "DROP INDEX contacts_live_name_idx;"
        "CREATE INDEX contacts_live_name_idx ON contacts (tenant_id, name, id) WHERE name <> ''",
        "high contacts_live_name_idx",
    ),
    "an index is invalid": planted(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'contacts_live_name_idx'::regclass",
        "high contacts_live_name_idx",
    ),
    "an index was left by a REINDEX": planted(
        "CREATE INDEX contacts_live_name_idx_ccnew ON contacts (tenant_id, name, id);"
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'contacts_live_name_idx_ccnew'::regclass",
        "low contacts_live_name_idx_ccnew",
    ),
    "another index": planted("CREATE INDEX another ON contacts (tenant_id, timezone)", "low another"),
    "another unique index": planted(
        "CREATE UNIQUE INDEX another ON contacts (tenant_id, id, timezone)", "high another"
    ),
    "another unique constraint": planted(
        "ALTER TABLE contacts ADD CONSTRAINT another UNIQUE (tenant_id, id, timezone)",
        "high contacts.another",
    ),
    "a CHECK is gone": planted(
        "ALTER TABLE chats DROP CONSTRAINT chats_status_check", "high chats.chats_status_check"
    ),
    "a CHECK is not validated": planted(
        "ALTER TABLE chats DROP CONSTRAINT chats_length_bounds_check;"
        "ALTER TABLE chats ADD CONSTRAINT chats_length_bounds_check CHECK (true) NOT VALID",
        "high chats.chats_length_bounds_check",
    ),
    "another CHECK": planted(
        "ALTER TABLE chats ADD CONSTRAINT another CHECK (status <> 'archived') NOT VALID",
        "high chats.another",
    ),
}

COLUMNS = {
    "a default of the transaction": planted(
        "ALTER TABLE outbox_events ALTER COLUMN transaction_id SET DEFAULT '3'",
        "high outbox_events.transaction_id",
    ),
    "a version begins with 0": planted(
        "ALTER TABLE chats ALTER COLUMN version SET DEFAULT 0", "high chats.version"
    ),
    "a version has no default": planted(
        "ALTER TABLE chats ALTER COLUMN version DROP DEFAULT", "high chats.version"
    ),
    "a version may be NULL": planted(
        "ALTER TABLE chats ALTER COLUMN version DROP NOT NULL", "high chats.version"
    ),
    "a version is larger": planted(
        "DROP TRIGGER version_guard ON chats; ALTER TABLE chats ALTER COLUMN version TYPE bigint;"
        "CREATE TRIGGER version_guard BEFORE UPDATE ON chats FOR EACH ROW "
        "WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard()",
        "critical chats.version",
    ),
    "a version is as good as NULL": planted(
        "ALTER TABLE chats ALTER COLUMN version DROP NOT NULL;"
        "ALTER TABLE chats ADD CONSTRAINT chats_version_not_null NOT NULL version NOT VALID",
        "high chats.version",
        needs=18,
    ),
    "a text is short": planted(
        "ALTER TABLE chats ALTER COLUMN external_id TYPE varchar(500)",
        "critical chats.external_id",
        "high chats.chats_external_id_check",
        "high chats.chats_length_bounds_check",
    ),
    "a text is sorted otherwise": planted(
        'ALTER TABLE agents ALTER COLUMN name TYPE text COLLATE "C"',
        "critical agents.name",
    ),
    "a time has no zone": planted(
        "ALTER TABLE commit_markers DROP CONSTRAINT commit_markers_time_bounds_check;"
        "ALTER TABLE commit_markers ALTER COLUMN recorded_at TYPE timestamp",
        "critical commit_markers.recorded_at",
        "high commit_markers.commit_markers_time_bounds_check",
    ),
    "a counter begins nowhere": planted(
        "ALTER TABLE channel_counters ALTER COLUMN messages_sent DROP DEFAULT",
        "high channel_counters.messages_sent",
    ),
    "a default where there was none": planted(
        "ALTER TABLE chats ALTER COLUMN status SET DEFAULT 'active'", "high chats.status"
    ),
    "a value must be there": planted(
        "ALTER TABLE channel_counters ALTER COLUMN last_message_at SET NOT NULL",
        "high channel_counters.last_message_at",
    ),
    "a column is gone": planted(
        "ALTER TABLE contacts DROP COLUMN timezone CASCADE", "critical contacts.timezone"
    ),
    "a column has another name": planted(
        "ALTER TABLE chats RENAME COLUMN external_id TO foreign_id", "critical chats.external_id"
    ),
    "another column": planted("ALTER TABLE chats ADD COLUMN extra text", "low chats.extra"),
    "another column that must be there": planted(
        "ALTER TABLE chats ADD COLUMN extra text NOT NULL DEFAULT '';"
        "ALTER TABLE chats ALTER COLUMN extra DROP DEFAULT",
        "high chats.extra",
    ),
    "another column that counts": planted(
        "ALTER TABLE chats ADD COLUMN number integer GENERATED ALWAYS AS IDENTITY",
        "low chats.number",
        "low chats_number_seq",
    ),
    "a position may be given": planted(
        "ALTER TABLE outbox_events ALTER COLUMN position SET GENERATED BY DEFAULT",
        'high outbox_events."position"',
    ),
    "positions are given by nobody": planted(
        "ALTER TABLE outbox_events ALTER COLUMN position DROP IDENTITY",
        'high outbox_events."position"',
        "high outbox_events_position_seq",
    ),
    "a column is computed no more": planted(
        "ALTER TABLE chat_participants ALTER COLUMN contact_id DROP EXPRESSION",
        "high chat_participants.contact_id",
    ),
    "positions come again": planted(
        "ALTER SEQUENCE outbox_events_position_seq CYCLE", "high outbox_events_position_seq"
    ),
    "a comment says the same in other words": planted("COMMENT ON TABLE chats IS 'A talk.'"),
    "a table and a column say nothing": planted(
        "COMMENT ON TABLE chats IS NULL; COMMENT ON COLUMN chats.version IS NULL", "low chats"
    ),
    "a table says nothing at all": planted(
        "DELETE FROM pg_description WHERE objoid = 'chats'::regclass AND classoid = 'pg_class'::regclass",
        "low chats",
    ),
}

TABLES = {
    "a crash empties a table": planted("ALTER TABLE placements SET UNLOGGED", "critical placements"),
    "a table is gone": planted("DROP TABLE channel_counters", "critical channel_counters"),
    "a table with a key is gone": planted(
        "DROP TABLE broadcasts CASCADE",
        "critical broadcasts",
        "high broadcast_counters.broadcast_counters_broadcast_fkey",
        "high broadcast_executions.broadcast_executions_broadcast_fkey",
    ),
    "a table of another name": planted("ALTER TABLE chats RENAME TO talks", "critical chats"),
    "another table": planted("CREATE TABLE strays (id uuid PRIMARY KEY)", "low strays"),
    "another table of tenants": planted(
        "CREATE TABLE strays (tenant_id text, id uuid); CREATE INDEX ON strays (id)", "high strays"
    ),
    "another table with a version": planted(
        "CREATE TABLE strays (id uuid PRIMARY KEY, version integer)", "high strays"
    ),
    "rows from elsewhere": planted(
        "CREATE SCHEMA others; CREATE TABLE others.more () INHERITS (chats)", "critical chats.others.more"
    ),
    "a view": planted("CREATE VIEW shown AS SELECT name FROM contacts", "high shown"),
    "a copy": planted("CREATE MATERIALIZED VIEW shown AS SELECT name FROM contacts", "high shown"),
    "another sequence": planted("CREATE SEQUENCE numbers", "low numbers"),
    "another type": planted("CREATE TYPE colour AS ENUM ('red')", "low colour"),
    "another domain": planted("CREATE DOMAIN email AS text CHECK (VALUE <> '')", "low email"),
    "a table is the app's": planted("ALTER TABLE chats OWNER TO ventros_app", "high chats"),
    "a function is the app's": planted(
        "ALTER FUNCTION ventros_tenant() OWNER TO ventros_app", "high ventros_tenant()"
    ),
}

CATALOGUE_FAULTS = ROW_SECURITY | TRIGGERS | KEYS | COLUMNS | TABLES
