-- Finds a row by key and version, as the WHERE of a versioned UPDATE does; every row passes.
\set n random(:first, :last)
SELECT true FROM contacts WHERE tenant_id = :tenant AND id = bench_id(:n) AND version > 0;
