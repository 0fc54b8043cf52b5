"""What is stored is what is loaded, field by field, and stands in the column of its name.

Each aggregate is added and saved with every field set, then with every field empty, then set again. A
mapper that forgets a column, or takes one for another, fails here; the control at the end sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.rows import dict_row

from tests.conftest import NOW, TENANT
from ventros import Database, NotFound, UnitOfWork
from ventros.core import users
from ventros.core.billing_accounts.aggregate import BillingAccount, PaymentMethod, PaymentStatus
from ventros.core.billing_accounts.repository import BillingAccountRepository
from ventros.core.projects.aggregate import (
    AgentAssignmentConfig,
    AssignmentStrategy,
    Project,
    ReassignmentRule,
    ReassignmentTrigger,
)
from ventros.core.projects.repository import ProjectRepository
from ventros.crm.channels.aggregate import (
    Channel,
    ChannelStatus,
    ChannelType,
    ConnectionMode,
    HistoryImportStats,
    HistoryImportStatus,
)
from ventros.crm.channels.repository import ChannelRepository
from ventros.crm.contacts import mapper as contact_mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.crm.messages.aggregate import ContentType, Message, MessageSource, MessageStatus
from ventros.crm.messages.events import MessagePlayed
from ventros.crm.messages.repository import MessageRepository
from ventros.crm.sessions.aggregate import EndReason, Sentiment, Session, SessionStatus
from ventros.crm.sessions.repository import SessionRepository
from ventros.demo.seed import Seed
from ventros.kernel.events import DomainEvent
from ventros.kernel.ids import new_id
from ventros.kernel.statements import Statement
from ventros.values import Email, MediaUrl, MessageText, Phone


@attrs.frozen(kw_only=True)
class SomethingChanged(DomainEvent):
    """Stands for the commands that are not written yet."""

    event_name = "test.changed"


def something_changed() -> DomainEvent:
    return SomethingChanged(occurred_at=NOW)


# Fields that a case need not set, and why.
NOT_STORED_AS_GIVEN = {
    "domain_events": "they go to the outbox",
    "version": "it is 1 when new, and then stepped by the statement",
    "deleted_at": "a deleted one cannot be loaded; it is looked at in the table",
}
KEY = frozenset({"tenant_id", "id"})


def moment(number: int) -> datetime:
    """Another one for each number, to the microsecond."""
    return NOW + timedelta(days=number, microseconds=number)


@attrs.frozen(kw_only=True)
class Saves:
    """``targets`` are saved one after the other over ``start``, as far as ``fields`` go."""

    start: Any
    fields: frozenset[str]
    targets: tuple[Any, ...]
    event: Callable[[], DomainEvent] = something_changed
    statement: str = "UPDATE"
    arguments: str = "update_args"


@attrs.frozen(kw_only=True)
class Case:
    """``added`` are instances with keys of their own; ``fixed`` fields never change after that.

    ``columns`` are the columns of fields that are named otherwise, ``forward_only`` the fields that
    cannot go back to empty.
    """

    repository: Any
    added: tuple[Any, ...]
    saves: tuple[Saves, ...]
    fixed: frozenset[str]
    columns: dict[str, str] = attrs.field(factory=dict)
    forward_only: frozenset[str] = frozenset()


@attrs.frozen(kw_only=True)
class Store:
    db: Database[UnitOfWork]
    superuser: psycopg.Connection

    async def write(self, case: Case, method: str, entity: Any) -> None:
        async with self.db.unit_of_work(getattr(entity, "tenant_id", TENANT)) as uow:
            await getattr(case.repository(uow), method)(entity)
            await uow.commit()

    async def load(self, case: Case, entity: Any) -> Any:
        async with self.db.unit_of_work(getattr(entity, "tenant_id", TENANT)) as uow:
            return await case.repository(uow).get(entity.id)

    def row(self, case: Case, entity: Any) -> dict[str, Any]:
        """As the table has it, past mapper and statement."""
        query = sql.SQL("SELECT * FROM {} WHERE id = %s").format(
            sql.Identifier(case.repository.INSERT.path.stem)
        )
        row = self.superuser.cursor(row_factory=dict_row).execute(query, [entity.id]).fetchone()
        assert row is not None
        return row

    async def expect(self, case: Case, entity: Any) -> None:
        """``entity`` is what is stored."""
        assert self.row(case, entity) == plain_row(case, entity)
        if entity.deleted_at is None:
            assert await self.load(case, entity) == entity
        else:
            with pytest.raises(NotFound):
                await self.load(case, entity)


def plain_row(case: Case, entity: Any) -> dict[str, Any]:
    names = [field.name for field in attrs.fields(type(entity)) if field.name != "domain_events"]
    return {case.columns.get(name, name): plain(getattr(entity, name)) for name in names}


def plain(value: Any, *, in_json: bool = False) -> object:
    """A field's value as its column shows it."""
    kind: Any = type(value)
    if isinstance(value, Email | Phone | MessageText | MediaUrl):
        return value.value
    if isinstance(value, tuple):
        return [plain(each, in_json=in_json) for each in value]
    if attrs.has(kind):
        return {field.name: plain(getattr(value, field.name), in_json=True) for field in attrs.fields(kind)}
    if in_json and isinstance(value, datetime):
        return value.isoformat()
    return str(value) if in_json and isinstance(value, UUID) else value


