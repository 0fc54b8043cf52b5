"""Names and a time that tests of all kinds use."""

from __future__ import annotations

from datetime import UTC, datetime

from ventros import Settings

TENANT = "acme"
OTHER_TENANT = "umbrella"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


VERSIONED = {
    "agents",
    "billing_accounts",
    "broadcasts",
    "campaign_enrollments",
    "campaigns",
    "channels",
    "chats",
    "contact_lists",
    "contacts",
    "credentials",
    "pipeline_statuses",
    "pipelines",
    "projects",
    "sequence_enrollments",
    "sequences",
    "sessions",
    "webhook_subscriptions",
}
"""The tables of the aggregates."""
SHORT = Settings(
    min_size=0,
    max_size=2,
    connect_timeout=1.0,
    acquire_timeout=1.0,
    statement_timeout=1.0,
    lock_timeout=0.5,
    commit_timeout=1.0,
    release_timeout=0.5,
)
