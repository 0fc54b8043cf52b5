"""A text under an index is bounded in the aggregate as in the database, so that no caller meets the CHECK."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs
import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.messages import create
from tests.support.relaying import Recorder
from tests.support.repositories import REPOSITORIES
from ventros import Database, UnitOfWork
from ventros.core import users
from ventros.kernel.errors import ValidationError
from ventros.kernel.ids import new_id
from ventros.kernel.outbox import consumers
from ventros.kernel.repository import Repository
from ventros.kernel.validators import MAX_INDEXED
from ventros.relay.publisher import Destination
from ventros.testing import Subject
from ventros.values import CustomField, CustomFieldType, Email, Phone

INDEXED = """
SELECT DISTINCT attname FROM pg_attribute JOIN pg_index ON indrelid = attrelid AND attnum = ANY (indkey)
 WHERE attrelid = %s::regclass AND atttypid = 'text'::regtype
"""
ALL_INDEXED = """
SELECT DISTINCT relname::text, attname::text FROM pg_attribute
  JOIN pg_index ON indrelid = attrelid AND attnum = ANY (indkey)
  JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p') AND relname NOT LIKE '%migrations%'
 WHERE relnamespace = 'public'::regnamespace AND atttypid = 'text'::regtype AND attname <> 'tenant_id'
"""
VALUES = {"email", "phone", "credential_type", "trigger_type", "tenant_id"}
"""Columns of a value object, a tenant or an enum, which have bounds of their own."""


async def test_an_indexed_text_beyond_its_bound_is_refused_by_name(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    new = subject.new()
    table = subject.repository(subject.unit()).INSERT.path.stem
    names = {name for (name,) in superuser.execute(INDEXED, [table]).fetchall()} - VALUES
    if subject.factory.resource == "channel":
        names.add("external_id")  # which its route repeats
    for name in names:
        with pytest.raises(ValidationError, match=f"^{name} has 501 characters") as caught:
            attrs.evolve(new, **{name: "x" * (MAX_INDEXED + 1)})
        assert caught.value.field == name


def test_so_is_a_value_object() -> None:
    local = "x" * (MAX_INDEXED - len("@a.io"))
    assert Email(f"{local}@a.io")
    for make, field in (
        (lambda: Email(f"x{local}@a.io"), "email"),
        (lambda: Phone("1" * (MAX_INDEXED + 1)), "phone"),
        (lambda: CustomField("k" * (MAX_INDEXED + 1), CustomFieldType.TEXT, ""), "key"),
    ):
        with pytest.raises(ValidationError) as caught:
            make()
        assert caught.value.field == field


LONG = "1" * (MAX_INDEXED + 1)


async def refuses(db: Database[UnitOfWork], write: Callable[[UnitOfWork], Awaitable[object]]) -> bool:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ValidationError, match="are allowed"):
            await write(uow)
    return True


async def name_destination(_uow: UnitOfWork) -> object:
    return Destination(name=LONG, publisher=Recorder())


ELSEWHERE: dict[tuple[str, str], Callable[[UnitOfWork], Awaitable[object]] | None] = {
    ("aggregate_history", "aggregate_table"): None,  # a trigger writes it: the name of a table
    ("outbox_events", "aggregate_type"): None,  # a constant of the repository
    ("outbox_consumers", "name"): lambda uow: consumers.register(uow.connection, LONG),
    ("outbox_deliveries", "destination"): name_destination,
    ("outbox_deliveries", "aggregate_type"): None,  # of the outbox
    ("outbox_queues", "destination"): None,  # as of outbox_deliveries
    ("outbox_queues", "aggregate_type"): None,  # of the outbox
    ("expected_events", "consumer"): None,  # as of processed_events
    ("expected_events", "aggregate_type"): None,  # of the outbox
    ("channel_routes", "platform"): None,  # a constant of ours
    ("credentials", "credential_type"): None,  # an enum
    ("sequences", "trigger_type"): None,  # an enum
    ("broadcast_executions", "status"): None,  # an enum
    ("channel_routes", "webhook_id"): None,  # the channel's, a UUID
    ("channel_routes", "external_id"): None,  # the channel's: see the first test
    ("agents", "email"): None,  # a value object: see the second test
    ("contacts", "email"): None,
    ("contacts", "phone"): None,
    ("contact_identities", "phone"): None,
    ("contact_custom_fields", "field_key"): None,
    ("pipeline_custom_fields", "field_key"): None,
    ("contact_identities", "lid"): lambda uow: uow.contact_identities.find(new_id(), None, LONG),
    ("users", "email"): lambda uow: users.add(uow, LONG),
    ("processed_events", "consumer"): lambda uow: uow.first_time(LONG, new_id()),
    ("messages", "channel_message_id"): lambda uow: uow.messages.add(create(channel_message_id=LONG)),
}
"""Indexed texts that no aggregate root has under the column's name, and who refuses one that is too long."""


async def test_no_indexed_text_is_without_a_bound_in_python(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    indexed = set(superuser.execute(ALL_INDEXED).fetchall())
    assert len(indexed) >= 18
    of_aggregates = {
        (repository.INSERT.path.stem, column)
        for repository in REPOSITORIES.values()
        if issubclass(repository, Repository)
        for table, column in indexed
        if table == repository.INSERT.path.stem and column not in VALUES
    }
    assert indexed - of_aggregates == set(ELSEWHERE)
    for write in filter(None, ELSEWHERE.values()):
        assert await refuses(db, write)


async def test_control_an_indexed_text_that_nobody_knows_is_found(superuser: psycopg.Connection) -> None:
    before = set(superuser.execute(ALL_INDEXED).fetchall())
    superuser.execute("CREATE TABLE loose (a text, b text); CREATE INDEX ON loose (a)")
    assert set(superuser.execute(ALL_INDEXED).fetchall()) - before == {("loose", "a")}


async def test_what_is_as_long_as_allowed_is_stored_and_indexed(subject: Subject) -> None:
    """Of four bytes each."""
    new = subject.new()
    names = {"name", "external_id", "webhook_id", "stripe_customer_id"} & {
        field.name for field in attrs.fields(type(new))
    }
    longest = 255 if subject.factory.resource == "credential" else MAX_INDEXED
    filled = attrs.evolve(new, **dict.fromkeys(names, "\N{GRINNING FACE}" * longest))
    async with subject.unit() as uow:
        added = await subject.repository(uow).add(filled)
        assert await subject.repository(uow).get(added.id) == added
