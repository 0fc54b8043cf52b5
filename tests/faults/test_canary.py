"""Secrets are put where secrets are, everything is tried and everything is looked through: none is seen."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import click
import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from tests.support.canary import KEY, TOKENS, VALUE, Seen, all_logs
from tests.support.canary_holders import OTHER, RING, T, made, show
from tests.support.constants import NOW, TENANT
from tests.support.program import ventros
from ventros import Database, Settings, Telemetry, UnitOfWork
from ventros.cli import main
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.connection import connection
from ventros.kernel.encryption import KeyRing, Secret
from ventros.kernel.errors import AlreadyExists, VentrosError
from ventros.kernel.ids import new_id
from ventros.kernel.statements.checked import one_off
from ventros.statements import statement

FEW = KeyRing(writer="other", keys={"other": bytes(32)})
SECRETS: list[str | bytes] = [*TOKENS.values(), KEY]
SLEEP = one_off(
    "SELECT pg_sleep(5)::text AS said, $1 AS value",
    params="value text",
    rows="one",
    returns="said text, value text",
)
CAST = one_off("SELECT $1::text::integer AS value", params="value text", rows="one", returns="value")
APART = {
    *("demo", "dev", "bench", "sync", "sql plans", "migrate schema"),  # on servers of their own
    *(
        "migrate checksums",
        "new application",
        "new aggregate",
        "sql ls",
        "sql show",
        "sql shapes",
        "sql lint",
    ),
    *("sql grants", "migrate rollback"),  # of code and files, or gone with all that was stored
}
"""Commands that come by none of these secrets. The rest is run."""
UNKNOWN = {"outbox requeue", "outbox skip", "outbox forget"}
"""Asked for what there is not."""


async def provoke(seen: Seen, work: Callable[[], Awaitable[object]]) -> type[BaseException] | None:
    try:
        await work()
    except VentrosError as error:
        logging.getLogger("a.service").exception("it failed")
        seen.error(error)
        return type(error)
    return None


async def every_error(
    db: Database[UnitOfWork], superuser: psycopg.Connection, seed: Seed, seen: Seen, stored: list[Any]
) -> set[str]:
    credential, hook, waha, *_ = stored

    async def in_unit(work: Callable[[UnitOfWork], Awaitable[object]]) -> None:
        async with db.unit_of_work(TENANT) as uow:
            await work(uow)
            await uow.commit()

    async def twice(uow: UnitOfWork) -> object:
        return await uow.credentials.add(made(seed)[0])

    async def unchecked(uow: UnitOfWork) -> object:
        spoiled = attrs.evolve(made(seed)[1], origin=VALUE)
        return await uow.webhook_subscriptions.add(spoiled)

    async def mistyped(uow: UnitOfWork) -> object:
        return await uow.connection.maybe(statement("credentials.get"), TENANT, VALUE)

    async def uncast(uow: UnitOfWork) -> object:
        return await uow.connection.one(CAST, VALUE)

    async def slow(uow: UnitOfWork) -> object:
        return await uow.connection.one(SLEEP, VALUE)

    async def ended(uow: UnitOfWork) -> object:
        await uow.credentials.get(credential.id)
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return await uow.credentials.get(credential.id)

    async def stale(uow: UnitOfWork) -> object:
        await uow.credentials.save(credential.set_secret(T["access"], encryptor=RING, now=NOW))
        return await uow.credentials.save(credential.set_secret(T["access"], encryptor=RING, now=NOW))

    units = (twice, unchecked, mistyped, uncast, slow, ended, stale)
    met = {await provoke(seen, partial(in_unit, work)) for work in units}

    async def call(work: Callable[[], object]) -> None:
        work()

    faulty: list[Callable[[], object]] = [
        lambda: credential.decrypt(OTHER),
        lambda: credential.decrypt(FEW),
        lambda: hook.plain_headers(OTHER),
        lambda: waha.platform_config(FEW),
        lambda: attrs.evolve(credential, secret=credential.oauth.access).decrypt(RING),
        lambda: hook.set_url(Secret(f"ftp://{TOKENS['path']}"), encryptor=RING, now=NOW),
        lambda: hook.set_url(Secret(f"https://h:{TOKENS['path']}"), encryptor=RING, now=NOW),
        lambda: hook.set_headers({"X": Secret(f"{TOKENS['header']}\n")}, encryptor=RING, now=NOW),
        lambda: credential.set_secret(Secret(f"{TOKENS['credential']}\ud83d"), encryptor=RING, now=NOW),
    ]
    met |= {await provoke(seen, partial(call, work)) for work in faulty}
    for resource, one, column in (("credentials", credential, "secret"), ("channels", waha, "status")):
        check = "encrypted" if column == "secret" else column
        names = [sql.Identifier(name) for name in (resource, f"{resource}_{check}_check", column)]
        superuser.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*names[:2]))
        ask = sql.SQL("SELECT {} FROM {} WHERE id = %s").format(names[2], names[0])
        ((kept,),) = superuser.execute(ask, [one.id]).fetchall()
        spoil = sql.SQL("UPDATE {} SET {} = %s, version = version + 1 WHERE id = %s").format(*names[::2])
        superuser.execute(spoil, [VALUE, one.id])

        async def load(uow: UnitOfWork, resource: str = resource, id_: UUID = one.id) -> object:
            return await getattr(uow, resource).get(id_)

        met.add(await provoke(seen, partial(in_unit, load)))
        superuser.execute(spoil, [kept, one.id])
    print(f"errors met: {sorted(kind.__name__ for kind in met if kind)}")
    return {kind.__name__ for kind in met if kind}


def runnable(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    if not isinstance(group, click.Group):
        yield " ".join(path)
        return
    if group.invoke_without_command:
        yield " ".join(path)
    for name, command in group.commands.items():
        yield from runnable(command, (*path, name))


def commands(dsn: str, owner: str, superuser: str, folder: Path) -> dict[str, list[str]]:
    """Each that comes by a database or keys, in an order in which they can be run."""
    keys, events, page = folder / "keys", folder / "events.jsonl", folder / "page.html"
    keys.write_text(
        f"other {base64.b64encode(bytes(32)).decode()}\ncanary {base64.b64encode(KEY).decode()}\n",
        encoding="ascii",
    )
    keys.chmod(0o600)
    events.write_text(
        f'{{"event": "message", "session": "canary", "secret": "{TOKENS["credential"]}", "payload": 7}}\n'
        f"{TOKENS['credential']}\n",
        encoding="ascii",
    )
    mine, owned, all_seeing = ["--dsn", dsn], ["--dsn", owner], ["--dsn", superuser]
    return {
        "history enable": owned,
        "history status": owned,
        "migrate": owned,
        "migrate status": owned,
        "migrate roles": all_seeing,
        "locking-indexes create": owned,
        "locking-indexes status": owned,
        "locking-indexes drop": owned,
        "ingest": [str(events), "--tenant", TENANT, *mine],
        "sql explain": ["credentials.get", *owned],
        "sql stats": all_seeing,
        "sql reconcile": all_seeing,
        "audit": ["--html", str(page), *all_seeing],
        "relay": ["--once", *all_seeing],
        "outbox status": all_seeing,
        "outbox consumers": all_seeing,
        "outbox dead": all_seeing,
        "outbox requeue": [str(new_id()), *all_seeing],
        "outbox skip": [str(new_id()), *all_seeing],
        "outbox forget": ["nobody", *all_seeing],
        "outbox rebase": all_seeing,
        "prune": all_seeing,
        "scheduler": ["--once", "--app-dsn", dsn, *all_seeing],
        "secrets rotate": [TENANT, "--keys", str(keys), *mine],
        "history disable": owned,
        "tenant forget": [TENANT, "--dry-run", *owned],
    }


def run(name: str, arguments: list[str]) -> tuple[int, str]:
    """Its exit status, and all that it says."""
    if name in {"relay", "scheduler"}:  # which write to the files of standard output and error
        program = ventros(name, *arguments)
        return program.returncode, program.stdout + program.stderr
    done = CliRunner().invoke(main, [*name.split(), *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def run_commands(dsn: str, owner: str, superuser: str, folder: Path, seen: Seen) -> None:
    asked = commands(dsn, owner, superuser, folder)
    assert set(runnable(main)) == {*asked, *APART}, "a command that is not tried"
    for name, arguments in asked.items():
        status, said = run(name, arguments)
        print(f"ventros {name}: {status}, {len(said):,} characters")
        seen.add("events" if name == "relay" else "commands", said)
        assert status in ({0, 1, 2} if name in UNKNOWN else {0, 1}), said
        for place in ("127.0.0.1:1/x", "127.0.0.1:port/x", "[/x"):
            wrong = f"postgresql://u:{TOKENS['credential']}@{place}"
            at = arguments.index("--dsn") + 1
            status, said = run(name, [*arguments[:at], wrong])
            seen.add("commands", said)
            assert status == 2, said
    rejects = [json.loads(line) for line in (folder / "events.rejects.jsonl").read_text("utf-8").splitlines()]
    assert len(rejects) == 2
    seen.add("rejects", *({**one, "text": None} for one in rejects))  # the text is the event, as it came
    seen.add("page", (folder / "page.html").read_text("utf-8"))


def rows(superuser: psycopg.Connection) -> Iterator[str]:
    names = superuser.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    for (name,) in names.fetchall():
        every = sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(name))
        yield from (row for (row,) in superuser.execute(every).fetchall())


def verbose(superuser: psycopg.Connection, verbosity: str) -> None:
    """For sessions from now on: every statement with its parameters, and every error."""
    ((name,),) = superuser.execute("SELECT current_database()").fetchall()
    settings = {
        "log_statement": "all",
        "log_min_duration_statement": "0",
        "log_parameter_max_length_on_error": "-1",
        "log_error_verbosity": verbosity,
    }
    for setting, value in settings.items():
        change = sql.SQL("ALTER DATABASE {} SET {} = {}")
        superuser.execute(change.format(sql.Identifier(name), sql.Identifier(setting), sql.Literal(value)))


async def use(dsn: str, superuser: psycopg.Connection, seed: Seed, seen: Seen) -> set[str]:
    """As a service would, and everything that can go wrong; the errors that were met."""
    told = partial(logging.getLogger("told").debug, "%r %r %r %r")
    telemetry = Telemetry(statement=told, outcome=lambda *about: told(*about[:4]))
    async with await Database.open(UnitOfWork, dsn, Settings(statement_timeout=1), telemetry) as db:
        seen.add("reprs", db, db.settings, repr(db), repr(db.settings))
        aggregates = made(seed)
        show(seen, aggregates)
        async with db.unit_of_work(TENANT) as uow:
            stored = list(await uow.add_all(*aggregates))
            await uow.commit()
        show(seen, stored)
        return await every_error(db, superuser, seed, seen, stored)


def test_no_secret_is_seen_wherever_one_looks(
    dsn: str,
    owner_dsn: str,
    server: DevServer,
    superuser: psycopg.Connection,
    seed: Seed,
    tmp_path: Path,
) -> None:
    seen, log = Seen(), server.directory / "server.log"
    read = log.stat().st_size
    verbose(superuser, "default")
    with all_logs(seen):
        met = asyncio.run(use(dsn, superuser, seed, seen))
        run_commands(dsn, owner_dsn, server.superuser_dsn(superuser.info.dbname), tmp_path, seen)
    seen.add("rows", *rows(superuser))
    seen.add("server log", log.read_bytes()[read:].decode(errors="replace"))
    password = dsn.split("://")[1].split("@", maxsplit=1)[0].split(":")[1]
    found = seen.found(SECRETS) + seen.found([password], but={"tracebacks with locals"})
    named = {"rows", "events", "reprs of aggregates", "server log", "tracebacks with locals"}
    quoted = seen.found([VALUE], but=named)
    print(
        f"{len(SECRETS) + 1} secrets, {seen.size:,} characters of {len(seen.texts)} kinds: found {len(found)}"
    )
    print(f"a column's value: found {len(quoted)}")
    assert (found, quoted) == ([], [])
    assert met >= {
        *("AlreadyExists", "ConstraintViolation", "ValidationError", "StatementTimeout", "ConnectionLost"),
        *("OptimisticLockError", "MappingError", "DecryptionFailed", "UnknownKey"),
    }
    assert ("server log", VALUE) in seen.found([VALUE]), "control: the log tells what is not encrypted"


def test_control_a_secret_that_shows_itself_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = Seed(TENANT, "acme-phone", new_id(), new_id(), new_id(), "webhook")
    seen, leaking = Seen(), Seen()
    with all_logs(seen):
        show(seen, made(seed))
    assert seen.found(SECRETS) == []
    monkeypatch.setattr(Secret, "__repr__", lambda secret: f"Secret({secret.reveal()!r})")
    with all_logs(leaking):
        show(leaking, made(seed))
    assert {where for where, _ in leaking.found(SECRETS)} == {"reprs", "logs"}
    assert {token for _, token in leaking.found(SECRETS)} == set(TOKENS.values())


@pytest.mark.parametrize("spelled", [str, lambda token: base64.b64encode(b"u:" + token.encode()).decode()])
def test_control_a_token_is_known_however_it_is_spelled(spelled: Callable[[str], str]) -> None:
    seen = Seen()
    seen.add("page", f"<b>{spelled(TOKENS['path'])}</b>")
    assert seen.found(SECRETS) == [("page", TOKENS["path"])]


async def test_control_the_drivers_own_error_quotes_the_row(
    db: Database[UnitOfWork], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says of a value that is no form of its type. Of keys and rows it has no DETAIL: the server
    leaves it out under row-level security.
    """

    async def cast() -> None:
        async with db.unit_of_work(TENANT) as uow:
            await uow.connection.one(CAST, VALUE)

    told, quoting = Seen(), Seen()
    await provoke(told, cast)
    assert told.found([VALUE], but={"tracebacks with locals"}) == []
    monkeypatch.setattr(connection, "without_values", lambda error: error)
    await provoke(quoting, cast)
    assert quoting.found([VALUE], but={"tracebacks with locals"}) == [("tracebacks", VALUE)]


@pytest.mark.parametrize("verbosity", ["terse", "default"])
async def test_the_servers_log_names_no_value_when_it_is_terse(
    dsn: str, server: DevServer, superuser: psycopg.Connection, seed: Seed, verbosity: str
) -> None:
    """Where it logs each statement. The default verbosity is the control: it logs the parameters, too."""
    log = server.directory / "server.log"
    verbose(superuser, verbosity)
    async with await Database.open(UnitOfWork, dsn) as db:
        read = log.stat().st_size
        with pytest.raises(AlreadyExists):
            async with db.unit_of_work(TENANT) as uow:
                for _ in range(2):
                    await uow.credentials.add(made(seed)[0])
    said = log.read_bytes()[read:].decode(errors="replace")
    assert "credentials_name_key" in said
    assert (VALUE in said) is (verbosity == "default")
    assert [token for token in TOKENS.values() if token in said] == []
