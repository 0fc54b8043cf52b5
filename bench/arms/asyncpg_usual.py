"""(c) asyncpg by hand, as its documentation shows it: its pool, its transaction block, short statements."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from bench.arms.arm import ALL, PAGE, TEXT, Arm, StaleAggregate, event_row, now, phone, renamed
from bench.server import TENANT
from ventros.kernel.ids import new_id

SET_TENANT = "SELECT set_config('app.tenant_id', $1, true)"
GET = "SELECT * FROM contacts WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL"
RENAME = """
UPDATE contacts SET name = $4, updated_at = $5, version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3 RETURNING version"""
INTERACTED = """
UPDATE contacts SET first_interaction_at = coalesce(first_interaction_at, $4), last_interaction_at = $4,
       updated_at = $4, version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3 RETURNING version"""
RECORDED = """
UPDATE sessions SET message_count = message_count + 1, messages_from_contact = messages_from_contact + 1,
       first_contact_message_at = coalesce(first_contact_message_at, $4), last_activity_at = $4,
       updated_at = $4, version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3 RETURNING version"""
EVENT = """
INSERT INTO outbox_events (tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type,
       aggregate_id, aggregate_version, sequence, payload)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""
LIST = """
SELECT * FROM contacts WHERE tenant_id = $1 AND deleted_at IS NULL
 ORDER BY created_at DESC, id DESC LIMIT $2"""
SEEN = """
SELECT id FROM messages
 WHERE tenant_id = $1 AND channel_id = $2 AND channel_message_id = $3 AND deleted_at IS NULL"""
CHANNEL = """
SELECT c.*, r.session_timeout_minutes AS project_timeout_minutes
  FROM channels c JOIN projects r ON r.tenant_id = c.tenant_id AND r.id = c.project_id
 WHERE c.tenant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL"""
BY_PHONE = """
SELECT * FROM contacts WHERE tenant_id = $1 AND project_id = $2 AND phone = $3 AND deleted_at IS NULL"""
ACTIVE = """
SELECT * FROM sessions WHERE tenant_id = $1 AND contact_id = $2 AND channel_type_id IS NOT DISTINCT FROM $3
   AND status = 'active' AND deleted_at IS NULL"""
MESSAGE = """
INSERT INTO messages (tenant_id, id, timestamp, user_id, project_id, contact_id, channel_id, channel_type_id,
       session_id, from_me, content_type, text, channel_message_id, status, source, metadata, mentions,
       created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, false, 'text', $10, $11, 'sent', 'manual', '{}', '{}', $3, $3)
ON CONFLICT DO NOTHING"""
COUNT = """
INSERT INTO channel_counters (tenant_id, channel_id, slot, messages_received, messages_sent, last_message_at)
VALUES ($1, $2, pg_backend_pid() % 16, 1, 0, $3)
    ON CONFLICT (tenant_id, channel_id, slot) DO UPDATE
   SET messages_received = channel_counters.messages_received + 1,
       last_message_at = greatest(channel_counters.last_message_at, excluded.last_message_at)"""


class AsyncpgUsual(Arm):
    name = "asyncpg-usual"
    title = "asyncpg, as usual"
    notes = (
        (
            "asyncpg-usual checks versions by hand (RETURNING version), writes only the columns that "
            "change, several rows by fetchmany and executemany, sends BEGIN and the tenant separately, "
            "and leaves the pool to reset each connection."
        ),
    )
    operations = ALL

    async def open(self) -> None:
        self.pool = await asyncpg.create_pool(self.dsn, min_size=self.size, max_size=self.size)

    async def close(self) -> None:
        await self.pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SET_TENANT, TENANT)
            yield connection

    async def load(self, id: UUID) -> dict[str, Any]:  # noqa: A002
        async with self.transaction() as connection:
            return dict(await connection.fetchrow(GET, TENANT, id))

    async def get(self, worker: int) -> None:
        async with self.transaction() as connection:
            await connection.fetchrow(GET, TENANT, self.keys[worker].draw())

    async def save(self, worker: int) -> None:
        contact = self.held[self.keys[worker].next_held()]
        async with self.transaction() as connection:
            version = await self.rename(connection, contact)
        contact["version"] = version

    async def unit_of_work(self, worker: int) -> None:
        async with self.transaction() as connection:
            contact = await connection.fetchrow(GET, TENANT, self.keys[worker].draw())
            await self.rename(connection, contact)

    async def rename(self, connection: Any, contact: Any) -> int:
        name, at, id_ = self.new_name(), now(), contact["id"]
        version = await connection.fetchval(RENAME, TENANT, id_, contact["version"], name, at)
        if version is None:
            raise StaleAggregate
        payload = renamed(id_, TENANT, contact["name"], name)
        await connection.execute(EVENT, *event_values(event_row(id_, version, payload, at, TENANT)))
        return int(version)

    async def save_all(self, worker: int) -> None:
        """All updates in one message, all events in another."""
        contacts, at = [self.held[id_] for id_ in self.keys[worker].batch], now()
        updates: list[tuple[object, ...]] = []
        events: list[tuple[object, ...]] = []
        for contact in contacts:
            name, id_, version = self.new_name(), contact["id"], contact["version"]
            updates.append((TENANT, id_, version, name, at))
            payload = renamed(id_, TENANT, contact["name"], name)
            events.append(event_values(event_row(id_, version + 1, payload, at, TENANT)))
        async with self.transaction() as connection:
            if len(await connection.fetchmany(RENAME, updates)) != len(updates):
                raise StaleAggregate
            await connection.executemany(EVENT, events)
        for contact in contacts:
            contact["version"] += 1

    async def list_page(self, worker: int) -> None:
        async with self.transaction() as connection:
            if len(await connection.fetch(LIST, TENANT, PAGE)) != PAGE:
                raise StaleAggregate

    async def process_inbound_message(self, worker: int) -> None:
        at, message_id, name = now(), new_id(), str(new_id())
        async with self.transaction() as connection:
            if await connection.fetchval(SEEN, TENANT, self.channel_id, name):
                return
            channel = await connection.fetchrow(CHANNEL, TENANT, self.channel_id)
            number = phone(self.keys[worker].number())
            contact = await connection.fetchrow(BY_PHONE, TENANT, channel["project_id"], number)
            stepped = await connection.fetchval(INTERACTED, TENANT, contact["id"], contact["version"], at)
            session = await connection.fetchrow(ACTIVE, TENANT, contact["id"], 1)
            counted = await connection.fetchval(RECORDED, TENANT, session["id"], session["version"], at)
            if stepped is None or counted is None:
                raise StaleAggregate
            whose = (
                channel["user_id"],
                channel["project_id"],
                contact["id"],
                channel["id"],
                1,
                session["id"],
            )
            await connection.execute(MESSAGE, TENANT, message_id, at, *whose, TEXT, name)
            await connection.execute(COUNT, TENANT, self.channel_id, at)
            events = (
                ("contact.interaction_recorded", "contact", contact["id"], stepped),
                ("session.message_recorded", "session", session["id"], counted),
                ("message.created", "message", message_id, None),
            )
            rows = []
            for event, kind, id_, version in events:
                payload = json.dumps({f"{kind}_id": str(id_), "tenant_id": TENANT, "at": at.isoformat()})
                rows.append((TENANT, new_id(), event, "v1", at, kind, id_, version, 1, payload))
            await connection.executemany(EVENT, rows)


def event_values(row: dict[str, Any]) -> tuple[object, ...]:
    """In the order of EVENT's columns; asyncpg takes jsonb as text."""
    return (*tuple(row.values())[:-1], json.dumps(row["payload"]))
