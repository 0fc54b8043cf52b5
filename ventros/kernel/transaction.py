"""One transaction from BEGIN to its end: every step bounded, and the truth about how it ended."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import functools
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict, Unpack
from uuid import UUID

import asyncpg
import attrs

from ventros.kernel.connection import (
    DRIVER_FAILURES,
    IN_FAILED_TRANSACTION,
    Connection,
    acquire,
    give_back,
    translated,
)
from ventros.kernel.errors import (
    AlreadyProcessed,
    CommitInDoubt,
    Conflict,
    ConnectionLost,
    DatabaseError,
    TransactionRolledBack,
    UnitOfWorkError,
    ValidationError,
    VentrosError,
)
from ventros.kernel.ids import Author, Marker
from ventros.kernel.markers import CLAIM
from ventros.kernel.telemetry import SILENT, Telemetry
from ventros.kernel.validators import label, tenant_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Generator

    from ventros.kernel.settings import Settings

NOBODY = Author()
Isolation = Literal["read committed", "repeatable read", "serializable"]

# Savepoints are nested, and of several of one name PostgreSQL means the last: so one name does for all of a
# unit's own. That of join() has another: to roll back to it takes all that were set after it along.
SAVEPOINT, RELEASE = "SAVEPOINT ventros", "RELEASE SAVEPOINT ventros"
UNDO = "ROLLBACK TO SAVEPOINT ventros; RELEASE SAVEPOINT ventros"
JOIN, LEAVE = "SAVEPOINT ventros_join", "RELEASE SAVEPOINT ventros_join"
UNDO_JOIN = "ROLLBACK TO SAVEPOINT ventros_join; RELEASE SAVEPOINT ventros_join"


class Outcome(enum.Enum):
    """What became of a unit of work."""

    NOT_STARTED = "not started"
    ACTIVE = "active"
    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    IN_DOUBT = "in doubt"
    LEFT_TO_CALLER = "left to the caller, whose transaction it joined"


def _positive(_instance: object, attribute: attrs.Attribute[float | None], value: float | None) -> None:
    if value is not None and not value > 0:
        raise ValidationError(f"{attribute.name} must be more than 0 seconds", field=attribute.name)


class ModeOptions(TypedDict, total=False):
    """The fields of :class:`Modes` as arguments."""

    isolation: Isolation | None
    read_only: bool
    deferrable: bool
    statement_timeout: float | None
    lock_timeout: float | None
    idle_in_transaction_timeout: float | None


@attrs.frozen(kw_only=True)
class Modes:
    """How a unit of work's transaction begins; timeouts in seconds, None for those of the pool.

    ``deferrable`` waits for a snapshot that cannot fail; only a serializable read-only unit can.
    """

    isolation: Isolation | None = None
    read_only: bool = False
    deferrable: bool = False
    statement_timeout: float | None = attrs.field(default=None, validator=_positive)
    lock_timeout: float | None = attrs.field(default=None, validator=_positive)
    idle_in_transaction_timeout: float | None = attrs.field(default=None, validator=_positive)

    def __attrs_post_init__(self) -> None:
        if self.isolation not in {None, "read committed", "repeatable read", "serializable"}:
            raise ValidationError(f"{self.isolation!r} is no isolation level", field="isolation")
        if self.deferrable and not (self.read_only and self.isolation == "serializable"):
            raise ValidationError(
                "deferrable does nothing but in a serializable read-only unit of work", field="deferrable"
            )

    @functools.cached_property
    def begin(self) -> str:
        """BEGIN with the modes that are not the default, then the timeouts, in one message."""
        modes = (
            f" ISOLATION LEVEL {self.isolation.upper()}" if self.isolation else "",
            " READ ONLY" if self.read_only else "",
            " DEFERRABLE" if self.deferrable else "",
        )
        return f"BEGIN{''.join(modes)}" + "".join(
            f"; SET LOCAL {name} = {max(1, round(seconds * 1000))}"
            for name, seconds in (
                ("statement_timeout", self.statement_timeout and self.statement_timeout * 0.9),
                ("lock_timeout", self.lock_timeout),
                ("idle_in_transaction_session_timeout", self.idle_in_transaction_timeout),
            )
            if seconds
        )


_USUAL = Modes()


def modes_of(**options: Unpack[ModeOptions]) -> Modes:
    """Raises ValidationError when there are none such."""
    return Modes(**options) if options else _USUAL


def identity(tenant: str, command_id: UUID | None, author: Author = NOBODY) -> str:
    """The tenant, who does what, the claim to the command if there is one: the end of the first message.

    SET LOCAL takes no parameters; the literals are safe because of the form of a tenant's name (see
    :func:`ventros.kernel.validators.tenant_id`) and of an author's, which are checked here once more, and of
    a UUID's. SET LOCAL rather than set_config(): Citus passes it on to its workers.
    """
    settings = f"SET LOCAL app.tenant_id = '{tenant_id(tenant)}'"
    if author.actor is not None:
        settings += f"; SET LOCAL app.actor = '{label(author.actor, 'actor')}'"
    if author.use_case is not None:
        settings += f"; SET LOCAL app.use_case = '{label(author.use_case, 'use_case')}'"
    if command_id is None:
        return settings
    return f"{settings}; SET LOCAL app.command_id = '{UUID(int=command_id.int)}'; {CLAIM.text}"


def author_of(actor: str | None, use_case: str | None) -> Author:
    """Raises ValidationError for what is no label."""
    return Author(
        actor if actor is None else label(actor, "actor"),
        use_case if use_case is None else label(use_case, "use_case"),
    )


def _restored(caller: tuple[str, str, str], author: Author) -> str:
    """What a joined unit leaves the caller's settings at: those that it changed."""
    tenant, actor, use_case = caller
    text = f"SET LOCAL app.tenant_id = '{tenant and tenant_id(tenant)}'"
    if author.actor is not None:
        text += f"; SET LOCAL app.actor = '{actor and label(actor, 'actor')}'"
    if author.use_case is not None:
        text += f"; SET LOCAL app.use_case = '{use_case and label(use_case, 'use_case')}'"
    return text


