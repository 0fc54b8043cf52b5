"""Where history is enabled it is dense, replays to the row, and stays as it was written."""

from __future__ import annotations

from typing import Any, LiteralString

import attrs
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from tests.support.constants import NOW, TENANT
from tests.support.history import CHECK, LATER, findings
from tests.support.listening import listen
from ventros import CRM, KERNEL, Database, UnitOfWork, roles
from ventros.crm.agents.aggregate import Agent
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError, MigrationError
from ventros.migrate import rollback
from ventros.ops import history
from ventros.testing.subject import Filled, Subject, outbox

Row = tuple[Any, ...]


def recorded(superuser: psycopg.Connection, id_: object) -> list[Row]:
    return superuser.execute(
        "SELECT aggregate_version, kind, before, after FROM aggregate_history WHERE aggregate_id = %s"
        " ORDER BY aggregate_version",
        [id_],
    ).fetchall()


async def test_every_step_of_every_aggregate_is_recorded_and_replays(
    subject: Subject,
    superuser: psycopg.Connection,
    owner_dsn: str,
) -> None:
    """One that was there before, and one that is added afterwards; versions are those of the outbox."""
    old = await subject.stored()
    assert history.enable(owner_dsn, CRM) >= 1
    old = await subject.save(subject.change(old))
    async with subject.unit() as uow:
        await subject.repository(uow).remove(old)
        await uow.commit()
    assert [row[:2] for row in recorded(superuser, old.id)] == [(1, "baseline"), (2, "update"), (3, "delete")]
    assert findings(superuser) == []
    new = await subject.stored()
    new = await subject.touch(await subject.save(subject.change(new)))
    if subject.factory.change_child is not None:
        new = await subject.save(subject.factory.change_child(new, LATER))
    steps = recorded(superuser, new.id)
    assert [row[1] for row in steps] == ["insert"] + ["update"] * (new.version - 1)
    assert [row[0] for row in steps] == sorted({row[0] for row in outbox(superuser, new)})
    assert findings(superuser) == []


@given(data=st.data())
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_value_replays(
    subject: Subject,
    server: DevServer,
    superuser: psycopg.Connection,
    owner_dsn: str,
    data: st.DataObject,
) -> None:
    """Added with drawn values, then saved with others, by a superuser, who can check before the rollback."""
    if not history.status(owner_dsn, CRM).recorded:
        history.enable(owner_dsn, CRM)
    drawn = subject.factory.fields(subject.seed, subject.refs)
    new = attrs.evolve(subject.new(), **data.draw(drawn))
    changed = {name: value for name, value in data.draw(drawn).items() if name not in subject.factory.fixed}
    own = await Database.open(UnitOfWork, server.superuser_dsn(superuser.info.dbname))
    async with own, own.unit_of_work(TENANT, user=subject.user) as uow:
        added = await subject.repository(uow).add(new)
        await subject.repository(uow).save(
            attrs.evolve(added, **changed, domain_events=(Filled().recorded(added, LATER),))
        )
        driver = uow.connection.driver
        settings, _, question = CHECK.partition("WITH aggregate")
        await driver.execute(settings)
        assert await driver.fetch(f"WITH aggregate{question}") == []
        steps = "SELECT count(*) FROM aggregate_history WHERE aggregate_id = $1 AND kind <> 'baseline'"
        assert await driver.fetchval(steps, new.id) == 2


def test_a_row_tells_who_and_what(superuser: psycopg.Connection, ada: Contact) -> None:
    rows = superuser.execute(
        "SELECT aggregate_version, role, actor, use_case, before, after FROM aggregate_history"
        " WHERE aggregate_id = %s ORDER BY 1",
        [ada.id],
    ).fetchall()
    assert [row[:4] for row in rows] == [
        (1, roles.APP, "user:7", "greet"),
        (2, roles.APP, "user:7", "greet"),
        (3, roles.APP, None, None),
    ]
    inserted, renamed, phoned = (row[4:] for row in rows)
    assert inserted[0] is None
    assert inserted[1].keys() > {"name", "id", "tenant_id", "tags", "deleted_at"}
    assert renamed == (
        {"name": "Ada", "updated_at": NOW.isoformat()},
        {"name": "Bea", "updated_at": LATER.isoformat()},
    )
    assert phoned == ({"phone": None}, {"phone": "+5511999999999"})


