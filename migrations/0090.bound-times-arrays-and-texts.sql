-- What Python cannot hold, or a btree cannot index, is refused from whoever writes, psql included:
-- * a time that is infinite, or not within the years 1 to 9999; their first and last microsecond are out too,
--   because the driver takes them for infinity;
-- * an array with a NULL in it, or of several dimensions, which array_position() itself refuses; the arrays of
--   agents, chats and webhook_subscriptions have that bound already;
-- * an indexed text of more than 500 characters, or 100 for a name of this system (tenant, platform): an
--   index entry holds 2,704 bytes, a character takes 4 at most. A tenant that is referred to has the bound of
--   projects_tenant_check;
-- * a score that is NaN or infinite, a timeout beyond 36,500 days.
-- The same bounds stand in the aggregates. Each write evaluates these anew, so they are as small as they can be.
-- Rows that are there already are checked by the next migration, which blocks no writer.
ALTER TABLE agent_counters
    ADD CONSTRAINT agent_counters_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> last_activity_at
    ) NOT VALID;
ALTER TABLE agents
    ADD CONSTRAINT agents_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[last_login_at, created_at, updated_at, deleted_at])
    ) NOT VALID,
    ADD CONSTRAINT agents_length_bounds_check CHECK (char_length(name) <= 500 AND char_length(email) <= 500) NOT VALID;
ALTER TABLE billing_accounts
    ADD CONSTRAINT billing_accounts_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[suspended_at, created_at, updated_at, deleted_at])
    ) NOT VALID,
    ADD CONSTRAINT billing_accounts_length_bounds_check CHECK (char_length(stripe_customer_id) <= 500) NOT VALID;
ALTER TABLE broadcasts
    ADD CONSTRAINT broadcasts_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[scheduled_for, started_at, completed_at, created_at, updated_at])
    ) NOT VALID;
ALTER TABLE campaign_steps
    ADD CONSTRAINT campaign_steps_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> created_at
    ) NOT VALID;
ALTER TABLE campaigns
    ADD CONSTRAINT campaigns_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[start_date, end_date, created_at, updated_at])
    ) NOT VALID,
    ADD CONSTRAINT campaigns_length_bounds_check CHECK (char_length(tenant_id) <= 100) NOT VALID;
ALTER TABLE channel_counters
    ADD CONSTRAINT channel_counters_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> last_message_at
    ) NOT VALID;
ALTER TABLE channel_routes
    ADD CONSTRAINT channel_routes_length_bounds_check CHECK (
        char_length(platform) <= 100 AND char_length(external_id) <= 500 AND char_length(webhook_id) <= 500
    ) NOT VALID;
ALTER TABLE channels
    ADD CONSTRAINT channels_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[webhook_configured_at, last_error_at, last_import_date,
                      created_at, updated_at, deleted_at])
    ) NOT VALID,
    ADD CONSTRAINT channels_length_bounds_check CHECK (char_length(webhook_id) <= 500) NOT VALID;
ALTER TABLE chat_participants
    ADD CONSTRAINT chat_participants_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> joined_at
    ) NOT VALID;
ALTER TABLE chats
    ADD CONSTRAINT chats_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[last_message_at, created_at, updated_at, deleted_at])
    ) NOT VALID,
    ADD CONSTRAINT chats_length_bounds_check CHECK (char_length(external_id) <= 500) NOT VALID;
ALTER TABLE contact_custom_fields
    ADD CONSTRAINT contact_custom_fields_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[created_at, updated_at, deleted_at])
    ) NOT VALID,
    ADD CONSTRAINT contact_custom_fields_length_bounds_check CHECK (char_length(field_key) <= 500) NOT VALID;
ALTER TABLE contact_list_filters
    ADD CONSTRAINT contact_list_filters_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> created_at
    ) NOT VALID;
ALTER TABLE contact_list_members
    ADD CONSTRAINT contact_list_members_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> added_at
    ) NOT VALID;
ALTER TABLE contact_lists
    ADD CONSTRAINT contact_lists_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[last_calculated_at, created_at, updated_at, deleted_at])
    ) NOT VALID;