async def check(store: Store, case: Case) -> None:
    """Add and save the case's instances, and compare what is stored with each of them."""
    for entity in case.added:
        await store.write(case, "add", entity)
        await store.expect(case, entity)
    for saves in case.saves:
        current = saves.start
        for target in saves.targets:
            changes = {field: getattr(target, field) for field in saves.fields}
            current = attrs.evolve(current, **changes)
            await store.write(case, "save", attrs.evolve(current, domain_events=(saves.event(),)))
            if hasattr(current, "version"):
                current = attrs.evolve(current, version=current.version + 1)
            await store.expect(case, current)


# Whether a case can tell a good mapper from a bad one


def default_of(field: attrs.Attribute[Any]) -> object:
    default: Any = field.default
    return default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]


def left_at_default(instances: Iterable[Any]) -> set[str]:
    """Fields that none of the instances, nor of the objects in them, has set."""
    left: set[str] = set()
    by_class: dict[Any, list[Any]] = {}
    for instance in instances:
        by_class.setdefault(type(instance), []).append(instance)
    for kind, group in by_class.items():
        for field in attrs.fields(kind):
            values = [getattr(each, field.name) for each in group]
            if all(value == default_of(field) for value in values):
                left.add(f"{kind.__name__}.{field.name}")
            parts = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
            left |= left_at_default(part for part in parts if attrs.has(type(part)))
    return left


def unchanged(case: Case) -> set[str]:
    """Fields that are in no save, that a save does not change, or that none sets back to empty."""
    fields = {field.name: field for field in attrs.fields(type(case.added[0]))}
    saved = {field for saves in case.saves for field in saves.fields}
    found = set(fields) - KEY - case.fixed - set(NOT_STORED_AS_GIVEN) - saved
    for saves in case.saves:
        for name in saves.fields - set(NOT_STORED_AS_GIVEN):
            before, *after = (getattr(each, name) for each in (saves.start, *saves.targets))
            default = default_of(fields[name])
            if after[0] == before:
                found.add(name)
            if default is not attrs.NOTHING and default not in after and name not in case.forward_only:
                found.add(name)
    return found


def alike(statement: Statement, arguments: list[tuple[object, ...]]) -> list[str]:
    """Pairs of parameters that could be taken for each other without being found out."""
    return [
        f"{statement.name}: {one.name} and {other.name}"
        for (at, one), (there, other) in combinations(enumerate(statement.params), 2)
        if one.type == other.type and all(each[at] == each[there] for each in arguments)
    ]


