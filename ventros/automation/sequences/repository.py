"""Where sequences are kept, with their steps and what they count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ventros.automation.sequences import mapper
from ventros.automation.sequences.aggregate import Sequence
from ventros.automation.sequences.values import SequenceCounters, TriggerType
from ventros.kernel.connection.call import Call
from ventros.kernel.repository import ChildRows, Repository
from ventros.statements import statement


class SequenceRepository(Repository[Sequence]):
    resource = "sequence"
    mapper = mapper

    TABLE = statement.table("sequences")
    FIND_ACTIVE_BY_TRIGGER = statement("sequences.find_active_by_trigger")
    BUMP = statement("sequence_counters.bump")
    TOTAL = statement("sequence_counters.total")

    CHILDREN = (
        ChildRows(
            table=statement.table("sequence_steps"),
            root_id="sequence_id",
            from_row=mapper.step_from_row,
            insert_args=mapper.insert_step_args,
            update_all_args=mapper.update_steps_args,
            of=lambda sequence, _stored: sequence.steps,
        ),
    )

    async def remove(self, aggregate: Sequence) -> None:
        """With its steps and counters. Raises InvariantViolation unless it is a draft."""
        self.require_own(aggregate)
        aggregate.require_removable()
        await super().remove(aggregate)

    async def find_active_by_trigger(
        self, trigger_type: TriggerType, event_data: Mapping[str, Any]
    ) -> list[Sequence]:
        """Those that an event of that type and data enrolls a contact in, the newest first.

        Raises ValidationError for an unknown type.
        """
        known = TriggerType(trigger_type).value
        rows = await self.connection.many(self.FIND_ACTIVE_BY_TRIGGER, self.tenant, known, event_data)
        return await self.load_all(rows)

    def counting(self, sequence_id: UUID, *, enrolled: int = 0, completed: int = 0, exited: int = 0) -> Call:
        """What counts without loading the sequence or stepping its version, to be sent with the commit.

        That each enrollment is counted once, and once at its end, is the enrollment's own version's care. It
        raises ReferenceNotFound when there is no such sequence.
        """
        return Call(self.BUMP, ((self.tenant, sequence_id, enrolled, completed, exited),))

    async def counters(self, sequence_id: UUID) -> SequenceCounters:
        """Zeros before anything is counted, and for a sequence that is not there."""
        row = await self.connection.one(self.TOTAL, self.tenant, sequence_id)
        return SequenceCounters(
            total_enrolled=row["total_enrolled"],
            completed_count=row["completed_count"],
            exited_count=row["exited_count"],
        )