ALTER TABLE contacts
    ADD CONSTRAINT contacts_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[profile_picture_fetched_at, first_interaction_at, last_interaction_at,
                      created_at, updated_at, deleted_at])
    ) NOT VALID,
    ADD CONSTRAINT contacts_array_bounds_check CHECK (array_position(tags, NULL) IS NULL) NOT VALID,
    ADD CONSTRAINT contacts_length_bounds_check CHECK (char_length(name) <= 500 AND char_length(phone) <= 500) NOT VALID;
ALTER TABLE credential_uses
    ADD CONSTRAINT credential_uses_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> last_used_at
    ) NOT VALID;
ALTER TABLE credentials
    ADD CONSTRAINT credentials_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[expires_at, created_at, updated_at])
    ) NOT VALID;
ALTER TABLE messages
    ADD CONSTRAINT messages_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY["timestamp", delivered_at, read_at, played_at, created_at, updated_at, deleted_at])
    ) NOT VALID,
    ADD CONSTRAINT messages_array_bounds_check CHECK (array_position(mentions, NULL) IS NULL) NOT VALID,
    ADD CONSTRAINT messages_length_bounds_check CHECK (char_length(channel_message_id) <= 500) NOT VALID;
ALTER TABLE pipeline_custom_fields
    ADD CONSTRAINT pipeline_custom_fields_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[created_at, updated_at])
    ) NOT VALID,
    ADD CONSTRAINT pipeline_custom_fields_length_bounds_check CHECK (char_length(field_key) <= 500) NOT VALID;
ALTER TABLE pipeline_statuses
    ADD CONSTRAINT pipeline_statuses_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[created_at, updated_at, deleted_at])
    ) NOT VALID,
    ADD CONSTRAINT pipeline_statuses_length_bounds_check CHECK (char_length(name) <= 500) NOT VALID;
ALTER TABLE pipelines
    ADD CONSTRAINT pipelines_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[created_at, updated_at, deleted_at])
    ) NOT VALID;
ALTER TABLE placements
    ADD CONSTRAINT placements_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[entered_at, exited_at, created_at, updated_at])
    ) NOT VALID;
ALTER TABLE projects
    ADD CONSTRAINT projects_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[created_at, updated_at, deleted_at])
    ) NOT VALID;
ALTER TABLE sequence_steps
    ADD CONSTRAINT sequence_steps_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> created_at
    ) NOT VALID;
ALTER TABLE sequences
    ADD CONSTRAINT sequences_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[created_at, updated_at])
    ) NOT VALID,
    ADD CONSTRAINT sequences_length_bounds_check CHECK (char_length(tenant_id) <= 100) NOT VALID;
ALTER TABLE sessions
    ADD CONSTRAINT sessions_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[started_at, ended_at, last_activity_at, first_contact_message_at,
                      first_agent_response_at, created_at, updated_at, deleted_at])
    ) NOT VALID,
    ADD CONSTRAINT sessions_array_bounds_check CHECK (
        array_position(agent_ids, NULL) IS NULL
        AND array_position(topics, NULL) IS NULL
        AND array_position(next_steps, NULL) IS NULL
        AND array_position(outcome_tags, NULL) IS NULL
    ) NOT VALID,
    ADD CONSTRAINT sessions_sentiment_score_bounds_check CHECK (sentiment_score > '-Infinity' AND sentiment_score < 'Infinity') NOT VALID,
    ADD CONSTRAINT sessions_timeout_bounds_check CHECK (timeout <= '36500 days') NOT VALID;
ALTER TABLE users
    ADD CONSTRAINT users_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> created_at
    ) NOT VALID,
    ADD CONSTRAINT users_length_bounds_check CHECK (char_length(email) <= 500) NOT VALID;
ALTER TABLE webhook_counters
    ADD CONSTRAINT webhook_counters_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[last_success_at, last_failure_at])
    ) NOT VALID;
ALTER TABLE webhook_subscriptions
    ADD CONSTRAINT webhook_subscriptions_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[created_at, updated_at, deleted_at])
    ) NOT VALID;
