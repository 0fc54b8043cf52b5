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