def test_what_is_written_rightly_by_hand_is_recorded_too(
    superuser: psycopg.Connection, owner_dsn: str, ada: Contact
) -> None:
    """By a superuser without a tenant; by the owner, who names himself; whatever their sessions' settings."""
    superuser.execute("SET TimeZone = 'America/Sao_Paulo'")
    superuser.execute("SET IntervalStyle = 'iso_8601'")
    superuser.execute("SET extra_float_digits = -15")
    superuser.execute("UPDATE contacts SET name = 'x', updated_at = now(), version = version + 1")
    with psycopg.connect(owner_dsn) as owner:
        owner.execute("SET LOCAL app.tenant_id = 'acme'; SET LOCAL app.actor = 'dba:eve'")
        owner.execute("UPDATE contacts SET name = 'y', version = version + 1")
    assert superuser.execute(
        "SELECT aggregate_version, role, actor, use_case, before ->> 'name', after ->> 'name'"
        " FROM aggregate_history WHERE aggregate_id = %s AND aggregate_version > 3 ORDER BY 1",
        [ada.id],
    ).fetchall() == [
        (4, superuser.info.user, None, None, "Bea", "x"),
        (5, roles.OWNER, "dba:eve", None, "x", "y"),
    ]
    assert findings(superuser) == []
    superuser.execute("RESET ALL")
    assert findings(superuser) == []


def test_a_version_that_does_not_step_is_refused_without_the_version_guard_too(
    superuser: psycopg.Connection, ada: Contact
) -> None:
    superuser.execute("ALTER TABLE contacts DISABLE TRIGGER version_guard")
    texts: list[LiteralString] = [
        "UPDATE contacts SET name = 'x'",
        "UPDATE contacts SET name = 'x', version = version - 1",
    ]
    for text in texts:
        with pytest.raises(psycopg.errors.UniqueViolation) as caught:
            superuser.execute(text)
        assert caught.value.diag.constraint_name == "aggregate_history_pkey"
    superuser.execute("UPDATE contacts SET name = 'x', version = version + 2")
    ((about, finding),) = findings(superuser)
    assert (about, finding[-29:]) == (f"contacts {ada.id}", "has version 5 after version 3")


def test_an_insert_at_another_version_is_a_baseline(superuser: psycopg.Connection, ada: Contact) -> None:
    """As by who restores rows; nothing is known of what was before."""
    superuser.execute("CREATE TEMP TABLE copied AS TABLE contacts")
    superuser.execute("UPDATE copied SET id = gen_random_uuid(), phone = NULL, version = 7")
    superuser.execute("INSERT INTO contacts TABLE copied")
    assert superuser.execute(
        "SELECT kind, aggregate_version FROM aggregate_history WHERE aggregate_table = 'contacts'"
        " AND aggregate_id <> %s",
        [ada.id],
    ).fetchall() == [("baseline", 7)]
    assert findings(superuser) == []


def test_while_it_is_disabled_nothing_is_found_and_baselines_begin_anew(
    superuser: psycopg.Connection, owner_dsn: str, ada: Contact
) -> None:
    """Of whoever moved on and whoever was removed; who stayed needs none."""
    kept = recorded(superuser, ada.id)
    channel = superuser.execute("SELECT id FROM channels").fetchall()[0][0]
    history.disable(owner_dsn, CRM)
    assert history.status(owner_dsn, CRM).recorded == ()
    superuser.execute("UPDATE contacts SET name = 'x', version = version + 1")
    superuser.execute("DELETE FROM channels")
    assert findings(superuser) == []
    assert history.enable(owner_dsn, CRM) == 2
    assert recorded(superuser, ada.id)[:3] == kept
    assert recorded(superuser, ada.id)[3][:3] == (4, "baseline", None)
    assert recorded(superuser, channel)[-1] == (2, "baseline", None, None)
    superuser.execute("UPDATE contacts SET name = 'y', version = version + 1")
    assert findings(superuser) == []
    assert history.enable(owner_dsn, CRM) == 0
    superuser.execute("ALTER TABLE contacts DISABLE TRIGGER history")
    assert history.status(owner_dsn, CRM).not_recorded == ("contacts",)
    history.enable(owner_dsn, CRM)
    assert history.status(owner_dsn, CRM).not_recorded == ()


