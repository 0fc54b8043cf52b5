DROP TABLE IF EXISTS message_sends;
