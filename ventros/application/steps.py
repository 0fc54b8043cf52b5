"""What ``ventros scheduler`` does for the CRM."""

from __future__ import annotations

from typing import Final

from ventros.application.broadcasts.advance_broadcast import advance_broadcast
from ventros.application.sessions.expire_session import expire_session
from ventros.kernel.step import Step
from ventros.statements import statement
from ventros.unit_of_work import UnitOfWork

STEPS: Final[tuple[Step[UnitOfWork], ...]] = (
    Step(name="expire_sessions", find_due=statement("sessions.find_timed_out"), work=expire_session),
    Step(name="advance_broadcasts", find_due=statement("broadcasts.find_at_work"), work=advance_broadcast),
)
