-- References that had to wait for their tables; validated by the next migration, which blocks no writer.
-- A message's agent has none: automatic messages name reserved system agents, which a tenant need not have
-- as rows.
ALTER TABLE messages ADD CONSTRAINT messages_chat_fkey
    FOREIGN KEY (tenant_id, chat_id) REFERENCES chats (tenant_id, id) NOT VALID;
ALTER TABLE channels ADD CONSTRAINT channels_default_agent_fkey
    FOREIGN KEY (tenant_id, default_agent_id) REFERENCES agents (tenant_id, id) NOT VALID;
ALTER TABLE broadcasts ADD CONSTRAINT broadcasts_list_fkey
    FOREIGN KEY (tenant_id, list_id) REFERENCES contact_lists (tenant_id, id) NOT VALID;
