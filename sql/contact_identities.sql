-- name: contact_identities.match
-- why: whom a message is from or to, in one round trip: the contact of the phone, and the contact that the LID is
--      known by, which may be another one; either is sought only if it is given
-- params: tenant_id text, project_id uuid, phone text, lid text
-- rows: many
-- returns: by_lid boolean, paired_phone text, id uuid, version integer, tenant_id text, project_id uuid,
--          name text, email text, phone text, external_id text, source_channel text, language text,
--          timezone text, tags text[], profile_picture_url text, profile_picture_fetched_at timestamptz,
--          first_interaction_at timestamptz, last_interaction_at timestamptz, created_at timestamptz,
--          updated_at timestamptz, deleted_at timestamptz, merged_into uuid
SELECT false AS by_lid, NULL::text AS paired_phone, id, version, tenant_id, project_id, name, email, phone,
       external_id, source_channel, language, timezone, tags, profile_picture_url,
       profile_picture_fetched_at, first_interaction_at, last_interaction_at, created_at, updated_at,
       deleted_at, merged_into
  FROM contacts
 WHERE tenant_id = $1 AND project_id = $2 AND phone = $3 AND deleted_at IS NULL
 UNION ALL
SELECT true, i.phone, c.id, c.version, c.tenant_id, c.project_id, c.name, c.email, c.phone,
       c.external_id, c.source_channel, c.language, c.timezone, c.tags, c.profile_picture_url,
       c.profile_picture_fetched_at, c.first_interaction_at, c.last_interaction_at, c.created_at,
       c.updated_at, c.deleted_at, c.merged_into
  FROM contact_identities i
  JOIN contacts c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
 WHERE i.tenant_id = $1 AND i.project_id = $2 AND i.lid = $4 AND c.deleted_at IS NULL;

-- name: contact_identities.remember
-- why: a LID is known by a contact, and paired with a phone where one was told; of two pairings of the LID or of
--      the phone the newer wins. A LID leaves a live contact only if that has a phone to be found by
-- params: tenant_id text, project_id uuid, lid text, phone text, contact_id uuid, paired_at timestamptz
-- rows: affected
WITH outdated AS (
    DELETE FROM contact_identities
     WHERE tenant_id = $1 AND project_id = $2 AND phone = $4 AND lid <> $3 AND paired_at <= $6
)
INSERT INTO contact_identities AS i (
    tenant_id, project_id, lid, phone, contact_id, paired_at
)
SELECT $1, $2, $3, $4, $5, $6
 WHERE NOT EXISTS (
       SELECT FROM contact_identities newer
        WHERE newer.tenant_id = $1 AND newer.project_id = $2 AND newer.phone = $4 AND newer.lid <> $3
          AND newer.paired_at > $6)
    ON CONFLICT (tenant_id, project_id, lid) DO UPDATE
   SET phone = excluded.phone,
       contact_id = excluded.contact_id,
       paired_at = excluded.paired_at
 WHERE (i.phone, i.contact_id) IS DISTINCT FROM (excluded.phone, excluded.contact_id)
   AND (EXISTS (SELECT FROM contacts c
                 WHERE c.tenant_id = $1 AND c.id = i.contact_id AND c.deleted_at IS NOT NULL)
        OR excluded.phone IS NOT NULL
           AND (i.phone IS NULL OR i.paired_at <= excluded.paired_at)
           AND (i.contact_id = excluded.contact_id
                OR EXISTS (SELECT FROM contacts c
                            WHERE c.tenant_id = $1 AND c.id = i.contact_id AND c.phone IS NOT NULL)));

-- name: contact_identities.get
-- why: tells, after a LID was not written, which contact it is known by
-- params: tenant_id text, project_id uuid, lid text
-- rows: maybe
-- returns: contact_id uuid, contact_phone text
SELECT i.contact_id, c.phone AS contact_phone
  FROM contact_identities i
  JOIN contacts c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
 WHERE i.tenant_id = $1 AND i.project_id = $2 AND i.lid = $3;

-- name: contact_identities.move
-- why: what a merged contact was known by, the surviving one is known by
-- params: tenant_id text, merged_contact_id uuid, surviving_contact_id uuid
-- rows: affected
UPDATE contact_identities
   SET contact_id = $3
 WHERE tenant_id = $1 AND contact_id = $2;

-- name: contact_identities.forget
-- why: a LID names nobody when its contact is deleted: who writes under it next is a new contact
-- params: tenant_id text, contact_id uuid
-- rows: affected
DELETE FROM contact_identities
 WHERE tenant_id = $1 AND contact_id = $2;
