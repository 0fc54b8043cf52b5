-- A project is suspended while its billing account is, and so are its channels: each keeps the status that it goes back to.
-- Rows that are there already are checked by the next migration, which blocks no writer.
ALTER TABLE projects
    ADD COLUMN IF NOT EXISTS suspended_at timestamptz,
    DROP CONSTRAINT IF EXISTS projects_time_bounds_check,
    ADD CONSTRAINT projects_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[suspended_at, created_at, updated_at, deleted_at])
    ) NOT VALID;
COMMENT ON COLUMN projects.suspended_at IS
    'Since when it stands still because its billing account is suspended, canceled or deleted; NULL while it does not.';
ALTER TABLE channels
    ADD COLUMN IF NOT EXISTS suspended_from text,
    DROP CONSTRAINT IF EXISTS channels_status_check,
    ADD CONSTRAINT channels_status_check CHECK (status IN (
        'active', 'inactive', 'activating', 'connecting', 'disconnected', 'error', 'suspended')) NOT VALID,
    DROP CONSTRAINT IF EXISTS channels_suspended_from_check,
    ADD CONSTRAINT channels_suspended_from_check CHECK (
        (status = 'suspended') = (suspended_from IS NOT NULL)
        AND suspended_from IN ('active', 'inactive', 'activating', 'connecting', 'disconnected', 'error')
    ) NOT VALID;
COMMENT ON COLUMN channels.suspended_from IS
    'The status that it had before it was suspended, and has again afterwards; NULL while it is not suspended.';
