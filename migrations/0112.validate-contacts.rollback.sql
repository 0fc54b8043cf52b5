-- A validated rule cannot be made unvalidated, and need not: 0111's rollback drops it.
SELECT 1;
