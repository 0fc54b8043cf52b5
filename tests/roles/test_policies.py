"""Relay and scheduler work for all tenants, each by its own statements; who else might, is held back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, LiteralString

import attrs
import psycopg
import pytest

from tests.support.letters import LETTERS, build
from tests.support.migrations import of
from ventros import KERNEL, Application, roles
from ventros.audit.checks import Finding, audit
from ventros.audit.grants import grants_sql
from ventros.audit.library import Library
from ventros.audit.lint import lint
from ventros.audit.plans import planning, trees
from ventros.audit.schema import FILE
from ventros.devserver import DevServer
from ventros.generator.catalogue import catalogue
from ventros.kernel.errors import ConfigurationError
from ventros.migrate import migrate
from ventros.roles import Roles

DATABASE = "posting"
RELAY = """\
GRANT
    SELECT (tenant_id, id, body, sent),
    UPDATE (sent)
    ON posting.letters TO ventros_relay;
CREATE POLICY relay_select ON posting.letters FOR SELECT TO ventros_relay USING (true);
CREATE POLICY relay_update ON posting.letters FOR UPDATE TO ventros_relay USING (true) WITH CHECK (true);
"""
SCHEDULER = """\
GRANT
    SELECT (sent),
    INSERT (tenant_id, id, body),
    DELETE
    ON posting.letters TO ventros_scheduler;
CREATE POLICY scheduler_select ON posting.letters FOR SELECT TO ventros_scheduler USING (true);
CREATE POLICY scheduler_insert ON posting.letters FOR INSERT TO ventros_scheduler WITH CHECK (true);
CREATE POLICY scheduler_delete ON posting.letters FOR DELETE TO ventros_scheduler USING (true);
"""
TENANTS = ("acme", "umbrella")
ONE = "00000000-0000-0000-0000-000000000001"
TWO = "00000000-0000-0000-0000-000000000002"


@attrs.frozen
class Post:
    application: Application
    server: DevServer

    def as_(self, role: str, text: LiteralString, *values: object, tenant: str = "") -> list[tuple[Any, ...]]:
        """The rows that the server answers to that role, in one transaction; of a write, how many it met."""
        with (
            closing(psycopg.connect(self.server.dsn(DATABASE, role))) as connection,
            connection.transaction(),
        ):
            if tenant:
                connection.execute("SELECT set_config('app.tenant_id', %s, true)", [tenant])
            cursor = connection.execute(text, values)
            return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]

    def set_up(self, names: Roles = roles.DEFAULT) -> list[str]:
        reports: list[str] = []
        roles.set_up(self.server.owner_dsn(DATABASE), self.application, names, report=reports.append)
        return reports

    def faults(self) -> list[Finding]:
        with psycopg.connect(self.server.superuser_dsn(DATABASE), autocommit=True) as superuser:
            found = audit(superuser, self.application)
        return [one for one in found if one.check == "catalogue"]

    def rewrite(self, before: str, after: str) -> None:
        """Another text of the statements, with the grants.sql that follows from it."""
        folder = self.application.statements.folder
        text = (folder / "letters.sql").read_text()
        assert before in text
        (folder / "letters.sql").write_text(text.replace(before, after))
        changed = of(folder, KERNEL, name="posting", schema="posting")
        (folder / "grants.sql").write_text(grants_sql(Library(changed)))


@pytest.fixture(scope="module")
def own_server() -> Iterator[DevServer]:
    """Where the roles may send what is no statement."""
    with DevServer(durable=False) as running:
        yield running


@pytest.fixture(scope="module")
def listed(own_server: DevServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The lines of its schema."""
    return catalogue(own_server, build(tmp_path_factory.mktemp("listed"), KERNEL))


@pytest.fixture
def post(own_server: DevServer, tmp_path: Path, listed: str) -> Iterator[Post]:
    """Migrated, with the grants that follow from the statements, and a letter of each tenant."""
    application = build(tmp_path, KERNEL)
    (application.statements.folder / FILE).write_text(listed, encoding="utf-8")
    own_server.create_database(DATABASE)
    found = Post(application, own_server)
    found.set_up()
    migrate(own_server.owner_dsn(DATABASE), application)
    found.set_up()
    for tenant in TENANTS:
        found.as_(
            roles.APP,
            "INSERT INTO posting.letters (tenant_id, id, body) VALUES (%s, %s, 'hello')",
            *(tenant, ONE),
            tenant=tenant,
        )
    yield found
    with psycopg.connect(own_server.superuser_dsn(), autocommit=True) as superuser:
        superuser.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)".encode())


def test_what_the_relay_executes_is_planned_under_its_policies(post: Post) -> None:
    """Where who asks may become the relay; the owner sees the plan of one tenant."""
    (take,) = (one for one in Library(post.application).own_statements if one.name.endswith("take"))
    condition = {}
    for role, dsn in (
        (roles.RELAY, post.server.superuser_dsn(DATABASE)),
        (roles.OWNER, post.server.owner_dsn(DATABASE)),
    ):
        with psycopg.connect(dsn) as connection, planning(connection):
            connection.execute("SET ROLE ventros_owner")
            condition[role] = {
                mode: "app.tenant_id" in str(tree) for mode, tree in trees(connection, take).items()
            }
            assert connection.execute("SELECT current_user").fetchone() == (roles.OWNER,)
    assert set(condition[roles.RELAY].values()) == {False}
    assert set(condition[roles.OWNER].values()) == {True}


def test_each_role_is_granted_what_its_own_statements_need(post: Post) -> None:
    text = (post.application.statements.folder / "grants.sql").read_text()
    assert RELAY in text
    assert SCHEDULER in text
    assert lint(Library(post.application), Library(post.application).own_statements) == []


