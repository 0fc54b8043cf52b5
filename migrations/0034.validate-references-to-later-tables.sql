-- PostgreSQL checks the rows that are there with a query of the owner's. Under forced row-level security that
-- query sees one tenant at most, and would find nothing wrong with the others; so not forced meanwhile.
ALTER TABLE agents NO FORCE ROW LEVEL SECURITY;
ALTER TABLE broadcasts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE channels NO FORCE ROW LEVEL SECURITY;
ALTER TABLE chats NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_lists NO FORCE ROW LEVEL SECURITY;
ALTER TABLE messages NO FORCE ROW LEVEL SECURITY;

ALTER TABLE messages VALIDATE CONSTRAINT messages_chat_fkey;
ALTER TABLE channels VALIDATE CONSTRAINT channels_default_agent_fkey;
ALTER TABLE broadcasts VALIDATE CONSTRAINT broadcasts_list_fkey;

ALTER TABLE agents FORCE ROW LEVEL SECURITY;
ALTER TABLE broadcasts FORCE ROW LEVEL SECURITY;
ALTER TABLE channels FORCE ROW LEVEL SECURITY;
ALTER TABLE chats FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_lists FORCE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
