-- A validated bound cannot be made unvalidated, and need not: 0090's rollback drops it.
SELECT 1;
