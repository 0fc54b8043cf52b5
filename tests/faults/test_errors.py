"""What the driver, the server and the network can do to a unit of work comes out as one of our errors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from psycopg import sql

from tests.support.constants import NOW, SHORT, TENANT
from tests.support.contacts import Contacts
from tests.support.left_behind import sessions
from tests.support.proxy import Proxy
from ventros import AlreadyExists, Database, Settings, UnitOfWork, VentrosError
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel import errors
from ventros.kernel.connection.driver import translate_driver_error
from ventros.kernel.errors import ConnectionLost, OperationTimeout
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome

Fault = Callable[[Contacts, Proxy, UnitOfWork], Awaitable[None]]


def for_every_role(contacts: Contacts, setting: str, milliseconds: int) -> None:
    """Of the server, not of our settings: the DBA's own limits are to be understood as well."""
    contacts.superuser.execute(
        sql.SQL("ALTER ROLE ventros IN DATABASE {} SET {} = {}").format(
            sql.Identifier(contacts.superuser.info.dbname), sql.Identifier(setting), sql.Literal(milliseconds)
        )
    )


async def rename_slowly(contacts: Contacts, unit: UnitOfWork, seconds: float) -> None:
    async with unit as uow:
        contact = await uow.contacts.get(contacts.id)
        await asyncio.sleep(seconds)
        await uow.contacts.save(contact.rename("Alice", now=NOW))
        await uow.commit()


