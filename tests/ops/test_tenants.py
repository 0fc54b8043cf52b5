"""A tenant is forgotten wholly: in every table, and nobody else's row is touched."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.documents import block
from tests.support.history import findings
from tests.support.program import WITHOUT_DATABASE
from tests.support.tenants import fill, held, leave_undelivered, rows
from ventros import CRM, Database, OptimisticLockError, UnitOfWork, ValidationError, roles
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed, seed_tenant
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.resources import directory
from ventros.ops import history, tenants

SESSIONS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = %s"
PAGE = (Path(__file__).parents[2] / "docs" / "tenants.md").read_text(encoding="utf-8")
OUTBOX_CHECK = (directory("sql") / "ops" / "outbox_versions.sql").read_bytes().partition(b"user_id = '';")[2]
PAGE_SQL = block("sql", "DELETE FROM users", PAGE)
KEPT = {"public.billing_accounts", "public.users"}


@attrs.frozen
class Two:
    """Two tenants with rows in every table, their history recorded; ``others`` is what must stay."""

    seed: Seed
    others: dict[str, tuple[int, str | None]]


@pytest.fixture
async def two(
    db: Database[UnitOfWork],
    seed: Seed,
    other_seed: Seed,
    owner_dsn: str,
    superuser: psycopg.Connection,
    ventros_relay_dsn: str,
) -> Two:
    history.enable(owner_dsn, CRM)
    for one in (seed, other_seed):
        await fill(db, one)
    await leave_undelivered(ventros_relay_dsn)
    for one in (seed, other_seed):
        empty = [name for name, (number, _) in held(superuser, one.tenant).items() if not number]
        assert empty == [], "no test can tell whether these are forgotten"
    return Two(seed, held(superuser, OTHER_TENANT))


@contextmanager
def owner(dsn: str, tenant: str = TENANT) -> Iterator[psycopg.Connection]:
    with psycopg.connect(dsn) as connection:
        connection.execute("SELECT set_config('app.tenant_id', %s, true)", [tenant])
        yield connection


@pytest.mark.parametrize("batch", [3, tenants.BATCH])
async def test_no_row_is_left_and_nobody_elses_is_touched(
    two: Two, owner_dsn: str, superuser: psycopg.Connection, batch: int
) -> None:
    before = rows(superuser, TENANT)
    accounts = superuser.execute("SELECT * FROM billing_accounts, users").fetchall()
    done = tenants.forget(owner_dsn, TENANT, batch=batch)
    assert rows(superuser, TENANT) == {}
    assert held(superuser, OTHER_TENANT) == two.others
    assert (done.before.rows, done.left, done.refusals) == (before, {}, [])
    deletions = {"public.aggregate_history"}
    assert {k: v for k, v in done.erased.items() if k not in deletions} == {
        k: v for k, v in before.items() if k not in deletions
    }
    assert superuser.execute("SELECT * FROM billing_accounts, users").fetchall() == accounts
    assert done.before.kept.keys() == KEPT
    assert str(two.seed.user_id) in done.before.kept["public.users"]
    assert findings(superuser) == []
    assert superuser.execute(OUTBOX_CHECK).fetchall() == [], "the account's events stay with it"
    secured = "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert superuser.execute(secured).fetchall() == []
    with pytest.raises(psycopg.Error, match="what is recorded stays"):
        superuser.execute("DELETE FROM aggregate_history")


async def test_a_dry_run_counts_and_deletes_nothing(
    two: Two, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    before = held(superuser, TENANT)
    found = tenants.holdings(owner_dsn, TENANT)
    assert found.rows == {name: number for name, (number, _) in before.items()}
    assert found.kept.keys() == KEPT
    assert held(superuser, TENANT) == before


async def test_a_row_that_is_left_behind_is_told(
    db: Database[UnitOfWork], seed: Seed, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    """The control of the proof: what eats a DELETE without an error, and a copy that no DELETE reaches."""
    superuser.execute(
        """
        CREATE FUNCTION eat() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER eat BEFORE DELETE ON outbox_events FOR EACH ROW EXECUTE FUNCTION eat();
        CREATE MATERIALIZED VIEW copied AS SELECT tenant_id, name FROM channels;
        ALTER MATERIALIZED VIEW copied OWNER TO ventros_owner;
        """
    )
    done = tenants.forget(owner_dsn, TENANT)
    assert done.left == {"public.copied": 1, "public.outbox_events": 3}
    assert rows(superuser, TENANT) == {"public.outbox_events": 3}
    superuser.execute("DROP TRIGGER eat ON outbox_events; DROP MATERIALIZED VIEW copied")
    assert tenants.forget(owner_dsn, TENANT).left == {}


async def test_what_row_security_hides_is_erased_and_counted_too(
    db: Database[UnitOfWork], seed: Seed, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    with owner(owner_dsn) as connection:
        connection.execute(
            "CREATE POLICY narrow ON channels AS RESTRICTIVE USING (name <> 'acme-phone');"
            "DROP POLICY tenant ON projects"
        )
    found = tenants.holdings(owner_dsn, TENANT)
    assert (found.rows["public.channels"], found.rows["public.projects"]) == (1, 1)
    assert tenants.forget(owner_dsn, TENANT).left == {}
    assert rows(superuser, TENANT) == {}


OWN = """
CREATE SCHEMA shop;
CREATE TABLE shop.orders (
    tenant_id text NOT NULL, id int, contact_id uuid, PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts (tenant_id, id)
);
CREATE TABLE shop."Folders" (  -- refers to itself
    tenant_id varchar(40), id int PRIMARY KEY, parent int REFERENCES shop."Folders"
);
CREATE TABLE shop.teams (tenant_id text, id int PRIMARY KEY, lead int);
CREATE TABLE shop.people (  -- in a ring with teams
    tenant_id text, id int PRIMARY KEY, team int REFERENCES shop.teams ON DELETE RESTRICT
);
ALTER TABLE shop.teams ADD FOREIGN KEY (lead) REFERENCES shop.people DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE shop.visits (tenant_id text NOT NULL, n int) PARTITION BY LIST (tenant_id);
CREATE TABLE shop.visits_acme PARTITION OF shop.visits FOR VALUES IN ('acme');
ALTER TABLE shop.visits_acme ADD FOREIGN KEY (tenant_id, n) REFERENCES shop.orders;
CREATE TABLE shop.visits_others PARTITION OF shop.visits DEFAULT;
CREATE TABLE shop.notes (tenant_id text, n int);
CREATE TYPE shop.customer AS ENUM ('acme', 'umbrella');
CREATE TABLE shop.fees (tenant_id shop.customer, n int);
ALTER TABLE shop.people ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.people FORCE ROW LEVEL SECURITY;
"""
ROWS = """
INSERT INTO shop.orders SELECT tenant_id, 1, id FROM contacts WHERE tenant_id = %(tenant)s LIMIT 1;
INSERT INTO shop."Folders" SELECT %(tenant)s, n, CASE WHEN n %% 10 <> 1 THEN n - 1 END
  FROM generate_series(%(from)s + 1, %(from)s + 50) AS n;
