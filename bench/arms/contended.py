"""One message more in one of a few shared sessions, by every means there is to keep two writers apart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import attrs

from bench.server import TENANT
from ventros import Database, Retry, Settings, UnitOfWork, VentrosError
from ventros.crm.sessions.aggregate import Session

PATIENT = Retry(attempts=1000)
"""So many attempts that none gives up: what a conflict costs is seen in the latency, not hidden in a loss."""


@attrs.define
class Tally:
    """What the writers of one slot met."""

    conflicts: int = 0


@attrs.frozen(kw_only=True)
class Strategy:
    name: str
    title: str
    lock: Literal["update"] | None = None
    isolation: Literal["serializable"] | None = None
    reapplied: bool = False

    async def open(self, dsn: str, size: int) -> Database[UnitOfWork]:
        # A row lock may have to be waited for behind all others in turn.
        settings = Settings(min_size=size, max_size=size, lock_timeout=60.0, statement_timeout=60.0)
        return await Database.open(UnitOfWork, dsn, settings)

    async def write(self, db: Database[UnitOfWork], id: UUID, tally: Tally) -> None:  # noqa: A002
        """Load, decide, save, commit, until it is stored."""

        def conflict(_error: VentrosError, _attempt: int) -> None:
            tally.conflicts += 1

        async def use_case(uow: UnitOfWork) -> None:
            if self.reapplied:
                tally.conflicts -= 1  # each application but the first follows a conflict
                await uow.sessions.apply(id, _counted, tally)
            else:
                session = await uow.sessions.get(id, lock=self.lock)
                await uow.sessions.save(_recorded(session))

        await db.run(TENANT, use_case, retry=PATIENT, on_conflict=conflict, isolation=self.isolation)


def _recorded(session: Session) -> Session:
    return session.record_message(from_contact=True, now=datetime.now(UTC))


def _counted(session: Session, tally: Tally) -> Session:
    tally.conflicts += 1
    return _recorded(session)


STRATEGIES = (
    Strategy(name="optimistic", title="optimistic retry"),
    Strategy(name="reapplied", title="re-applied in place", reapplied=True),
    Strategy(name="for-update", title="SELECT FOR UPDATE", lock="update"),
    Strategy(name="serializable", title="SERIALIZABLE retry", isolation="serializable"),
)
