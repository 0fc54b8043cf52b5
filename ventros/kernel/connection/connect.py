"""How a connection of our own is made: asyncpg's, through a wire, and proven before it is relied on."""

from __future__ import annotations

import asyncio
import random
import socket as sockets
import ssl
import warnings
from collections.abc import Mapping
from typing import Any

import asyncpg

from ventros.kernel.connection import tls
from ventros.kernel.connection.address import Address, Host
from ventros.kernel.connection.answers import Answer, State
from ventros.kernel.connection.deadline import Deadline
from ventros.kernel.connection.driver import (
    DRIVER_FAILURES,
    Driver,
    prepare_driver,
    translate_driver_error,
)
from ventros.kernel.connection.settings import Settings
from ventros.kernel.connection.sqlstates import OF_POOLERS
from ventros.kernel.connection.wire import Wire
from ventros.kernel.errors import ConnectionLost, ServerUnreachable

_KEEPALIVES = {
    "keepalives_idle": "TCP_KEEPIDLE",
    "keepalives_interval": "TCP_KEEPINTVL",
    "keepalives_count": "TCP_KEEPCNT",
    "tcp_user_timeout": "TCP_USER_TIMEOUT",
}
PROOF_QUERY = "SELECT 6 / $1::integer AS quotient"
"""Sent to see that the wire works; about no table."""
TIMEOUTS_QUERY = (
    "SELECT name, setting FROM pg_settings"
    " WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')"
)
"""Sent to see whether a pooler has kept the timeouts of the connection request to itself."""
_REFUSED = "startup parameter"
_WITHOUT = "set it for the role (ALTER ROLE ... SET), not in Settings(server_settings=) or the address"


class Connector:
    """Makes connections to the hosts of an address; through a wire if Settings(pipelining=) says so.

    One host at a time, each within Settings(connect_timeout=): first the one that was reached last, and last
    those that failed, or on which nobody waited any longer. The first connection through a wire is tried on
    this asyncpg and this server. Should anything be other than expected, all are made without, and a
    RuntimeWarning says so.
    """

    def __init__(self, address: Address, settings: Settings) -> None:
        self._address = address
        self._settings = settings
        self._hosts = list(address.hosts)
        self._pipelining = settings.pipelining and settings.statement_cache_size > 0
        self._at_startup = True
        self._timeouts: tuple[str, ...] | None = None
        self._proven = False

    async def __call__(self) -> Driver:
        """Raises ServerUnreachable, with what each host said, and ConfigurationError for a file of TLS."""
        wanted = self._address.fields.get("target_session_attrs") or "any"
        failed: dict[str, Exception] = {}
        for state in ("standby", "any") if wanted == "prefer-standby" else (wanted,):
            for host in self._in_turn():
                try:
                    driver = await self._open(host, state)
                except BaseException as error:
                    self._hosts.append(self._hosts.pop(self._hosts.index(host)))
                    if not isinstance(error, DRIVER_FAILURES):
                        raise
                    failed[str(host)] = error
                else:
                    self._hosts.insert(0, self._hosts.pop(self._hosts.index(host)))
                    return driver
        reasons = [f"{host}: {self._reason(error)}" for host, error in failed.items()]
        last = list(failed.values())[-1]
        raise ServerUnreachable(
            f"cannot reach the database {self._address}: "
            + ("; ".join(reasons) if len(reasons) > 1 else self._reason(last)),
            sqlstate=getattr(last, "sqlstate", None),
        ) from last

    def _in_turn(self) -> list[Host]:
        if self._address.fields.get("load_balance_hosts") == "random":
            return random.sample(self._hosts, len(self._hosts))
        return list(self._hosts)

    def _reason(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"no answer within {self._settings.connect_timeout:g} s"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is refused: {error.verify_message}"
        said = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, asyncpg.ProtocolViolationError) and _REFUSED in said:
            return f"{said}: a pooler takes it only by its own ignore_startup_parameters; {_WITHOUT}"
        if getattr(error, "sqlstate", None) in OF_POOLERS:
            return str(translate_driver_error(error))
        return said

    async def _open(self, host: Host, state: str) -> Driver:
        driver = await self._reach(host, state)
        try:
            driver.timeouts = await self._timeouts_with_begin(driver)
        except BaseException:
            driver.terminate()
            raise
        if not self._pipelining or self._proven:
            return driver
        try:
            fault = await _fault(driver)
        except BaseException:
            driver.terminate()
            raise
        if fault is None:
            self._proven = True
            return driver
        driver.terminate()
        self._pipelining = False
        warnings.warn(
            f"statements will not share round trips: {fault} (asyncpg {asyncpg.__version__})",
            RuntimeWarning,
            stacklevel=2,
        )
        driver = await self._reach(host, state)
        driver.timeouts = await self._timeouts_with_begin(driver)
        return driver

    async def _timeouts_with_begin(self, driver: Driver) -> tuple[str, ...]:
        """Those that the session does not have by its connection request, or by its role."""
        if self._timeouts is None:
            async with asyncio.timeout(self._settings.connect_timeout):
                in_force = {row["name"]: row["setting"] for row in await driver.fetch(TIMEOUTS_QUERY)}
            self._timeouts = tuple(
                f"SET LOCAL {name} = {wanted}"
                for name, wanted in self._settings.server_timeouts().items()
                if in_force.get(name) != wanted
            )
        return self._timeouts

    async def _reach(self, host: Host, state: str) -> Driver:
        """With the timeouts in the connection request, unless a pooler refuses such."""
        try:
            return await self._reach_by_ways(host, state)
        except asyncpg.ProtocolViolationError as error:
            if not self._at_startup or _REFUSED not in str(error):
                raise
        self._at_startup, self._timeouts = False, None
        return await self._reach_by_ways(host, state)

    async def _reach_by_ways(self, host: Host, state: str) -> Driver:
        """With TLS or without, as the address wants it."""
        async with asyncio.timeout(self._settings.connect_timeout):
            ways = [False] if host.is_socket else list(tls.ways(self._address.fields, host.name))
            for way in ways[:-1]:
                try:
                    return await self._connect(host, state, way)
                except (TimeoutError, asyncpg.InvalidPasswordError):
                    raise
                except (OSError, asyncpg.InvalidAuthorizationSpecificationError):
                    continue
            return await self._connect(host, state, ways[-1])

    async def _connect(self, host: Host, state: str, way: ssl.SSLContext | bool) -> Driver:
        arguments = {
            **self._address.arguments(host),
            "ssl": way,
            "target_session_attrs": state,
            "timeout": None,  # there is one around all ways
            # asyncpg waits without a bound for the server to forget a statement that its cache lets go.
            "statement_cache_size": self._settings.statement_cache_size,
            "max_cached_statement_lifetime": 0,
            "loop": Loop(asyncio.get_running_loop()) if self._pipelining else None,
        }
        arguments["server_settings"] |= self._settings.startup_settings(timeouts=self._at_startup)
        if self._settings.password is not None:
            arguments["password"] = self._settings.current_password
        driver: Driver = await asyncpg.connect(**arguments, connection_class=Driver)
        transport = driver._transport  # type: ignore[attr-defined]  # noqa: SLF001 - asyncpg's
        driver.deadline = Deadline()
        driver.wire = transport if isinstance(transport, Wire) else None
        try:
            if not host.is_socket:
                keep_alive(transport.get_extra_info("socket"), self._address.fields)
            await prepare_driver(driver)
        except BaseException:
            driver.terminate()
            raise
        return driver


