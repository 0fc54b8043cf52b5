"""Arms do the same work: each is guarded against lost updates, and pgbench sends the library's statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import asyncpg
import psycopg
import pytest

from bench import tables
from bench.arms import outbox_arms
from bench.arms.arm import Arm
from bench.arms.asyncpg_same import LIST, AsyncpgSame
from bench.arms.asyncpg_usual import AsyncpgUsual
from bench.arms.outbox_arms import OutboxArm
from bench.arms.pgbench_arm import SCRIPTS, run_pgbench
from bench.arms.ventros_arm import OURS, form, save_and_commit
from bench.comparison import channel_of
from bench.keys import BATCH, HELD, deal, row_id
from bench.scenarios.locking_indexes import ARMS as VARIANTS
from bench.scenarios.overhead import IN_PYTHON
from bench.scenarios.peers import installed
from bench.server import TENANT, Server
from tests.support.library import CATALOGUE
from ventros import Database, UnitOfWork
from ventros.crm.contacts import mapper
from ventros.crm.contacts.aggregate import Contact

ROWS = 400
PEERS, MISSING = installed()
EVERY = (*IN_PYTHON, *PEERS)


@pytest.fixture(scope="module")
def place(bench_server: Server) -> str:
    return bench_server.populated("arms", ROWS)


def test_no_peer_is_missing_here() -> None:
    assert MISSING == ()
    assert len(PEERS) == 8


def stored(dsn: str, number: int) -> tuple[str, int, int]:
    """Name, version and events of a contact."""
    return all_stored(dsn, [number])[0]


def all_stored(dsn: str, numbers: Iterable[int]) -> list[tuple[str, int, int]]:
    with tables.as_tenant(dsn) as connection:
        return connection.execute(
            "SELECT name, version, (SELECT count(*) FROM outbox_events WHERE aggregate_id = c.id) "
            "FROM contacts c WHERE tenant_id = %s AND id = ANY (%s) ORDER BY id",
            (TENANT, [row_id(number) for number in numbers]),
        ).fetchall()


REFUSALS = {"StaleAggregate", "StaleDataError", "OptimisticLockError", "OptimisticLockErrors"}


def step_version(dsn: str, *numbers: int) -> None:
    """Somebody else saves these contacts first."""
    with tables.as_tenant(dsn) as connection:
        ids = [row_id(number) for number in numbers]
        connection.execute("UPDATE contacts SET version = version + 1 WHERE id = ANY (%s)", (ids,))


def test_no_name_comes_again() -> None:
    """An aggregate that stays as it is costs no statement: an arm would be measured doing nothing."""
    keys = deal(ROWS, 1, 1, seed=1)[0]
    arms = [EVERY[0]("", keys, row_id(1), row_id(1)) for _ in range(2)]
    names = [arm.new_name() for arm in arms for _ in range(50)]
    assert len(set(names)) == 100
    assert {len(name) for name in names} == {len(names[0])}


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
async def test_an_arm_writes_once_and_refuses_what_is_stale(place: str, kind: type[Arm]) -> None:
    keys = deal(ROWS, 1, 1, seed=1)[0]
    async with kind(place, keys, *await channel_of(place)) as arm:
        before = {number: stored(place, number) for number in range(1, 9)}
        await arm.save(0)  # type: ignore[attr-defined]
        changed = [number for number in before if stored(place, number) != before[number]]
        assert len(changed) == 1
        name, version, events = stored(place, changed[0])
        assert name.startswith("Name ")
        assert (version, events) == (before[changed[0]][1] + 1, before[changed[0]][2] + 1)
        step_version(place, *before)
        with pytest.raises(Exception) as refused:  # noqa: PT011 - each library's own
            await arm.save(0)  # type: ignore[attr-defined]
        assert type(refused.value).__name__ in REFUSALS
        total = sum(stored(place, number)[1] for number in range(1, ROWS + 1, 40))
        await arm.get(0)  # type: ignore[attr-defined]
        assert sum(stored(place, number)[1] for number in range(1, ROWS + 1, 40)) == total
        await arm.unit_of_work(0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("arm", outbox_arms.ARMS, ids=lambda arm: arm.name)
async def test_an_outbox_arm_writes_what_its_title_says(place: str, arm: OutboxArm) -> None:
    (keys,) = deal(ROWS, 1, 1, seed=1)[0]
    first, last = keys.bounds
    before = all_stored(place, range(first, last + 1))
    notified: list[object] = []
    listener = await asyncpg.connect(place)
    await listener.add_listener(outbox_arms.CHANNEL, lambda *told: notified.append(told))
    async with await Database.open(arm.unit, place) as db:
        await arm.write(db, keys)
    await listener.fetchval("SELECT 1")  # what was notified came before its answer
    await listener.close()
    after = all_stored(place, range(first, last + 1))
    ((old, new),) = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert new[1:] == (old[1] + 1, old[2] + (arm.name != "off"))
    assert len(notified) == (arm.name == "notify")


@pytest.mark.parametrize("volatile", [True, False])
def test_a_database_waits_for_the_disk_or_not(bench_server: Server, place: str, volatile: bool) -> None:
    dsn = bench_server.create(f"volatile_{volatile}", "arms", volatile=volatile)
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SHOW synchronous_commit").fetchone()
    assert row == ("off" if volatile else "on",)


@pytest.mark.parametrize("kind", [*OURS, AsyncpgSame, AsyncpgUsual], ids=lambda kind: kind.name)
async def test_save_all_refuses_what_is_stale_and_writes_nothing(place: str, kind: type[Arm]) -> None:
    keys = deal(ROWS, 1, 1, seed=1, batch=True)[0]
    numbers = range(HELD + 1, HELD + BATCH + 1)
    async with kind(place, keys, *await channel_of(place)) as arm:
        before = all_stored(place, numbers)
        await arm.save_all(0)  # type: ignore[attr-defined]
        after = all_stored(place, numbers)
        assert [row[1:] for row in after] == [(version + 1, events + 1) for _, version, events in before]
        step_version(place, numbers[-1])
        with pytest.raises(Exception) as refused:  # noqa: PT011 - each library's own
            await arm.save_all(0)  # type: ignore[attr-defined]
        assert type(refused.value).__name__ in REFUSALS
        assert all_stored(place, numbers[:-1]) == after[:-1]


async def test_a_form_of_ours_says_how_it_writes_and_with_what_settings(place: str) -> None:
    written = []

    async def write(uow: UnitOfWork, *changed: Contact) -> Sequence[Contact]:
        written.append(len(changed))
        return await save_and_commit(uow, *changed)

    kind = form("ventros-other", "Ventros, another form", write, application_name="other")
    async with kind(place, deal(ROWS, 1, 1, seed=1, batch=True)[0], *await channel_of(place)) as arm:
        for operation in ("save", "unit_of_work", "save_all"):
            await getattr(arm, operation)(0)
        with psycopg.connect(place) as connection:
            named = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'other'"
            assert connection.execute(named).fetchone() == (1,)
    assert written == [1, 1, BATCH]


@pytest.mark.parametrize("kind", PEERS, ids=lambda kind: kind.name)
async def test_a_peer_reads_every_column(place: str, kind: type[Arm]) -> None:
    """One that was told of fewer would do less than Ventros, and look the faster for it."""
    async with kind(place, deal(ROWS, 1, 1, seed=1)[0], *await channel_of(place)) as arm:
        contact = next(iter(arm.held.values()))
    names = getattr(contact, "__dict__", contact)  # of a model's instance, or of a dictionary
    assert {name for name in names if not name.startswith("_")} == set(mapper.COLUMNS)


PART = r"(bench_id\(:n\)|now\(\)|NULL|ARRAY\[[^]]*\]|'[^']*'|\$\d+|:\w+|\b\d{2,}\b)"
VALUE = re.compile(rf"{PART}( (\|\||\+) ({PART}|1))*")


def normal(text: str) -> str:
    """Which parameter or literal stands in a place does not count, nor does the layout."""
    return re.sub(r"\s*([=,])\s*|\s+", r"\1 ", VALUE.sub("?", text)).strip()


@pytest.mark.parametrize(
    ("script", "statement"),
    [
        ("contacts", "contacts.get"),
        ("contacts", "contacts.update"),
        ("sessions", "sessions.get"),
        ("sessions", "sessions.update"),
        ("get", "contacts.get"),
        ("save", "contacts.update"),
        ("unit_of_work", "contacts.get"),
        ("unit_of_work", "contacts.update"),
        ("list_page", "contacts.page() by created_at desc"),
    ],
)
def test_pgbench_sends_the_same_statements(script: str, statement: str) -> None:
    text = LIST if script == "list_page" else CATALOGUE[statement].text
    sent = normal((SCRIPTS / f"{script}.sql").read_text(encoding="utf-8"))
    assert normal(text.split("\n/*", maxsplit=1)[0]) in sent


@pytest.mark.parametrize("script", ["contacts", "sessions", "unit_of_work"])
def test_clients_of_pgbench_do_not_meet(place: str, script: str) -> None:
    """Eight on sixteen rows: on rows of all, one that lost a race wrote a version's event once more."""
    variables: dict[str, int | str] = {"first": 1, "last": 16, "tenant": TENANT}
    slot = run_pgbench(place, script, clients=8, count=400, seed=1, variables=variables)
    assert len(slot.latencies) == 400


def test_every_variant_is_an_arm() -> None:
    assert {path.stem for path in tables.VARIANTS.glob("*.sql")} == set(VARIANTS)


def test_the_earlier_system_had_14_and_24_indexes(bench_server: Server, place: str) -> None:
    dsn = bench_server.create("earlier", "arms")
    tables.apply_variant(dsn, "earlier-system")
    assert tables.index_count(dsn, "contacts") == 14
    assert tables.index_count(dsn, "sessions") == 24


def test_a_paragraph_that_cannot_share_a_message_is_sent_alone(bench_server: Server, place: str) -> None:
    dsn = bench_server.create("filled", "arms")
    tables.apply_variant(dsn, "fillfactor-70-id-version")
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT reloptions FROM pg_class WHERE relname = 'sessions'").fetchone()
    assert row == (["fillfactor=70"],)
    assert Path(tables.VARIANTS / "shipped.sql").exists()
