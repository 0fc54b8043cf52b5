-- A validated rule cannot be made unvalidated, and need not: 0141's rollback drops both.
SELECT 1;
