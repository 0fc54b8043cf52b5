"""A server of TLS that cannot prove who it is gets no password, from neither driver and on no host."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Self
from urllib.parse import quote

import attrs
import pytest

from tests.support.certificates import Certificate, make, write
from tests.support.proxy import Proxy
from tests.support.tls import TlsProxy, self_signed
from tests.support.tls_server import CERTIFIED, TlsServer, tls_server
from ventros import ConfigurationError, Database, UnitOfWork, VentrosError, administration, roles
from ventros.kernel.connection.settings import Settings

pytestmark = pytest.mark.usefixtures("nothing_set")

NAME = "db.example"
ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


async def service(dsn: str) -> bool:
    async with (
        await Database.open(UnitOfWork, dsn, Settings(connect_timeout=20)) as db,
        db.connection() as connection,
    ):
        return bool(await connection.driver.fetchval(ENCRYPTED))


async def admin(dsn: str) -> bool:
    with administration.connect(administration.parameters(dsn)) as connection:
        row = connection.execute(ENCRYPTED).fetchone()
    assert row is not None
    return bool(row[0])


Driver = Callable[[str], Awaitable[bool]]
drivers = pytest.mark.parametrize("driver", [service, admin])


@pytest.fixture(scope="module")
def running() -> Iterator[TlsServer]:
    with tls_server() as one:
        yield one


@functools.cache
def authority() -> Certificate:
    return make("the authority", authority=True)


@functools.cache
def right(host: str) -> Certificate:
    return make(NAME, NAME, host, by=authority())


def wrong(kind: str, host: str) -> Certificate | None:
    match kind:
        case "self-signed":
            return make(NAME, NAME, host)
        case "of another authority":
            return make(NAME, NAME, host, by=make("another authority", authority=True))
        case "of another host":
            return make("other.example", "other.example", "127.0.0.9", by=authority())
        case "expired":
            return make(NAME, NAME, host, by=authority(), days=-1)
    return None


TOLD = {
    "self-signed": ("its certificate is refused: self", "certificate verify failed"),
    "of another authority": ("its certificate is refused: ", "certificate verify failed"),
    "of another host": ("its certificate is refused: ", "does not match host name"),
    "expired": ("its certificate is refused: certificate has expired", "certificate verify failed"),
    "no TLS at all": ("rejected SSL upgrade", "does not support SSL"),
}


@pytest.fixture(scope="module", params=TOLD)
def fault(request: pytest.FixtureRequest, running: TlsServer) -> str:
    kind: str = request.param
    running.show(wrong(kind, running.host), authority())
    return kind


@pytest.fixture(scope="module")
def proven(running: TlsServer) -> None:
    running.show(right(running.host), authority())


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    return write(tmp_path / "ca.crt", authority().pem)


def dsn_of(running: TlsServer, options: str, host: str = "") -> str:
    """By name, which leads there by hostaddr; or by ``host``."""
    place = f"host={host}" if host else f"host={NAME}&hostaddr={running.host}"
    password = quote(running.server.passwords[roles.APP], safe="")
    return f"postgresql://ventros_app:{password}@/ventros?{place}&port=5432&connect_timeout=20&{options}"


@pytest.mark.parametrize("by", ["name", "address", "second host"])
@drivers
async def test_a_server_that_proves_nothing_is_refused(
    driver: Driver, by: str, fault: str, running: TlsServer, roots: Path
) -> None:
    hosts = {"name": "", "address": running.host, "second host": f"127.0.0.1,{running.host}"}
    dsn = dsn_of(running, f"sslmode=verify-full&sslrootcert={roots}", hosts[by])
    if by == "second host":
        dsn = dsn.replace("port=5432", "port=1,5432")
    with pytest.raises(VentrosError) as refused:
        await driver(dsn)
    assert TOLD[fault][0 if driver is service else 1] in str(refused.value)


@drivers
async def test_control_without_the_mode_it_is_let_in(driver: Driver, fault: str, running: TlsServer) -> None:
    assert await driver(dsn_of(running, "sslmode=prefer")) == (fault != "no TLS at all")


@pytest.mark.parametrize("by", ["name", "address", "second host"])
@drivers
async def test_a_server_that_proves_itself_is_reached(
    driver: Driver, by: str, proven: None, running: TlsServer, roots: Path
) -> None:
    hosts = {"name": "", "address": running.host, "second host": f"127.0.0.1,{running.host}"}
    dsn = dsn_of(running, f"sslmode=verify-full&sslrootcert={roots}", hosts[by])
    if by == "second host":
        dsn = dsn.replace("port=5432", "port=1,5432")
    assert await driver(dsn)


@drivers
async def test_the_systems_authorities(
    driver: Driver, proven: None, running: TlsServer, roots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = dsn_of(running, "sslrootcert=system")
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    assert await driver(dsn)
    monkeypatch.setenv("SSL_CERT_FILE", str(write(roots.with_name("other"), make("x", authority=True).pem)))
    with pytest.raises(VentrosError, match="certificate"):
        await driver(dsn)


@drivers
async def test_authorities_of_the_home(
    driver: Driver, proven: None, running: TlsServer, roots: Path, nothing_set: Path
) -> None:
    write(nothing_set / ".postgresql" / "root.crt", authority().pem)
    assert await driver(dsn_of(running, "sslmode=verify-full"))
    write(nothing_set / ".postgresql" / "root.crt", make("x", authority=True).pem)
    for mode in ("verify-ca", "require"):  # libpq's require looks, too, when there is such a file
        with pytest.raises(VentrosError, match="certificate"):
            await driver(dsn_of(running, f"sslmode={mode}"))
    assert not await driver(dsn_of(running, "sslmode=prefer"))  # it goes on without TLS


@pytest.mark.parametrize(
    "options", ["sslmode=disable", "sslmode=allow", "sslmode=prefer", "sslmode=require", "sslmode=verify-ca"]
)
@drivers
async def test_weaker_modes(
    driver: Driver, options: str, proven: None, running: TlsServer, roots: Path
) -> None:
    encrypted = options not in {"sslmode=disable", "sslmode=allow"}
    assert await driver(dsn_of(running, f"{options}&sslrootcert={roots}")) == encrypted


@drivers
async def test_a_certificate_that_was_taken_back(
    driver: Driver, proven: None, running: TlsServer, roots: Path
) -> None:
    options = f"sslmode=verify-full&sslrootcert={roots}"
    other = write(roots.with_name("other.crl"), authority().revoke(make("x")))
    assert await driver(dsn_of(running, f"{options}&sslcrl={other}"))
    this = write(roots.with_name("this.crl"), authority().revoke(right(running.host)))
    with pytest.raises(VentrosError, match="certificate"):
        await driver(dsn_of(running, f"{options}&sslcrl={this}"))


@drivers
async def test_we_show_a_certificate_too(
    driver: Driver, proven: None, running: TlsServer, roots: Path
) -> None:
    own = make(CERTIFIED, by=authority())
    certificate = write(roots.with_name("own.crt"), own.pem)
    key = write(roots.with_name("own.key"), own.key_pem("sesame"))
    options = f"sslmode=verify-full&sslrootcert={roots}&sslcert={certificate}&sslkey={key}"
    dsn = dsn_of(running, f"{options}&sslpassword=sesame").replace("ventros_app", CERTIFIED)
    assert await driver(dsn)
    for other in ("&sslcertmode=disable", "&sslcert=/nowhere.crt", "&sslpassword=wrong"):
        with pytest.raises(VentrosError) as refused:
            await driver(dsn + other)
        assert "sesame" not in str(refused.value)


@pytest.mark.parametrize("option", ["ssl_min_protocol_version=TLSv1.3", "ssl_max_protocol_version=TLSv1.2"])
@drivers
async def test_versions(driver: Driver, option: str, proven: None, running: TlsServer, roots: Path) -> None:
    assert await driver(dsn_of(running, f"sslmode=verify-full&sslrootcert={roots}&{option}"))


@attrs.define
class FromTheFirstByte(TlsProxy):
    """As a server does from PostgreSQL 17 on: the client does not ask."""

    async def __aenter__(self) -> Self:
        self.context.set_alpn_protocols(["postgresql"])
        self._server = await asyncio.start_server(self._forward_to, "127.0.0.1", 0, ssl=self.context)
        return self

    async def _forward_to(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Proxy._accept(self, reader, writer)


@drivers
async def test_tls_from_the_first_byte(driver: Driver, owner_dsn: str, tmp_path: Path) -> None:
    trusted, context = self_signed(tmp_path)
    async with FromTheFirstByte(owner_dsn, trusted=trusted, context=context) as proxy:
        dsn = f"{proxy.dsn}&sslnegotiation=direct"
        await asyncio.to_thread(asyncio.run, driver(dsn))  # type: ignore[arg-type]
    assert proxy.connections == 1


@drivers
async def test_a_file_that_is_none_is_told(
    driver: Driver, proven: None, running: TlsServer, roots: Path
) -> None:
    write(roots, "nothing")
    with pytest.raises((ConfigurationError, VentrosError)) as refused:
        await driver(dsn_of(running, f"sslmode=verify-full&sslrootcert={roots}"))
    assert "TLS" in str(refused.value) or "certificate" in str(refused.value)
