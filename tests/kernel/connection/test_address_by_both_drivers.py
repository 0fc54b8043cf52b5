"""However it is given, the service and who administers it are on the same server, in the same session."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import asyncpg
import psycopg
import pytest
from psycopg import sql

from tests.support.proxy import Proxy
from ventros import ConfigurationError, Database, UnitOfWork, administration
from ventros.kernel.connection.settings import Settings

pytestmark = pytest.mark.usefixtures("nothing_set")

WHO = (
    "SELECT current_database(), current_user::text, current_setting('application_name'), "
    "current_setting('work_mem'), current_setting('timezone'), inet_server_port() IS NULL"
)
OURS = ("ventros", "ventros migrate")


async def service(dsn: str | None, settings: Settings | None = None) -> tuple[Any, ...]:
    async with await Database.open(UnitOfWork, dsn, settings) as db, db.connection() as connection:
        return tuple(await connection.driver.fetchrow(WHO))


def admin(dsn: str | None) -> tuple[Any, ...]:
    with administration.connect(administration.parameters(dsn or "")) as connection:
        row = connection.execute(WHO).fetchone()
    assert row is not None
    return tuple(row)


@pytest.fixture
def parts(owner_dsn: str) -> dict[str, str]:
    url = urlsplit(owner_dsn)
    return {
        "user": url.username or "",
        "password": unquote(url.password or ""),
        "dbname": url.path[1:],
        "host": parse_qs(url.query)["host"][0],
        "port": "5432",
    }


def pairs(parts: dict[str, str]) -> str:
    return " ".join(f"{name}='{value}'" for name, value in parts.items())


async def both(dsn: str | None) -> tuple[Any, ...]:
    """Who they are, alike in all but the name that each has of its own."""
    seen = [await service(dsn), admin(dsn)]
    alike = [tuple("ours" if value in OURS else value for value in one) for one in seen]
    assert alike[0] == alike[1]
    return alike[0]


Way = Callable[[dict[str, str], str, pytest.MonkeyPatch, Path], str | None]


def url(parts: dict[str, str], dsn: str, *_: object) -> str:
    return dsn


def url_of_a_driver(parts: dict[str, str], dsn: str, *_: object) -> str:
    return dsn.replace("postgresql://", "postgresql+asyncpg://")


def keywords(parts: dict[str, str], *_: object) -> str:
    return pairs(parts)


def variables(parts: dict[str, str], _: str, environment: pytest.MonkeyPatch, __: Path) -> None:
    for name, value in parts.items():
        environment.setenv("PGDATABASE" if name == "dbname" else f"PG{name.upper()}", value)


def url_in_a_variable(parts: dict[str, str], dsn: str, environment: pytest.MonkeyPatch, _: Path) -> None:
    environment.setenv("DATABASE_URL", dsn)


def write_service(file: Path, parts: dict[str, str]) -> None:
    lines = [f"{name}={value}" for name, value in parts.items()]
    file.write_text(
        "\n".join(["[other]", "dbname=postgres", "# ours", "[ours]", *lines, "", "[ours]", "port=1"])
    )


def service_of_the_home(parts: dict[str, str], _: str, __: pytest.MonkeyPatch, home: Path) -> str:
    write_service(home / ".pg_service.conf", parts)
    return "postgresql://?service=ours"


def service_in_variables(parts: dict[str, str], _: str, environment: pytest.MonkeyPatch, home: Path) -> None:
    write_service(home / "services", parts)
    environment.setenv("PGSERVICEFILE", str(home / "services"))
    environment.setenv("PGSERVICE", "ours")


def service_of_the_system(parts: dict[str, str], _: str, environment: pytest.MonkeyPatch, home: Path) -> str:
    write_service(home / "pg_service.conf", parts)
    environment.setenv("PGSYSCONFDIR", str(home))
    return "service=ours"


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")


def write_passfile(file: Path, parts: dict[str, str]) -> None:
    wrong = f"*:*:other:*:wrong\n# {file}\n"
    place = ":".join(escaped(parts[name]) for name in ("host", "port", "dbname", "user"))
    file.write_text(f"{wrong}{place}:{escaped(parts['password'])}\n*:*:*:*:later\n")
    file.chmod(0o600)


def passfile_of_the_home(parts: dict[str, str], _: str, __: pytest.MonkeyPatch, home: Path) -> str:
    write_passfile(home / ".pgpass", parts)
    return pairs({name: value for name, value in parts.items() if name != "password"})


def passfile_named(parts: dict[str, str], _: str, __: pytest.MonkeyPatch, home: Path) -> str:
    write_passfile(home / "passwords", parts)
    return pairs({**parts, "password": "", "passfile": str(home / "passwords")})


def second_of_several_hosts(parts: dict[str, str], *_: object) -> str:
    return pairs({**parts, "host": f"/nowhere,{parts['host']},127.0.0.1", "port": "1,5432,1"})


WAYS: list[Way] = [
    url,
    url_of_a_driver,
    keywords,
    variables,
    url_in_a_variable,
    service_of_the_home,
    service_in_variables,
    service_of_the_system,
    passfile_of_the_home,
    passfile_named,
    second_of_several_hosts,
]


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
async def test_every_form_leads_both_to_the_same_place(
    way: Way, parts: dict[str, str], owner_dsn: str, monkeypatch: pytest.MonkeyPatch, nothing_set: Path
) -> None:
    seen = await both(way(parts, owner_dsn, monkeypatch, nothing_set))
    assert seen[:3] == (parts["dbname"], parts["user"], "ours")


PASSWORD = "p@s/s:%41 ?#&'\\é"  # noqa: S105 - of a role that lives for one test


@pytest.fixture
def difficult(superuser: psycopg.Connection, parts: dict[str, str]) -> Iterator[dict[str, str]]:
    """A role of which hardly a letter may stand in a URL as it is."""
    role = "o'r @home"
    names = {"role": sql.Identifier(role), "password": PASSWORD}
    superuser.execute(sql.SQL("CREATE ROLE {role} LOGIN PASSWORD {password}").format(**names))
    yield {**parts, "user": role, "password": PASSWORD}
    superuser.execute(sql.SQL("DROP ROLE {role}").format(**names))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+asyncpg"])
async def test_a_difficult_name_and_password(difficult: dict[str, str], scheme: str) -> None:
    user, password, host = (quote(difficult[name], safe="") for name in ("user", "password", "host"))
    database = difficult["dbname"]
    for place in (f"/{database}?host={host}&port=5432", f"{host}:5432/{database}"):
        assert (await both(f"{scheme}://{user}:{password}@{place}"))[1] == difficult["user"]
    quoted = {key: re.sub(r"(['\\])", r"\\\1", value) for key, value in difficult.items()}
    assert (await both(pairs(quoted)))[1] == difficult["user"]


async def test_the_dsn_goes_before_the_service_and_that_before_the_variables(
    parts: dict[str, str], monkeypatch: pytest.MonkeyPatch, nothing_set: Path
) -> None:
    """With PGSERVICE set the two were on different databases, and neither said so."""
    write_service(
        nothing_set / ".pg_service.conf", {"dbname": "postgres", "application_name": "of the service"}
    )
    monkeypatch.setenv("PGSERVICE", "ours")
    monkeypatch.setenv("PGAPPNAME", "of a variable")
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=4321kB")
    monkeypatch.setenv("PGTZ", "Asia/Tokyo")
    seen = await both(pairs(parts))
    assert seen[:5] == (parts["dbname"], parts["user"], "of the service", "4321kB", "Asia/Tokyo")
    assert (await both(pairs(parts) + " application_name='of the DSN' options=''"))[2:4] == (
        "of the DSN",
        "4MB",
    )
    without = pairs({name: value for name, value in parts.items() if name != "dbname"})
    assert (await both(without))[0] == "postgres"


async def test_control_asyncpg_itself_does_not_see_the_service(
    owner_dsn: str, monkeypatch: pytest.MonkeyPatch, nothing_set: Path
) -> None:
    write_service(nothing_set / ".pg_service.conf", {"application_name": "of the service"})
    monkeypatch.setenv("PGSERVICE", "ours")
    connection = await asyncpg.connect(owner_dsn)
    assert await connection.fetchval("SELECT current_setting('application_name')") == ""
    await connection.close()


async def test_hostaddr_is_where_and_host_is_whom(owner_dsn: str, parts: dict[str, str]) -> None:
    async with Proxy(owner_dsn) as proxy:
        port = str(urlsplit(proxy.dsn).port)
        dsn = pairs({**parts, "host": "no-such-host.invalid", "hostaddr": "127.0.0.1", "port": port})
        assert (await service(dsn))[0] == parts["dbname"]


BOUNDS = "-c statement_timeout=7s -c lock_timeout=1500 --idle-in-transaction-session-timeout=1min"


async def test_bounds_and_settings_of_the_address_win(owner_dsn: str) -> None:
    bounds = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    names = (*bounds, "work_mem", "application_name", "geqo")
    settings = Settings(application_name="ours", server_settings={"work_mem": "1MB", "geqo": "off"})
    options = f"{BOUNDS} -c work_mem=5MB".replace(" ", "%20").replace("=", "%3D")
    dsn = f"{owner_dsn}&options={options}&connect_timeout=3&fallback_application_name=theirs"
    async with await Database.open(UnitOfWork, dsn, settings) as db, db.connection() as connection:
        shown = [await connection.driver.fetchval(f"SHOW {name}") for name in names]
    assert shown == ["7s", "1500ms", "1min", "5MB", "theirs", "off"]
    assert (db.settings.connect_timeout, db.settings.lock_timeout) == (3, 1.5)
    assert db.settings.statement_timeout > 7  # the server gives up first


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("-c statement_timeout=0", "statement_timeout"),
        ("-c lock_timeout=soon", "lock_timeout"),
        ("-c app.tenant_id=acme", "tenant"),
    ],
)
async def test_what_a_service_does_not_do_is_refused(owner_dsn: str, options: str, reason: str) -> None:
    quoted = options.replace(" ", "%20").replace("=", "%3D")
    with pytest.raises(ConfigurationError, match=reason):
        await Database.open(UnitOfWork, f"{owner_dsn}&options={quoted}")


async def test_connections_over_tcp_are_kept_alive_as_the_address_says(owner_dsn: str) -> None:
    wanted = {"TCP_KEEPIDLE": 33, "TCP_KEEPINTVL": 7, "TCP_KEEPCNT": 4, "TCP_USER_TIMEOUT": 5000}
    parameters = ("keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout")
    values = "&".join(f"{name}={value}" for name, value in zip(parameters, wanted.values(), strict=True))
    async with Proxy(owner_dsn) as proxy:
        for given, expected in ((values, wanted), ("keepalives=0", {})):
            async with (
                await Database.open(UnitOfWork, f"{proxy.dsn}&{given}") as db,
                db.connection() as connection,
            ):
                sock = connection.driver._transport.get_extra_info("socket")
                assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == bool(expected)
                for option, value in expected.items():
                    assert sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, option)) == value
