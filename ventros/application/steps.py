"""What ``ventros scheduler`` does for the CRM."""

from __future__ import annotations

from typing import Final

from ventros.application.broadcasts.advance_broadcast import advance_broadcast
from ventros.application.campaigns.advance_campaign_enrollment import advance_campaign_enrollment
from ventros.application.campaigns.start_campaign import start_campaign
from ventros.application.sequences.advance_sequence_enrollment import advance_sequence_enrollment
from ventros.application.sessions.expire_session import expire_session
from ventros.kernel.step import Step
from ventros.statements import statement
from ventros.unit_of_work import UnitOfWork

STEPS: Final[tuple[Step[UnitOfWork], ...]] = (
    Step(name="expire_sessions", find_due=statement("sessions.find_timed_out"), work=expire_session),
    Step(name="start_campaigns", find_due=statement("campaigns.find_startable"), work=start_campaign),
    Step(
        name="advance_sequence_enrollments",
        find_due=statement("sequence_enrollments.find_due"),
        work=advance_sequence_enrollment,
    ),
    Step(
        name="advance_campaign_enrollments",
        find_due=statement("campaign_enrollments.find_due"),
        work=advance_campaign_enrollment,
    ),
    Step(name="advance_broadcasts", find_due=statement("broadcasts.find_at_work"), work=advance_broadcast),
)