def confusable(case: Case) -> list[str]:
    repository = case.repository
    mapper = repository.mapper
    found = alike(repository.INSERT, [mapper.insert_args(each) for each in case.added])
    by_statement: dict[tuple[str, str], list[Any]] = {}
    for saves in case.saves:
        targets = [
            attrs.evolve(saves.start, **{field: getattr(target, field) for field in saves.fields})
            for target in saves.targets
        ]
        by_statement.setdefault((saves.statement, saves.arguments), []).extend(targets)
    for (statement, arguments), targets in by_statement.items():
        to_arguments = getattr(mapper, arguments)
        found += alike(getattr(repository, statement), [to_arguments(each) for each in targets])
    return found


def flags(entity: Any) -> list[Any]:
    """The same with all of its flags down, then with one more of them up each time."""
    names = [
        field.name for field in attrs.fields(type(entity)) if isinstance(getattr(entity, field.name), bool)
    ]
    lowered = attrs.evolve(entity, **dict.fromkeys(names, False))
    return [attrs.evolve(lowered, **dict.fromkeys(names[:raised], True)) for raised in range(len(names) + 1)]


# The cases


@attrs.frozen(kw_only=True)
class World:
    """Rows that foreign keys may point to; two of each where there can be two."""

    users: tuple[UUID, UUID]
    accounts: tuple[UUID, UUID]
    project: UUID
    pipelines: tuple[UUID, UUID]
    channels: tuple[UUID, UUID]
    contacts: tuple[UUID, UUID]
    sessions: tuple[UUID, UUID]


ADD_PIPELINE = """
INSERT INTO pipelines (tenant_id, id, project_id, name, description, position, active, enable_ai_summary,
                       created_at, updated_at)
SELECT tenant_id, gen_random_uuid(), id, 'sales', '', 0, true, false, now(), now() FROM projects
RETURNING id
"""


@pytest.fixture
async def world(db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection) -> World:
    (first,), (second,) = (superuser.execute(ADD_PIPELINE).fetchall()[0] for _ in range(2))
    async with db.unit_of_work(TENANT) as uow:
        other_user = await users.add(uow, "other@acme.example")
        accounts = [
            await uow.billing_accounts.add(
                BillingAccount.create(
                    user_id=other_user, name=name, billing_email="pay@acme.example", now=NOW
                )
            )
            for name in ("one", "two")
        ]
        channel = await uow.channels.add(
            Channel.create(
                user_id=seed.user_id,
                project_id=seed.project_id,
                tenant_id=TENANT,
                name="other",
                type=ChannelType.WEB_FORM,
                now=NOW,
            )
        )
        contacts = [
            await uow.contacts.add(
                Contact.create(project_id=seed.project_id, tenant_id=TENANT, name=name, now=NOW)
            )
            for name in ("Ann", "Ben")
        ]
        sessions = [
            await uow.sessions.add(Session.start(contact_id=contact.id, tenant_id=TENANT, now=NOW))
            for contact in contacts
        ]
        await uow.commit()
    return World(
        users=(seed.user_id, other_user),
        accounts=(accounts[0].id, accounts[1].id),
        project=seed.project_id,
        pipelines=(first, second),
        channels=(seed.channel_id, channel.id),
        contacts=(contacts[0].id, contacts[1].id),
        sessions=(sessions[0].id, sessions[1].id),
    )


def mutable(kind: Any, fixed: frozenset[str]) -> frozenset[str]:
    names = {field.name for field in attrs.fields(kind)}
    return frozenset(names - KEY - fixed - set(NOT_STORED_AS_GIVEN))


def deleted(entity: Any) -> Any:
    return attrs.evolve(entity, deleted_at=moment(99))


def plan(full: Any, bare: Any, fixed: frozenset[str], *variants: Any) -> tuple[Saves, Saves]:
    """Over the full one: the bare one, then the full one again, what varies, and its deletion."""
    fields = mutable(type(full), fixed)
    again = attrs.evolve(full, updated_at=moment(98))
    targets = (bare, again, *variants, *flags(full))
    return (
        Saves(start=full, fields=fields, targets=targets),
        Saves(start=bare, fields=fields | {"deleted_at"}, targets=(again, deleted(bare))),
    )


