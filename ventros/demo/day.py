"""A day of one company, every use case in one unit of work; in the end the audit looks at all of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import attrs
import psycopg

from ventros.application.broadcasts.create_broadcast import CreateBroadcast, create_broadcast
from ventros.application.broadcasts.start_broadcast import StartBroadcast, start_broadcast
from ventros.application.campaigns.create_campaign import CreateCampaign, create_campaign
from ventros.application.campaigns.enroll_in_campaign import EnrollInCampaign, enroll_in_campaign
from ventros.application.contact_lists.add_contacts_to_list import AddContactsToList, add_contacts_to_list
from ventros.application.contact_lists.create_contact_list import CreateContactList, create_contact_list
from ventros.application.messages.inbound import MessageRef, Party
from ventros.application.messages.process_inbound_message import (
    InboundMessage,
    StoredMessage,
    process_inbound_message,
)
from ventros.application.messages.record_message_ack import MessageAck, record_message_ack
from ventros.application.messages.send_message import SendMessage, send_message
from ventros.application.pipelines.move_contacts_in_pipeline import (
    MoveContactsInPipeline,
    move_contacts_in_pipeline,
)
from ventros.audit.checks import Finding, audit, questions
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import GoalType, StepConfig, StepType
from ventros.automation.sequences.aggregate import Sequence as MessageSequence
from ventros.automation.sequences.aggregate import SequenceStep
from ventros.automation.sequences.values import TriggerType
from ventros.automation.values import DelayUnit, MessageTemplate, TemplateType
from ventros.core.billing_accounts.aggregate import BillingAccount, PaymentMethod
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType, MessageStatus
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.demo.company import TENANT, Company
from ventros.devserver import DevServer
from ventros.kernel.errors import InvariantViolation
from ventros.unit_of_work import CRM, UnitOfWork

DATABASE = "company"
CUSTOMERS = 12
GREETING, REMINDER, OFFER = "We are at your service.", "Shall we deliver today?", "Tulips, three for two."


class DemoFailed(Exception):
    """The day could not go on."""


@attrs.frozen(kw_only=True)
class Day:
    """What the day came to: each number is what the platform took, or what a use case answered."""

    messages_received: int
    answers_sent: int
    contacts_moved: int
    campaign_messages: int
    broadcast_messages: int
    broadcasts_completed: int
    refused_while_suspended: int
    checks: int
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        """For the terminal."""
        lines = (
            f"{self.messages_received} messages came in, {self.answers_sent} answers went out",
            f"{self.contacts_moved} contacts moved in the pipeline",
            f"{self.campaign_messages} were reminded by a campaign",
            f"{self.broadcast_messages} got a broadcast",
            f"{self.refused_while_suspended} message was refused while the account was suspended",
            f"{len(self.findings)} findings by {self.checks} checks of the audit",
        )
        return "\n".join(["A day of one company:", *(f"  {line}" for line in lines)])

    def report(self) -> dict[str, int]:
        """What ``ventros demo --json`` has as ``day``."""
        numbers: dict[str, int] = attrs.asdict(self, filter=attrs.filters.exclude("findings", "checks"))
        return {**numbers, "findings": len(self.findings)}

    def faults(self) -> list[str]:
        """What did not come to what it should; empty when all did."""
        expected = {
            "messages_received": CUSTOMERS + 1,
            "answers_sent": CUSTOMERS,
            "contacts_moved": CUSTOMERS,
            "campaign_messages": CUSTOMERS,
            "broadcast_messages": CUSTOMERS,
            "broadcasts_completed": 1,
            "refused_while_suspended": 1,
        }
        wrong = [
            f"{name.replace('_', ' ')}: {getattr(self, name)}, not {number}"
            for name, number in expected.items()
            if getattr(self, name) != number
        ]
        return [*wrong, *(f"the audit found: {finding.check}: {finding.text}" for finding in self.findings)]


async def play_day(server: DevServer) -> Day:
    """On a database of its own."""
    morning = datetime.now(UTC).replace(microsecond=0)
    async with Company.open(server, DATABASE, morning) as company:
        received = [await _receive(company, number) for number in range(CUSTOMERS)]
        contact_ids = [message.contact_id for message in received]
        await _answer(company, contact_ids)
        moved = await _move(company, contact_ids)
        await _campaign(company, contact_ids)
        completed = await _broadcast(company, contact_ids)
        refused = await _suspend(company)
        received.append(await _receive(company, 0))
        await company.settle()
        texts = [text for _, text in company.platform.taken]
    with psycopg.connect(server.superuser_dsn(DATABASE), autocommit=True) as connection:
        findings = audit(connection, CRM)
    return Day(
        messages_received=len(received),
        answers_sent=texts.count(GREETING),
        contacts_moved=moved,
        campaign_messages=texts.count(REMINDER),
        broadcast_messages=texts.count(OFFER),
        broadcasts_completed=completed,
        refused_while_suspended=refused,
        checks=sum(question.finds for question in questions(CRM)),
        findings=tuple(findings),
    )


def _customer(number: int) -> Party:
    return Party(phone=f"+55119{number:08}", name=f"Customer {number}")


async def _receive(company: Company, number: int) -> StoredMessage:
    """A customer writes. Raises InvariantViolation while the channel is not active."""
    company.now += timedelta(minutes=1)
    message = InboundMessage(
        channel_message_id=f"IN{company.now:%H%M%S}{number}",
        contact=_customer(number),
        content_type=ContentType.TEXT,
        text="Do you have tulips?",
        received_at=company.now,
    )
    channel_id = company.onboarded.channel.id
    stored = await company.run(lambda uow: process_inbound_message(uow, channel_id, message))
    if not isinstance(stored, StoredMessage):
        raise DemoFailed(f"message {message.channel_message_id} was taken for one that is known")
    return stored


async def _answer(company: Company, contact_ids: Sequence[UUID]) -> None:
    """Each customer is answered; the platform takes it, and tells that it was read."""
    channel_id = company.onboarded.channel.id
    sent = [
        await company.run(
            partial(
                send_message,
                command=SendMessage(
                    contact_id=contact_id, channel_id=channel_id, text=GREETING, sent_at=company.now
                ),
            )
        )
        for contact_id in contact_ids
    ]
    await company.settle()
    for number, queued in enumerate(sent):
        message = await company.run(partial(_message, id_=queued.id))
        if message.channel_message_id is None:
            raise DemoFailed(f"message {message.id} was not handed over")
        ack = MessageAck(
            message=MessageRef(
                channel_message_id=message.channel_message_id, contact=_customer(number), from_me=True
            ),
            status=MessageStatus.READ,
            at=company.now,
        )
        await company.run(partial(record_message_ack, channel_id=channel_id, command=ack))


async def _message(uow: UnitOfWork, id_: UUID) -> Message:
    return await uow.messages.get(id_)


async def _move(company: Company, contact_ids: Sequence[UUID]) -> int:
    """All of them come into the first status of a new pipeline."""
    project_id, now = company.onboarded.project.id, company.now
    pipeline = Pipeline.create(project_id=project_id, tenant_id=TENANT, name="Orders", now=now)
    asked = PipelineStatus.create(
        pipeline_id=pipeline.id, tenant_id=TENANT, name="Asked", status_type=StatusType.OPEN, now=now
    )
    await company.run(lambda uow: uow.add_all(pipeline, asked))
    command = MoveContactsInPipeline(
        project_id=project_id,
        pipeline_id=pipeline.id,
        status_id=asked.id,
        contact_ids=contact_ids,
        changed_at=now,
    )
    return len((await company.run(lambda uow: move_contacts_in_pipeline(uow, command))).moved)


async def _campaign(company: Company, contact_ids: Sequence[UUID]) -> None:
    """Its one step enrolls each in a sequence, which reminds the customer an hour later."""
    now = company.now
    sequence = MessageSequence.create(
        tenant_id=TENANT, name="Reminder", trigger_type=TriggerType.MANUAL, now=now
    ).add_step(
        SequenceStep(
            position=0,
            name="remind",
            delay_amount=1,
            delay_unit=DelayUnit.HOURS,
            message_template=MessageTemplate(type=TemplateType.TEXT, content=REMINDER),
            created_at=now,
        ),
        now=now,
    )
    await company.run(lambda uow: uow.sequences.add(sequence.activate(now=now)))
    step = CampaignStep(
        position=0,
        name="remind",
        type=StepType.SEQUENCE,
        config=StepConfig(sequence_id=sequence.id),
        created_at=now,
    )
    create = CreateCampaign(
        name="Spring", goal_type=GoalType.REACH_CONTACTS, goal_value=CUSTOMERS, steps=(step,), created_at=now
    )
    campaign = await company.run(lambda uow: create_campaign(uow, create))
    await company.run(lambda uow: uow.campaigns.apply(campaign.id, Campaign.activate, now=now))
    for contact_id in contact_ids:
        enroll = EnrollInCampaign(
            campaign_id=campaign.id,
            contact_id=contact_id,
            channel_id=company.onboarded.channel.id,
            enrolled_at=now,
        )
        await company.run(partial(enroll_in_campaign, command=enroll))
    await company.settle()
    company.now += timedelta(hours=1)
    await company.settle()


async def _broadcast(company: Company, contact_ids: Sequence[UUID]) -> int:
    """An offer to all who are on a list; how many broadcasts are complete then."""
    now = company.now
    create_list = CreateContactList(
        project_id=company.onboarded.project.id, name="Everybody", is_static=True, created_at=now
    )
    contact_list = await company.run(lambda uow: create_contact_list(uow, create_list))
    add = AddContactsToList(contact_list_id=contact_list.id, contact_ids=tuple(contact_ids), added_at=now)
    await company.run(lambda uow: add_contacts_to_list(uow, add))
    create = CreateBroadcast(
        name="Offer",
        list_id=contact_list.id,
        channel_id=company.onboarded.channel.id,
        message_template=MessageTemplate(type=TemplateType.TEXT, content=OFFER),
        created_at=now,
    )
    broadcast = await company.run(lambda uow: create_broadcast(uow, create))
    start = StartBroadcast(broadcast_id=broadcast.id, started_at=now)
    await company.run(lambda uow: start_broadcast(uow, start))
    await company.settle()
    stored = await company.run(lambda uow: uow.broadcasts.get(broadcast.id))
    return int(stored.status is BroadcastStatus.COMPLETED)


async def _suspend(company: Company) -> int:
    """How many messages are refused while the account is suspended; then it is reactivated."""
    accounts, now = company.onboarded.billing_account.id, company.now
    card = PaymentMethod(type="card", last_digits="4242", is_default=True)
    await company.run(
        lambda uow: uow.billing_accounts.apply(accounts, BillingAccount.activate_payment, card, now=now)
    )
    await company.run(
        lambda uow: uow.billing_accounts.apply(accounts, BillingAccount.suspend, "payment failed", now=now)
    )
    await company.settle()
    refused = 0
    try:
        await _receive(company, 0)
    except InvariantViolation:
        refused += 1
    await company.run(lambda uow: uow.billing_accounts.apply(accounts, BillingAccount.reactivate, now=now))
    await company.settle()
    return refused
