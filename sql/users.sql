-- name: users.insert
-- why: projects, channels and billing accounts point to a user; users themselves are managed elsewhere, and their roles
--      with them
-- params: id uuid, email text
-- rows: affected
INSERT INTO users (id, email)
VALUES ($1, $2);
