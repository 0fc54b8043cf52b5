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

COMMENT ON TABLE messages IS 'One inbound or outbound item of a conversation; without a version.';
COMMENT ON COLUMN messages.tenant_id IS 'The tenant that the message belongs to.';
COMMENT ON COLUMN messages.id IS 'Made by the application, a UUIDv7.';
COMMENT ON COLUMN messages."timestamp" IS 'When the message was written.';
COMMENT ON COLUMN messages.user_id IS 'The owner of the workspace.';
COMMENT ON COLUMN messages.project_id IS 'The project.';
COMMENT ON COLUMN messages.contact_id IS 'With whom.';
COMMENT ON COLUMN messages.channel_id IS 'Over which channel.';
COMMENT ON COLUMN messages.channel_type_id IS 'As in sessions.';
COMMENT ON COLUMN messages.chat_id IS 'The chat that it belongs to, if any.';
COMMENT ON COLUMN messages.session_id IS 'The session that counts it.';
COMMENT ON COLUMN messages.from_me IS 'True for what our side wrote.';
COMMENT ON COLUMN messages.content_type IS 'What kind of message it is.';
COMMENT ON COLUMN messages.text IS 'Only with content type text; at most 4096 code points.';
COMMENT ON COLUMN messages.media_url IS 'Only with a media content type.';
COMMENT ON COLUMN messages.media_mimetype IS 'Of the media, as the platform told it.';
COMMENT ON COLUMN messages.channel_message_id IS 'The id that the platform gave it; unique on its channel.';
COMMENT ON COLUMN messages.reply_to_id IS 'The message that it answers.';
COMMENT ON COLUMN messages.status IS 'Of the delivery: queued, sent, failed, delivered, read, played, in this order; moves forward only.';
COMMENT ON COLUMN messages.language IS 'Of the text, if known.';
COMMENT ON COLUMN messages.agent_id IS 'Who wrote it for our side, or the reserved system agent of its source.';
COMMENT ON COLUMN messages.source IS 'What caused it.';
COMMENT ON COLUMN messages.metadata IS 'What the platform said besides, an object.';
COMMENT ON COLUMN messages.mentions IS 'External ids of who was mentioned, in their order.';
COMMENT ON COLUMN messages.delivered_at IS 'Time of the first report of delivery.';
COMMENT ON COLUMN messages.read_at IS 'Time of the first report of reading.';
COMMENT ON COLUMN messages.played_at IS 'Time of the first report of playing.';
COMMENT ON COLUMN messages.created_at IS 'Time of the message.';
COMMENT ON COLUMN messages.updated_at IS 'When the message last changed.';
COMMENT ON COLUMN messages.deleted_at IS 'When the message was deleted.';
