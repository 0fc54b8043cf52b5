-- Stops where a text stands with another type, or a message is unsupported: change or remove those rows first.
ALTER TABLE messages
    DROP CONSTRAINT IF EXISTS messages_content_type_check,
    DROP CONSTRAINT IF EXISTS messages_length_bounds_check,
    DROP CONSTRAINT IF EXISTS messages_time_bounds_check,
    DROP COLUMN IF EXISTS edited_at,
    DROP COLUMN IF EXISTS revoked_at,
    ADD CONSTRAINT messages_text_check CHECK (text IS NULL OR content_type = 'text'),
    ADD CONSTRAINT messages_content_type_check CHECK (content_type IN (
        'text', 'image', 'video', 'audio', 'voice', 'document', 'location', 'contact', 'sticker', 'system')),
    ADD CONSTRAINT messages_length_bounds_check CHECK (char_length(channel_message_id) <= 500),
    ADD CONSTRAINT messages_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY["timestamp", delivered_at, read_at, played_at, created_at, updated_at, deleted_at])
    );
COMMENT ON COLUMN messages.text IS 'Only with content type text; at most 4096 code points.';
COMMENT ON COLUMN messages.channel_message_id IS 'The id that the platform gave it; unique on its channel.';
