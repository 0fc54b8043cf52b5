-- Scoped by user, not by tenant: one account may pay for several projects.
CREATE TABLE IF NOT EXISTS billing_accounts (
    id                 uuid        NOT NULL,
    user_id            uuid        NOT NULL,
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
    CONSTRAINT billing_accounts_pkey PRIMARY KEY (id),
    CONSTRAINT billing_accounts_user_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT billing_accounts_name_check CHECK (name <> ''),
    CONSTRAINT billing_accounts_billing_email_check CHECK (billing_email <> ''),
    CONSTRAINT billing_accounts_payment_status_check
        CHECK (payment_status IN ('pending', 'active', 'suspended', 'canceled')),
    CONSTRAINT billing_accounts_payment_methods_check CHECK (jsonb_typeof(payment_methods) = 'array')
);
