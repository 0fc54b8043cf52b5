-- A validated bound cannot be made unvalidated, and need not: 0100's rollback makes the earlier ones.
SELECT 1;
