-- Text stands with every content type: it is the caption of a medium or the name of a place, too. What has no
-- type of its own yet is kept as unsupported. An edit and a revocation by the author leave their time.
-- Rows that are there already are checked by the next migration, which blocks no writer.
ALTER TABLE messages
    ADD COLUMN IF NOT EXISTS edited_at timestamptz,
    ADD COLUMN IF NOT EXISTS revoked_at timestamptz,
    DROP CONSTRAINT IF EXISTS messages_text_check,
    DROP CONSTRAINT IF EXISTS messages_content_type_check,
    DROP CONSTRAINT IF EXISTS messages_length_bounds_check,
    DROP CONSTRAINT IF EXISTS messages_time_bounds_check,
    ADD CONSTRAINT messages_content_type_check CHECK (content_type IN (
        'text', 'image', 'video', 'audio', 'voice', 'document', 'location', 'contact', 'sticker', 'system',
        'unsupported')) NOT VALID,
    ADD CONSTRAINT messages_length_bounds_check CHECK (
        char_length(channel_message_id) <= 500 AND char_length(text) <= 65536) NOT VALID,
    ADD CONSTRAINT messages_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY["timestamp", delivered_at, read_at, played_at, edited_at, revoked_at,
                      created_at, updated_at, deleted_at])
    ) NOT VALID;
COMMENT ON COLUMN messages.text IS 'What was written, a caption, or the words of a place; 1 to 65536 code points.';
COMMENT ON COLUMN messages.channel_message_id IS 'The bare id that the platform gave it, without chat and direction; unique on its channel.';
COMMENT ON COLUMN messages.edited_at IS 'When its author last changed the text; event message.edited has what stood there before.';
COMMENT ON COLUMN messages.revoked_at IS 'When its author took it back for everyone; text and media are kept.';