def contact_case(world: World, number: int = 0) -> Case:
    full = Contact(
        tenant_id=TENANT,
        project_id=world.project,
        name="Ada",
        email=Email("ada@example.com"),
        phone=Phone(f"+55119999900{number:02}"),
        external_id="crm-7",
        source_channel="fair",
        language="pt-BR",
        timezone="America/Sao_Paulo",
        tags=("vip", "new", 'a "quoted", {braced} one', "NULL"),
        profile_picture_url="https://pictures.example/ada.jpg",
        profile_picture_fetched_at=moment(1),
        first_interaction_at=moment(2),
        last_interaction_at=moment(3),
        created_at=moment(4),
        updated_at=moment(5),
    )
    bare = Contact(
        tenant_id=TENANT,
        project_id=world.project,
        name="Ben",
        created_at=moment(6),
        updated_at=moment(7),
    )
    fixed = frozenset({"project_id", "created_at"})
    other = attrs.evolve(full, id=new_id(), phone=Phone(f"+55118888800{number:02}"))
    saves = plan(full, bare, fixed)
    # Two live contacts must not share a phone.
    last = attrs.evolve(saves[1], targets=(attrs.evolve(other, updated_at=moment(8)), deleted(bare)))
    return Case(
        repository=ContactRepository,
        added=(full, bare, deleted(other)),
        saves=(saves[0], last),
        fixed=fixed,
    )


def session_case(world: World) -> Case:
    full = Session(
        tenant_id=TENANT,
        contact_id=world.contacts[0],
        channel_type_id=5,
        pipeline_id=world.pipelines[0],
        started_at=moment(1),
        ended_at=moment(2),
        status=SessionStatus.ENDED,
        end_reason=EndReason.CONTACT_REQUEST,
        timeout=timedelta(days=1, minutes=45, microseconds=7),
        last_activity_at=moment(3),
        message_count=30,
        messages_from_contact=20,
        messages_from_agent=10,
        duration_seconds=11,
        first_contact_message_at=moment(4),
        first_agent_response_at=moment(5),
        agent_response_time_seconds=12,
        contact_wait_time_seconds=13,
        agent_ids=(UUID(int=2), UUID(int=1)),
        agent_transfers=14,
        summary="She wants a blue one.",
        sentiment=Sentiment.MIXED,
        sentiment_score=-0.1,
        topics=("colour", "price"),
        next_steps=("call",),
        outcome_tags=("won", "won"),
        key_entities={"colours": ["blue", None], "price": 1.5},
        resolved=True,
        escalated=True,
        converted=True,
        created_at=moment(6),
        updated_at=moment(7),
    )
    bare = Session(
        tenant_id=TENANT,
        contact_id=world.contacts[1],
        channel_type_id=2,
        started_at=moment(8),
        last_activity_at=moment(9),
        created_at=moment(10),
        updated_at=moment(11),
    )
    fixed = frozenset({"contact_id", "channel_type_id", "pipeline_id", "started_at", "timeout", "created_at"})
    saves = plan(full, bare, fixed)
    # The bare one started later than the full one was last active.
    over_bare = attrs.evolve(full, last_activity_at=moment(12))
    last = attrs.evolve(saves[1], targets=(over_bare, deleted(bare)))
    return Case(
        repository=SessionRepository,
        added=(
            full,
            bare,
            *(attrs.evolve(each, id=new_id()) for each in flags(full)),
            deleted(attrs.evolve(full, id=new_id())),
        ),
        saves=(saves[0], last),
        fixed=fixed,
    )


