-- One item of a conversation. No version: guarded by a unique key and by conditional updates.
CREATE TABLE IF NOT EXISTS messages (
    tenant_id          text        NOT NULL,
    id                 uuid        NOT NULL,
    "timestamp"        timestamptz NOT NULL,
    user_id            uuid        NOT NULL,
    project_id         uuid        NOT NULL,
    contact_id         uuid        NOT NULL,
    channel_id         uuid        NOT NULL,
    channel_type_id    smallint,
    chat_id            uuid,
    session_id         uuid,
    from_me            boolean     NOT NULL,
    content_type       text        NOT NULL,
    text               text,
    media_url          text,
    media_mimetype     text,
    channel_message_id text,
    reply_to_id        uuid,
    status             text        NOT NULL,
    language           text,
    agent_id           uuid,
    source             text        NOT NULL,
    metadata           jsonb       NOT NULL,
    mentions           text[]      NOT NULL,
    delivered_at       timestamptz,
    read_at            timestamptz,
    played_at          timestamptz,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    deleted_at         timestamptz,
    CONSTRAINT messages_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT messages_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id),
    CONSTRAINT messages_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
    CONSTRAINT messages_channel_fkey FOREIGN KEY (tenant_id, channel_id)
        REFERENCES channels (tenant_id, id) ON DELETE RESTRICT,
    CONSTRAINT messages_session_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id),
    CONSTRAINT messages_content_type_check CHECK (content_type IN (
        'text', 'image', 'video', 'audio', 'voice', 'document', 'location', 'contact', 'sticker', 'system')),
    CONSTRAINT messages_text_check CHECK (text IS NULL OR content_type = 'text'),
    CONSTRAINT messages_media_check CHECK (
        media_url IS NULL OR content_type IN ('image', 'video', 'audio', 'voice', 'document', 'sticker')),
    CONSTRAINT messages_status_check CHECK (status IN (
        'queued', 'sent', 'delivered', 'read', 'played', 'failed')),
    CONSTRAINT messages_source_check CHECK (source IN (
        'manual', 'broadcast', 'sequence', 'trigger', 'bot', 'system', 'webhook', 'scheduled', 'test',
        'history_import'))
);
-- The platform's id of a message is unique on its channel: the final arbiter of duplicate deliveries.
CREATE UNIQUE INDEX IF NOT EXISTS messages_channel_message_key
    ON messages (tenant_id, channel_id, channel_message_id)
    WHERE channel_message_id IS NOT NULL AND deleted_at IS NULL;
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON messages;
CREATE POLICY tenant ON messages USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
