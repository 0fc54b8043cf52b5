DROP TABLE IF EXISTS chat_participants;
DROP TABLE IF EXISTS chats;