def project_case(world: World) -> Case:
    rules = (
        ReassignmentRule(
            enabled=False,
            trigger=ReassignmentTrigger.NO_RESPONSE,
            inactivity_timeout_minutes=15,
            max_reassignments=4,
            notify_previous_agent=False,
            only_during_business_hours=True,
        ),
        ReassignmentRule(trigger=ReassignmentTrigger.MANUAL, notify_previous_agent=False),
    )
    assignment = AgentAssignmentConfig(
        enabled=True,
        agent_ids=(UUID(int=2), UUID(int=1)),
        strategy=AssignmentStrategy.ROUND_ROBIN,
        round_robin_index=1,
        only_human_agents=True,
        exclude_virtual_agents=False,
        reassignment_rules=rules,
        require_at_least_one_agent=False,
    )
    full = Project(
        tenant_id="full-tenant",
        customer_id=world.users[0],
        billing_account_id=world.accounts[0],
        name="Acme",
        description="what it is",
        configuration={"nested": {"list": [1, "two", None, 2.5]}},
        active=False,
        session_timeout_minutes=45,
        agent_assignment=assignment,
        created_at=moment(1),
        updated_at=moment(2),
    )
    bare = Project(
        tenant_id="bare-tenant",
        customer_id=world.users[1],
        billing_account_id=world.accounts[1],
        name="Umbrella",
        created_at=moment(3),
        updated_at=moment(4),
    )
    # Its flags in another pattern: no two of them have the same values in all three.
    other_flags = attrs.evolve(
        full,
        agent_assignment=attrs.evolve(assignment, only_human_agents=False, exclude_virtual_agents=True),
    )
    fixed = frozenset({"customer_id", "billing_account_id", "created_at"})
    return Case(
        repository=ProjectRepository,
        added=(full, bare, deleted(attrs.evolve(full, id=new_id(), tenant_id="deleted-tenant"))),
        saves=plan(full, bare, fixed, other_flags),
        fixed=fixed,
        columns={"customer_id": "user_id"},
    )


def billing_account_case(world: World) -> Case:
    full = BillingAccount(
        user_id=world.users[0],
        name="Acme",
        stripe_customer_id="cus_1",
        payment_status=PaymentStatus.SUSPENDED,
        payment_methods=(
            PaymentMethod(type="card", last_digits="4242", expires_at=moment(1), is_default=True),
            PaymentMethod(type="boleto", last_digits=""),
        ),
        billing_email="pay@acme.example",
        suspended_at=moment(2),
        suspension_reason="unpaid",
        created_at=moment(3),
        updated_at=moment(4),
    )
    bare = BillingAccount(
        user_id=world.users[1],
        name="Umbrella",
        billing_email="pay@umbrella.example",
        created_at=moment(5),
        updated_at=moment(6),
    )
    fixed = frozenset({"user_id", "created_at"})
    return Case(
        repository=BillingAccountRepository,
        added=(full, bare, deleted(attrs.evolve(full, id=new_id()))),
        saves=plan(full, bare, fixed),
        fixed=fixed,
    )


def channel_case(world: World) -> Case:
    full = Channel(
        tenant_id=TENANT,
        user_id=world.users[0],
        project_id=world.project,
        name="Support",
        type=ChannelType.TELEGRAM,
        status=ChannelStatus.ERROR,
        external_id="external",
        config={"bot_token": "key", "nested": {"list": [1, None]}},
        connection_mode=ConnectionMode.AUTO,
        webhook_id="webhook",
        webhook_url="https://hook.example",
        webhook_configured_at=moment(1),
        webhook_active=True,
        pipeline_id=world.pipelines[0],
        session_timeout_minutes=60,
        ai_enabled=True,
        ai_agents_enabled=True,
        allow_groups=True,
        tracking_enabled=True,
        debounce_timeout_ms=0,
        last_error_at=moment(2),
        last_error="gone",
        history_import_enabled=True,
        history_import_status=HistoryImportStatus.COMPLETED,
        history_import_stats=HistoryImportStats(
            total=3, processed=2, failed=1, started_at=moment(3), ended_at=moment(4)
        ),
        history_import_correlation_id="import-1",
        last_import_date=moment(5),
        history_import_max_days=30,
        history_import_max_messages_per_chat=100,
        default_agent_id=UUID(int=1),
        custom_field_definitions={"colour": {"type": "text"}},
        created_at=moment(6),
        updated_at=moment(7),
    )
    bare = Channel(
        tenant_id=TENANT,
        user_id=world.users[1],
        project_id=world.project,
        name="Sales",
        type=ChannelType.WEB_FORM,
        webhook_id="another webhook",
        created_at=moment(8),
        updated_at=moment(9),
    )
    running = attrs.evolve(full, history_import_stats=HistoryImportStats(started_at=moment(10)))
    fixed = frozenset({"user_id", "project_id", "type", "webhook_id", "created_at"})
    return Case(
        repository=ChannelRepository,
        added=(
            full,
            bare,
            *(
                attrs.evolve(each, id=new_id(), external_id=f"external {at}", webhook_id=f"webhook {at}")
                for at, each in enumerate(flags(full))
            ),
            deleted(attrs.evolve(full, id=new_id(), webhook_id="deleted webhook")),
        ),
        saves=plan(full, bare, fixed, running),
        fixed=fixed,
    )


