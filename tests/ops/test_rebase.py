"""A dump restored into another cluster in the middle of a delivery: all is delivered, in order and once."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

import psycopg
import pytest

from tests.support.relaying import Recorder, write
from tests.support.stored import count
from ventros import Database, Settings, UnitOfWork, roles
from ventros.devserver import DevServer, find_binaries
from ventros.kernel.errors import ConfigurationError, PositionOfAnotherCluster
from ventros.kernel.ids import new_id
from ventros.kernel.outbox.event import OutboxEvent
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit
from ventros.ops.rebase import Rebased, rebase
from ventros.relay.relay import Relay, RelayOptions

BURN = """
DO $$ BEGIN FOR i IN 1..3000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$
"""
QUEUED = "SELECT count(*) FROM outbox_deliveries"
SMALL = Settings(max_size=2)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[DevServer]:
    with DevServer(durable=False) as running:
        yield running


def restore(source: str, target: DevServer) -> str:
    """The database of ``source``, dumped and restored there under a new name; that is returned."""
    name = f"restored_{new_id().hex}"
    target.create_database(name)
    binaries = find_binaries()
    dump = subprocess.run([binaries / "pg_dump", source], check=True, capture_output=True).stdout
    subprocess.run(
        [binaries / "psql", "--quiet", "--set=ON_ERROR_STOP=1", target.superuser_dsn(name)],
        input=dump,
        check=True,
        capture_output=True,
    )
    return name


async def relay(dsn: str, recorder: Recorder, *, fan_out_only: bool = False, batch: int = 500) -> None:
    async with await Database.open(KernelUnit, dsn, SMALL) as database:
        one = Relay(database, [source := recorder.source()], RelayOptions(batch=batch))
        if fan_out_only:
            await one.fan_out(source)
        else:
            await one.drain()


def versions(*parts: Sequence[OutboxEvent]) -> dict[UUID, list[int | None]]:
    found = defaultdict(list)
    for part in parts:
        for event in part:
            found[event.aggregate_id].append(event.aggregate_version)
    return dict(found)


async def in_the_middle(
    db: Database[UnitOfWork], superuser: psycopg.Connection, relay_dsn: str, aggregates: list[UUID]
) -> list[OutboxEvent]:
    """Some events are delivered, some are queued, some nobody has read."""
    superuser.execute(BURN)
    recorder = Recorder()
    await write(db, aggregates, 3)
    await relay(relay_dsn, recorder)
    await write(db, aggregates, 3, first=4)
    await relay(relay_dsn, Recorder(), fan_out_only=True, batch=5)
    await write(db, aggregates, 3, first=7)
    assert (len(recorder.events), count(superuser, QUEUED)) == (9, 5)
    return recorder.events


@pytest.mark.parametrize("first", ["rebase", "write"])
async def test_all_is_delivered_once_and_in_order(
    db: Database[UnitOfWork],
    superuser: psycopg.Connection,
    server: DevServer,
    ventros_copy: str,
    ventros_relay_dsn: str,
    elsewhere: DevServer,
    first: str,
) -> None:
    aggregates = [new_id() for _ in range(3)]
    before = await in_the_middle(db, superuser, ventros_relay_dsn, aggregates)
    name = restore(server.superuser_dsn(ventros_copy), elsewhere)
    recorder = Recorder()
    with pytest.raises(PositionOfAnotherCluster, match="ventros outbox rebase"):
        await relay(elsewhere.dsn(name, roles.RELAY), recorder)
    async with await Database.open(UnitOfWork, elsewhere.dsn(name), SMALL) as there:
        if first == "write":  # a service that was started too early
            await write(there, aggregates, 3, first=10)
        assert rebase(elsewhere.owner_dsn(name)) == Rebased(27, 1)
        if first == "rebase":
            await write(there, aggregates, 3, first=10)
    await relay(elsewhere.dsn(name, roles.RELAY), recorder)
    assert versions(before, recorder.events) == {one: [*range(1, 13)] for one in aggregates}
    assert rebase(elsewhere.owner_dsn(name)) == Rebased(0, 0)
    with psycopg.connect(elsewhere.superuser_dsn(name)) as connection:
        forced = "SELECT count(*) FROM pg_class WHERE relname LIKE 'outbox%' AND relforcerowsecurity"
        assert count(connection, forced) == 3


async def test_control_without_it_the_old_events_are_held_back_and_the_new_ones_come_first(
    db: Database[UnitOfWork],
    superuser: psycopg.Connection,
    server: DevServer,
    ventros_copy: str,
    ventros_relay_dsn: str,
    elsewhere: DevServer,
) -> None:
    aggregates = [new_id() for _ in range(3)]
    await in_the_middle(db, superuser, ventros_relay_dsn, aggregates)
    name = restore(server.superuser_dsn(ventros_copy), elsewhere)
    with psycopg.connect(elsewhere.superuser_dsn(name), autocommit=True) as connection:
        connection.execute(
            "UPDATE outbox_consumers SET system_identifier = cluster.identifier"
            " FROM pg_control_system() AS cluster (version, catalog, identifier, at)"
        )
        async with await Database.open(UnitOfWork, elsewhere.dsn(name), SMALL) as there:
            await write(there, aggregates, 3, first=10)
        recorder = Recorder()
        await relay(elsewhere.dsn(name, roles.RELAY), recorder)
        seen = sorted(event.aggregate_version or 0 for event in recorder.events)
    assert 9 not in seen
    assert 12 not in seen


async def test_in_its_own_cluster_nothing_is_done(
    db: Database[UnitOfWork], ventros_relay_dsn: str, owner_dsn: str
) -> None:
    aggregates = [new_id()]
    await write(db, aggregates, 3)
    await relay(ventros_relay_dsn, Recorder())
    assert rebase(owner_dsn) == Rebased(0, 0)


def test_it_is_for_the_owner(stranger_dsn: str) -> None:
    with pytest.raises(ConfigurationError, match="a_stranger does not own outbox_consumers"):
        rebase(stranger_dsn)
