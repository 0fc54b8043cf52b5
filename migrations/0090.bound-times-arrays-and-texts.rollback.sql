ALTER TABLE webhook_subscriptions
    DROP CONSTRAINT IF EXISTS webhook_subscriptions_time_bounds_check;
ALTER TABLE webhook_counters
    DROP CONSTRAINT IF EXISTS webhook_counters_time_bounds_check;
ALTER TABLE users
    DROP CONSTRAINT IF EXISTS users_time_bounds_check,
    DROP CONSTRAINT IF EXISTS users_length_bounds_check;
ALTER TABLE sessions
    DROP CONSTRAINT IF EXISTS sessions_time_bounds_check,
    DROP CONSTRAINT IF EXISTS sessions_array_bounds_check,
    DROP CONSTRAINT IF EXISTS sessions_sentiment_score_bounds_check,
    DROP CONSTRAINT IF EXISTS sessions_timeout_bounds_check;
ALTER TABLE sequences
    DROP CONSTRAINT IF EXISTS sequences_time_bounds_check,
    DROP CONSTRAINT IF EXISTS sequences_length_bounds_check;
ALTER TABLE sequence_steps
    DROP CONSTRAINT IF EXISTS sequence_steps_time_bounds_check;
ALTER TABLE projects
    DROP CONSTRAINT IF EXISTS projects_time_bounds_check;
ALTER TABLE placements
    DROP CONSTRAINT IF EXISTS placements_time_bounds_check;
ALTER TABLE pipelines
    DROP CONSTRAINT IF EXISTS pipelines_time_bounds_check;
ALTER TABLE pipeline_statuses
    DROP CONSTRAINT IF EXISTS pipeline_statuses_time_bounds_check,
    DROP CONSTRAINT IF EXISTS pipeline_statuses_length_bounds_check;
ALTER TABLE pipeline_custom_fields
    DROP CONSTRAINT IF EXISTS pipeline_custom_fields_time_bounds_check,
    DROP CONSTRAINT IF EXISTS pipeline_custom_fields_length_bounds_check;
ALTER TABLE messages
    DROP CONSTRAINT IF EXISTS messages_time_bounds_check,
    DROP CONSTRAINT IF EXISTS messages_array_bounds_check,
    DROP CONSTRAINT IF EXISTS messages_length_bounds_check;
ALTER TABLE credentials
    DROP CONSTRAINT IF EXISTS credentials_time_bounds_check;
ALTER TABLE credential_uses
    DROP CONSTRAINT IF EXISTS credential_uses_time_bounds_check;
ALTER TABLE contacts
    DROP CONSTRAINT IF EXISTS contacts_time_bounds_check,
    DROP CONSTRAINT IF EXISTS contacts_array_bounds_check,
    DROP CONSTRAINT IF EXISTS contacts_length_bounds_check;
ALTER TABLE contact_lists
    DROP CONSTRAINT IF EXISTS contact_lists_time_bounds_check;
ALTER TABLE contact_list_members
    DROP CONSTRAINT IF EXISTS contact_list_members_time_bounds_check;
ALTER TABLE contact_list_filters
    DROP CONSTRAINT IF EXISTS contact_list_filters_time_bounds_check;
ALTER TABLE contact_custom_fields
    DROP CONSTRAINT IF EXISTS contact_custom_fields_time_bounds_check,
    DROP CONSTRAINT IF EXISTS contact_custom_fields_length_bounds_check;
ALTER TABLE chats
    DROP CONSTRAINT IF EXISTS chats_time_bounds_check,
    DROP CONSTRAINT IF EXISTS chats_length_bounds_check;
ALTER TABLE chat_participants
    DROP CONSTRAINT IF EXISTS chat_participants_time_bounds_check;
ALTER TABLE channels
    DROP CONSTRAINT IF EXISTS channels_time_bounds_check,
    DROP CONSTRAINT IF EXISTS channels_length_bounds_check;
ALTER TABLE channel_routes
    DROP CONSTRAINT IF EXISTS channel_routes_length_bounds_check;
ALTER TABLE channel_counters
    DROP CONSTRAINT IF EXISTS channel_counters_time_bounds_check;
ALTER TABLE campaigns
    DROP CONSTRAINT IF EXISTS campaigns_time_bounds_check,
    DROP CONSTRAINT IF EXISTS campaigns_length_bounds_check;
ALTER TABLE campaign_steps
    DROP CONSTRAINT IF EXISTS campaign_steps_time_bounds_check;
ALTER TABLE broadcasts
    DROP CONSTRAINT IF EXISTS broadcasts_time_bounds_check;
ALTER TABLE billing_accounts
    DROP CONSTRAINT IF EXISTS billing_accounts_time_bounds_check,
    DROP CONSTRAINT IF EXISTS billing_accounts_length_bounds_check;
ALTER TABLE agents
    DROP CONSTRAINT IF EXISTS agents_time_bounds_check,
    DROP CONSTRAINT IF EXISTS agents_length_bounds_check;
ALTER TABLE agent_counters
    DROP CONSTRAINT IF EXISTS agent_counters_time_bounds_check;