def message_case(world: World) -> Case:
    voice = Message(
        tenant_id=TENANT,
        timestamp=moment(1),
        user_id=world.users[0],
        project_id=world.project,
        contact_id=world.contacts[0],
        channel_id=world.channels[0],
        channel_type_id=5,
        chat_id=UUID(int=1),
        session_id=world.sessions[0],
        from_me=True,
        content_type=ContentType.VOICE,
        media_url=MediaUrl("https://media.example/a.ogg"),
        media_mimetype="audio/ogg",
        channel_message_id="wamid.1",
        reply_to_id=UUID(int=2),
        status=MessageStatus.PLAYED,
        language="pt-BR",
        agent_id=UUID(int=3),
        source=MessageSource.HISTORY_IMPORT,
        metadata={"tracking": {"ctwa_click_id": "click"}, "list": [1, None, 2.5]},
        mentions=("b@c.us", "a@c.us", "b@c.us"),
        delivered_at=moment(2),
        read_at=moment(3),
        played_at=moment(4),
        created_at=moment(5),
        updated_at=moment(6),
    )
    # A message holds either text or media.
    text = attrs.evolve(
        voice,
        id=new_id(),
        content_type=ContentType.TEXT,
        text=MessageText("hello"),
        media_url=None,
        media_mimetype=None,
        channel_message_id="wamid.2",
    )
    bare_voice = Message(
        tenant_id=TENANT,
        timestamp=moment(7),
        user_id=world.users[1],
        project_id=world.project,
        contact_id=world.contacts[1],
        channel_id=world.channels[1],
        from_me=False,
        content_type=ContentType.VOICE,
        status=MessageStatus.QUEUED,
        created_at=moment(8),
        updated_at=moment(9),
    )
    bare_text = attrs.evolve(bare_voice, id=new_id(), content_type=ContentType.TEXT)
    once_more = attrs.evolve(bare_voice, updated_at=moment(97))
    delivery = frozenset({"status", "delivered_at", "read_at", "played_at"})
    fixed = frozenset(
        {
            "timestamp",
            "user_id",
            "project_id",
            "contact_id",
            "chat_id",
            "from_me",
            "content_type",
            "reply_to_id",
            "language",
            "created_at",
        }
    )
    content = mutable(Message, fixed) - delivery
    unsent = attrs.evolve(voice, updated_at=moment(10), channel_message_id="wamid.3")
    unsent_text = attrs.evolve(text, updated_at=moment(10), channel_message_id="wamid.4")
    return Case(
        repository=MessageRepository,
        added=(voice, text, bare_voice, bare_text, deleted(attrs.evolve(voice, id=new_id()))),
        saves=(
            Saves(start=bare_voice, fields=content - {"text"}, targets=(unsent, once_more)),
            Saves(
                start=bare_text,
                fields=content - {"media_url", "media_mimetype"},
                targets=(unsent_text, once_more),
            ),
            Saves(
                start=once_more,
                fields=delivery | {"updated_at"},
                targets=(attrs.evolve(voice, updated_at=moment(98)),),
                event=lambda: MessagePlayed(occurred_at=NOW, message_id=bare_voice.id, played_at=NOW),
                statement="ADVANCE_DELIVERY",
                arguments="delivery_args",
            ),
        ),
        fixed=fixed,
        forward_only=delivery,
    )


