"""What the audit is to find, planted by hand past the library."""

from __future__ import annotations

# The first of a tenant.
CONTACT = "(SELECT min(id::text)::uuid FROM contacts WHERE tenant_id = 'bakery')"
OTHER_CONTACT = CONTACT.replace("bakery", "garage")
SESSION = "(SELECT min(id::text)::uuid FROM sessions WHERE tenant_id = 'garage')"
CHANNEL = "(SELECT id FROM channels WHERE tenant_id = 'garage')"
ACCOUNT = "(SELECT min(id::text)::uuid FROM billing_accounts)"
FORGOTTEN = "DELETE FROM outbox_events WHERE aggregate_id = {} AND ({})"
BEHIND = """
    SET session_replication_role = replica; UPDATE contacts SET version = {} WHERE id = {};
    RESET session_replication_role
"""
RESTORED = """
    UPDATE outbox_events SET event_name = 'contact.removed'
     WHERE (aggregate_id, aggregate_version) = (SELECT id, version FROM contacts WHERE id = {})
"""
MISCOUNTED = "UPDATE channel_counters SET messages_sent = messages_sent + 7 WHERE channel_id = {}"
UNCOUNTED = "DELETE FROM channel_counters WHERE channel_id = {}"
UNGUARDED = """
    ALTER TABLE contacts DISABLE TRIGGER version_guard;
    UPDATE contacts SET name = 'x', version = version + 5 WHERE id = {};
"""
FALSIFIED = """
    UPDATE sessions SET message_count = message_count + 2, messages_from_contact = messages_from_contact + 2,
           version = version + 1 WHERE id = {session};
    INSERT INTO outbox_events (tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type,
                               aggregate_id, aggregate_version, sequence, payload)
    SELECT tenant_id, gen_random_uuid(), 'session.touched', 'v1', now(), 'session', id, version, 1, '{{}}'
      FROM sessions WHERE id = {session}
"""
COPIED = """
    INSERT INTO contacts
    SELECT (jsonb_populate_record(contact, jsonb_build_object('id', '00000000-0000-7000-8000-00000000000{}',
                                                              'phone', NULL, 'version', 3))).*
      FROM contacts AS contact WHERE id = {}
"""
# A contact that nothing refers to, with the events of its versions.
DELETED = f"""
    {COPIED.format(9, CONTACT)};
    INSERT INTO outbox_events (tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type,
                               aggregate_id, aggregate_version, sequence, payload)
    SELECT tenant_id, gen_random_uuid(), 'contact.touched', 'v1', now(), 'contact', id, v, 1, '{{}}'
      FROM contacts, generate_series(1, 3) AS v WHERE id = '00000000-0000-7000-8000-000000000009';
    SET session_replication_role = replica;
    DELETE FROM contacts WHERE id = '00000000-0000-7000-8000-000000000009';
    RESET session_replication_role
"""  # noqa: S608

