"""What the rules of a list name is there, and stays so until the list is stored."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from ventros.crm.contact_lists.values import FilterRule
from ventros.kernel.errors import NotFound
from ventros.unit_of_work import UnitOfWork


async def verify_rules(uow: UnitOfWork, project_id: UUID, rules: Iterable[FilterRule]) -> None:
    """The pipelines of rules on a status, which are to be the project's, and the statuses.

    They are verified with the next ``commit``. Raises NotFound for a pipeline that is not in the project, and
    for a status that is not in the pipeline.
    """
    of_status = {rule.pipeline_id: _statuses(rules, rule.pipeline_id) for rule in rules if rule.pipeline_id}
    for pipeline in await uow.pipelines.get_many(sorted(of_status)):
        if pipeline.project_id != project_id:
            raise NotFound("pipeline", pipeline.id)
        uow.pipelines.verify(pipeline)
    wanted = sorted(set().union(*of_status.values()))
    for status in await uow.pipeline_statuses.get_many(wanted):
        named_by = {pipeline_id for pipeline_id, ids in of_status.items() if status.id in ids}
        if named_by != {status.pipeline_id}:
            raise NotFound("pipeline_status", status.id)
        uow.pipeline_statuses.verify(status)


def _statuses(rules: Iterable[FilterRule], pipeline_id: UUID) -> set[UUID]:
    ids: set[UUID] = set()
    for rule in rules:
        if rule.pipeline_id == pipeline_id and rule.operator.takes_value:
            ids.update(rule.value if rule.operator.takes_many else [rule.value])
    return ids