INSERT INTO shop.teams VALUES (%(tenant)s, %(from)s, %(from)s);
INSERT INTO shop.people VALUES (%(tenant)s, %(from)s, %(from)s);
INSERT INTO shop.visits SELECT %(tenant)s, 1 FROM generate_series(1, 20);
INSERT INTO shop.notes VALUES (%(tenant)s, 1), (upper(%(tenant)s), 2);
INSERT INTO shop.fees VALUES (%(tenant)s, 1);
"""


def make_own(superuser: psycopg.Connection) -> None:
    superuser.execute(OWN)
    for tenant, first in ((TENANT, 100), (OTHER_TENANT, 200)):
        text = psycopg.ClientCursor(superuser).mogrify(ROWS, {"tenant": tenant, "from": first})
        superuser.execute(text.encode())
    superuser.execute(
        """
        ALTER SCHEMA shop OWNER TO ventros_owner;
        DO $$ DECLARE name regclass; BEGIN
            FOR name IN SELECT oid FROM pg_class
                         WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('r', 'p')
            LOOP EXECUTE format('ALTER TABLE %s OWNER TO ventros_owner', name); END LOOP;
        END $$
        """
    )


@pytest.mark.parametrize("batch", [3, tenants.BATCH])
async def test_tables_of_ones_own_are_erased_too(
    two: Two, owner_dsn: str, superuser: psycopg.Connection, batch: int
) -> None:
    """In another schema: a child, one that refers to itself, a ring, partitions, other types, no policy."""
    make_own(superuser)
    before, others = rows(superuser, TENANT), held(superuser, OTHER_TENANT)
    own = {name: number for name, number in before.items() if name.startswith("shop.")}
    assert sorted(own.items()) == [
        ("shop.Folders", 50),
        ("shop.fees", 1),
        ("shop.notes", 1),
        ("shop.orders", 1),
        ("shop.people", 1),
        ("shop.teams", 1),
        ("shop.visits", 20),
        ("shop.visits_acme", 20),
    ]
    done = tenants.forget(owner_dsn, TENANT, batch=batch)
    assert (done.left, done.refusals) == ({}, [])
    assert done.before.total == sum(before.values()) - 20, "partitions are counted with their table"
    assert rows(superuser, TENANT) == {}
    assert held(superuser, OTHER_TENANT) == others
    assert tenants.holdings(owner_dsn, "nobody").total == 0
    assert superuser.execute("SELECT tenant_id, n FROM shop.notes ORDER BY n, 1").fetchall() == [
        ("umbrella", 1),
        ("ACME", 2),
        ("UMBRELLA", 2),
    ]


async def test_what_stands_against_it_is_told_and_the_rest_is_erased(
    db: Database[UnitOfWork], seed: Seed, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    superuser.execute(
        "CREATE TABLE invoices (tenant text, project_id uuid,"
        " FOREIGN KEY (tenant, project_id) REFERENCES projects (tenant_id, id))"
    )
    superuser.execute("INSERT INTO invoices VALUES ('acme', %s)", [seed.project_id])
    done = tenants.forget(owner_dsn, TENANT)
    assert done.left == rows(superuser, TENANT) == {"public.projects": 1}
    assert len(done.refusals) == 1
    assert 'on table "invoices"' in done.refusals[0]
    superuser.execute("DELETE FROM invoices")
    assert tenants.forget(owner_dsn, TENANT).left == rows(superuser, TENANT) == {}


async def test_a_tenant_that_is_not_there_has_nothing_to_erase(
    db: Database[UnitOfWork], other_seed: Seed, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    before = held(superuser, OTHER_TENANT)
    done = tenants.forget(owner_dsn, TENANT)
    assert (done.before.total, done.before.kept, done.erased, done.left) == (0, {}, {}, {})
    assert held(superuser, OTHER_TENANT) == before


def test_what_cannot_be_done_is_told_before_anything_is(
    owner_dsn: str, superuser: psycopg.Connection
) -> None:
    with pytest.raises(ValidationError, match="tenant_id"):
        tenants.forget(owner_dsn, "a b")
    superuser.execute("CREATE TABLE foreign_soil (tenant_id text)")
    with pytest.raises(ConfigurationError, match=r"does not own public\.foreign_soil, postgres does"):
        tenants.forget(owner_dsn, TENANT)


async def test_owner_and_account_are_erased_as_the_page_says_unless_another_tenant_has_them(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    """After which the tenant can be onboarded anew."""
    superuser.execute(
        "UPDATE channels SET user_id = %s, version = version + 1 WHERE tenant_id = %s",
        [seed.user_id, OTHER_TENANT],
    )
    kept = tenants.forget(owner_dsn, TENANT).before.kept
    (user,) = kept["public.users"]
    erase = PAGE_SQL.replace("…", user).encode()
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        superuser.execute(erase)
    superuser.execute("ROLLBACK")
    tenants.forget(owner_dsn, OTHER_TENANT)
    superuser.execute(erase)
    assert superuser.execute("SELECT FROM outbox_events WHERE tenant_id = %s", [f"user:{user}"]).rowcount == 0
    again = await seed_tenant(db, TENANT, "acme-phone", NOW)
    assert again.project_id != seed.project_id


def test_a_run_that_is_killed_is_finished_by_the_next(
    two: Two, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    """With a batch of one row there is time; the control is that rows were gone, and others were not."""
    before = sum(rows(superuser, TENANT).values())
    arguments = ["tenant", "forget", TENANT, "--batch", "1", "--dsn", owner_dsn]
    command = [sys.executable, "-m", "ventros.cli", *arguments]
    with subprocess.Popen(command, env=WITHOUT_DATABASE, stdout=subprocess.DEVNULL) as running:
        try:
            while sum(rows(superuser, TENANT).values()) > before - 50:
                assert running.poll() is None, "it came to its end"
                time.sleep(0.01)
        finally:
            running.kill()
    while superuser.execute(SESSIONS, [roles.OWNER]).fetchall():  # the server ends what it had begun
        time.sleep(0.01)
    left = sum(rows(superuser, TENANT).values())
    assert 0 < left <= before - 50
    assert held(superuser, OTHER_TENANT) == two.others
    done = tenants.forget(owner_dsn, TENANT)
    assert (done.before.total, done.left) == (left, {})
    assert rows(superuser, TENANT) == {}
    assert held(superuser, OTHER_TENANT) == two.others


@attrs.define
class Load:
    """The other tenant at work, from several tasks; every save it was told of must be there afterwards."""

    db: Database[UnitOfWork]
    contacts: list[Contact]
    saves: int = 0
    longest: float = 0.0
    over: bool = False

    async def work(self, number: int) -> None:
        while not self.over:
            started = time.perf_counter()
            contact = self.contacts[number].rename(f"Ada {self.saves}", now=NOW)
            async with self.db.unit_of_work(OTHER_TENANT) as uow:
                self.contacts[number] = await uow.contacts.save(contact)
                await uow.commit()
            self.longest = max(self.longest, time.perf_counter() - started)
            self.saves += 1

    async def during(self, work: object) -> None:
        """Asserts that it went on, and that no save waited for longer than two seconds."""
        tasks = [asyncio.create_task(self.work(number)) for number in range(len(self.contacts))]
        await asyncio.sleep(0.1)
        before = self.saves
        await asyncio.to_thread(work)  # type: ignore[arg-type]
        assert self.saves > before + 20, "the other tenant stood still"
        self.over = True
        await asyncio.gather(*tasks)
        assert self.longest < 2, "the other tenant waited"


@pytest.fixture
async def load(db: Database[UnitOfWork], two: Two, other_seed: Seed) -> Load:
    async with db.unit_of_work(OTHER_TENANT) as uow:
        new = [
            Contact.create(project_id=other_seed.project_id, tenant_id=OTHER_TENANT, name="Ada", now=NOW)
            for _ in range(4)
        ]
        contacts = [await uow.contacts.add(contact) for contact in new]
        await uow.commit()
    return Load(db, contacts)


async def test_another_tenant_works_on_meanwhile(
    load: Load, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    await load.during(lambda: tenants.forget(owner_dsn, TENANT, batch=5))
    assert rows(superuser, TENANT) == {}
    async with load.db.unit_of_work(OTHER_TENANT) as uow:
        assert await uow.contacts.get_many([one.id for one in load.contacts]) == load.contacts
    stored = superuser.execute(
        "SELECT count(*) FROM outbox_events WHERE aggregate_version > 1 AND aggregate_id = ANY (%s)",
        [[one.id for one in load.contacts]],
    )
    assert stored.fetchall() == [(load.saves,)]


async def test_control_in_one_transaction_another_tenant_would_wait(load: Load, owner_dsn: str) -> None:
    def at_once() -> None:
        with owner(owner_dsn) as connection:
            connection.execute("ALTER TABLE aggregate_history NO FORCE ROW LEVEL SECURITY")
            time.sleep(3)

    with pytest.raises(AssertionError, match="the other tenant"):
        await load.during(at_once)
    load.over = True
    await asyncio.sleep(0.5)


async def test_a_writer_of_the_tenant_is_waited_for(
    db: Database[UnitOfWork], seed: Seed, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    """For longer than one lock may take."""
    async with db.unit_of_work(TENANT) as uow:
        await uow.channels.touch(await uow.channels.get(seed.channel_id))
        forgetting = asyncio.create_task(asyncio.to_thread(tenants.forget, owner_dsn, TENANT))
        while not superuser.execute(f"{SESSIONS} AND wait_event_type = 'Lock'", [roles.OWNER]).fetchall():
            assert not forgetting.done(), "it did not wait"
            await asyncio.sleep(0.01)
        await asyncio.sleep(1)
        assert not forgetting.done(), "it gave up"
        await uow.commit()
    assert (await forgetting).left == rows(superuser, TENANT) == {}


async def test_control_a_writer_that_does_not_end_is_not_waited_for_for_ever(
    db: Database[UnitOfWork], seed: Seed, owner_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants, "_ATTEMPTS", 2)
    async with db.unit_of_work(TENANT) as uow:
        channel = await uow.channels.get(seed.channel_id)
        await uow.channels.save(channel.rename("Back office", now=NOW))
        with pytest.raises(ConfigurationError, match=r"stays in use.*run it again"):
            await asyncio.to_thread(tenants.forget, owner_dsn, TENANT)
    assert tenants.forget(owner_dsn, TENANT).left == {}
    with pytest.raises(OptimisticLockError):
        async with db.unit_of_work(TENANT) as uow:
            await uow.channels.save(channel.rename("Back office", now=NOW))
