"""What is done for the table of round trips: each case by its use case and its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs

from tests.support.campaigns import make_step
from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import GROUP, MINUTE, inbound, named
from ventros import Database, UnitOfWork
from ventros.application.change_pipeline_status import ChangePipelineStatus, change_pipeline_status
from ventros.application.edit_message import MessageEdit, edit_message
from ventros.application.inbound import GroupChat, Party
from ventros.application.merge_contacts import MergeContacts, merge_contacts
from ventros.application.message_chunk import ChunkMessage, import_chunk
from ventros.application.onboard_tenant import OnboardTenant, onboard_tenant
from ventros.application.process_inbound_message import InboundMessage, process_inbound_message
from ventros.application.react_to_message import MessageReaction, react_to_message
from ventros.application.record_message_ack import MessageAck, record_message_ack
from ventros.application.record_poll_vote import PollVote, record_poll_vote
from ventros.application.revoke_message import MessageRevocation, revoke_message
from ventros.automation.campaigns.aggregate import Campaign
from ventros.automation.campaigns.values import GoalType
from ventros.crm.channels.values import ChannelType
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterOperator, FilterRule
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import MessageStatus
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.values import Phone

Work = Callable[[UnitOfWork], Awaitable[object]]
LATER = NOW + MINUTE


@attrs.define
class World:
    """``db`` prepares; ``number`` is another one for each time that a case is done, in ``tenant``."""

    db: Database[UnitOfWork]
    seed: Seed
    number: int = 0
    tenant: str = TENANT
    user: UUID | None = None

    @property
    def party(self) -> Party:
        return Party(phone=f"+5511{self.number:09}", name="Ada")

    @property
    def lid(self) -> str:
        return f"7970{self.number:011}"

    @property
    def both(self) -> Party:
        return attrs.evolve(self.party, lid=self.lid)

    @property
    def group(self) -> GroupChat:
        return attrs.evolve(GROUP, external_id=f"{self.number}@g.us")

    def message(self, name: str = "new", **changes: Any) -> InboundMessage:
        command = inbound(number=f"{self.number}.{name}", contact=self.party, received_at=LATER)
        return attrs.evolve(command, **changes)

    def processing(self, command: InboundMessage) -> Work:
        return lambda uow: process_inbound_message(uow, self.seed.channel_id, command)

    async def before(self, name: str = "before", **changes: Any) -> InboundMessage:
        """A message that was stored before."""
        command = self.message(name, **{"received_at": NOW, **changes})
        await self.db.run(TENANT, self.processing(command))
        return command

    async def add(self, *aggregates: Any) -> Any:
        async with self.db.unit_of_work(TENANT) as uow:
            added = await uow.add_all(*aggregates)
            await uow.commit()
        return added


Case = Callable[[World], Awaitable[Work]]
CASES: dict[tuple[str, str], Case] = {}


def case(use_case: str, name: str) -> Callable[[Case], Case]:
    def keep(prepare: Case) -> Case:
        CASES[use_case, name] = prepare
        return prepare

    return keep


Changes = Callable[[World], dict[str, Any]]


def _nothing(_world: World) -> dict[str, Any]:
    return {}


def _inbound(name: str, before: Changes | None = _nothing, message: Changes = _nothing) -> None:
    """A message, after another one, if any, that differs from a plain one of the same contact."""

    @case("process_inbound_message", name)
    async def _prepare(world: World) -> Work:
        if before is not None:
            await world.before(**before(world))
        return world.processing(world.message(**message(world)))


_inbound("of a known contact with an active session")
_inbound("that we wrote to one", message=lambda _: {"from_me": True})
_inbound("of one who answers", message=lambda world: {"reply_to": world.message("before").channel_message_id})
_inbound(
    "of one whose LID is known", lambda world: {"contact": world.both}, lambda world: {"contact": world.both}
)
_inbound("of one, older than the last one", message=lambda _: {"received_at": NOW - MINUTE})
_inbound("of one whose session timed out", message=lambda _: {"received_at": NOW + 60 * MINUTE})
_inbound("of one whose LID is new", message=lambda world: {"contact": world.both})
_inbound("of a new contact", None)
_inbound("of a new contact with a LID", None, lambda world: {"contact": world.both})
_inbound("in a group", lambda world: {"group": world.group}, lambda world: {"group": world.group})
_inbound("in a group, of one who is new in it", message=lambda world: {"group": world.group})
_inbound("in a new group, of a new contact", None, lambda world: {"group": world.group})


@case("process_inbound_message", "of one who is two contacts, which are merged")
async def _merged(world: World) -> Work:
    await world.before()
    await world.before("by LID", contact=Party(lid=world.lid))
    return world.processing(world.message(contact=world.both))


@case("process_inbound_message", "that is known")
async def _known(world: World) -> Work:
    return world.processing(await world.before())


def _change(use_case: Any, make: Callable[..., Any]) -> None:
    """Of a message in a one-to-one chat, and of one in a group; of one that is unknown; again."""

    def work(world: World, command: Any) -> Work:
        return lambda uow: use_case(uow, world.seed.channel_id, command)

    @case(use_case.__name__, "in a one-to-one chat")
    async def _one(world: World) -> Work:
        return work(world, make(message=named(await world.before()), event_id=new_id()))

    @case(use_case.__name__, "in a group")
    async def _group(world: World) -> Work:
        message = await world.before(group=world.group)
        return work(world, make(message=named(message), event_id=new_id()))

    @case(use_case.__name__, "of an unknown message")
    async def _unknown(world: World) -> Work:
        return work(world, make(message=named(world.message()), event_id=new_id()))

    @case(use_case.__name__, "that is known")
    async def _known(world: World) -> Work:
        command = make(message=named(await world.before()), event_id=new_id())
        await world.db.run(TENANT, work(world, command))
        return work(world, command)


_change(record_message_ack, lambda **named: MessageAck(**named, status=MessageStatus.READ, at=LATER))
_change(edit_message, lambda **named: MessageEdit(**named, text="new", edited_at=LATER))
_change(revoke_message, lambda **named: MessageRevocation(**named, revoked_at=LATER))
_change(
    react_to_message, lambda **named: MessageReaction(**named, reactor=None, emoji="👍", reacted_at=LATER)
)
_change(record_poll_vote, lambda **named: PollVote(**named, voter=None, options=("a",), voted_at=LATER))


@case("react_to_message", "of the other side")
async def _reaction(world: World) -> Work:
    message = await world.before()
    command = MessageReaction(
        message=named(message), reactor=world.party, emoji="👍", reacted_at=LATER, event_id=new_id()
    )
    return lambda uow: react_to_message(uow, world.seed.channel_id, command)


@case("edit_message", "of an unknown message that was told whole")
async def _edit(world: World) -> Work:
    await world.before()
    whole = world.message()
    command = MessageEdit(
        message=named(whole), text="new", edited_at=LATER, event_id=new_id(), fallback=whole
    )
    return lambda uow: edit_message(uow, world.seed.channel_id, command)


async def _changes(world: World) -> list[ChangePipelineStatus]:
    """Of one contact, into each of two statuses."""
    contact = _contact(world)
    pipeline = Pipeline.create(
        project_id=world.seed.project_id, tenant_id=TENANT, name=f"Sales {world.number}", now=NOW
    )
    statuses = [
        PipelineStatus.create(
            pipeline_id=pipeline.id, tenant_id=TENANT, name=name, status_type=StatusType.OPEN, now=NOW
        )
        for name in ("New", "Talking")
    ]
    await world.add(contact, pipeline, *statuses)
    return [
        ChangePipelineStatus(
            project_id=world.seed.project_id,
            contact_id=contact.id,
            pipeline_id=pipeline.id,
            status_id=status.id,
            changed_at=NOW,
        )
        for status in statuses
    ]


@case("change_pipeline_status", "of a contact that enters the pipeline")
async def _enter(world: World) -> Work:
    enter, _ = await _changes(world)
    return lambda uow: change_pipeline_status(uow, enter)


@case("change_pipeline_status", "of a contact that stands in it")
async def _move(world: World) -> Work:
    enter, move = await _changes(world)
    await world.db.run(TENANT, lambda uow: change_pipeline_status(uow, enter))
    return lambda uow: change_pipeline_status(uow, move)


@case("merge_contacts", "of whom each has an active session")
async def _merge(world: World) -> Work:
    await world.before()
    await world.before("by LID", contact=Party(lid=world.lid))
    async with world.db.unit_of_work(TENANT) as uow:
        match = await uow.contact_identities.match(
            world.seed.project_id, Phone(str(world.party.phone)), world.lid
        )
    assert match.contact is not None
    assert match.duplicate is not None
    command = MergeContacts(
        surviving_contact_id=match.contact.id, merged_contact_id=match.duplicate.id, merged_at=LATER
    )
    return lambda uow: merge_contacts(uow, command)


@case("import_messages", "of 100, ten of each of ten new contacts, in one chunk")
async def _import(world: World) -> Work:
    chunk = []
    for index in range(100):
        party = Party(phone=f"+5521{world.number:05}{index % 10:04}")
        command = world.message(f"{index}", contact=party, received_at=NOW + index * timedelta(seconds=1))
        chunk.append(ChunkMessage(index=index, command=command, phone=Phone(str(party.phone))))
    return lambda uow: import_chunk(uow, world.seed.channel_id, chunk)


@case("onboard_tenant", "whose owner is new")
async def _onboard(world: World) -> Work:
    world.tenant, world.user = f"customer-{world.number}", new_id()
    command = OnboardTenant(
        name="Customer",
        owner_email=f"ada@{world.tenant}.example",
        billing_email=f"pay@{world.tenant}.example",
        channel_name="Front desk",
        channel_type=ChannelType.WAHA,
        onboarded_at=NOW,
    )
    return lambda uow: onboard_tenant(uow, command)


def _contact(world: World) -> Contact:
    return Contact.create(project_id=world.seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)


UNIT = "a unit of work"


@case(UNIT, "get")
async def _get(world: World) -> Work:
    (contact,) = await world.add(_contact(world))
    return lambda uow: uow.contacts.get(contact.id)


@case(UNIT, "get, save, commit()")
async def _save(world: World) -> Work:
    (contact,) = await world.add(_contact(world))

    async def work(uow: UnitOfWork) -> None:
        await uow.contacts.save((await uow.contacts.get(contact.id)).rename("Bea", now=LATER))

    return work


@case(UNIT, "get, commit(contact)")
async def _commit(world: World) -> Work:
    (contact,) = await world.add(_contact(world))

    async def work(uow: UnitOfWork) -> None:
        await uow.commit((await uow.contacts.get(contact.id)).rename("Bea", now=LATER))

    return work


@case(UNIT, "save_all of a contact and a pipeline")
async def _save_all(world: World) -> Work:
    pipeline = Pipeline.create(
        project_id=world.seed.project_id, tenant_id=TENANT, name=f"Sales {world.number}", now=NOW
    )
    contact, pipeline = await world.add(_contact(world), pipeline)
    return lambda uow: uow.save_all(
        contact.rename("Bea", now=LATER), pipeline.rename(f"Support {world.number}", now=LATER)
    )


@case(UNIT, "add of a contact list with 20 rules")
async def _add(world: World) -> Work:
    contact_list = ContactList.create(
        project_id=world.seed.project_id, tenant_id=TENANT, name=f"List {world.number}", now=NOW
    )
    for number in range(20):
        rule = FilterRule.tag(FilterOperator.EQ, f"tag {number}", now=NOW)
        contact_list = contact_list.add_filter_rule(rule, now=NOW)
    return lambda uow: uow.contact_lists.add(contact_list)


@case(UNIT, "save_all of 20 campaigns with a step more")
async def _campaigns(world: World) -> Work:
    campaigns = [
        Campaign.create(
            tenant_id=TENANT,
            name=f"Spring {number}",
            description="",
            goal_type=GoalType.REACH_CONTACTS,
            goal_value=10,
            now=NOW,
        )
        for number in range(20)
    ]
    stored = await world.add(*campaigns)
    changed = [campaign.add_step(make_step(), now=LATER) for campaign in stored]
    return lambda uow: uow.save_all(*changed)
