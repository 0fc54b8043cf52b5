-- name: contact_list_members.add
-- why: makes contacts members once, however often and by however many it is asked for, and counts those that were
--      none; only of a static list, which is neither changed nor deleted meanwhile, and only live contacts of its
--      project, which are neither merged nor deleted meanwhile. Returned are those that are members now
-- params: tenant_id text, contact_list_id uuid, contact_ids uuid[], added_at timestamptz
-- rows: many
-- returns: contact_id uuid, added boolean
WITH held AS (
    SELECT c.id
      FROM contact_lists l
      JOIN contacts c ON c.tenant_id = l.tenant_id AND c.project_id = l.project_id
     WHERE l.tenant_id = $1 AND l.id = $2 AND l.is_static AND l.deleted_at IS NULL
       AND c.tenant_id = $1 AND c.id IN (SELECT unnest($3::uuid[])) AND c.deleted_at IS NULL
     ORDER BY c.id
       FOR SHARE OF l
       FOR KEY SHARE OF c
), joined AS (
    INSERT INTO contact_list_members (tenant_id, contact_list_id, contact_id, added_at)
    SELECT $1, $2, h.id, $4
      FROM held h
        ON CONFLICT (tenant_id, contact_list_id, contact_id) DO NOTHING
    RETURNING contact_id
), counted AS (
    INSERT INTO contact_list_counters AS k (tenant_id, contact_list_id, slot, members)
    SELECT $1, $2, pg_backend_pid() % 16, count(*)
      FROM joined
    HAVING count(*) > 0
        ON CONFLICT (tenant_id, contact_list_id, slot) DO UPDATE
       SET members = k.members + excluded.members
)
SELECT h.id AS contact_id, j.contact_id IS NOT NULL AS added
  FROM held h
  LEFT JOIN joined j ON j.contact_id = h.id
 ORDER BY h.id;

-- name: contact_list_members.remove
-- why: takes contacts, deleted or not, out of a live static list, and counts them; returned are those that were in it.
--      To be sent behind a lock on the list: whoever adds members shares that, and two who remove several would
--      wait for each other
-- params: tenant_id text, contact_list_id uuid, contact_ids uuid[]
-- rows: many
-- returns: contact_id uuid
WITH left_members AS (
    DELETE FROM contact_list_members m
     USING contact_lists l
     WHERE m.tenant_id = $1 AND m.contact_list_id = $2 AND m.contact_id IN (SELECT unnest($3::uuid[]))
       AND l.tenant_id = $1 AND l.id = $2 AND l.is_static AND l.deleted_at IS NULL
    RETURNING m.contact_id
), counted AS (
    INSERT INTO contact_list_counters AS k (tenant_id, contact_list_id, slot, members)
    SELECT $1, $2, pg_backend_pid() % 16, -count(*)
      FROM left_members
    HAVING count(*) > 0
        ON CONFLICT (tenant_id, contact_list_id, slot) DO UPDATE
       SET members = k.members + excluded.members
)
SELECT contact_id
  FROM left_members
 ORDER BY contact_id;

-- name: contact_list_members.remove_contact
-- why: takes a contact that is to be deleted out of every static list, and counts it there; the lists that it was in
-- params: tenant_id text, contact_id uuid
-- rows: many
-- returns: contact_list_id uuid
WITH left_lists AS (
    DELETE FROM contact_list_members
     WHERE tenant_id = $1 AND contact_id = $2
    RETURNING contact_list_id
), counted AS (
    INSERT INTO contact_list_counters AS k (tenant_id, contact_list_id, slot, members)
    SELECT $1, l.contact_list_id, pg_backend_pid() % 16, -1
      FROM left_lists l
     ORDER BY l.contact_list_id
        ON CONFLICT (tenant_id, contact_list_id, slot) DO UPDATE
       SET members = k.members + excluded.members
)
SELECT contact_list_id
  FROM left_lists
 ORDER BY contact_list_id;

