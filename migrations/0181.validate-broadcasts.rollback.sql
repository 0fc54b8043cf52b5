-- A validated rule cannot be made unvalidated, and need not: 0180's rollback drops it.
SELECT 1;