def _check_claim(tag: str, tenant: str, command_id: UUID | None) -> None:
    if command_id is not None and tag != "INSERT 0 1":
        raise AlreadyProcessed(Marker(tenant, command_id))


class Transaction(Protocol):
    """What a unit of work needs of its transaction: the pool's, or a part of its caller's."""

    outcome: Outcome
    kept_at_exit: bool
    release_timeout: float
    telemetry: Telemetry

    async def begin(self, tenant: str, command_id: UUID | None, author: Author) -> Connection: ...

    async def commit(self, connection: Connection, marker: Marker | None) -> None: ...

    async def end(self) -> None: ...


class PooledTransaction:
    """A transaction of its own, on a connection of the pool."""

    kept_at_exit = False

    def __init__(
        self, pool: asyncpg.Pool[Any], settings: Settings, modes: Modes, telemetry: Telemetry = SILENT
    ) -> None:
        self.outcome = Outcome.NOT_STARTED
        self.release_timeout = settings.release_timeout
        self.telemetry = telemetry
        self._pool = pool
        self._settings = settings
        self._modes = modes
        self._driver: Any = None  # asyncpg's pool proxy, typed by its stubs as something narrower

    async def begin(self, tenant: str, command_id: UUID | None, author: Author) -> Connection:
        """Acquire and BEGIN. Whatever happens, no connection is left behind in an unknown state."""
        driver = await acquire(self._pool, self._settings.acquire_timeout)
        bound = self._modes.statement_timeout or self._settings.statement_timeout
        answered = False
        try:
            if driver.is_in_transaction():
                raise UnitOfWorkError(
                    "the pool gave a connection that is already in a transaction: somebody used it past its "
                    "release; it has been closed"
                )
            tag = await driver.execute(
                f"{self._modes.begin}; {identity(tenant, command_id, author)}", timeout=bound
            )
            answered = True
            _check_claim(tag, tenant, command_id)
        except BaseException as error:
            # After an error the server has said in which state it is; else, whether BEGIN arrived is unknown.
            known = answered or isinstance(error, asyncpg.PostgresError)
            await self._give_back(driver, known=known)
            if isinstance(error, Exception):
                raise translated(error) from error
            raise
        self._driver = driver
        self.outcome = Outcome.ACTIVE
        return self.telemetry.connection(driver, bound)

    async def commit(self, connection: Connection, marker: Marker | None) -> None:
        """Send COMMIT and see that the answer is COMMIT; ``marker`` is None when nothing was written.

        A cancellation meanwhile is held back until the answer is there, or its bound is over, and then
        raised with the outcome on it.
        """
        if _is_closed(self._driver):
            self.outcome = Outcome.ROLLED_BACK
            raise ConnectionLost("the connection was gone before COMMIT was sent: nothing was stored")
        self.outcome = Outcome.IN_DOUBT  # from the moment on that the bytes may leave
        answer = Uncancelled(self._driver.execute("COMMIT", timeout=self._settings.commit_timeout))
        failure = await self._settled(answer, marker)
        if answer.cancelled is not None:
            raise told(answer.cancelled, self.outcome, marker) from failure
        if failure is not None:
            raise failure

    async def _settled(self, answer: Awaitable[str], marker: Marker | None) -> VentrosError | None:
        """None when the answer to COMMIT is COMMIT; else what any other, or none, means for the unit."""
        try:
            tag = await answer
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - the caller's is kept
            return self._unsettled(error, marker)
        self.outcome = Outcome.COMMITTED if tag == "COMMIT" else Outcome.ROLLED_BACK
        return None if tag == "COMMIT" else swallowed(f"answered COMMIT with {tag}")

    def _unsettled(self, error: BaseException, marker: Marker | None) -> VentrosError:
        failure = translated(error)
        refused = isinstance(error, asyncpg.PostgresError) and not isinstance(failure, ConnectionLost)
        if refused or marker is None:
            self.outcome = Outcome.ROLLED_BACK  # of a unit that wrote nothing there is nothing to doubt
        else:
            failure = CommitInDoubt(marker)
        if isinstance(failure, Conflict):
            self.telemetry.met(failure)
        failure.__cause__ = error
        return failure

    async def end(self) -> None:
        """Give the connection back idle, or not at all; within the release timeout either way."""
        driver, self._driver = self._driver, None
        if self.outcome is Outcome.ACTIVE:
            self.outcome = Outcome.ROLLED_BACK
        if driver is not None:
            await self._give_back(driver, known=self.outcome is not Outcome.IN_DOUBT)

    async def _give_back(self, driver: Any, *, known: bool) -> None:
        idle = False
        try:
            idle = known and await _made_idle(driver, self.release_timeout)
        finally:
            await give_back(self._pool, driver, self.release_timeout, idle=idle)