def keep_alive(socket: Any, fields: Mapping[str, str]) -> None:
    """By libpq's ``fields``; as there, 0 leaves the system's, and what it does not have is passed over."""
    if fields.get("keepalives", "1") == "0":
        return
    socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_KEEPALIVE, 1)
    for parameter, option in _KEEPALIVES.items():
        value = int(fields.get(parameter) or 0)
        if value and (number := getattr(sockets, option, None)) is not None:
            socket.setsockopt(sockets.IPPROTO_TCP, number, value)


async def _fault(driver: Driver) -> str | None:
    """What the wire of a fresh connection does otherwise than expected; None when all is right."""
    wire = driver.wire
    if wire is None:
        return "asyncpg's connection does not go through the wire"
    await driver.fetch(PROOF_QUERY, 1)
    seen: list[object] = []
    try:
        async with asyncio.timeout(5):
            for divisor in (2, 0):
                began, kept, ended = Answer(), Answer(), Answer()
                wire.precede(("BEGIN",), began)
                wire.record(kept)
                await driver.fetch(PROOF_QUERY, divisor)
                wire.watch(Answer())
                wire.follow("COMMIT", ended)
                try:
                    seen.append((await driver.fetch(PROOF_QUERY, 3))[0][0])
                    seen.append(driver.is_in_transaction())
                    wire.replay(kept)
                    seen.append((await driver.fetch(PROOF_QUERY, divisor))[0][0])
                except asyncpg.DivisionByZeroError:
                    await driver.execute("ROLLBACK")
                seen += [began.state, kept.state, ended.state]
            wire.send("COMMIT")
            seen.append((await driver.fetch(PROOF_QUERY, 6))[0][0])
    except Exception as error:
        if wire.fault is None and isinstance(translate_driver_error(error), ConnectionLost):
            raise  # of which the wire is not the cause
        return f"the wire met {type(error).__name__}"
    done = State.DONE
    right = [2, False, 3, done, done, done, done, State.FAILED, State.SKIPPED, 1]
    return None if seen == right else "the wire was not answered as expected"


class Loop:
    """The running event loop, but that its connections go through a wire: for ``asyncpg.connect(loop=)``."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # Copied, so that what asyncpg calls often costs nothing more; uvloop's print_debug_info raises.
        own = {"create_connection", "create_unix_connection", "start_tls", "print_debug_info"}
        names = (name for name in dir(loop) if not name.startswith("__") and name not in own)
        self.__dict__.update({name: getattr(loop, name) for name in names})
        self._loop = loop

    async def create_connection(self, factory: Any, *args: Any, **options: Any) -> tuple[Wire, Any]:
        """Over TCP."""
        return await self._through_wire(self._loop.create_connection, factory, *args, **options)

    async def create_unix_connection(self, factory: Any, *args: Any, **options: Any) -> tuple[Wire, Any]:
        """Over a Unix socket."""
        return await self._through_wire(self._loop.create_unix_connection, factory, *args, **options)

    async def start_tls(self, wire: Wire, _protocol: Any, context: Any, **options: Any) -> Wire:
        """Between the socket and the wire."""
        await wire.encrypt(self._loop, context, **options)
        return wire

    @staticmethod
    async def _through_wire(connect: Any, factory: Any, *args: Any, **options: Any) -> tuple[Wire, Any]:
        drivers = []

        def make() -> Wire:
            drivers.append(factory())
            return Wire(drivers[-1])

        _, wire = await connect(make, *args, **options)
        return wire, drivers[-1]
