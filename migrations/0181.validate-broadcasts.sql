-- A scheduled or running broadcast without a channel stops this, and names the constraint: give it a channel or cancel
-- it, then migrate again.
-- PostgreSQL checks a foreign key of rows that are there with a query of the owner's, who under forced row-level
-- security sees one tenant at most; so not forced meanwhile.
ALTER TABLE broadcasts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE channels NO FORCE ROW LEVEL SECURITY;

ALTER TABLE broadcasts
    VALIDATE CONSTRAINT broadcasts_channel_fkey,
    VALIDATE CONSTRAINT broadcasts_channel_check;

ALTER TABLE broadcasts FORCE ROW LEVEL SECURITY;
ALTER TABLE channels FORCE ROW LEVEL SECURITY;
