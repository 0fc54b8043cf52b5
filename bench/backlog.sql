-- Events of one tenant that wait to be delivered, four versions of each aggregate, interleaved; app.tenant_id,
-- bench.first and bench.last, the numbers of the events, are set by the caller.
INSERT INTO outbox_events (
    tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id, aggregate_version,
    sequence, payload)
SELECT current_setting('app.tenant_id'),
       (lpad(to_hex(1760000000000 + n), 12, '0') || '70008' || substr(md5(n::text), 1, 15))::uuid,
       'contact.renamed', 'v1', now(), 'contact', md5((first + (n - first) % aggregates)::text)::uuid,
       1 + (n - first) / aggregates, 1, jsonb_build_object('name', 'Contact ' || n, 'reason', 'asked for')
  FROM (SELECT current_setting('bench.first')::bigint AS first, current_setting('bench.last')::bigint AS last) AS bounds,
       LATERAL (SELECT greatest(1, (last - first + 1) / 4) AS aggregates) AS shape,
       generate_series(first, last) AS n;
