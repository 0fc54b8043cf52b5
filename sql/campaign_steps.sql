-- name: campaign_steps.find
-- why: the steps of one campaign or of several, in their order
-- params: tenant_id text, campaign_ids uuid[]
-- rows: many
-- returns: campaign_id uuid, id uuid, position integer, name text, type text, config jsonb,
--          conditions jsonb, created_at timestamptz
SELECT campaign_id, id, position, name, type, config, conditions, created_at
  FROM campaign_steps
 WHERE tenant_id = $1 AND campaign_id = ANY($2)
 ORDER BY campaign_id, position;

-- name: campaign_steps.insert
-- why: a step that a campaign has more than before, after the campaign itself was written
-- params: tenant_id text, campaign_id uuid, id uuid, position integer, name text, type text, config jsonb,
--         conditions jsonb, created_at timestamptz
-- rows: affected
INSERT INTO campaign_steps (
    tenant_id, campaign_id, id, position, name, type, config, conditions, created_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9
);

-- name: campaign_steps.update
-- why: all steps of a campaign that changed, in one statement, so that two of them may swap positions; a step's
--      documents come as one, because an array of arrays would be taken for one of two dimensions;
--      only after the campaign's own update, which compares and steps its version
-- params: tenant_id text, campaign_id uuid, ids uuid[], positions integer[], names text[],
--         types text[], documents jsonb[]
-- rows: affected
UPDATE campaign_steps AS step
   SET position = given.position,
       name = given.name,
       type = given.type,
       config = given.documents -> 'config',
       conditions = given.documents -> 'conditions'
  FROM unnest($3::uuid[], $4::integer[], $5::text[], $6::text[], $7::jsonb[])
       AS given (id, position, name, type, documents)
 WHERE step.tenant_id = $1 AND step.campaign_id = $2 AND step.id = given.id;

-- name: campaign_steps.delete
-- why: all steps that a campaign has no more, in one statement; only after the campaign's own update
-- params: tenant_id text, campaign_id uuid, ids uuid[]
-- rows: affected
DELETE FROM campaign_steps
 WHERE tenant_id = $1 AND campaign_id = $2 AND id = ANY($3);
