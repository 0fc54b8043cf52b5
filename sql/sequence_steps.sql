-- name: sequence_steps.find
-- why: the steps of one sequence or of several, in their order
-- params: tenant_id text, sequence_ids uuid[]
-- rows: many
-- returns: sequence_id uuid, id uuid, position integer, name text, delay_amount integer,
--          delay_unit text, message_template jsonb, conditions jsonb, created_at timestamptz
SELECT sequence_id, id, position, name, delay_amount, delay_unit, message_template, conditions,
       created_at
  FROM sequence_steps
 WHERE tenant_id = $1 AND sequence_id = ANY($2)
 ORDER BY sequence_id, position;

-- name: sequence_steps.insert
-- why: a step that a sequence has more than before, after the sequence itself was written
-- params: tenant_id text, sequence_id uuid, id uuid, position integer, name text, delay_amount integer,
--         delay_unit text, message_template jsonb, conditions jsonb, created_at timestamptz
-- rows: affected
INSERT INTO sequence_steps (
    tenant_id, sequence_id, id, position, name, delay_amount, delay_unit, message_template, conditions,
    created_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
);

-- name: sequence_steps.update
-- why: all steps of a sequence that changed, in one statement, so that two of them may swap positions; a step's
--      documents come as one, because an array of arrays would be taken for one of two dimensions;
--      only after the sequence's own update, which compares and steps its version
-- params: tenant_id text, sequence_id uuid, ids uuid[], positions integer[], names text[],
--         delay_amounts integer[], delay_units text[], documents jsonb[]
-- rows: affected
UPDATE sequence_steps AS step
   SET position = given.position,
       name = given.name,
       delay_amount = given.delay_amount,
       delay_unit = given.delay_unit,
       message_template = given.documents -> 'message_template',
       conditions = given.documents -> 'conditions'
  FROM unnest($3::uuid[], $4::integer[], $5::text[], $6::integer[], $7::text[], $8::jsonb[])
       AS given (id, position, name, delay_amount, delay_unit, documents)
 WHERE step.tenant_id = $1 AND step.sequence_id = $2 AND step.id = given.id;

-- name: sequence_steps.delete
-- why: all steps that a sequence has no more, in one statement; only after the sequence's own update
-- params: tenant_id text, sequence_id uuid, ids uuid[]
-- rows: affected
DELETE FROM sequence_steps
 WHERE tenant_id = $1 AND sequence_id = $2 AND id = ANY($3);
