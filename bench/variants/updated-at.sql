-- Shipped, and (updated_at).
CREATE INDEX contacts_updated_idx ON contacts (updated_at);
CREATE INDEX sessions_updated_idx ON sessions (updated_at);