# Of a versioned table and one of its children, of the CRM and of somebody else's: {table}, {name} without the
# schema, {schema}, {child}, and {reference}, the child's column.
TABLE_FAULTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "a version guard is off": (
        "ALTER TABLE {table} DISABLE TRIGGER version_guard",
        [("catalogue", "{table}.version_guard")],
    ),
    "a version guard is gone": (
        "DROP TRIGGER version_guard ON {table}",
        [("catalogue", "{table}.version_guard")],
    ),
    "a version has no default": (
        "ALTER TABLE {table} ALTER COLUMN version DROP DEFAULT",
        [("catalogue", "{table}.version")],
    ),
    "a version may be NULL": (
        "ALTER TABLE {table} ALTER COLUMN version DROP NOT NULL",
        [("catalogue", "{table}.version")],
    ),
    "row-level security is off": (
        "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY; ALTER TABLE {child} NO FORCE ROW LEVEL SECURITY",
        [("catalogue", "{child}"), ("catalogue", "{table}")],
    ),
    "a policy is gone": ("DROP POLICY tenant ON {child}", [("catalogue", "{child}.tenant")]),
    "a policy is for reading only": (
        (
            "DROP POLICY tenant ON {table};"
            "CREATE POLICY tenant ON {table} FOR SELECT USING (tenant_id = ventros_tenant())"
        ),
        [("catalogue", "{table}.tenant")],
    ),
    "a policy lets everything pass": (
        "CREATE POLICY support ON {table} FOR SELECT USING (true)",
        [("catalogue", "{table}.support")],
    ),
    "a table with a version is nobody's": (
        "CREATE TABLE {schema}.strays (id uuid PRIMARY KEY, version integer NOT NULL DEFAULT 1)",
        [("catalogue", "{strays}")],
    ),
    "a table of tenants is nobody's": (
        (
            "CREATE TABLE {schema}.strays (tenant_id text, id uuid);"
            "ALTER TABLE {schema}.strays ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
            "CREATE POLICY tenant ON {schema}.strays USING (tenant_id = ventros_tenant())"
            " WITH CHECK (tenant_id = ventros_tenant())"
        ),
        [("catalogue", "{strays}")],
    ),
    "a column is gone": (
        "ALTER TABLE {table} DROP COLUMN deleted_at CASCADE",
        [("catalogue", "{table}.deleted_at"), ("catalogue", "{held}")],
    ),
    "a column was added by hand": (
        "ALTER TABLE {child} ADD COLUMN extra text; COMMENT ON COLUMN {child}.extra IS 'By hand.'",
        [("catalogue", "{child}.extra")],
    ),
    "a key has no tenant": (
        "ALTER TABLE {table} DROP CONSTRAINT {name}_pkey CASCADE, ADD PRIMARY KEY (id)",
        [("catalogue", "{table}.{name}_pkey"), ("catalogue", "{referring}")],
    ),
    "a key begins with the id": (
        (
            "ALTER TABLE {table} DROP CONSTRAINT {name}_pkey CASCADE,"
            " ADD CONSTRAINT {name}_pkey PRIMARY KEY (id, tenant_id)"
        ),
        [("catalogue", "{table}.{name}_pkey"), ("catalogue", "{referring}")],
    ),
    "a key is gone": (
        "ALTER TABLE {table} DROP CONSTRAINT {name}_pkey CASCADE",
        [("catalogue", "{table}.{name}_pkey"), ("catalogue", "{referring}")],
    ),
    "a tenant may be NULL": (
        (
            "ALTER TABLE {table} DROP CONSTRAINT {name}_pkey CASCADE, ADD PRIMARY KEY (id);"
            "ALTER TABLE {table} ALTER COLUMN tenant_id DROP NOT NULL"
        ),
        [
            ("catalogue", "{table}.tenant_id"),
            ("catalogue", "{table}.{name}_pkey"),
            ("catalogue", "{referring}"),
        ],
    ),
    "a foreign key crosses tenants": (
        (
            "ALTER TABLE {table} ADD CONSTRAINT {name}_id_key UNIQUE (id);"
            "ALTER TABLE {child} ADD CONSTRAINT crossing FOREIGN KEY ({reference}) REFERENCES {table} (id)"
        ),
        [("catalogue", "{child}.crossing"), ("catalogue", "{table}.{name}_id_key")],
    ),
    "a table says nothing": ("COMMENT ON TABLE {table} IS NULL", [("catalogue", "{table}")]),
    "columns say nothing": (
        "COMMENT ON COLUMN {table}.id IS NULL; COMMENT ON COLUMN {table}.version IS NULL",
        [("catalogue", "{table}")],
    ),
    "an index holds what changes": (
        "CREATE INDEX a ON {table} (updated_at); CREATE INDEX b ON {table} (id) INCLUDE (version)",
        [("hot_indexes", "{prefix}a"), ("hot_indexes", "{prefix}b")],
    ),
    "an index is redundant": (
        "CREATE INDEX begins ON {table} (tenant_id)",
        [("redundant_indexes", "{prefix}begins")],
    ),
    "an index is invalid": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{schema}.{name}_pkey'::regclass",
        [("catalogue", "{table}.{name}_pkey")],
    ),
    "the app may make and cut": (
        "GRANT CREATE ON SCHEMA {schema} TO ventros_app; GRANT TRUNCATE ON {table} TO ventros_app",
        [("roles", "ventros_app"), ("roles", "ventros_app")],
    ),
    "the app owns a table": (
        "ALTER TABLE {table} OWNER TO ventros_app",
        [("roles", "ventros_app"), ("catalogue", "{table}")],
    ),
}


def table_fault(
    fault: str,
    table: str,
    child: str,
    reference: str,
    referring: tuple[str, ...],
    held: tuple[str, ...] = (),
) -> tuple[str, list[tuple[str, str]]]:
    """What plants it, and what is found: check and subject.

    ``referring`` are the foreign keys to the table, ``held`` what there is on its column deleted_at.
    """
    schema, _, name = table.rpartition(".")
    prefix = f"{schema}." if schema else ""
    names = {"table": table, "child": child, "reference": reference, "name": name, "prefix": prefix}
    names |= {"schema": schema or "public", "strays": f"{prefix}strays"}
    plant, found = TABLE_FAULTS[fault]
    subjects = [
        (check, one.format(**names, **more))
        for check, one in found
        for more in _each(one, referring=referring, held=held)
    ]
    return plant.format(**names), subjects


def _each(text: str, **lists: tuple[str, ...]) -> list[dict[str, str]]:
    """One filling, or one for each of the list that ``text`` has a place for."""
    for name, listed in lists.items():
        if f"{{{name}}}" in text:
            return [{name: one} for one in listed]
    return [{}]


