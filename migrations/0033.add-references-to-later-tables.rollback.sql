ALTER TABLE broadcasts DROP CONSTRAINT IF EXISTS broadcasts_list_fkey;
ALTER TABLE channels DROP CONSTRAINT IF EXISTS channels_default_agent_fkey;
ALTER TABLE messages DROP CONSTRAINT IF EXISTS messages_chat_fkey;
