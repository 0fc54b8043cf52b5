-- Of a user, not of a tenant: one account may pay for several projects, and there is none when its user signs up.
CREATE TABLE IF NOT EXISTS billing_accounts (
    user_id            uuid        NOT NULL,
    id                 uuid        NOT NULL,
    name               text        NOT NULL,
    stripe_customer_id text,
    payment_status     text        NOT NULL,
    payment_methods    jsonb       NOT NULL,
    billing_email      text        NOT NULL,
    suspended_at       timestamptz,
    suspension_reason  text,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    deleted_at         timestamptz,
    CONSTRAINT billing_accounts_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT billing_accounts_user_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT billing_accounts_name_check CHECK (name <> ''),
    CONSTRAINT billing_accounts_billing_email_check CHECK (billing_email <> ''),
    CONSTRAINT billing_accounts_payment_status_check
        CHECK (payment_status IN ('pending', 'active', 'suspended', 'canceled')),
    CONSTRAINT billing_accounts_payment_methods_check CHECK (jsonb_typeof(payment_methods) = 'array')
);
ALTER TABLE billing_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE billing_accounts FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON billing_accounts;
CREATE POLICY own ON billing_accounts USING (user_id = ventros_user()) WITH CHECK (user_id = ventros_user());
COMMENT ON TABLE billing_accounts IS 'What a user pays through, for one project or several.';
COMMENT ON COLUMN billing_accounts.id IS 'UUIDv7 made by the application.';
COMMENT ON COLUMN billing_accounts.user_id IS 'The owner, who never changes.';
COMMENT ON COLUMN billing_accounts.name IS 'What the owner calls it.';
COMMENT ON COLUMN billing_accounts.stripe_customer_id IS
    'The customer at Stripe (cus_...) that is charged, NULL until linked.';
COMMENT ON COLUMN billing_accounts.payment_status IS
    'pending until a payment method is activated, then active or suspended; canceled is terminal.';
COMMENT ON COLUMN billing_accounts.payment_methods IS
    'Array of {type, last_digits, expires_at, is_default}, at most one of them the default; expires_at is ISO 8601 or null.';
COMMENT ON COLUMN billing_accounts.billing_email IS 'Where invoices go, as it was given.';
COMMENT ON COLUMN billing_accounts.suspended_at IS 'When it was suspended or canceled, NULL while it is neither.';
COMMENT ON COLUMN billing_accounts.suspension_reason IS 'Why it was suspended, a fixed text when canceled.';
COMMENT ON COLUMN billing_accounts.created_at IS 'When it was created.';
COMMENT ON COLUMN billing_accounts.updated_at IS 'Time of the last command that changed it.';
COMMENT ON COLUMN billing_accounts.deleted_at IS 'When it was deleted, NULL while it lives.';