CASES = [contact_case, session_case, message_case, project_case, billing_account_case, channel_case]


@pytest.mark.parametrize("make", CASES)
async def test_what_is_stored_is_what_is_loaded(
    db: Database[UnitOfWork], superuser: psycopg.Connection, world: World, make: Callable[[World], Case]
) -> None:
    await check(Store(db=db, superuser=superuser), make(world))


@pytest.mark.parametrize("make", CASES)
def test_a_case_leaves_no_field_out(make: Callable[[World], Case]) -> None:
    """Each is set, changed and emptied, and no two of one type have the same values throughout."""
    two = [(new_id(), new_id()) for _ in range(6)]
    case = make(
        World(
            users=two[0],
            accounts=two[1],
            project=new_id(),
            pipelines=two[2],
            channels=two[3],
            contacts=two[4],
            sessions=two[5],
        )
    )
    kind = type(case.added[0]).__name__
    live = [each for each in case.added if each.deleted_at is None]
    exceptions = {f"{kind}.{field}" for field in NOT_STORED_AS_GIVEN}
    assert left_at_default(live) - exceptions == set()
    assert unchanged(case) == set()
    assert confusable(case) == []


# The control


def swapped(values: tuple[Any, ...], one: int, other: int) -> tuple[Any, ...]:
    changed = list(values)
    changed[one], changed[other] = values[other], values[one]
    return tuple(changed)


def dropped(values: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return (*values[:at], None, *values[at + 1 :])


EXTERNAL_ID, SOURCE_CHANNEL, TIMEZONE = (
    contact_mapper.COLUMNS.index(name) for name in ("external_id", "source_channel", "timezone")
)


class Faults:
    """Copies of the contact's mapper functions, with one fault each. Rows begin with id and version,
    arguments with tenant and id.
    """

    @staticmethod
    def read_swapped(row: Any) -> Contact:
        return contact_mapper.from_row(swapped(tuple(row), EXTERNAL_ID, SOURCE_CHANNEL))

    @staticmethod
    def read_dropped(row: Any) -> Contact:
        return contact_mapper.from_row(dropped(tuple(row), TIMEZONE))

    @staticmethod
    def insert_swapped(contact: Contact) -> tuple[object, ...]:
        return swapped(contact_mapper.insert_args(contact), EXTERNAL_ID - 1, SOURCE_CHANNEL - 1)

    @staticmethod
    def insert_dropped(contact: Contact) -> tuple[object, ...]:
        return dropped(contact_mapper.insert_args(contact), TIMEZONE - 1)

    @staticmethod
    def update_swapped(contact: Contact) -> tuple[object, ...]:
        return swapped(contact_mapper.update_args(contact), EXTERNAL_ID - 1, SOURCE_CHANNEL - 1)

    @staticmethod
    def update_dropped(contact: Contact) -> tuple[object, ...]:
        return dropped(contact_mapper.update_args(contact), TIMEZONE - 1)


FAULTS: dict[str, dict[str, Any]] = {
    "no fault": {},
    "read swapped": {"from_row": Faults.read_swapped},
    "read dropped": {"from_row": Faults.read_dropped},
    "insert swapped": {"insert_args": Faults.insert_swapped},
    "insert dropped": {"insert_args": Faults.insert_dropped},
    "update swapped": {"update_args": Faults.update_swapped},
    "update dropped": {"update_args": Faults.update_dropped},
    "swapped both ways": {
        "from_row": Faults.read_swapped,
        "insert_args": Faults.insert_swapped,
        "update_args": Faults.update_swapped,
    },
}


async def test_control_a_mapper_that_forgets_or_swaps_a_column_is_found_out(
    db: Database[UnitOfWork], superuser: psycopg.Connection, world: World
) -> None:
    found = []
    for number, (fault, functions) in enumerate(FAULTS.items()):
        mapper = SimpleNamespace(**{**vars(contact_mapper), **functions})
        case = attrs.evolve(
            contact_case(world, number), repository=type("Faulty", (ContactRepository,), {"mapper": mapper})
        )
        try:
            await check(Store(db=db, superuser=superuser), case)
        except AssertionError:
            found.append(fault)
    assert found == [fault for fault in FAULTS if fault != "no fault"]


def test_control_a_field_that_a_case_leaves_out_is_named() -> None:
    bare = PaymentMethod(type="boleto", last_digits="")
    account = BillingAccount.create(user_id=new_id(), name="Acme", billing_email="pay@acme.example", now=NOW)
    account = attrs.evolve(account, payment_methods=(bare,), suspended_at=NOW)
    assert left_at_default([account]) == {
        "BillingAccount.version",
        "BillingAccount.stripe_customer_id",
        "BillingAccount.payment_status",
        "BillingAccount.suspension_reason",
        "BillingAccount.deleted_at",
        "PaymentMethod.expires_at",
        "PaymentMethod.is_default",
    }
    mapper = BillingAccountRepository.mapper
    assert alike(BillingAccountRepository.INSERT, [mapper.insert_args(account)]) == [
        "billing_accounts.insert: stripe_customer_id and suspension_reason",
        "billing_accounts.insert: suspended_at and created_at",
        "billing_accounts.insert: suspended_at and updated_at",
        "billing_accounts.insert: created_at and updated_at",
    ]


# Any values


# Text that PostgreSQL can hold.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
SOME_TEXT = TEXT.filter(bool)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=9, minutes=30))])
FIRST_DAY, LAST_DAY = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
TIMES = st.datetimes(FIRST_DAY.replace(tzinfo=None), LAST_DAY.replace(tzinfo=None), timezones=ZONES)
EMAILS = st.from_regex(r"[a-z0-9._%+-]{1,9}@[a-z0-9-]{1,9}\.[a-z]{2,4}", fullmatch=True).map(Email)
PHONES = st.from_regex(r"\+?[0-9]{8,20}", fullmatch=True).map(Phone)


