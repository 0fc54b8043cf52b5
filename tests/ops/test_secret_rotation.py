"""Keys are changed while everybody works: nothing is lost, nothing left, and it may be cut short anywhere."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.keys import BOTH, NEW, NEW_KEY, OLD, OLD_KEY
from tests.support.program import WITHOUT_DATABASE, ventros
from tests.support.rotating import under_load
from ventros import CRM, Database, UnitOfWork
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.values import CredentialType
from ventros.crm.webhook_subscriptions.aggregate import WebhookSubscription
from ventros.demo.seed import Seed
from ventros.kernel.encryption import EncryptedAggregate, Secret
from ventros.kernel.errors import DecryptionFailed, MappingError, UnknownKey, ValidationError
from ventros.ops import secret_rotation
from ventros.ops.secret_rotation import encrypted_repositories, left, rotate

WAHA = WahaConfig(base_url="https://waha.example", api_key="key of the server")
Written = tuple[list[Credential], WebhookSubscription]


async def write(db: Database[UnitOfWork], seed: Seed, credentials: int = 3) -> Written:
    """Of each kind, with the old key: credentials with tokens, a webhook with all, a channel with keys."""

    def credential(number: int) -> Credential:
        made = Credential.create(
            tenant_id=seed.tenant,
            credential_type=CredentialType.META_ADS,
            name=f"ads {number}",
            secret=Secret(f"secret {number}"),
            encryptor=OLD,
            now=NOW,
        )
        return made.set_oauth_token("access", f"refresh {number}", expires_in=60, encryptor=OLD, now=NOW)

    hook = WebhookSubscription.create(
        user_id=seed.user_id,
        project_id=seed.project_id,
        tenant_id=seed.tenant,
        name="Orders",
        url="https://hook.example/in?token=t",
        events=["*"],
        encryptor=OLD,
        now=NOW,
    )
    hook = hook.set_secret("signs", encryptor=OLD, now=NOW).set_headers({"X": "h"}, encryptor=OLD, now=NOW)
    async with db.unit_of_work(seed.tenant) as uow:
        made = [await uow.credentials.add(credential(number)) for number in range(credentials)]
        added = await uow.webhook_subscriptions.add(hook)
        channel = await uow.channels.get(seed.channel_id)
        await uow.channels.save(channel.set_config(WAHA, encryptor=OLD, now=NOW))
        await uow.commit()
    return made, added


async def read_with_the_new_key(db: Database[UnitOfWork], seed: Seed, written: Written) -> None:
    credentials, hook = written
    async with db.unit_of_work(seed.tenant, read_only=True) as uow:
        for number, one in enumerate(credentials):
            credential = await uow.credentials.get(one.id)
            assert credential.decrypt(NEW) == Secret(f"secret {number}")
            assert credential.access_token(NEW) == Secret("access")
            assert credential.refresh_token(NEW) == Secret(f"refresh {number}")
        subscription = await uow.webhook_subscriptions.get(hook.id)
        assert subscription.plain_url(NEW) == Secret("https://hook.example/in?token=t")
        assert subscription.plain_secret(NEW) == Secret("signs")
        assert subscription.plain_headers(NEW) == {"X": Secret("h")}
        channel = await uow.channels.get(seed.channel_id)
        assert channel.platform_config(NEW) == attrs.evolve(WAHA, session_id=None)


def events(superuser: psycopg.Connection) -> Sequence[tuple[Any, ...]]:
    return superuser.execute(
        "SELECT aggregate_type, aggregate_id, aggregate_version, event_name FROM outbox_events"
        " ORDER BY aggregate_id, aggregate_version, sequence"
    ).fetchall()


def key_ids(superuser: psycopg.Connection) -> set[str]:
    """Of every column whose CHECK says that it is encrypted, found in the catalogue of the server."""
    columns = superuser.execute(
        "SELECT conrelid::regclass::text, match[1] FROM pg_constraint,"
        " regexp_matches(pg_get_constraintdef(oid), 'ventros_is_encrypted\\(\"?([a-z_]+)', 'g') AS match"
    ).fetchall()
    assert len(columns) == 7
    found: set[str] = set()
    for table, column in columns:
        text = f"SELECT DISTINCT split_part({column}, '.', 2) FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608
        found |= {key for (key,) in superuser.execute(text).fetchall()}
    return found


async def test_every_value_of_the_tenants_named_is_encrypted_anew(
    db: Database[UnitOfWork], superuser: psycopg.Connection, seed: Seed, other_seed: Seed
) -> None:
    written, others = await write(db, seed), await write(db, other_seed)
    before = {event[1:3]: event for event in events(superuser)}
    done = await rotate(db, CRM, [TENANT], BOTH, batch=2)
    assert done.rows == {"channels": 1, "credentials": 3, "webhook_subscriptions": 1}
    assert (done.left, done.unreadable) == ({}, [])
    await read_with_the_new_key(db, seed, written)
    assert await left(db, CRM, [TENANT], "new") == {}
    assert sum((await left(db, CRM, [OTHER_TENANT], "new")).values()) == 3 * 3 + 3 + 1
    assert await left(db, CRM, [OTHER_TENANT], "old") == {}
    stepped = [event for event in events(superuser) if event[1:3] not in before]
    assert sorted(event[3] for event in stepped) == [
        *["channel.updated", "credential.updated", "credential.updated", "credential.updated"],
        "webhook_subscription.updated",
    ]
    assert {event[2] for event in stepped} == {2, 3}  # one step each; the channel had one before
    again = await rotate(db, CRM, [TENANT, OTHER_TENANT], BOTH)
    assert again.rows == {"channels": 1, "credentials": 3, "webhook_subscriptions": 1}
    await read_with_the_new_key(db, other_seed, others)
    assert key_ids(superuser) == {"new"}


def test_every_encrypted_column_is_rotated_and_on_the_one_list(superuser: psycopg.Connection) -> None:
    """The server, the aggregates, the list of secret columns and both statements name the same ones."""
    in_database = set(
        superuser.execute(
            "SELECT conrelid::regclass::text, match[1] FROM pg_constraint,"
            " regexp_matches(pg_get_constraintdef(oid), 'ventros_is_encrypted\\(\"?([a-z_]+)', 'g') AS match"
        ).fetchall()
    )
    aggregates = {
        kind.table: kind.encrypted for kind in EncryptedAggregate.__subclasses__() if hasattr(kind, "table")
    }
    declared = set()
    for repository in encrypted_repositories(CRM):
        table = repository.TABLE.qualified_name
        for column in aggregates[table]:
            declared.add((table, column))
            assert column in CRM.secret_columns()[table]
            assert f"split_part({column}, '.', 2)" in repository.FIND_BY_OTHER_KEYS.text  # type: ignore[attr-defined]
            assert column in repository.COUNT_BY_OTHER_KEYS.text  # type: ignore[attr-defined]
    assert declared == in_database
    indexed = superuser.execute(
        "SELECT attrelid::regclass::text, attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid"
        " AND attnum = ANY (indkey)"
    ).fetchall()
    assert in_database.isdisjoint(indexed), "an index would keep what was rotated until it is vacuumed"


async def test_nothing_is_lost_under_load(
    db: Database[UnitOfWork], superuser: psycopg.Connection, seed: Seed
) -> None:
    written = await write(db, seed, credentials=40)
    ids = [credential.id for credential in written[0]]
    results = []

    async def rotation() -> None:
        results.append(await rotate(db, CRM, [TENANT], BOTH, batch=7))

    work = await under_load(db, ids, rotation)
    (done,) = results
    total = sum(work.acknowledged.values())
    lost = await work.lost()
    print(f"{total} changes acknowledged under the rotation, lost {lost}; left {sum(done.left.values())}")
    assert (lost, done.left, done.unreadable) == (0, {}, [])
    assert total > 20
    await read_with_the_new_key(db, seed, written)
    assert key_ids(superuser) == {"new"}


async def test_control_without_the_version_changes_are_lost(
    db: Database[UnitOfWork], superuser: psycopg.Connection, seed: Seed
) -> None:
    """As a script would do it: read all, encrypt, write all, whatever came in between."""
    written = await write(db, seed, credentials=40)
    ids = [credential.id for credential in written[0]]

    async def rotation() -> None:
        async with db.unit_of_work(TENANT) as uow:
            loaded = [await uow.credentials.get(id_) for id_ in ids]
        await asyncio.sleep(0.3)
        await asyncio.to_thread(write_all, [one.reencrypt(encryptor=BOTH, now=NOW) for one in loaded])

    def write_all(renewed: list[Credential]) -> None:
        for credential in renewed:
            superuser.execute(
                "UPDATE credentials SET secret = %s, metadata = %s, version = version + 1 WHERE id = %s",
                [credential.secret.text, Jsonb(credential.metadata), credential.id],
            )

    work = await under_load(db, ids, rotation)
    lost = await work.lost()
    print(f"{sum(work.acknowledged.values())} changes acknowledged, lost {lost}")
    assert lost > 0


def key_file(folder: Path, **keys: bytes) -> Path:
    path = folder / "keys"
    lines = [f"{name} {base64.b64encode(key).decode()}\n" for name, key in keys.items()]
    path.write_text("# written today\n" + "".join(lines), encoding="ascii")
    path.chmod(0o600)
    return path


async def test_killed_anywhere_it_is_run_again(
    db: Database[UnitOfWork], dsn: str, superuser: psycopg.Connection, seed: Seed, tmp_path: Path
) -> None:
    written = await write(db, seed, credentials=150)
    keys = key_file(tmp_path, new=NEW_KEY, old=OLD_KEY)
    command = [sys.executable, "-m", "ventros.cli", "secrets", "rotate", TENANT]
    command += ["--dsn", dsn, "--keys", str(keys), "--batch", "5"]

    def values() -> int:
        ((count,),) = superuser.execute(
            "SELECT count(*) FROM credentials WHERE split_part(secret, '.', 2) = 'old'"
        ).fetchall()
        return int(count)

    def kill_when(share: int) -> int:
        with subprocess.Popen(command, env=WITHOUT_DATABASE, stdout=subprocess.DEVNULL) as program:
            while values() > share and program.poll() is None:
                time.sleep(0.001)
            os.kill(program.pid, signal.SIGKILL)
        return program.returncode

    killed = [values() for share in (120, 80, 30) if kill_when(share) == -signal.SIGKILL]
    assert killed, "it was faster each time"
    print(f"killed {len(killed)} times, when {killed} of 150 were left")
    assert all(0 < count < 150 for count in killed)
    done = ventros("secrets", "rotate", TENANT, "--dsn", dsn, "--keys", keys)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "values that other keys have to read: 0"
    await read_with_the_new_key(db, seed, written)
    assert key_ids(superuser) == {"new"}
    versions = superuser.execute("SELECT DISTINCT version FROM credentials").fetchall()
    assert versions == [(2,)], "each row once"


async def test_a_row_that_another_holds_is_not_waited_for(db: Database[UnitOfWork], seed: Seed) -> None:
    (held, *_), _ = await write(db, seed)
    async with db.unit_of_work(TENANT) as uow:
        await uow.credentials.get(held.id, lock="update")
        done = await rotate(db, CRM, [TENANT], BOTH, patience=0.1)
        assert done.left == {(TENANT, "credentials", "old"): 3}
    assert (await rotate(db, CRM, [TENANT], BOTH)).left == {}


async def test_what_cannot_be_read_is_told_and_the_rest_is_rotated(
    db: Database[UnitOfWork], dsn: str, superuser: psycopg.Connection, seed: Seed, tmp_path: Path
) -> None:
    (moved, lost, sound), _ = await write(db, seed)
    superuser.execute(
        "UPDATE credentials SET secret = %s, version = version + 1 WHERE id = %s",
        [sound.secret.text, moved.id],
    )
    gone = attrs.evolve(OLD.encrypt("x", lost.place_of("secret")), key_id="2019").text
    superuser.execute(
        "UPDATE credentials SET secret = %s, version = version + 1 WHERE id = %s", [gone, lost.id]
    )
    done = await rotate(db, CRM, [TENANT], BOTH, batch=1)
    kinds = {(type(error), error.id, error.column, error.key_id) for error in done.unreadable}  # type: ignore[attr-defined]
    assert kinds == {
        (DecryptionFailed, moved.id, "secret", "old"),
        (UnknownKey, lost.id, "secret", "2019"),
    }
    assert done.rows["credentials"] == 1
    assert done.left == {(TENANT, "credentials", "2019"): 1, (TENANT, "credentials", "old"): 5}
    keys = key_file(tmp_path, new=NEW_KEY, old=OLD_KEY)
    said = ventros("secrets", "rotate", TENANT, "--dsn", dsn, "--keys", keys)
    assert said.returncode == 1
    assert f"credentials.secret of {lost.id} is encrypted with the key '2019'" in said.stderr
    assert gone[-20:] not in said.stderr + said.stdout
    superuser.execute("ALTER TABLE credentials DROP CONSTRAINT credentials_encrypted_check")
    superuser.execute(
        "UPDATE credentials SET secret = 'in plain', version = version + 1 WHERE id = %s", [lost.id]
    )
    done = await rotate(db, CRM, [TENANT], BOTH)
    (plain,) = [error for error in done.unreadable if type(error) is MappingError]
    assert (plain.id, "in plain" in str(plain)) == (lost.id, False)


async def test_the_command_says_what_is_left_and_takes_tenants_and_keys_from_outside(
    db: Database[UnitOfWork], dsn: str, seed: Seed, other_seed: Seed
) -> None:
    await write(db, seed), await write(db, other_seed)
    lines = f"new {base64.b64encode(NEW_KEY).decode()},old {base64.b64encode(OLD_KEY).decode()}"
    environment = WITHOUT_DATABASE | {"VENTROS_KEYS": lines}

    def said(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-m", "ventros.cli", "secrets", "rotate", "-", "--dsn", dsn]
        return subprocess.run(
            [*command, *arguments],
            input=f"{TENANT}\n{OTHER_TENANT}\n",
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )

    before = said("--dry-run")
    assert before.returncode == 1
    assert f"FINDING: {TENANT} credentials: 9 values of the key 'old'" in before.stderr
    done = said()
    assert (done.returncode, done.stderr) == (0, "")
    assert f"           3  {OTHER_TENANT} credentials" in done.stdout.splitlines()
    assert said("--dry-run").stdout == "values that other keys have to read: 0\n"


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "there are no keys"),
        ({"VENTROS_KEYS": "new"}, "VENTROS_KEYS:1 is not <key id> <Base64>"),
        ({"VENTROS_KEYS_FILE": base64.b64encode(OLD_KEY).decode()}, "file of keys cannot be read"),
    ],
)
def test_without_good_keys_it_is_one_line_and_status_2(environment: dict[str, str], reason: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ventros.cli",
            "secrets",
            "rotate",
            TENANT,
            "--dsn",
            "postgresql://u@127.0.0.1:1/x",
        ],
        capture_output=True,
        text=True,
        check=False,
        env=WITHOUT_DATABASE | environment,
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert reason in done.stderr
    assert base64.b64encode(OLD_KEY).decode() not in done.stderr


async def test_what_is_no_tenant_is_refused_before_anything_is_written(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    await write(db, seed)
    with pytest.raises(ValidationError):
        await rotate(db, CRM, [TENANT, "x"], BOTH)
    assert sum((await left(db, CRM, [TENANT], "new")).values()) == 13
    assert secret_rotation.BATCH == 100
