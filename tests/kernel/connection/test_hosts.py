"""Several hosts are tried one by one, each within its time, and the one that served last is asked first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import monotonic
from urllib.parse import urlsplit

import asyncpg
import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.proxy import Proxy
from tests.support.standby import hot_standby
from ventros import Database, ServerUnreachable, Settings, UnitOfWork, VentrosError, administration
from ventros.devserver import DevServer
from ventros.kernel.connection.address import read_address
from ventros.kernel.connection.connect import Connector

SHORT = Settings(connect_timeout=0.5, acquire_timeout=2)


def both(first: Proxy, second: Proxy, options: str = "") -> str:
    """An address of the two."""
    one, other = urlsplit(first.dsn), urlsplit(second.dsn)
    credentials = one.netloc.rsplit("@", 1)[0]
    return (
        f"postgresql://{credentials}@127.0.0.1:{one.port},127.0.0.1:{other.port}{one.path}"
        f"?sslmode=disable{options}"
    )


async def test_a_frozen_host_does_not_starve_the_next(dsn: str) -> None:
    async with Proxy(dsn, black_hole=True) as frozen, Proxy(dsn) as alive:
        started = monotonic()
        async with await Database.open(UnitOfWork, both(frozen, alive), SHORT) as db:
            assert 0.5 <= monotonic() - started < 1.5
            asked = frozen.connections
            await asyncio.gather(*(db.run(TENANT, nothing) for _ in range(20)))
            assert frozen.connections == asked  # the last good one first


async def test_nor_does_it_for_who_administers(owner_dsn: str) -> None:
    async with Proxy(owner_dsn, black_hole=True) as frozen, Proxy(owner_dsn) as alive:
        started = monotonic()
        await asyncio.to_thread(admin, both(frozen, alive, "&connect_timeout=2"))
        assert 2 <= monotonic() - started < 4


async def nothing(_: UnitOfWork) -> None:
    await asyncio.sleep(0.02)


async def test_control_asyncpg_has_one_timeout_for_all_of_them(dsn: str) -> None:
    async with Proxy(dsn, black_hole=True) as frozen, Proxy(dsn) as alive:
        with pytest.raises(TimeoutError):
            await asyncpg.connect(both(frozen, alive), timeout=0.5)
        assert (frozen.connections, alive.connections) == (1, 0)


@pytest.mark.parametrize("acquire_timeout", [2.0, 0.3])
async def test_a_host_that_freezes_later_is_left_for_the_other(dsn: str, acquire_timeout: float) -> None:
    """Also when nobody waits until it has had its time: it is the last to be asked then."""
    settings = Settings(connect_timeout=0.5, acquire_timeout=acquire_timeout, commit_timeout=0.5, max_size=4)
    async with (
        Proxy(dsn) as first,
        Proxy(dsn) as second,
        await Database.open(UnitOfWork, both(first, second), settings) as db,
    ):
        await db.ping()
        assert second.connections == 0
        first.black_hole = True
        first.cut()
        started, failed, done = monotonic(), 0, 0
        while done < 20 and monotonic() - started < 8:
            try:
                await db.ping()
            except VentrosError:
                failed += 1
            else:
                done += 1
        assert done == 20
        assert monotonic() - started < 4
        assert failed <= 3


async def test_all_that_failed_is_told_of_each_host(dsn: str) -> None:
    async with Proxy(dsn, black_hole=True) as frozen, Proxy(dsn, refuse=True) as refusing:
        address = both(frozen, refusing)
        with pytest.raises(ServerUnreachable) as lost:
            await Database.open(UnitOfWork, address, SHORT)
    one, other = urlsplit(frozen.target).path[1:], urlsplit(address).netloc.rpartition("@")[2].split(",")
    assert str(lost.value).startswith(f"cannot reach the database {one} at {', '.join(other)}: ")
    assert f"{other[0]}: no answer within 0.5 s; {other[1]}: " in str(lost.value)


async def test_the_timeout_of_the_address_is_each_hosts(dsn: str) -> None:
    async with Proxy(dsn, black_hole=True) as frozen, Proxy(dsn) as alive:
        started = monotonic()
        connect = Connector(
            read_address(both(frozen, alive, "&connect_timeout=1")),
            read_address(both(frozen, alive, "&connect_timeout=1")).settings(SHORT),
        )
        await (await connect()).close()
        assert 1 <= monotonic() - started < 1.9


async def test_a_refusal_of_the_server_names_its_code(dsn: str) -> None:
    wrong = dsn.replace(urlsplit(dsn).path, "/no_such_database")
    with pytest.raises(ServerUnreachable, match="no_such_database") as refused:
        await Database.open(UnitOfWork, wrong)
    assert refused.value.sqlstate == "3D000"


async def test_balanced_at_random_all_are_used(dsn: str) -> None:
    async with Proxy(dsn) as first, Proxy(dsn) as second:
        connect = Connector(read_address(both(first, second, "&load_balance_hosts=random")), Settings())
        for _ in range(30):
            await (await connect()).close()
        assert min(first.connections, second.connections) > 3


PRIMARY, STANDBY = "5432", "5433"


@pytest.fixture(scope="module")
def pair() -> Iterator[DevServer]:
    with DevServer(durable=False) as primary, hot_standby(primary):
        yield primary


def dsn_of(server: DevServer, ports: list[str], wanted: str) -> str:
    hosts = ",".join([server.host] * len(ports))
    alone = server.dsn().replace("port=5432", f"port={','.join(ports)}")
    return alone.replace(f"host={server.host}", f"host={hosts}") + f"&target_session_attrs={wanted}"


CASES = [
    (wanted, ports, reached)
    for wanted, reached in (
        ("any", None),
        ("primary", PRIMARY),
        ("read-write", PRIMARY),
        ("standby", STANDBY),
        ("read-only", STANDBY),
        ("prefer-standby", STANDBY),
    )
    for ports in ([PRIMARY, STANDBY], [STANDBY, PRIMARY])
] + [
    ("prefer-standby", [PRIMARY], PRIMARY),
    ("standby", [PRIMARY], "none"),
    ("read-only", [PRIMARY], "none"),
    ("primary", [STANDBY], "none"),
    ("read-write", [STANDBY], "none"),
]


@pytest.mark.parametrize(("wanted", "ports", "reached"), CASES)
async def test_target_session_attrs_in_every_form(
    pair: DevServer, wanted: str, ports: list[str], reached: str | None
) -> None:
    dsn = dsn_of(pair, ports, wanted)
    if reached == "none":
        with pytest.raises(ServerUnreachable, match="match"):
            await Database.open(UnitOfWork, dsn)
        with pytest.raises(VentrosError, match="cannot be reached"):
            admin(dsn)
        return
    async with (
        await Database.open(UnitOfWork, dsn, Settings(min_size=2)) as db,
        db.connection() as connection,
    ):
        in_service = await connection.driver.fetchval("SELECT current_setting('port')")
    assert (in_service, admin(dsn)) == (reached or ports[0],) * 2


def admin(dsn: str) -> str:
    with administration.connect(administration.parameters(dsn)) as connection:
        return port(connection)


def port(connection: psycopg.Connection) -> str:
    row = connection.execute("SELECT current_setting('port')").fetchone()
    assert row is not None
    return str(row[0])
