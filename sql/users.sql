-- name: users.insert
-- why: projects, channels and billing accounts point to a user; users themselves are managed elsewhere
-- params: id uuid, email text, role text
-- rows: affected
INSERT INTO users (id, email, role)
VALUES ($1, $2, $3);