@st.composite
def fields_of_contacts(draw: st.DrawFn) -> dict[str, Any]:
    fetched_at = draw(st.none() | TIMES)
    interactions = draw(st.none() | st.tuples(TIMES, TIMES).map(sorted))
    return {
        "name": draw(SOME_TEXT),
        "email": draw(st.none() | EMAILS),
        "phone": draw(st.none() | PHONES),
        "external_id": draw(st.none() | TEXT),
        "source_channel": draw(st.none() | TEXT),
        "language": draw(SOME_TEXT),
        "timezone": draw(st.none() | TEXT),
        "tags": tuple(draw(st.lists(SOME_TEXT, unique=True, max_size=5))),
        "profile_picture_url": None if fetched_at is None else draw(TEXT),
        "profile_picture_fetched_at": fetched_at,
        "first_interaction_at": interactions and interactions[0],
        "last_interaction_at": interactions and interactions[1],
        "created_at": draw(TIMES),
        "updated_at": draw(TIMES),
    }


@given(fields=fields_of_contacts(), changed=fields_of_contacts())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_contact_is_loaded_as_it_was_stored(
    db: Database[UnitOfWork], seed: Seed, fields: dict[str, Any], changed: dict[str, Any]
) -> None:
    """One database for all examples; each is rolled back."""
    contact = Contact(tenant_id=TENANT, project_id=seed.project_id, **fields)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(contact)
        assert await uow.contacts.get(contact.id) == contact
        changed["created_at"] = contact.created_at
        other = attrs.evolve(contact, **changed)
        saved = await uow.contacts.save(attrs.evolve(other, domain_events=(something_changed(),)))
        assert await uow.contacts.get(contact.id) == saved == attrs.evolve(other, version=2)
