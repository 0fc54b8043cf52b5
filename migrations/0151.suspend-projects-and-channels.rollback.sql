-- Stops where a channel is suspended: reactivate its billing account first.
ALTER TABLE channels
    DROP CONSTRAINT IF EXISTS channels_suspended_from_check,
    DROP COLUMN IF EXISTS suspended_from,
    DROP CONSTRAINT IF EXISTS channels_status_check,
    ADD CONSTRAINT channels_status_check CHECK (status IN (
        'active', 'inactive', 'activating', 'connecting', 'disconnected', 'error'));
ALTER TABLE projects
    DROP CONSTRAINT IF EXISTS projects_time_bounds_check,
    DROP COLUMN IF EXISTS suspended_at,
    ADD CONSTRAINT projects_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[created_at, updated_at, deleted_at])
    );
