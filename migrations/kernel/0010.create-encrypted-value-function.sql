-- Whether a text has the form of an encrypted value, v1.<key id>.<nonce>.<ciphertext and tag>, the last two in
-- Base64: for the CHECK of each column that holds one, so that nobody, psql included, stores a plain value there.
-- NULL for NULL, which a CHECK lets through.
CREATE OR REPLACE FUNCTION ventros_is_encrypted(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN value ~ '^v1\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9+/]{16}\.[A-Za-z0-9+/]{23,}={0,2}$';
