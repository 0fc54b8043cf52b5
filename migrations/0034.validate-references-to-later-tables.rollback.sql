-- A validated reference cannot be made unvalidated, and need not: 0033's rollback drops it.
SELECT 1;