async def test_owner_and_superuser_write_the_same_baselines_of_all_tenants(
    server: DevServer, superuser: psycopg.Connection, owner_dsn: str, seed: Seed, other_seed: Seed
) -> None:
    def baselines() -> list[Row]:
        return superuser.execute(
            "SELECT tenant_id, aggregate_table, aggregate_id, aggregate_version, after FROM aggregate_history"
            " WHERE kind = 'baseline' ORDER BY 1, 2, 3"
        ).fetchall()

    assert history.enable(owner_dsn, CRM) == 6
    by_owner = baselines()
    assert [row[:2] for row in by_owner] == [
        *[(seed.tenant, "channels"), (seed.tenant, "projects")],
        *[(other_seed.tenant, "channels"), (other_seed.tenant, "projects")],
        *[(f"user:{user}", "billing_accounts") for user in sorted([seed.user_id, other_seed.user_id])],
    ]
    unforced = "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert superuser.execute(unforced).fetchall() == []
    history.disable(owner_dsn, CRM)
    forget(superuser, "true")
    assert history.enable(server.superuser_dsn(superuser.info.dbname), CRM) == 6
    assert baselines() == by_owner
    assert findings(superuser) == []


def forget(superuser: psycopg.Connection, condition: LiteralString) -> None:
    """As docs/history.md says it."""
    with superuser.transaction():
        superuser.execute("ALTER TABLE aggregate_history DISABLE TRIGGER append_only")
        superuser.execute(sql.SQL("DELETE FROM aggregate_history WHERE {}").format(sql.SQL(condition)))
        superuser.execute("ALTER TABLE aggregate_history ENABLE TRIGGER append_only")


def test_what_is_recorded_stays(superuser: psycopg.Connection, owner_dsn: str, ada: Contact) -> None:
    texts: list[LiteralString] = [
        "UPDATE aggregate_history SET actor = 'x'",
        "DELETE FROM aggregate_history",
        "TRUNCATE aggregate_history",
    ]
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        owner.execute("SELECT set_config('app.tenant_id', 'acme', false)")
        for connection in (owner, superuser):
            for text in texts:
                with pytest.raises(psycopg.DatabaseError) as caught:
                    connection.execute(text)
                assert caught.value.sqlstate == "VT003"
        owner.execute("ALTER TABLE aggregate_history DISABLE TRIGGER append_only")
        for text in texts[:2]:
            assert owner.execute(text).rowcount == 0, "there is no policy for it"
        owner.execute("ALTER TABLE aggregate_history ENABLE TRIGGER append_only")
    forget(superuser, "aggregate_table = 'contacts'")
    assert len(findings(superuser)) == 1
    assert history.enable(owner_dsn, CRM) == 1
    assert findings(superuser) == []


FORGERIES: list[LiteralString] = [
    "SELECT * FROM aggregate_history",
    "INSERT INTO aggregate_history (tenant_id) VALUES ('acme')",
    "UPDATE aggregate_history SET actor = 'x'",
    "DELETE FROM aggregate_history",
    "TRUNCATE aggregate_history",
    "ALTER TABLE contacts DISABLE TRIGGER history",
    "SET session_replication_role = replica",
    (
        "CREATE TEMP TABLE contacts (tenant_id text, id uuid, version integer);"
        "CREATE TRIGGER history AFTER INSERT ON pg_temp.contacts"
        " FOR EACH ROW EXECUTE FUNCTION ventros_record_history()"
    ),
]


