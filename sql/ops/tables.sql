-- name:  tables
-- kind:  findings
-- why:   what the statements, the audit and the history know of a table is what the application declares of it. A
--        table that nobody declares is guarded by nobody; one that is not as it was declared breaks at the first
--        statement that needs the difference, or lets one tenant's rows refer to another's.
-- role:  any that may connect
-- read:  one row for each table of the application's schemas with a version or a tenant_id that no schema.sql of it
--        has; for each that has a version and no repository; and for each declared one that is missing, has other
--        columns than its schema.sql, a tenant_id that may be NULL, a primary key without the tenant, a foreign key
--        that leaves the tenant out, or no comment. Version guards are asked for by version_guards, policies by
--        row_security. Of a database that several applications share, ask for the topmost.
-- mend:  run what stands in mend, as the owner of the tables, or as a superuser where a foreign key is made: what
--        row-level security hides from the owner would not be checked. It takes a lock that holds everybody up.
-- blind: types, defaults, CHECKs and indexes: ventros migrate schema prints what they should be. A migration that
--        was edited after it ran: ventros migrate --check tells.
WITH declared (name, versioned, columns) AS (
    VALUES
    -- for each table, with "," between: ('{name}', {versioned}, '{columns}'::jsonb)
    ('agent_counters', false, '{"tenant_id": "text NOT NULL", "agent_id": "uuid NOT NULL", "slot": "smallint NOT NULL", "sessions_handled": "bigint NOT NULL DEFAULT 0", "response_ms_total": "bigint NOT NULL DEFAULT 0", "last_activity_at": "timestamp with time zone"}'::jsonb),
    ('agents', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "project_id": "uuid NOT NULL", "user_id": "uuid", "name": "text NOT NULL", "email": "text", "type": "text NOT NULL", "status": "text NOT NULL", "role": "text NOT NULL", "active": "boolean NOT NULL", "config": "jsonb NOT NULL", "permissions": "text[] NOT NULL", "settings": "jsonb NOT NULL", "virtual_metadata": "jsonb", "last_login_at": "timestamp with time zone", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('aggregate_history', false, '{"tenant_id": "text NOT NULL", "aggregate_table": "text NOT NULL", "aggregate_id": "uuid NOT NULL", "aggregate_version": "integer NOT NULL", "kind": "text NOT NULL", "recorded_at": "timestamp with time zone NOT NULL", "role": "text NOT NULL", "actor": "text", "use_case": "text", "before": "jsonb", "after": "jsonb"}'::jsonb),
    ('billing_accounts', true, '{"user_id": "uuid NOT NULL", "id": "uuid NOT NULL", "name": "text NOT NULL", "stripe_customer_id": "text", "payment_status": "text NOT NULL", "payment_methods": "jsonb NOT NULL", "billing_email": "text NOT NULL", "suspended_at": "timestamp with time zone", "suspension_reason": "text", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('broadcast_counters', false, '{"tenant_id": "text NOT NULL", "broadcast_id": "uuid NOT NULL", "slot": "smallint NOT NULL", "total_contacts": "bigint NOT NULL DEFAULT 0", "sent_count": "bigint NOT NULL DEFAULT 0", "failed_count": "bigint NOT NULL DEFAULT 0", "skipped_count": "bigint NOT NULL DEFAULT 0"}'::jsonb),
    ('broadcasts', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "name": "text NOT NULL", "list_id": "uuid NOT NULL", "message_template": "jsonb NOT NULL", "status": "text NOT NULL", "scheduled_for": "timestamp with time zone", "started_at": "timestamp with time zone", "completed_at": "timestamp with time zone", "failure_reason": "text", "rate_limit": "integer NOT NULL", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('campaign_counters', false, '{"tenant_id": "text NOT NULL", "campaign_id": "uuid NOT NULL", "slot": "smallint NOT NULL", "contacts_reached": "bigint NOT NULL DEFAULT 0", "conversions_count": "bigint NOT NULL DEFAULT 0"}'::jsonb),
    ('campaign_steps', false, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "campaign_id": "uuid NOT NULL", "position": "integer NOT NULL", "name": "text NOT NULL", "type": "text NOT NULL", "config": "jsonb NOT NULL", "conditions": "jsonb NOT NULL", "created_at": "timestamp with time zone NOT NULL"}'::jsonb),
    ('campaigns', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "name": "text NOT NULL", "description": "text NOT NULL", "status": "text NOT NULL", "goal_type": "text NOT NULL", "goal_value": "integer NOT NULL", "start_date": "timestamp with time zone", "end_date": "timestamp with time zone", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('channel_counters', false, '{"tenant_id": "text NOT NULL", "channel_id": "uuid NOT NULL", "slot": "smallint NOT NULL", "messages_received": "bigint NOT NULL DEFAULT 0", "messages_sent": "bigint NOT NULL DEFAULT 0", "last_message_at": "timestamp with time zone"}'::jsonb),
    ('channel_routes', false, '{"tenant_id": "text NOT NULL", "platform": "text NOT NULL", "external_id": "text NOT NULL", "channel_id": "uuid NOT NULL", "webhook_id": "text NOT NULL"}'::jsonb),
    ('channels', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "user_id": "uuid NOT NULL", "project_id": "uuid NOT NULL", "name": "text NOT NULL", "type": "text NOT NULL", "status": "text NOT NULL", "external_id": "text", "config": "jsonb NOT NULL", "secrets": "text", "connection_mode": "text NOT NULL", "webhook_id": "text NOT NULL", "webhook_url": "text", "webhook_configured_at": "timestamp with time zone", "webhook_active": "boolean NOT NULL", "pipeline_id": "uuid", "session_timeout_minutes": "integer", "ai_enabled": "boolean NOT NULL", "ai_agents_enabled": "boolean NOT NULL", "allow_groups": "boolean NOT NULL", "tracking_enabled": "boolean NOT NULL", "debounce_timeout_ms": "integer NOT NULL", "last_error_at": "timestamp with time zone", "last_error": "text", "history_import_enabled": "boolean NOT NULL", "history_import_status": "text NOT NULL", "history_import_stats": "jsonb", "history_import_correlation_id": "text", "last_import_date": "timestamp with time zone", "history_import_max_days": "integer", "history_import_max_messages_per_chat": "integer", "default_agent_id": "uuid", "custom_field_definitions": "jsonb NOT NULL", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('chat_participants', false, '{"tenant_id": "text NOT NULL", "chat_id": "uuid NOT NULL", "participant_id": "uuid NOT NULL", "participant_type": "text NOT NULL", "contact_id": "uuid", "agent_id": "uuid", "joined_at": "timestamp with time zone NOT NULL", "is_admin": "boolean NOT NULL"}'::jsonb),
    ('chats', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "project_id": "uuid NOT NULL", "chat_type": "text NOT NULL", "individual_contact_id": "uuid", "external_id": "text", "subject": "text", "description": "text", "status": "text NOT NULL", "metadata": "jsonb NOT NULL", "label_ids": "text[] NOT NULL", "last_message_at": "timestamp with time zone", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('commit_markers', false, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "recorded_at": "timestamp with time zone NOT NULL DEFAULT now()", "tombstone": "boolean NOT NULL DEFAULT FALSE"}'::jsonb),
    ('contact_custom_fields', false, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "contact_id": "uuid NOT NULL", "field_key": "text NOT NULL", "field_type": "text NOT NULL", "field_value": "jsonb NOT NULL", "field_value_hash": "integer NOT NULL", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone"}'::jsonb),
    ('contact_identities', false, '{"tenant_id": "text NOT NULL", "project_id": "uuid NOT NULL", "lid": "text NOT NULL", "phone": "text", "contact_id": "uuid NOT NULL", "paired_at": "timestamp with time zone NOT NULL"}'::jsonb),
    ('contact_list_filters', false, '{"tenant_id": "text NOT NULL", "contact_list_id": "uuid NOT NULL", "id": "uuid NOT NULL", "position": "integer NOT NULL", "filter_type": "text NOT NULL", "operator": "text NOT NULL", "field_key": "text NOT NULL", "field_type": "text", "value": "jsonb", "pipeline_id": "uuid", "created_at": "timestamp with time zone NOT NULL"}'::jsonb),
    ('contact_list_members', false, '{"tenant_id": "text NOT NULL", "contact_list_id": "uuid NOT NULL", "contact_id": "uuid NOT NULL", "added_at": "timestamp with time zone NOT NULL"}'::jsonb),
    ('contact_lists', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "project_id": "uuid NOT NULL", "name": "text NOT NULL", "description": "text", "logical_operator": "text NOT NULL", "is_static": "boolean NOT NULL", "contact_count": "bigint NOT NULL", "last_calculated_at": "timestamp with time zone", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('contacts', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "project_id": "uuid NOT NULL", "name": "text NOT NULL", "email": "text", "phone": "text", "external_id": "text", "source_channel": "text", "language": "text NOT NULL", "timezone": "text", "tags": "text[] NOT NULL", "profile_picture_url": "text", "profile_picture_fetched_at": "timestamp with time zone", "first_interaction_at": "timestamp with time zone", "last_interaction_at": "timestamp with time zone", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1", "merged_into": "uuid"}'::jsonb),
    ('credential_uses', false, '{"tenant_id": "text NOT NULL", "credential_id": "uuid NOT NULL", "slot": "smallint NOT NULL", "last_used_at": "timestamp with time zone NOT NULL"}'::jsonb),
    ('credentials', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "project_id": "uuid", "credential_type": "text NOT NULL", "name": "text NOT NULL", "description": "text NOT NULL", "secret": "text NOT NULL", "oauth_access_token": "text", "oauth_refresh_token": "text", "oauth_token_type": "text", "expires_at": "timestamp with time zone", "metadata": "jsonb NOT NULL", "is_active": "boolean NOT NULL", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('expected_events', false, '{"tenant_id": "text NOT NULL", "consumer": "text NOT NULL", "aggregate_type": "text NOT NULL", "aggregate_id": "uuid NOT NULL", "aggregate_version": "integer NOT NULL", "sequence": "smallint NOT NULL"}'::jsonb),
    ('messages', false, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "timestamp": "timestamp with time zone NOT NULL", "user_id": "uuid NOT NULL", "project_id": "uuid NOT NULL", "contact_id": "uuid NOT NULL", "channel_id": "uuid NOT NULL", "channel_type_id": "smallint", "chat_id": "uuid", "session_id": "uuid", "from_me": "boolean NOT NULL", "content_type": "text NOT NULL", "text": "text", "media_url": "text", "media_mimetype": "text", "channel_message_id": "text", "reply_to_id": "uuid", "status": "text NOT NULL", "language": "text", "agent_id": "uuid", "source": "text NOT NULL", "metadata": "jsonb NOT NULL", "mentions": "text[] NOT NULL", "delivered_at": "timestamp with time zone", "read_at": "timestamp with time zone", "played_at": "timestamp with time zone", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "edited_at": "timestamp with time zone", "revoked_at": "timestamp with time zone"}'::jsonb),
    ('outbox_consumers', false, '{"name": "text NOT NULL", "transaction_id": "bigint NOT NULL", "position": "bigint NOT NULL", "system_identifier": "bigint NOT NULL", "registered_at": "timestamp with time zone NOT NULL DEFAULT now()", "moved_at": "timestamp with time zone NOT NULL DEFAULT now()"}'::jsonb),
    ('outbox_deliveries', false, '{"tenant_id": "text NOT NULL", "destination": "text NOT NULL", "aggregate_type": "text NOT NULL", "aggregate_id": "uuid NOT NULL", "transaction_id": "bigint NOT NULL", "position": "bigint NOT NULL", "event_id": "uuid NOT NULL"}'::jsonb),
    ('outbox_events', false, '{"tenant_id": "text NOT NULL", "event_id": "uuid NOT NULL", "position": "bigint NOT NULL", "transaction_id": "bigint NOT NULL DEFAULT CAST(CAST(GREATEST(pg_current_xact_id(), pg_snapshot_xmax(pg_current_snapshot())) AS text) AS bigint)", "event_name": "text NOT NULL", "event_version": "text NOT NULL", "occurred_at": "timestamp with time zone NOT NULL", "aggregate_type": "text NOT NULL", "aggregate_id": "uuid NOT NULL", "aggregate_version": "integer", "sequence": "smallint NOT NULL", "last_of_version": "boolean NOT NULL DEFAULT TRUE", "correlation_id": "uuid", "causation_id": "uuid", "payload": "jsonb NOT NULL"}'::jsonb),
    ('outbox_queues', false, '{"tenant_id": "text NOT NULL", "destination": "text NOT NULL", "aggregate_type": "text NOT NULL", "aggregate_id": "uuid NOT NULL", "last_transaction_id": "bigint NOT NULL", "last_position": "bigint NOT NULL", "due_at": "timestamp with time zone NOT NULL DEFAULT now()", "token": "uuid", "attempts": "integer NOT NULL DEFAULT 0", "last_error": "text", "dead_at": "timestamp with time zone"}'::jsonb),
    ('pipeline_custom_fields', false, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "pipeline_id": "uuid NOT NULL", "field_key": "text NOT NULL", "field_type": "text NOT NULL", "field_value": "jsonb NOT NULL", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL"}'::jsonb),
    ('pipeline_statuses', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "pipeline_id": "uuid NOT NULL", "name": "text NOT NULL", "description": "text NOT NULL", "color": "text", "status_type": "text NOT NULL", "position": "integer NOT NULL", "active": "boolean NOT NULL", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('pipelines', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "project_id": "uuid NOT NULL", "name": "text NOT NULL", "description": "text NOT NULL", "color": "text", "position": "integer NOT NULL", "active": "boolean NOT NULL", "session_timeout_minutes": "integer", "lead_qualification": "jsonb", "enable_ai_summary": "boolean NOT NULL", "ai_provider": "text", "ai_model": "text", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('placements', false, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "contact_id": "uuid NOT NULL", "pipeline_id": "uuid NOT NULL", "status_id": "uuid NOT NULL", "entered_at": "timestamp with time zone NOT NULL", "exited_at": "timestamp with time zone", "duration_seconds": "bigint", "changed_by": "uuid", "reason": "text", "notes": "text", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL"}'::jsonb),
    ('processed_events', false, '{"tenant_id": "text NOT NULL", "consumer": "text NOT NULL", "event_id": "uuid NOT NULL", "processed_at": "timestamp with time zone NOT NULL"}'::jsonb),
    ('projects', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "user_id": "uuid NOT NULL", "billing_account_id": "uuid NOT NULL", "name": "text NOT NULL", "description": "text NOT NULL", "configuration": "jsonb NOT NULL", "active": "boolean NOT NULL", "session_timeout_minutes": "integer NOT NULL", "agent_assignment": "jsonb NOT NULL", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('sequence_counters', false, '{"tenant_id": "text NOT NULL", "sequence_id": "uuid NOT NULL", "slot": "smallint NOT NULL", "total_enrolled": "bigint NOT NULL DEFAULT 0", "completed_count": "bigint NOT NULL DEFAULT 0", "exited_count": "bigint NOT NULL DEFAULT 0"}'::jsonb),
    ('sequence_steps', false, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "sequence_id": "uuid NOT NULL", "position": "integer NOT NULL", "name": "text NOT NULL", "delay_amount": "integer NOT NULL", "delay_unit": "text NOT NULL", "message_template": "jsonb NOT NULL", "conditions": "jsonb NOT NULL", "created_at": "timestamp with time zone NOT NULL"}'::jsonb),
    ('sequences', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "name": "text NOT NULL", "description": "text NOT NULL", "status": "text NOT NULL", "trigger_type": "text NOT NULL", "trigger_data": "jsonb NOT NULL", "exit_on_reply": "boolean NOT NULL", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('sessions', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "contact_id": "uuid NOT NULL", "channel_type_id": "smallint", "pipeline_id": "uuid", "started_at": "timestamp with time zone NOT NULL", "ended_at": "timestamp with time zone", "status": "text NOT NULL", "end_reason": "text", "timeout": "interval NOT NULL", "last_activity_at": "timestamp with time zone NOT NULL", "message_count": "integer NOT NULL", "messages_from_contact": "integer NOT NULL", "messages_from_agent": "integer NOT NULL", "duration_seconds": "bigint NOT NULL", "first_contact_message_at": "timestamp with time zone", "first_agent_response_at": "timestamp with time zone", "agent_response_time_seconds": "bigint", "contact_wait_time_seconds": "bigint", "agent_ids": "uuid[] NOT NULL", "agent_transfers": "integer NOT NULL", "summary": "text", "sentiment": "text", "sentiment_score": "double precision", "topics": "text[] NOT NULL", "next_steps": "text[] NOT NULL", "outcome_tags": "text[] NOT NULL", "key_entities": "jsonb NOT NULL", "resolved": "boolean NOT NULL", "escalated": "boolean NOT NULL", "converted": "boolean NOT NULL", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1"}'::jsonb),
    ('users', false, '{"id": "uuid NOT NULL", "email": "text NOT NULL", "role": "text NOT NULL DEFAULT CAST(''user'' AS text)", "created_at": "timestamp with time zone NOT NULL DEFAULT now()"}'::jsonb),
    ('webhook_counters', false, '{"tenant_id": "text NOT NULL", "webhook_subscription_id": "uuid NOT NULL", "slot": "smallint NOT NULL", "success_count": "bigint NOT NULL DEFAULT 0", "failure_count": "bigint NOT NULL DEFAULT 0", "last_success_at": "timestamp with time zone", "last_failure_at": "timestamp with time zone"}'::jsonb),
    ('webhook_subscriptions', true, '{"tenant_id": "text NOT NULL", "id": "uuid NOT NULL", "user_id": "uuid NOT NULL", "project_id": "uuid NOT NULL", "name": "text NOT NULL", "url": "text", "origin": "text NOT NULL", "events": "text[] NOT NULL", "subscribe_contact_events": "boolean NOT NULL", "contact_event_types": "text[]", "contact_event_categories": "text[]", "active": "boolean NOT NULL", "secret": "text", "headers": "text", "retry_count": "integer NOT NULL", "timeout_seconds": "integer NOT NULL", "created_at": "timestamp with time zone NOT NULL", "updated_at": "timestamp with time zone NOT NULL", "deleted_at": "timestamp with time zone", "version": "integer NOT NULL DEFAULT 1"}'::jsonb)
    -- end
), directory (oid) AS (
    SELECT to_regclass(name)::oid FROM unnest(ARRAY[
        -- for each directory, with "," between: '{name}'
        'channel_routes'
        -- end
    ]::text[]) AS name
), stored AS (
    SELECT relation.oid, relation.oid::regclass::text AS name, declared.name IS NOT NULL AS is_declared, versioned,
           columns, ARRAY(SELECT attname::text FROM pg_attribute
                           WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum) AS present
      FROM pg_class AS relation
      LEFT JOIN declared ON to_regclass(declared.name) = relation.oid
     WHERE relation.relkind IN ('r', 'p') AND NOT relation.relispartition
       AND relation.relnamespace::regnamespace::text IN (
           -- for each schema, with "," between: '{name}'
           'public'
           -- end
           )
), tenant_key AS (
    SELECT stored.oid, stored.name, stored.versioned, stored.oid IN (SELECT oid FROM directory) AS is_directory,
           key.conname, pg_get_constraintdef(key.oid) AS definition,
           ARRAY(SELECT attname::text FROM unnest(key.conkey) WITH ORDINALITY AS part (attnum, place)
                   JOIN pg_attribute AS attribute ON attribute.attrelid = stored.oid AND attribute.attnum = part.attnum
                  ORDER BY place) AS columns
      FROM stored
      LEFT JOIN pg_constraint AS key ON key.conrelid = stored.oid AND key.contype = 'p'
     WHERE is_declared AND 'tenant_id' = ANY (present)
), fault (name, rank, finding, see, mend) AS (
    SELECT name, 1, format('the table %s has %s, and no application declares it', name,
                           CASE WHEN 'version' = ANY (present) THEN 'a version' ELSE 'a tenant_id' END),
           format('SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = %L::regclass AND attnum > 0;', name),
           format('CREATE SCHEMA IF NOT EXISTS undeclared; ALTER TABLE %s SET SCHEMA undeclared; -- or declare it: a '
                  'migration, a file in sql/, a repository', name)
      FROM stored
     WHERE NOT is_declared AND present && ARRAY['tenant_id', 'version']
    UNION ALL
    SELECT name, 2, format('the table %s has a version, and no unit of work of the application has a repository of it', name),
           format('SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = %L::regclass AND attnum > 0;', name),
           'give the unit of work its repository: name = Held(Repository)'
      FROM stored
     WHERE is_declared AND NOT versioned AND 'version' = ANY (present) AND columns ? 'version'
    UNION ALL
    SELECT name, 3, format('the table %s is missing', name), format('SELECT to_regclass(%L);', name),
           'ventros migrate, or restore the table from a backup if it was there before'
      FROM declared
     WHERE NOT versioned AND to_regclass(name) IS NULL
    UNION ALL
    SELECT name, 4, format('the table %s has no column %s, which is in schema.sql', name, key),
           format('SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = %L::regclass AND attnum > 0;', name),
           format('ALTER TABLE %1$s ADD COLUMN %2$I %3$s; COMMENT ON COLUMN %1$s.%2$I IS ''…''; -- or ventros migrate, if '
                  'that was not done', name, key, value)
      FROM stored, jsonb_each_text(columns)
     WHERE key <> ALL (present) AND NOT (versioned AND key = 'version')
    UNION ALL
    SELECT name, 5, format('the table %s has a column %s, which is not in schema.sql', name, extra),
           format('SELECT count(%1$I), min(%1$I::text), max(%1$I::text) FROM %2$s;', extra, name),
           format('ALTER TABLE %s DROP COLUMN %I; -- its values are lost: to keep them, a migration that adds it', name, extra)
      FROM stored, unnest(present) AS extra
     WHERE is_declared AND NOT columns ? extra
    UNION ALL
    SELECT name, 6, format('the tenant_id of %s may be NULL: such a row is nobody''s', name),
           format('SELECT attnotnull FROM pg_attribute WHERE attrelid = %L::regclass AND attname = ''tenant_id'';', name),
           format('ALTER TABLE %s ALTER COLUMN tenant_id SET NOT NULL;', name)
      FROM stored
      JOIN pg_attribute ON attrelid = stored.oid AND attname = 'tenant_id' AND NOT attnotnull
     WHERE is_declared
    UNION ALL
    SELECT name, 7, CASE WHEN conname IS NULL THEN format('the table %s has no primary key', name)
                         ELSE format('the primary key of %s is %s, not by the tenant first', name, definition) END,
           format('SELECT count(*) FROM pg_constraint WHERE conrelid = %L::regclass AND contype = ''p'';', name),
           format('ALTER TABLE %s %sADD PRIMARY KEY (%s);', name, 'DROP CONSTRAINT ' || quote_ident(conname) || ', ',
                  CASE WHEN versioned OR conname IS NULL THEN 'tenant_id, id'
                       ELSE concat_ws(', ', 'tenant_id', (SELECT string_agg(quote_ident(part), ', ' ORDER BY place)
                                                            FROM unnest(columns) WITH ORDINALITY AS listed (part, place)
                                                           WHERE part <> 'tenant_id')) END)
      FROM tenant_key
     WHERE CASE WHEN versioned THEN columns <> ARRAY['tenant_id', 'id']
                ELSE cardinality(columns) = 0 OR columns[1] <> 'tenant_id' AND NOT is_directory END
    UNION ALL
    SELECT child.name, 8, format('the foreign key %s of %s leaves the tenant out: a row may refer to another tenant''s', key.conname,
                                 child.name),
           format('SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %L::regclass AND contype = ''f'';',
                  child.name),
           format('ALTER TABLE %1$s DROP CONSTRAINT %2$I, ADD CONSTRAINT %2$I %3$s;', child.name, key.conname,
                  regexp_replace(regexp_replace(pg_get_constraintdef(key.oid), '^FOREIGN KEY \(', 'FOREIGN KEY (tenant_id, '),
                                 ' REFERENCES ([^(]+)\(', ' REFERENCES \1(tenant_id, '))
      FROM pg_constraint AS key
      JOIN stored AS child ON child.oid = key.conrelid AND 'tenant_id' = ANY (child.present)
      JOIN stored AS parent ON parent.oid = key.confrelid AND 'tenant_id' = ANY (parent.present)
     WHERE key.contype = 'f' AND child.is_declared
       AND NOT EXISTS (SELECT FROM unnest(key.conkey, key.confkey) AS part (own, other)
                         JOIN pg_attribute AS c ON c.attrelid = key.conrelid AND c.attnum = own AND c.attname = 'tenant_id'
                         JOIN pg_attribute AS p ON p.attrelid = key.confrelid AND p.attnum = other AND p.attname = 'tenant_id')
    UNION ALL
    SELECT name, 9, format('the table %s has no comment: what is a row of it?', name),
           format('SELECT obj_description(%L::regclass, ''pg_class'') IS NULL;', name),
           format('COMMENT ON TABLE %s IS ''…''; -- as the migration says', name)
      FROM stored
     WHERE is_declared AND obj_description(oid, 'pg_class') IS NULL
    UNION ALL
    SELECT name, 10, format('the table %s has no comment on %s', name, string_agg(attname, ', ' ORDER BY attnum)),
           format('SELECT attname FROM pg_attribute WHERE attrelid = %1$L::regclass AND attnum > 0 AND '
                  'col_description(attrelid, attnum) IS NULL;', name),
           string_agg(format('COMMENT ON COLUMN %s.%I IS ''…'';', name, attname), ' ' ORDER BY attnum)
      FROM stored
      JOIN pg_attribute ON attrelid = stored.oid AND attnum > 0 AND NOT attisdropped AND columns ? attname
     WHERE is_declared AND col_description(attrelid, attnum) IS NULL
     GROUP BY name
)
SELECT name AS subject, finding, see, mend
  FROM fault
 ORDER BY name, rank, finding;
