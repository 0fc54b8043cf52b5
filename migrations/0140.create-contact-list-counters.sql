-- How many members each static list has, counted by whoever adds or removes one; beside the list and outside of its
-- version. A slot may be below zero: one backend added the member, another one removed it.
CREATE TABLE IF NOT EXISTS contact_list_counters (
    tenant_id       text     NOT NULL,
    contact_list_id uuid     NOT NULL,
    slot            smallint NOT NULL,
    members         bigint   NOT NULL DEFAULT 0,
    CONSTRAINT contact_list_counters_pkey PRIMARY KEY (tenant_id, contact_list_id, slot),
    CONSTRAINT contact_list_counters_list_fkey FOREIGN KEY (tenant_id, contact_list_id)
        REFERENCES contact_lists (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE contact_list_counters IS
    'How many members a static list has: the sum over the slots, exact to the row of contact_list_members.';
COMMENT ON COLUMN contact_list_counters.tenant_id IS 'The tenant that owns the row.';
COMMENT ON COLUMN contact_list_counters.contact_list_id IS 'The static list that this belongs to.';
COMMENT ON COLUMN contact_list_counters.slot IS
    '0 to 15, from the process id of the backend that counted, so that workers do not queue for one row.';
COMMENT ON COLUMN contact_list_counters.members IS
    'Members that this slot counted in, less those that it counted out; may be below zero.';

-- Those that are there already. Under forced row-level security the owner would see one tenant's at most; and nobody
-- adds or removes one between the count and the end of this transaction.
LOCK TABLE contact_list_members IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE contact_list_members NO FORCE ROW LEVEL SECURITY;
INSERT INTO contact_list_counters (tenant_id, contact_list_id, slot, members)
SELECT tenant_id, contact_list_id, 0, count(*)
  FROM contact_list_members
 GROUP BY tenant_id, contact_list_id
    ON CONFLICT (tenant_id, contact_list_id, slot) DO NOTHING;
ALTER TABLE contact_list_members FORCE ROW LEVEL SECURITY;

ALTER TABLE contact_list_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_list_counters FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON contact_list_counters;
CREATE POLICY tenant ON contact_list_counters
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
