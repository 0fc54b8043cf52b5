-- A validated rule cannot be made unvalidated, and need not: 0151's rollback makes the earlier ones.
SELECT 1;