@pytest.mark.parametrize("text", FORGERIES)
def test_the_app_can_neither_read_nor_forge_nor_erase(
    superuser: psycopg.Connection, ada: Contact, text: LiteralString
) -> None:
    with superuser.transaction(force_rollback=True):
        superuser.execute("CREATE ROLE a_hand IN ROLE ventros_app")
        superuser.execute("SET SESSION AUTHORIZATION a_hand")
        superuser.execute("SET LOCAL app.tenant_id = 'acme'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), superuser.transaction():
            superuser.execute(text)


async def test_a_save_sends_the_same_with_history(
    db: Database[UnitOfWork], owner_dsn: str, ada: Contact
) -> None:
    async def sent(contact: Contact, name: str) -> tuple[Contact, list[str]]:
        async with db.unit_of_work(TENANT, actor="user:7", use_case="greet") as uow:
            names = listen(uow)
            contact = await uow.contacts.save(contact.rename(name, now=LATER))
            await uow.commit()
            return contact, names

    ada, recorded_by = await sent(ada, "Cleo")
    history.disable(owner_dsn, CRM)
    assert (await sent(ada, "Dora"))[1] == recorded_by


SAID = "encrypt|nonce|keys? |secret|Authorization"
SAID_TO_BE_NONE = {
    ("credentials", "metadata"),  # nothing secret belongs there
    *(("credentials", column) for column in ("tenant_id", "id", "expires_at")),
}


async def test_no_column_that_says_it_may_hold_a_secret_is_kept(
    db: Database[UnitOfWork], superuser: psycopg.Connection, seed: Seed, ada: Contact
) -> None:
    """By their COMMENTs, so that a new one is not forgotten; the control is that the known ones are found."""
    owner: dict[str, Any] = {"project_id": seed.project_id, "tenant_id": TENANT, "user_id": seed.user_id}
    async with db.unit_of_work(TENANT) as uow:
        await uow.agents.add(Agent.create(name="Bot", now=NOW, **owner))
        await uow.commit()
    said = superuser.execute(
        "SELECT c.relname, attname, ventros_history_value(attname, '\"plain\"', secret) FROM pg_attribute"
        " JOIN pg_class AS c ON c.oid = attrelid"
        " JOIN pg_trigger ON tgrelid = c.oid AND tgname = 'history',"
        " LATERAL string_to_array(encode(tgargs, 'escape'), E'\\\\000') AS secret"
        " WHERE col_description(attrelid, attnum) ~* %s",
        [SAID],
    ).fetchall()
    kept = {(table, column) for table, column, value in said if value != "***"}
    assert kept - SAID_TO_BE_NONE == set()
    assert {(table, column) for table, column, value in said if value == "***"} == {
        *(("credentials", column) for column in ("secret", "oauth_access_token", "oauth_refresh_token")),
        *(("webhook_subscriptions", column) for column in ("url", "secret", "headers")),
        *(("agents", "config"), ("agents", "settings"), ("channels", "secrets")),
    }
    superuser.execute('UPDATE agents SET config = config || \'{"api_key": "geheim"}\', version = version + 1')
    everything = superuser.execute("SELECT string_agg(h::text, '') FROM aggregate_history AS h").fetchall()[
        0
    ][0]
    assert "geheim" not in everything
    assert '{"config": "***"}' in everything.replace('""', '"').replace("\\", "")
    superuser.execute("UPDATE agents SET version = version + 1")
    assert findings(superuser) == []


def test_it_is_not_changed_while_the_tables_are_in_use(
    superuser: psycopg.Connection, owner_dsn: str, seed: Seed
) -> None:
    with superuser.transaction():
        superuser.execute("LOCK TABLE sessions IN ROW EXCLUSIVE MODE")
        with pytest.raises(ConfigurationError, match="in use for longer than 5 seconds"):
            history.enable(owner_dsn, CRM)
    assert history.status(owner_dsn, CRM).recorded == ()
    assert superuser.execute("SELECT count(*) FROM aggregate_history").fetchone() == (0,)
    history.enable(owner_dsn, CRM)
    with pytest.raises(MigrationError, match="other objects depend"):
        rollback(owner_dsn, KERNEL, to="0004")
    history.disable(owner_dsn, CRM)
    rollback(owner_dsn, KERNEL, to="0004")
    with pytest.raises(ConfigurationError, match="run ventros migrate first"):
        history.status(owner_dsn, CRM)
