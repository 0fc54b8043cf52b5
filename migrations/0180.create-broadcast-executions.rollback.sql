DROP TABLE IF EXISTS broadcast_executions;
DROP INDEX IF EXISTS broadcasts_at_work_idx;
ALTER TABLE broadcasts
    DROP CONSTRAINT IF EXISTS broadcasts_channel_check,
    DROP CONSTRAINT IF EXISTS broadcasts_channel_fkey,
    DROP COLUMN IF EXISTS channel_id;
