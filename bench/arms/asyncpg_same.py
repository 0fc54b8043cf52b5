"""(b) asyncpg by hand, with Ventros' statements: a connection to each worker, no pool, rows as they come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from bench.arms.arm import ALL, PAGE, TEXT, Arm, StaleAggregate, now, phone, renamed
from bench.server import TENANT
from ventros import Settings
from ventros.crm.channels.repository import ChannelRepository
from ventros.crm.contacts import mapper as contact_mapper
from ventros.crm.contacts.list_query import LIST_QUERY, ContactSort
from ventros.crm.contacts.repository import ContactRepository
from ventros.crm.messages.repository import MessageRepository
from ventros.crm.sessions.repository import SessionRepository
from ventros.kernel.connection.driver import prepare_driver
from ventros.kernel.ids import new_id
from ventros.kernel.lists import Direction, Shape
from ventros.kernel.outbox.outbox import APPEND, APPEND_WITH_MARKER
from ventros.kernel.statements import Statement, columns

BEGIN = f"BEGIN; SET LOCAL app.tenant_id = '{TENANT}'"
LIST = LIST_QUERY.statement(Shape((), ContactSort.CREATED_AT, Direction.DESC)).text
Row = Any


def between(update: Statement, columns: tuple[str, ...], first: str, last: str) -> slice:
    """Where a row of ``columns`` has the arguments of ``update`` between two others, both left out.

    Raises ValueError when the row has them in another order.
    """
    params = tuple(param.name for param in update.params)
    names = params[params.index(first) + 1 : params.index(last)]
    start = columns.index(names[0])
    place = slice(start, start + len(names))
    if columns[place] != names:
        raise ValueError(f"{update.name} takes {names}, the row has {columns[place]}")
    return place


CONTACT = ContactRepository.UPDATE, contact_mapper.COLUMNS
FOUND = tuple(column.name for column in columns(ChannelRepository.FIND_INBOUND.returns))
SESSION = SessionRepository.UPDATE, FOUND
NAME_TO_UPDATE = between(*CONTACT, "name", "updated_at")
AFTER_UPDATE = slice(-2, None)  # deleted_at and merged_into, at the end
# What the columns of contact and session have in common is, by name, the session's.
CONTACT_ID = FOUND.index("id")
VERSION_TO_INTERACTION = between(ContactRepository.UPDATE, FOUND, "expected_version", "first_interaction_at")
AFTER_INTERACTION = slice(FOUND.index("merged_into") - 1, FOUND.index("merged_into") + 1)
VERSION_TO_ACTIVITY = between(*SESSION, "expected_version", "last_activity_at")
MESSAGES_TO_FIRST = between(*SESSION, "messages_from_contact", "first_contact_message_at")
FIRST_TO_UPDATE = between(*SESSION, "first_contact_message_at", "updated_at")


class AsyncpgSame(Arm):
    name = "asyncpg-same"
    title = "asyncpg, same SQL"
    notes = (
        (
            "asyncpg-same has no pool, one connection to a worker, and leaves rows as they are: no "
            "aggregate, no rule, no error that says what happened."
        ),
    )
    operations = ALL

    async def open(self) -> None:
        self.connections = [await self.connect() for _ in self.keys]

    async def connect(self) -> Any:
        connection = await asyncpg.connect(
            self.dsn,
            command_timeout=Settings().statement_timeout,
            server_settings=Settings().startup_settings(),
        )
        await prepare_driver(connection)
        return connection

    async def close(self) -> None:
        for connection in self.connections:
            await connection.close()

    @asynccontextmanager
    async def transaction(self, worker: int) -> AsyncIterator[Any]:
        driver = self.connections[worker]
        try:
            await driver.execute(BEGIN)
            yield driver
            await driver.execute("COMMIT")
        except BaseException:
            await driver.execute("ROLLBACK")
            raise

    async def load(self, id: UUID) -> tuple[Row, int]:  # noqa: A002
        async with self.transaction(0) as driver:
            row = await self.fetch_contact(driver, id)
        return row, row["version"]

    @staticmethod
    async def fetch_contact(driver: Any, id_: UUID) -> Row:
        (row,) = await driver.fetch(ContactRepository.GET.text, TENANT, id_)
        return row

    async def get(self, worker: int) -> None:
        async with self.transaction(worker) as driver:
            await self.fetch_contact(driver, self.keys[worker].draw())

    async def save(self, worker: int) -> None:
        id_ = self.keys[worker].next_held()
        row, version = self.held[id_]
        async with self.transaction(worker) as driver:
            await self.write(driver, row, version)
        self.held[id_] = (row, version + 1)

    async def unit_of_work(self, worker: int) -> None:
        async with self.transaction(worker) as driver:
            row = await self.fetch_contact(driver, self.keys[worker].draw())
            await self.write(driver, row, row["version"])

    async def write(self, driver: Any, row: Row, version: int) -> None:
        name, at = self.new_name(), now()
        await touched(driver, ContactRepository.UPDATE, *renaming_args(row, version, name, at))
        await append(driver, at, ("contact", row["id"], version + 1, name_changed(row, name)))

    async def save_all(self, worker: int) -> None:
        at = now()
        calls: list[tuple[Any, ...]] = []
        events: list[Event] = []
        for id_ in self.keys[worker].batch:
            row, version = self.held[id_]
            name = self.new_name()
            calls.append(renaming_args(row, version, name, at))
            events.append(("contact", row["id"], version + 1, name_changed(row, name)))
            self.held[id_] = (row, version + 1)
        async with self.transaction(worker) as driver:
            lock = ContactRepository.LOCK_FOR_NO_KEY_UPDATE
            locked = await driver.fetch(lock.text, TENANT, [call[1] for call in calls])
            if sorted(row["version"] for row in locked) != sorted(call[2] for call in calls):
                raise StaleAggregate
            if len(await driver.fetchmany(ContactRepository.UPDATE.text, calls)) != len(calls):
                raise StaleAggregate
            await append(driver, at, *events)

    async def list_page(self, worker: int) -> None:
        async with self.transaction(worker) as driver:
            if len(await driver.fetch(LIST, TENANT, PAGE + 1)) != PAGE + 1:
                raise StaleAggregate

    async def process_inbound_message(self, worker: int) -> None:
        """The statements of ventros/application/messages/process_inbound_message.py, for a known contact."""
        at, message_id, name = now(), new_id(), str(new_id())
        async with self.transaction(worker) as driver:
            find, number = ChannelRepository.FIND_INBOUND.text, phone(self.keys[worker].number())
            (row,) = await driver.fetch(find, TENANT, self.channel_id, name, None, None, number, None)
            if row["known"]:
                return
            contact_id, version, session_id = row[CONTACT_ID], row[CONTACT_ID + 1], row["id"]
            await touched(driver, ContactRepository.UPDATE, *interaction_args(row, at))
            await touched(driver, SessionRepository.UPDATE, *session_args(row, at))
            values = message_args(
                message_id, at, row, contact_id=contact_id, session_id=session_id, name=name
            )
            await touched(driver, MessageRepository.INSERT, *values)
            await driver.execute(ChannelRepository.BUMP.text, TENANT, self.channel_id, 1, 0, at)
            await append(
                driver,
                at,
                ("contact", contact_id, version + 1, interaction_recorded(contact_id, at)),
                ("session", session_id, row["version"] + 1, message_recorded(session_id, at)),
                ("message", message_id, None, message_created(message_id, contact_id, at)),
            )


async def touched(driver: Any, statement: Any, *args: object) -> None:
    """One row, as told by the command tag, or by the row that comes back."""
    if statement.rows == "affected":
        if not (await driver.execute(statement.text, *args)).endswith(" 1"):
            raise StaleAggregate
    elif len(await driver.fetch(statement.text, *args)) != 1:
        raise StaleAggregate


def renaming_args(row: Row, version: int, name: str, at: object) -> tuple[object, ...]:
    """contacts.update of another name."""
    return (TENANT, row["id"], version, name, *row[NAME_TO_UPDATE], at, *row[AFTER_UPDATE])


def interaction_args(row: Row, at: object) -> tuple[object, ...]:
    """contacts.update of a recorded interaction."""
    first = row["first_interaction_at"] or at
    return (
        TENANT,
        row[CONTACT_ID],
        row[CONTACT_ID + 1],
        *row[VERSION_TO_INTERACTION],
        first,
        at,
        at,
        *row[AFTER_INTERACTION],
    )


def session_args(row: Row, at: object) -> tuple[object, ...]:
    """sessions.update for one message more of the contact."""
    return (
        TENANT,
        row["id"],
        row["version"],
        *row[VERSION_TO_ACTIVITY],
        at,
        row["message_count"] + 1,
        row["messages_from_contact"] + 1,
        *row[MESSAGES_TO_FIRST],
        row["first_contact_message_at"] or at,
        *row[FIRST_TO_UPDATE],
        at,
        row["deleted_at"],
        row["contact_id"],
    )


def message_args(
    id_: UUID, at: object, channel: Row, *, contact_id: UUID, session_id: UUID, name: str
) -> tuple[object, ...]:
    whose = (
        channel["user_id"],
        channel["channel_project_id"],
        contact_id,
        channel["channel_id"],
        1,
        None,
        session_id,
    )
    content: tuple[object, ...] = (
        False,
        "text",
        TEXT,
        None,
        None,
        name,
        None,
        "sent",
        None,
        None,
        "manual",
        {},
        (),
    )
    return (TENANT, id_, at, *whose, *content, *(None,) * 5, at, at, None)


Event = tuple[str, UUID, int | None, tuple[str, dict[str, Any]]]


async def append(driver: Any, at: object, *events: Event) -> None:
    """The first event with the marker, then the others; each aggregate has one, so ``sequence`` is 1."""
    first, *others = [
        (TENANT, None, None, new_id(), name, "v1", at, kind, id_, version, 1, True, payload)
        for kind, id_, version, (name, payload) in events
    ]
    await driver.execute(APPEND_WITH_MARKER.text, *first, new_id())
    if others:
        await driver.executemany(APPEND.text, others)


def name_changed(row: Row, name: str) -> tuple[str, dict[str, Any]]:
    return "contact.name_changed", renamed(row["id"], TENANT, row["name"], name)


def interaction_recorded(contact_id: UUID, at: object) -> tuple[str, dict[str, Any]]:
    payload = {
        "contact_id": contact_id,
        "tenant_id": TENANT,
        "interaction_type": "message",
        "is_first_interaction": False,
        "interacted_at": at,
    }
    return "contact.interaction_recorded", payload


def message_recorded(session_id: UUID, at: object) -> tuple[str, dict[str, Any]]:
    return (
        "session.message_recorded",
        {"session_id": session_id, "from_contact": True, "recorded_at": at},
    )


def message_created(message_id: UUID, contact_id: UUID, at: object) -> tuple[str, dict[str, Any]]:
    payload = {
        "message_id": message_id,
        "contact_id": contact_id,
        "from_me": False,
        "content_type": "text",
        "chat_id": None,
        "reply_to_id": None,
        "mentions": (),
        "view_once": False,
        "live_location": False,
        "created_at": at,
    }
    return "message.created", payload