def test_relay_and_scheduler_work_for_all_tenants_without_naming_one(post: Post) -> None:
    """In the planner an OR with true is true, whatever stands beside it: the tenant is never asked for."""
    take = (
        "SELECT tenant_id FROM posting.letters WHERE NOT sent ORDER BY tenant_id, id FOR UPDATE SKIP LOCKED"
    )
    assert post.as_(roles.RELAY, take) == [("acme",), ("umbrella",)]
    mark = "UPDATE posting.letters SET sent = true WHERE tenant_id = %s AND id = %s"
    assert [post.as_(roles.RELAY, mark, tenant, ONE) for tenant in TENANTS] == [[(1,)], [(1,)]]
    plan = post.as_(roles.RELAY, "EXPLAIN (VERBOSE) UPDATE posting.letters SET sent = true WHERE NOT sent")
    assert "tenant_id =" not in str(plan)
    remind = "INSERT INTO posting.letters (tenant_id, id, body) VALUES (%s, %s, 'a reminder')"
    assert [post.as_(roles.SCHEDULER, remind, tenant, TWO) for tenant in TENANTS] == [[(1,)], [(1,)]]
    assert post.as_(roles.SCHEDULER, "DELETE FROM posting.letters WHERE sent") == [(2,)]
    assert post.as_(roles.AUDITOR, "SELECT tenant_id, body FROM posting.letters ORDER BY 1") == [
        ("acme", "a reminder"),
        ("umbrella", "a reminder"),
    ]


@pytest.mark.parametrize("role", [roles.APP, roles.OWNER])
def test_app_and_owner_name_a_tenant_still_and_see_no_other(post: Post, role: str) -> None:
    with pytest.raises(psycopg.Error) as caught:
        post.as_(role, "SELECT body FROM posting.letters")
    assert caught.value.sqlstate == "VT001"
    assert post.as_(role, "SELECT tenant_id FROM posting.letters", tenant="acme") == [("acme",)]


OVERSTEPPING: list[tuple[str, LiteralString]] = [
    (roles.RELAY, "INSERT INTO posting.letters (tenant_id, id, body) VALUES ('acme', gen_random_uuid(), '')"),
    (roles.RELAY, "DELETE FROM posting.letters"),
    (roles.RELAY, "UPDATE posting.letters SET body = ''"),
    (roles.RELAY, "UPDATE posting.letters SET tenant_id = 'umbrella'"),
    (roles.RELAY, "SELECT 1 FROM processed_events"),
    (roles.SCHEDULER, "UPDATE posting.letters SET sent = true"),
    (roles.SCHEDULER, "SELECT body FROM posting.letters"),
    (roles.AUDITOR, "UPDATE posting.letters SET sent = true"),
    (roles.AUDITOR, "DELETE FROM posting.letters"),
    (roles.AUDITOR, "SELECT 1 FROM posting.letters FOR SHARE"),
]


@pytest.mark.parametrize(("role", "text"), OVERSTEPPING)
def test_what_no_statement_of_a_role_does_is_refused(post: Post, role: str, text: LiteralString) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        post.as_(role, text, tenant="acme")


def test_policies_go_with_their_statement_and_are_left_where_they_are_right(post: Post) -> None:
    assert [line for line in post.set_up() if "polic" in line] == []
    assert post.faults() == []
    post.rewrite("-- role: scheduler\n-- rows: affected\nDELETE", "-- role: relay\n-- rows: affected\nDELETE")
    lines = post.set_up()
    assert "made the policies relay_delete (1)" in lines
    assert "dropped the policies scheduler_delete (1), scheduler_select (1)" in lines
    assert post.faults() == [
        finding for finding in post.faults() if finding.subject == "posting.letters.relay_delete"
    ]


def test_roles_of_other_names_have_the_policies_and_no_one_has_two_roles(post: Post) -> None:
    """Its name is one that has to be quoted."""
    with psycopg.connect(post.server.superuser_dsn(DATABASE), autocommit=True) as superuser:
        superuser.execute('CREATE ROLE "The Post" IN ROLE ventros_app')
        superuser.execute('REVOKE ventros_app FROM "The Post"')
        names = Roles(relay="The Post")
        assert re.search(r"made the policies relay_select .*relay_update", str(post.set_up(names)))
        assert [line for line in post.set_up(names) if "polic" in line] == []
        superuser.execute('SET ROLE "The Post"')
        assert len(superuser.execute("SELECT body FROM posting.letters").fetchall()) == len(TENANTS)
        superuser.execute('RESET ROLE; DROP OWNED BY "The Post"; DROP ROLE "The Post"')
    with pytest.raises(ConfigurationError, match="ventros_app is to be both app and relay"):
        Roles(relay=roles.APP)


def test_a_policy_for_all_that_nobody_declared_is_found(post: Post) -> None:
    with psycopg.connect(post.server.superuser_dsn(DATABASE), autocommit=True) as superuser:
        superuser.execute("DROP POLICY relay_select ON posting.letters")
        superuser.execute(
            "CREATE POLICY relay_select ON posting.letters FOR SELECT TO ventros_app USING (true)"
        )
    assert [finding.subject for finding in post.faults()] == ["posting.letters.relay_select"]
    post.set_up()
    assert post.faults() == []


def test_an_unknown_role_is_told(tmp_path: Path) -> None:
    (tmp_path / "letters.sql").write_text(LETTERS.replace("role: relay", "role: relais"))
    with pytest.raises(ConfigurationError, match="'relais', not one of app, relay, scheduler"):
        _ = of(tmp_path, KERNEL, name="posting", schema="posting").statements["posting.letters.take"]
