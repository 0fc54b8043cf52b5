-- name: contact_list_counters.total
-- why: how many members a static list has, without counting them; zero before the first one
-- params: tenant_id text, contact_list_id uuid
-- rows: one
-- returns: members bigint
SELECT coalesce(sum(members), 0)::bigint AS members
  FROM contact_list_counters
 WHERE tenant_id = $1 AND contact_list_id = $2;
