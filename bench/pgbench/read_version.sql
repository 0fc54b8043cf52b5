-- The stored version alone: what an index that holds it can answer without the row.
\set n random(:first, :last)
SELECT version FROM contacts WHERE tenant_id = :tenant AND id = bench_id(:n);
