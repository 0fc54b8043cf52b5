DROP FUNCTION IF EXISTS ventros_is_encrypted(text);