# What is planted, and what is found of it, what weighs most first.
FAULTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "a version guard stands on replicas only": (
        "ALTER TABLE chats ENABLE REPLICA TRIGGER version_guard",
        [("catalogue", "chats.version_guard")],
    ),
    "a version guard looks at one column": (
        (
            "CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE OF name ON agents FOR EACH ROW"
            " WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard()"
        ),
        [("catalogue", "agents.version_guard")],
    ),
    "a version guard refuses less": (
        (
            "CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON agents FOR EACH ROW"
            " WHEN (NEW.version < OLD.version) EXECUTE FUNCTION ventros_version_guard()"
        ),
        [("catalogue", "agents.version_guard")],
    ),
    "a policy lets everything be written": (
        "CREATE POLICY support ON contacts USING (tenant_id = ventros_tenant()) WITH CHECK (true)",
        [("catalogue", "contacts.support")],
    ),
    "a table is nobody's": (
        "CREATE TABLE strays (id uuid PRIMARY KEY, version integer)",
        [("catalogue", "strays")],
    ),
    "a version leapt": (
        UNGUARDED.format(CONTACT) + "ALTER TABLE contacts ENABLE TRIGGER version_guard",
        [("outbox_versions", "contacts")],
    ),
    "a version leapt far": (BEHIND.format(2_000_000_000, CONTACT), [("outbox_versions", "contacts")]),
    "a version went back": (BEHIND.format(1, CONTACT), [("outbox_versions", "contacts")]),
    "a version is below 1": (BEHIND.format(0, CONTACT), [("outbox_versions", "contacts")]),
    "the first event is gone": (
        FORGOTTEN.format(CONTACT, "aggregate_version = 1"),
        [("outbox_versions", "contacts")],
    ),
    "events in the middle are gone": (
        FORGOTTEN.format(CONTACT, "aggregate_version IN (2, 3, 5)"),
        [("outbox_versions", "contacts")],
    ),
    "the last events are gone": (
        FORGOTTEN.format(CONTACT, "aggregate_version > 3"),
        [("outbox_versions", "contacts")],
    ),
    "one of several events of a version is gone": (
        FORGOTTEN.format(OTHER_CONTACT, "aggregate_version = 1 AND sequence = 2"),
        [("outbox_versions", "contacts")],
    ),
    "no event was ever written": (COPIED.format(1, CONTACT), [("outbox_versions", "contacts")]),
    "a row was deleted by hand": (
        DELETED,
        [("outbox_versions", "contacts")],
    ),
    "a row came back after its removal": (
        RESTORED.format(CONTACT),
        [("outbox_versions", "contacts")],
    ),
    "an event of a billing account is gone": (
        FORGOTTEN.format(ACCOUNT, "tenant_id LIKE 'user:%'"),
        [("outbox_versions", "billing_accounts")],
    ),
    "a session counts wrongly": (FALSIFIED.format(session=SESSION), [("counters", "sessions")]),
    "a channel counts wrongly": (
        MISCOUNTED.format(CHANNEL),
        [("counters", "channels")],
    ),
    "a channel does not count": (
        UNCOUNTED.format(CHANNEL),
        [("counters", "channels")],
    ),
    "an index is invalid": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'contacts_live_name_idx'::regclass",
        [("catalogue", "contacts_live_name_idx")],
    ),
    "an index is redundant": (
        (
            "CREATE INDEX begins ON contacts (tenant_id);"
            "CREATE UNIQUE INDEX again ON contacts (tenant_id, id);"
            "CREATE INDEX partly ON contacts (tenant_id, name) WHERE deleted_at IS NULL"
        ),
        [("redundant_indexes", "again"), ("redundant_indexes", "begins"), ("redundant_indexes", "partly")],
    ),
    "an index holds what changes": (
        (
            "CREATE INDEX a ON contacts (updated_at);"
            "CREATE INDEX b ON sessions (started_at) INCLUDE (message_count);"
            "CREATE INDEX c ON contacts (name) WHERE version > 3;"
            "CREATE INDEX d ON sessions ((message_count + 1));"
            "ALTER TABLE chats ADD CONSTRAINT e UNIQUE (tenant_id, id, version)"
        ),
        [("hot_indexes", name) for name in "abcde"],
    ),
    "the app is too mighty": (
        (
            "ALTER ROLE ventros_app BYPASSRLS CREATEROLE;"
            "GRANT pg_read_all_data, ventros_owner TO ventros_app;"
            "GRANT CREATE ON SCHEMA public TO ventros_app; GRANT TRUNCATE ON contacts TO ventros_app"
        ),
        [("roles", "ventros_app")] * 5,
    ),
    "the app is a superuser": ("ALTER ROLE ventros_app SUPERUSER", [("roles", "ventros_app")]),
    "the app does not wait for the disk": (
        "ALTER ROLE ventros_app SET synchronous_commit = off",
        [("durability", "synchronous_commit")],
    ),
    "the app looks into another schema first": (
        "ALTER ROLE ventros_app SET search_path = other, public",
        [("roles", "ventros_app")],
    ),
    "a slot is read by nobody": (
        "SELECT pg_create_logical_replication_slot('forgotten', 'pgoutput')",
        [("replication_slots", "slot")],
    ),
}
