-- A stub that foreign keys point to; users are managed elsewhere.
CREATE TABLE IF NOT EXISTS users (
    id         uuid        NOT NULL,
    email      text        NOT NULL,
    role       text        NOT NULL DEFAULT 'user',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_role_check CHECK (role IN ('admin', 'manager', 'user', 'readonly'))
);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON users;
CREATE POLICY own ON users USING (id = ventros_user()) WITH CHECK (id = ventros_user());
COMMENT ON TABLE users IS 'The users that rows point to as their owners; users are managed elsewhere.';
COMMENT ON COLUMN users.id IS 'The id by which the managing system knows the user.';
COMMENT ON COLUMN users.email IS 'Address of the user, unique over all of them.';
COMMENT ON COLUMN users.role IS 'What the user may do: admin, manager, user or readonly; the application''s role cannot write it.';
COMMENT ON COLUMN users.created_at IS 'When this stub was made.';