class JoinedTransaction:
    """A part of a transaction that the caller began and will end, between a savepoint and its release.

    ``app.tenant_id`` is afterwards what it was before: a setting outlives the release of a savepoint, and
    the caller's next statement must not run for the unit's tenant. So are actor and use case; a unit that
    names none has those of its caller.
    """

    kept_at_exit = True

    def __init__(self, driver: Any, settings: Settings, telemetry: Telemetry = SILENT) -> None:
        self.outcome = Outcome.NOT_STARTED
        self.release_timeout = settings.release_timeout
        self.telemetry = telemetry
        self._driver = driver
        self._connection = telemetry.connection(driver, settings.statement_timeout)
        self._restore = ""

    async def begin(self, tenant: str, command_id: UUID | None, author: Author) -> Connection:
        if _is_closed(self._driver) or not self._driver.is_in_transaction():
            raise UnitOfWorkError("join() takes part in a transaction; this connection has none open")
        self._restore = _restored(await self._connection.caller(), author)
        await self._connection.control(JOIN)
        self.outcome = Outcome.ACTIVE
        try:
            tag = await self._connection.control(identity(tenant, command_id, author))
            _check_claim(tag, tenant, command_id)
        except BaseException:
            await self.end()
            raise
        return self._connection

    async def commit(self, connection: Connection, marker: Marker | None) -> None:
        """Release the savepoint; whether the work is stored is for the caller's COMMIT to decide."""
        try:
            await connection.control(f"{LEAVE}; {self._restore}")
        except DatabaseError as error:
            if error.sqlstate == IN_FAILED_TRANSACTION:
                raise swallowed("would not release the savepoint") from error
            raise
        finally:
            if connection.interrupted:  # released or not: unknown
                self._terminate()
        self.outcome = Outcome.LEFT_TO_CALLER

    async def end(self) -> None:
        """Unless the savepoint was released, roll back to it; the caller's connection goes if that fails."""
        if self.outcome is not Outcome.ACTIVE:
            return
        self.outcome = Outcome.ROLLED_BACK
        undone = False
        try:
            undone = await self._connection.undo(UNDO_JOIN, self.release_timeout)
        finally:
            if not undone:
                self._terminate()

    def _terminate(self) -> None:
        """Else the caller could commit a part of the unit."""
        with contextlib.suppress(asyncpg.InterfaceError):
            self._driver.terminate()


