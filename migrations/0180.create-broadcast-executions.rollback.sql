DROP TABLE IF EXISTS broadcast_executions;
ALTER TABLE broadcasts
    DROP CONSTRAINT IF EXISTS broadcasts_channel_check,
    DROP CONSTRAINT IF EXISTS broadcasts_channel_fkey,
    DROP COLUMN IF EXISTS channel_id;