-- name: contact_list_members.get_membership
-- why: tells, after a write touched no row, what stood in its way
-- params: tenant_id text, contact_list_id uuid, contact_id uuid
-- rows: maybe
-- returns: is_static boolean, contact_found boolean, member boolean
SELECT l.is_static,
       EXISTS (SELECT FROM contacts c
                WHERE c.tenant_id = $1 AND c.id = $3 AND c.project_id = l.project_id
                  AND c.deleted_at IS NULL) AS contact_found,
       EXISTS (SELECT FROM contact_list_members m
                WHERE m.tenant_id = $1 AND m.contact_list_id = $2 AND m.contact_id = $3) AS member
  FROM contact_lists l
 WHERE l.tenant_id = $1 AND l.id = $2 AND l.deleted_at IS NULL;

-- name: contact_list_members.is_member
-- why: whether a static list holds a contact, without reading the list; the deleted are in none
-- params: tenant_id text, contact_list_id uuid, contact_id uuid
-- rows: one
-- returns: member boolean
SELECT EXISTS (
    SELECT
      FROM contact_list_members m
      JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.contact_id
     WHERE m.tenant_id = $1 AND m.contact_list_id = $2 AND m.contact_id = $3 AND c.deleted_at IS NULL
) AS member;

-- name: contact_list_members.find
-- why: one page of the live contacts of a static list, the newest member first; the list's part of the
--      primary key finds them, and they are sorted in memory
-- params: tenant_id text, contact_list_id uuid, after_added_at timestamptz, after_contact_id uuid,
--         limit bigint
-- rows: many
-- returns: added_at timestamptz, id uuid
SELECT m.added_at, m.contact_id AS id
  FROM contact_list_members m
  JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.contact_id
 WHERE m.tenant_id = $1 AND m.contact_list_id = $2 AND c.deleted_at IS NULL
   AND ($3::timestamptz IS NULL OR (m.added_at, m.contact_id) < ($3, $4))
 ORDER BY m.added_at DESC, m.contact_id DESC
 LIMIT $5;

-- name: contact_list_members.count
-- why: how many live contacts a static list holds, for its contact_count; without reading them
-- params: tenant_id text, contact_list_id uuid
-- rows: one
-- returns: members bigint
SELECT count(*) AS members
  FROM contact_list_members m
  JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.contact_id
 WHERE m.tenant_id = $1 AND m.contact_list_id = $2 AND c.deleted_at IS NULL;

-- name: contact_list_members.move
-- why: the memberships of a merged contact are those of the surviving one, which may be a member already: then
--      the list has one member fewer
-- params: tenant_id text, merged_contact_id uuid, surviving_contact_id uuid
-- rows: many
-- returns: contact_list_id uuid, added boolean
WITH left_lists AS (
    DELETE FROM contact_list_members
     WHERE tenant_id = $1 AND contact_id = $2
    RETURNING contact_list_id, added_at
), joined_lists AS (
    INSERT INTO contact_list_members (tenant_id, contact_list_id, contact_id, added_at)
    SELECT $1, l.contact_list_id, $3, l.added_at
      FROM left_lists l
        ON CONFLICT (tenant_id, contact_list_id, contact_id) DO NOTHING
    RETURNING contact_list_id
), counted AS (
    INSERT INTO contact_list_counters AS k (tenant_id, contact_list_id, slot, members)
    SELECT $1, l.contact_list_id, pg_backend_pid() % 16, -1
      FROM left_lists l
      LEFT JOIN joined_lists j ON j.contact_list_id = l.contact_list_id
     WHERE j.contact_list_id IS NULL
     ORDER BY l.contact_list_id
        ON CONFLICT (tenant_id, contact_list_id, slot) DO UPDATE
       SET members = k.members + excluded.members
)
SELECT l.contact_list_id, j.contact_list_id IS NOT NULL AS added
  FROM left_lists l
  LEFT JOIN joined_lists j ON j.contact_list_id = l.contact_list_id
 ORDER BY l.contact_list_id;