async def _made_idle(driver: Any, timeout: float) -> bool:  # noqa: ASYNC109 - the driver's own
    """Whether ``driver`` is in no transaction, if need be after a ROLLBACK."""
    try:
        if not driver.is_in_transaction():
            return True
        await driver.execute("ROLLBACK", timeout=timeout)
        return not driver.is_in_transaction()
    except DRIVER_FAILURES:
        return False


def _is_closed(driver: Any) -> bool:
    try:
        return bool(driver.is_closed())
    except asyncpg.InterfaceError:  # a lost connection has left the pool, and its proxy refuses every call
        return True


class Uncancelled:
    """Awaited, ``work`` runs to its end in the caller's own task; a cancellation is kept until then.

    As ``asyncio.shield`` would do it, which costs a second task and with it two turns of the event loop.
    ``work`` waits for futures that nobody else cancels, and bounds its own time.
    """

    def __init__(self, work: Coroutine[Any, Any, str]) -> None:
        self.cancelled: asyncio.CancelledError | None = None
        self._work = work

    def __await__(self) -> Generator[Any, None, str]:
        while True:
            try:
                awaited = self._work.send(None)
            except StopIteration as done:
                return str(done.value)
            # A cancellation cancels the future that the task waits for: so that is never the driver's own.
            while not awaited.done():
                gate = awaited.get_loop().create_future()
                awaited.add_done_callback(functools.partial(_open, gate))
                try:
                    yield from gate
                except asyncio.CancelledError as error:
                    self.cancelled = self.cancelled or error


def _open(gate: asyncio.Future[None], _done: object) -> None:
    if not gate.done():
        gate.set_result(None)


def told(
    cancelled: asyncio.CancelledError, outcome: Outcome, marker: Marker | None
) -> asyncio.CancelledError:
    """``cancelled`` with ``outcome`` and ``marker`` as attributes: it says by itself nothing about either."""
    if getattr(cancelled, "outcome", None) is not outcome:
        cancelled.outcome = outcome  # type: ignore[attr-defined]
        cancelled.marker = marker  # type: ignore[attr-defined]
        cancelled.add_note(f"the unit of work: {outcome.value}")
    return cancelled


def swallowed(what: str) -> TransactionRolledBack:
    return TransactionRolledBack(
        f"the server {what}: a statement of this unit of work failed and its error was swallowed; "
        "nothing was stored"
    )
