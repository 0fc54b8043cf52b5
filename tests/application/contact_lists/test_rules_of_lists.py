"""Lists are made and changed with their rules; what a rule names is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.inbound_messages import MINUTE
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.contact_lists.create_contact_list import CreateContactList, create_contact_list
from ventros.application.contact_lists.update_contact_list import UpdateContactList, update_contact_list
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterOperator, FilterRule, LogicalOperator
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipeline_statuses.repository import PipelineStatusRepository
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.demo.seed import Seed
from ventros.kernel.errors import (
    InvariantViolation,
    OptimisticLockError,
    OptimisticLockErrors,
    ReferenceNotFound,
    VentrosError,
)
from ventros.kernel.ids import new_id
from ventros.kernel.transaction.held import Held
from ventros.values import CustomFieldType

LATER = NOW + MINUTE
EQ, IN = FilterOperator.EQ, FilterOperator.IN


@attrs.frozen
class Funnel:
    pipeline: Pipeline
    status: PipelineStatus

    def rule(self, operator: FilterOperator = EQ, value: object = None) -> FilterRule:
        value = self.status.id if value is None else value
        return FilterRule.pipeline_status(self.pipeline.id, operator, value, now=NOW)


async def stored_funnel(db: Database[UnitOfWork], seed: Seed) -> Funnel:
    pipeline = Pipeline.create(project_id=seed.project_id, tenant_id=seed.tenant, name=f"{new_id()}", now=NOW)
    status = PipelineStatus.create(
        pipeline_id=pipeline.id, tenant_id=seed.tenant, name="New", status_type=StatusType.OPEN, now=NOW
    )
    return Funnel(*await db.run(seed.tenant, lambda uow: uow.add_all(pipeline, status)))


async def delete_status(db: Database[UnitOfWork], funnel: Funnel) -> None:
    status_id = funnel.status.id
    await db.run(TENANT, lambda uow: uow.pipeline_statuses.apply(status_id, PipelineStatus.delete, now=NOW))


def tag(value: str) -> FilterRule:
    return FilterRule.tag(EQ, value, now=NOW)


def command(seed: Seed, **changes: Any) -> CreateContactList:
    return attrs.evolve(CreateContactList(project_id=seed.project_id, name="VIP", created_at=NOW), **changes)


async def create(db: Database[UnitOfWork], seed: Seed, **changes: Any) -> ContactList:
    return await db.run(TENANT, lambda uow: create_contact_list(uow, command(seed, **changes)))


async def update(db: Database[UnitOfWork], contact_list: ContactList, **fields: Any) -> ContactList:
    wanted = UpdateContactList(contact_list_id=contact_list.id, updated_at=LATER, **fields)
    return await db.run(TENANT, lambda uow: update_contact_list(uow, wanted))


async def load(db: Database[UnitOfWork], contact_list: ContactList) -> ContactList:
    async with db.unit_of_work(TENANT) as uow:
        return await uow.contact_lists.get(contact_list.id)


def events(superuser: psycopg.Connection) -> list[tuple[str, int]]:
    return superuser.execute(
        "SELECT event_name, aggregate_version FROM outbox_events"
        " WHERE aggregate_type = 'contact_list' ORDER BY position"
    ).fetchall()


async def test_a_list_is_stored_with_its_rules_in_one_version(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    funnel = await stored_funnel(db, seed)
    field = FilterRule.custom_field("plan", CustomFieldType.TEXT, EQ, "gold", now=NOW)
    rules = (tag("vip"), field, funnel.rule(), funnel.rule(IN, [funnel.status.id]))
    stored = await create(
        db, seed, description="The best", logical_operator=LogicalOperator.OR, rules=(*rules, tag("vip"))
    )
    assert await load(db, stored) == stored
    assert (stored.version, stored.filter_rules, stored.description) == (1, rules, "The best")
    assert stored.logical_operator is LogicalOperator.OR
    added = [("contact_list.filter_rule_added", 1)] * 4
    assert events(superuser) == [("contact_list.created", 1), ("contact_list.updated", 1), *added]


async def test_a_rule_names_a_pipeline_of_the_project_and_a_status_of_the_pipeline(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    """The foreign key alone would take a deleted pipeline, and any status."""
    funnel, other, gone = [await stored_funnel(db, seed) for _ in range(3)]
    await delete_status(db, gone)
    await db.run(TENANT, lambda uow: uow.pipelines.apply(gone.pipeline.id, Pipeline.delete, now=NOW))
    strange = await stored_funnel(db, other_seed)
    for missing in (gone, strange):
        with pytest.raises(NotFound, match="pipeline "):
            await create(db, seed, rules=(missing.rule(),))
    for value in (other.status.id, strange.status.id, new_id()):
        with pytest.raises(NotFound, match="pipeline_status "):
            await create(db, seed, rules=(other.rule(), funnel.rule(IN, [funnel.status.id, value])))
    assert events(superuser) == []


async def test_what_cannot_be_is_refused(db: Database[UnitOfWork], seed: Seed, other_seed: Seed) -> None:
    with pytest.raises(InvariantViolation, match="static"):
        await create(db, seed, is_static=True, rules=(tag("vip"),))
    with pytest.raises(ValidationError):
        await create(db, seed, name="")
    with pytest.raises(ReferenceNotFound):
        await create(db, seed, project_id=other_seed.project_id)
    with pytest.raises(ValidationError, match="field_type"):
        FilterRule(filter_type="custom_field", operator=EQ, field_key="plan", value="gold", created_at=NOW)
    with pytest.raises(ValidationError, match="at least one of"):
        UpdateContactList(contact_list_id=new_id(), updated_at=NOW)


async def test_rules_are_replaced_and_those_that_ask_the_same_stay(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    kept, gone = tag("kept"), tag("gone")
    before = await create(db, seed, rules=(gone, kept))
    new = tag("new")
    stored = await update(
        db, before, name="Others", description=None, rules=(new, attrs.evolve(kept, id=new_id()), new)
    )
    assert await load(db, before) == stored
    assert (stored.version, stored.name, stored.filter_rules) == (2, "Others", (kept, new))
    told = ["updated", "filter_rule_removed", "filter_rule_added"]
    assert events(superuser)[3:] == [(f"contact_list.{name}", 2) for name in told]
    assert await update(db, before, rules=(tag("new"), tag("kept"))) == stored
    cleared = await update(db, before, rules=(), logical_operator=LogicalOperator.OR)
    assert (cleared.version, cleared.filter_rules, cleared.name) == (3, (), "Others")


async def test_an_update_is_checked_as_a_creation_is(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    dynamic, static = await create(db, seed), await create(db, seed, is_static=True)
    strange = await stored_funnel(db, other_seed)
    told = events(superuser)
    with pytest.raises(NotFound, match="pipeline "):
        await update(db, dynamic, name="Others", rules=(strange.rule(),))
    with pytest.raises(InvariantViolation, match="static"):
        await update(db, static, name="Others", rules=(tag("vip"),))
    with pytest.raises(ValidationError):
        await update(db, static, name="")
    wanted = UpdateContactList(contact_list_id=dynamic.id, updated_at=LATER, name="Others")
    with pytest.raises(NotFound, match="contact_list "):
        await db.run(OTHER_TENANT, lambda uow: update_contact_list(uow, wanted))
    assert events(superuser) == told


def racing(db: Database[UnitOfWork], rival: Callable[[], Awaitable[object]]) -> Database[UnitOfWork]:
    """In its first unit another one comes after the statuses were looked up."""
    done = False

    class Statuses(PipelineStatusRepository):
        async def get_many(self, ids: Sequence[UUID]) -> list[PipelineStatus]:
            nonlocal done
            found = await super().get_many(ids)
            if not done:
                done = True
                await rival()
            return found

    class Racing(UnitOfWork):
        pipeline_statuses = Held(Statuses)

    return Database(db._pool, Racing, db.settings)


async def test_a_status_that_is_deleted_meanwhile_is_missed(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    funnel, conflicts = await stored_funnel(db, seed), list[VentrosError]()
    other = racing(db, lambda: delete_status(db, funnel))
    with pytest.raises(NotFound, match="pipeline_status "):
        await other.run(
            TENANT,
            lambda uow: create_contact_list(uow, command(seed, rules=(funnel.rule(),))),
            on_conflict=lambda error, _: conflicts.append(error),
        )
    assert [type(error) for error in conflicts] == [OptimisticLockErrors]
    assert events(superuser) == []


async def test_control_if_it_is_not_verified_the_list_is_of_a_deleted_status(
    db: Database[UnitOfWork], seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PipelineStatusRepository, "verify", lambda *_: None)
    funnel = await stored_funnel(db, seed)
    other = racing(db, lambda: delete_status(db, funnel))
    assert await other.run(
        TENANT, lambda uow: create_contact_list(uow, command(seed, rules=(funnel.rule(),)))
    )


async def test_what_another_changed_meanwhile_stays(db: Database[UnitOfWork], seed: Seed) -> None:
    before, funnel = await create(db, seed), await stored_funnel(db, seed)
    other = racing(db, lambda: update(db, before, name="Best"))
    conflicts: list[VentrosError] = []
    wanted = UpdateContactList(contact_list_id=before.id, updated_at=LATER, rules=(funnel.rule(),))
    stored = await other.run(
        TENANT,
        lambda uow: update_contact_list(uow, wanted),
        on_conflict=lambda error, _: conflicts.append(error),
    )
    assert (stored.name, stored.version, len(stored.filter_rules)) == ("Best", 3, 1)
    assert [type(error) for error in conflicts] in ([OptimisticLockError], [OptimisticLockErrors])
