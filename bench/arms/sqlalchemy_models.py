"""contacts and outbox_events as SQLAlchemy wants to be told of them, for its ORM and for its Core."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, DateTime, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SET_TENANT = text("SELECT set_config('app.tenant_id', :tenant, true)")


class Model(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        UUID: Uuid,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
    }


class Contact(Model):
    __tablename__ = "contacts"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    project_id: Mapped[UUID]
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    external_id: Mapped[str | None]
    source_channel: Mapped[str | None]
    language: Mapped[str]
    timezone: Mapped[str | None]
    tags: Mapped[list[str]]
    profile_picture_url: Mapped[str | None]
    profile_picture_fetched_at: Mapped[datetime | None]
    first_interaction_at: Mapped[datetime | None]
    last_interaction_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - typed so by its base


class OutboxEvent(Model):
    """Without position and transaction_id, which the server fills in and nobody reads here."""

    __tablename__ = "outbox_events"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_name: Mapped[str]
    event_version: Mapped[str]
    occurred_at: Mapped[datetime]
    aggregate_type: Mapped[str]
    aggregate_id: Mapped[UUID]
    aggregate_version: Mapped[int | None]
    sequence: Mapped[int] = mapped_column(SmallInteger)
    payload: Mapped[dict[str, Any]]


def engine(dsn: str, size: int) -> AsyncEngine:
    """A pool of exactly ``size``. asyncpg itself reads the DSN: an engine's URL cannot name its socket."""
    return create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn), pool_size=size, max_overflow=0
    )