async def statement_timeout(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    contacts.superuser.execute(
        """
        CREATE FUNCTION sleep() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN PERFORM pg_sleep(5); RETURN NEW; END';
        CREATE TRIGGER sleep BEFORE UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION sleep()
        """
    )
    await contacts.rename(unit, "Alice")


async def lock_timeout(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    with contacts.superuser.transaction():
        contacts.superuser.execute("SELECT FROM contacts WHERE id = %s FOR UPDATE", [contacts.id])
        await contacts.rename(unit, "Alice")


async def idle_in_transaction(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    await rename_slowly(contacts, unit, 0.6)


async def terminated(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    async with unit as uow:
        await uow.contacts.get(contacts.id)
        contacts.superuser.execute(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
            " WHERE usename = 'ventros_app' AND state = 'idle in transaction'"
        )
        await uow.contacts.get(contacts.id)


async def terminated_before_commit(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    """Of a unit that has written nothing COMMIT is the first to find out; it is not even sent."""
    async with unit as uow:
        await uow.contacts.get(contacts.id)
        contacts.superuser.execute(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
            " WHERE usename = 'ventros_app' AND state = 'idle in transaction'"
        )
        await asyncio.sleep(0.1)
        await uow.commit()


async def cut(contacts: Contacts, proxy: Proxy, unit: UnitOfWork) -> None:
    async with unit as uow:
        await uow.contacts.get(contacts.id)
        proxy.cut()
        await uow.contacts.get(contacts.id)


async def deferred_constraint(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    contacts.superuser.execute(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RAISE ''no'' USING ERRCODE = ''23514'', CONSTRAINT = ''late''; END';
        CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON contacts DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION refuse()
        """
    )
    await contacts.rename(unit, "Alice")


async def greatest_version(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    contacts.superuser.execute("ALTER TABLE contacts DISABLE TRIGGER USER")
    contacts.superuser.execute("UPDATE contacts SET version = 2147483647")
    contacts.superuser.execute("ALTER TABLE contacts ENABLE TRIGGER USER")
    await contacts.rename(unit, "Alice")


async def serialization_failure(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    async with unit as uow:
        contact = await uow.contacts.get(contacts.id)
        contacts.superuser.execute(
            "UPDATE contacts SET name = 'Bob', version = version + 1 WHERE id = %s", [contacts.id]
        )
        await uow.contacts.save(contact.rename("Alice", now=NOW))


async def schema_changed(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    async with unit as uow:
        contacts.superuser.execute("ALTER TABLE contacts ALTER COLUMN language TYPE varchar(35)")
        await uow.contacts.get(contacts.id)


async def read_only(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    await contacts.rename(unit, "Alice")


def refuse_updates(contacts: Contacts, code: str) -> None:
    """By a trigger, with that SQLSTATE."""
    contacts.superuser.execute(
        sql.SQL(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
                AS $$BEGIN RAISE 'no' USING ERRCODE = {}; END$$;
            CREATE TRIGGER refuse BEFORE UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION refuse()
            """
        ).format(sql.Literal(code))
    )


async def value_too_large(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    refuse_updates(contacts, "54000")
    await contacts.rename(unit, "Alice")


async def value_too_long(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    refuse_updates(contacts, "22001")
    await contacts.rename(unit, "Alice")


async def reference_to_nothing(_contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    async with unit as uow:
        await uow.contacts.add(Contact.create(project_id=new_id(), tenant_id=TENANT, name="Alice", now=NOW))


async def still_referenced(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    async with unit as uow:
        await uow.projects.remove(await uow.projects.get(contacts.seed.project_id))


async def no_privilege(contacts: Contacts, _proxy: Proxy, unit: UnitOfWork) -> None:
    contacts.superuser.execute("REVOKE UPDATE (name) ON contacts FROM ventros_app")
    await contacts.rename(unit, "Alice")


FAULTS: list[tuple[Fault, type[VentrosError], str | None, dict[str, Any]]] = [
    (statement_timeout, errors.StatementTimeout, "57014", {}),
    (lock_timeout, errors.LockTimeout, "55P03", {}),
    (idle_in_transaction, ConnectionLost, None, {"idle_in_transaction_timeout": 0.2}),
    (terminated, ConnectionLost, None, {}),
    (terminated_before_commit, ConnectionLost, None, {}),
    (cut, ConnectionLost, None, {}),
    (deferred_constraint, errors.ConstraintViolation, "23514", {}),
    (greatest_version, errors.NumericOverflow, "22003", {}),
    (value_too_large, errors.ValidationError, "54000", {}),
    (value_too_long, errors.ValidationError, "22001", {}),
    (reference_to_nothing, errors.ReferenceNotFound, "23503", {}),
    (still_referenced, errors.StillReferenced, None, {}),
    (no_privilege, errors.InsufficientPrivilege, "42501", {}),
    (serialization_failure, errors.SerializationFailure, None, {"isolation": "repeatable read"}),
    (schema_changed, errors.SchemaChanged, None, {}),
    (read_only, errors.DatabaseError, "25006", {"read_only": True}),
]


@pytest.mark.parametrize(
    ("fault", "kind", "sqlstate", "modes"), FAULTS, ids=lambda value: getattr(value, "__name__", "")
)
async def test_every_fault_is_a_typed_error(
    through: Database[UnitOfWork],
    proxy: Proxy,
    contacts: Contacts,
    fault: Fault,
    kind: type[VentrosError],
    sqlstate: str | None,
    modes: dict[str, Any],
) -> None:
    """Nothing is stored, and the pool serves on."""
    await contacts.rename(through.unit_of_work(TENANT), "Warm")
    unit = through.unit_of_work(TENANT, **modes)
    with pytest.raises(VentrosError) as caught:
        await fault(contacts, proxy, unit)
    assert type(caught.value) is kind
    if sqlstate is not None:
        assert caught.value.sqlstate == sqlstate
    assert unit.outcome is Outcome.ROLLED_BACK
    assert not contacts.stored("Alice")
    assert caught.value.retryable == isinstance(caught.value, errors.Conflict)
    async with through.unit_of_work(TENANT) as uow:
        await uow.contacts.get(contacts.id)
    assert await contacts.still_in_transaction() == 0


async def test_the_schema_changed_under_a_use_case_that_is_run_again(
    through: Database[UnitOfWork], contacts: Contacts
) -> None:
    async def read(uow: UnitOfWork) -> str:
        return (await uow.contacts.get(contacts.id)).name

    met: list[VentrosError] = []
    assert await through.run(TENANT, read) == "Ada"
    assert await contacts.still_in_transaction() == 0  # its COMMIT, which nobody waits for, has arrived
    contacts.superuser.execute("ALTER TABLE contacts ALTER COLUMN language TYPE varchar(35)")
    assert await through.run(TENANT, read, on_conflict=lambda error, _: met.append(error)) == "Ada"
    assert [type(error) for error in met] == [errors.SchemaChanged]


async def test_too_many_connections(through: Database[UnitOfWork], contacts: Contacts) -> None:
    name = sql.Identifier(contacts.superuser.info.dbname)
    limit = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
    contacts.superuser.execute(limit.format(name, sql.Literal(1)))
    with pytest.raises(ConnectionLost) as caught:
        await contacts.rename(through.unit_of_work(TENANT), "Alice")
    assert caught.value.sqlstate == "53300"
    contacts.superuser.execute(limit.format(name, sql.Literal(-1)))
    await contacts.rename(through.unit_of_work(TENANT), "Alice")


async def test_a_pool_that_cannot_be_filled_leaves_no_connection(dsn: str, contacts: Contacts) -> None:
    name = sql.Identifier(contacts.superuser.info.dbname)
    limit = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
    contacts.superuser.execute(limit.format(name, sql.Literal(2)))  # this test's own pool has one
    with pytest.raises(errors.ServerUnreachable):
        await Database.open(UnitOfWork, dsn, Settings(min_size=3))
    contacts.superuser.execute(limit.format(name, sql.Literal(-1)))
    assert len(sessions(contacts.superuser, patience=1)) <= 1


async def test_a_server_that_cannot_be_reached(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts
) -> None:
    proxy.refuse = True
    with pytest.raises(errors.ServerUnreachable):
        await contacts.rename(through.unit_of_work(TENANT), "Alice")
    proxy.refuse = False
    await contacts.rename(through.unit_of_work(TENANT), "Alice")


async def test_what_has_one_sqlstate_is_told_apart(owner_dsn: str, contacts: Contacts) -> None:
    """By the function of the server that raised it: row security or privilege, a wait or none."""
    contacts.superuser.execute("REVOKE ALL ON projects FROM ventros_owner")
    driver = await asyncpg.connect(owner_dsn)

    async def error_of(text: str) -> VentrosError:
        with pytest.raises(asyncpg.PostgresError) as caught:
            await driver.execute(f"SET LOCAL app.tenant_id = '{TENANT}'; SET LOCAL lock_timeout = 50; {text}")
        return translate_driver_error(caught.value)

    with contacts.superuser.transaction():
        contacts.superuser.execute("SELECT FROM contacts FOR UPDATE")
        met = {
            text: await error_of(text)
            for text in (
                "INSERT INTO commit_markers (tenant_id, id) VALUES ('umbrella', gen_random_uuid())",
                "DELETE FROM projects",
                "SELECT FROM contacts FOR SHARE NOWAIT",
                "SELECT FROM contacts FOR SHARE",
            )
        }
    await driver.close()
    assert [(type(error), error.sqlstate) for error in met.values()] == [
        (errors.TenancyViolation, "42501"),
        (errors.InsufficientPrivilege, "42501"),
        (errors.LockNotAvailable, "55P03"),
        (errors.LockTimeout, "55P03"),
    ]
    assert len({error.code for error in met.values()}) == 4


async def test_no_secret_in_what_an_error_says(dsn: str, contacts: Contacts) -> None:
    """Nor in what is said of the errors on the way to it; the driver's own stays as the cause."""
    password = dsn.split(":")[2].split("@", maxsplit=1)[0]
    with pytest.raises(ConnectionLost) as caught:
        await Database.open(UnitOfWork, dsn.replace(password, "wrong-password"), Settings())
    assert "wrong-password" not in f"{caught.value} {caught.value!r}"
    async with await Database.open(UnitOfWork, dsn, SHORT) as database:
        assert password not in f"{database!r} {database.settings!r} {database.unit_of_work(TENANT)!r}"


def test_each_of_the_drivers_failures_is_told_apart() -> None:
    kinds = {
        asyncpg.InternalClientError("cannot switch to state 12"): ConnectionLost,
        asyncpg.InterfaceError("connection is closed"): ConnectionLost,
        asyncpg.ConnectionDoesNotExistError("gone"): ConnectionLost,
        asyncpg.ConnectionFailureError("gone"): ConnectionLost,
        asyncpg.CannotConnectNowError("starting up"): errors.ServerUnreachable,
        asyncpg.AdminShutdownError("bye"): ConnectionLost,
        asyncpg.CrashShutdownError("bye"): ConnectionLost,
        asyncpg.IdleInTransactionSessionTimeoutError("bye"): ConnectionLost,
        asyncpg.TooManyConnectionsError("full"): errors.ServerUnreachable,
        asyncpg.InvalidPasswordError("no"): errors.ServerUnreachable,
        ConnectionRefusedError(): ConnectionLost,
        TimeoutError(): OperationTimeout,
        asyncpg.QueryCanceledError("cancelled"): errors.StatementTimeout,
        asyncpg.LockNotAvailableError("locked"): errors.LockNotAvailable,
        asyncpg.SerializationError("again"): errors.SerializationFailure,
        asyncpg.DeadlockDetectedError("again"): errors.DeadlockDetected,
        asyncpg.InvalidCachedStatementError("again"): errors.SchemaChanged,
        asyncpg.UniqueViolationError("twice"): AlreadyExists,
        asyncpg.ForeignKeyViolationError("where"): errors.ConstraintViolation,
        asyncpg.DiskFullError("full"): errors.DatabaseError,
        RuntimeError("whatever"): errors.DatabaseError,
    }
    assert {type(kind): type(translate_driver_error(kind)) for kind in kinds} == {
        type(relkind): kind for relkind, kind in kinds.items()
    }
