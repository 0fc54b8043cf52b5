"""The rules of a chat, of its participants and of its labels, without a database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from ventros.crm.chats import mapper
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.values import ChatStatus, ChatType, Participant, ParticipantType
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PROJECT, CONTACT, OTHER, AGENT = uuid4(), uuid4(), uuid4(), uuid4()
NIL = UUID(int=0)


def make_individual() -> Chat:
    return Chat.create_individual(project_id=PROJECT, tenant_id="acme", contact_id=CONTACT, now=NOW)


def make_group(**arguments: Any) -> Chat:
    defaults = {"project_id": PROJECT, "tenant_id": "acme", "subject": "Rowing", "creator_id": CONTACT}
    return Chat.create_group(**{**defaults, **arguments}, now=NOW)


def make_channel() -> Chat:
    return Chat.create_channel(project_id=PROJECT, tenant_id="acme", subject="News", now=NOW)


def recorded(chat: Chat) -> list[tuple[str, dict[str, Any]]]:
    """The events' names and payloads, without the chat's id."""
    for event in chat.domain_events:
        assert event.payload()["chat_id"] == chat.id
    return [
        (event.event_name, {key: value for key, value in event.payload().items() if key != "chat_id"})
        for event in chat.domain_events
    ]


def test_an_individual_chat_begins_with_its_contact() -> None:
    chat = make_individual()
    assert (chat.version, chat.status, chat.chat_type) == (1, ChatStatus.ACTIVE, ChatType.INDIVIDUAL)
    assert chat.participants == (Participant(id=CONTACT, type=ParticipantType.CONTACT, joined_at=NOW),)
    assert chat.individual_contact_id == CONTACT
    assert (chat.subject, chat.description, chat.external_id) == (None, None, None)
    assert (chat.metadata, chat.label_ids, chat.last_message_at) == ({}, (), None)
    assert chat.created_at == chat.updated_at == NOW
    assert recorded(chat) == [("chat.created", {"chat_type": "individual", "project_id": PROJECT})]


def test_a_groups_creator_is_a_contact_and_its_first_admin() -> None:
    chat = make_group(external_id="123@g.us")
    (creator,) = chat.participants
    assert (creator.id, creator.type, creator.is_admin) == (CONTACT, ParticipantType.CONTACT, True)
    assert (chat.subject, chat.external_id, chat.is_group) == ("Rowing", "123@g.us", True)
    assert chat.individual_contact_id is None
    assert recorded(chat) == [("chat.created", {"chat_type": "group", "project_id": PROJECT})]


def test_a_channel_begins_without_participants() -> None:
    chat = make_channel()
    assert (chat.participants, chat.subject, chat.is_group) == ((), "News", False)
    assert recorded(chat) == [("chat.created", {"chat_type": "channel", "project_id": PROJECT})]


@pytest.mark.parametrize(
    ("argument", "value", "field"),
    [
        ("project_id", NIL, "project_id"),
        ("tenant_id", "", "tenant_id"),
        ("subject", "", "subject"),
        ("subject", "x" * 256, "subject"),
        ("creator_id", NIL, "id"),
    ],
)
def test_a_faulty_argument_is_named(argument: str, value: Any, field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        make_group(**{argument: value})
    assert raised.value.field == field


def test_a_subject_may_have_255_characters_and_an_empty_external_id_is_none() -> None:
    assert make_group(subject="é" * 255, external_id="").external_id is None


@pytest.mark.parametrize(
    ("chat", "changes", "field"),
    [
        (make_individual(), {"subject": "Us two"}, "subject"),
        (make_individual(), {"description": "Us two"}, "description"),
        (make_individual(), {"participants": ()}, "participants"),
        (make_individual(), {"participants": make_group().participants}, "participants"),
        (make_group(), {"participants": make_group().participants * 2}, "participants"),
        (make_channel(), {"participants": make_group().participants}, "participants"),
        (make_channel(), {"subject": None}, "subject"),
        (make_channel(), {"label_ids": ("a", "a")}, "label_ids"),
        (make_channel(), {"label_ids": ("",)}, "label_ids"),
        (make_channel(), {"chat_type": "salon"}, "chat_type"),
        (make_channel(), {"status": "asleep"}, "status"),
        (make_channel(), {"last_message_at": NOW.replace(tzinfo=None)}, "last_message_at"),
    ],
)
def test_no_chat_breaks_an_invariant(chat: Chat, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(chat, **changes)
    assert raised.value.field == field


def test_five_commands_five_events_in_their_order() -> None:
    chat = make_group().add_participant(AGENT, ParticipantType.AGENT, now=NOW)
    chat = chat.archive(now=NOW).unarchive(now=NOW).close(now=LATER)
    assert [name for name, _ in recorded(chat)] == [
        "chat.created",
        "chat.participant_added",
        "chat.archived",
        "chat.unarchived",
        "chat.closed",
    ]
    assert (chat.status, chat.version, chat.updated_at) == (ChatStatus.CLOSED, 1, LATER)
    assert {event.occurred_at for event in chat.domain_events} == {NOW, LATER}


def test_whoever_joins_is_no_admin_and_stands_last() -> None:
    chat = make_group().clear_events()
    joined = chat.add_participant(OTHER, ParticipantType.CONTACT, now=LATER)
    assert joined.participants[-1] == Participant(id=OTHER, type=ParticipantType.CONTACT, joined_at=LATER)
    payload = {"participant_id": OTHER, "participant_type": "contact"}
    assert recorded(joined) == [("chat.participant_added", payload)]
    assert joined.is_participant(OTHER)
    assert not chat.is_participant(OTHER)


def test_participants_stand_in_the_order_of_their_joining() -> None:
    chat = make_group().add_participant(OTHER, ParticipantType.CONTACT, now=NOW - timedelta(days=1))
    assert [participant.id for participant in chat.participants] == [OTHER, CONTACT]
    assert attrs.evolve(chat, participants=chat.participants[::-1]) == chat


def test_nobody_joins_twice() -> None:
    with pytest.raises(InvariantViolation, match="already"):
        make_group().add_participant(CONTACT, ParticipantType.AGENT, now=NOW)


def test_an_individual_chat_takes_agents_and_no_second_contact() -> None:
    chat = make_individual()
    for agent in (AGENT, uuid4()):
        chat = chat.add_participant(agent, ParticipantType.AGENT, now=LATER)
    assert len(chat.agent_participants) == 2
    assert [participant.id for participant in chat.contact_participants] == [CONTACT]
    assert chat.individual_contact_id == CONTACT
    with pytest.raises(InvariantViolation, match="second contact"):
        chat.add_participant(OTHER, ParticipantType.CONTACT, now=NOW)
    with pytest.raises(InvariantViolation, match="removed"):
        chat.remove_participant(AGENT, now=NOW)


@pytest.mark.parametrize(
    ("participant_id", "kind", "field"), [(NIL, "contact", "id"), (OTHER, "ghost", "participant_type")]
)
def test_a_faulty_participant_is_refused(participant_id: UUID, kind: Any, field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        make_group().add_participant(participant_id, kind, now=NOW)
    assert raised.value.field == field


def test_whoever_leaves_is_gone() -> None:
    chat = make_group().add_participant(OTHER, ParticipantType.CONTACT, now=NOW).clear_events()
    left = chat.remove_participant(OTHER, now=LATER)
    assert [participant.id for participant in left.participants] == [CONTACT]
    assert recorded(left) == [("chat.participant_removed", {"participant_id": OTHER})]
    with pytest.raises(NotFound):
        left.remove_participant(OTHER, now=LATER)


def test_admins_are_made_and_unmade_once() -> None:
    chat = make_group().add_participant(OTHER, ParticipantType.CONTACT, now=NOW).clear_events()
    promoted = chat.promote_to_admin(OTHER, now=LATER)
    assert [participant.is_admin for participant in promoted.participants] == [True, True]
    assert promoted.promote_to_admin(OTHER, now=LATER) is promoted
    demoted = promoted.demote_from_admin(OTHER, now=LATER)
    assert demoted.participants == chat.participants
    assert demoted.demote_from_admin(OTHER, now=LATER) is demoted
    assert recorded(demoted) == [
        ("chat.participant_promoted", {"participant_id": OTHER}),
        ("chat.participant_demoted", {"participant_id": OTHER}),
    ]


@pytest.mark.parametrize("command", [Chat.promote_to_admin, Chat.demote_from_admin])
def test_admins_are_for_groups_and_for_those_who_take_part(command: Callable[..., Chat]) -> None:
    with pytest.raises(NotFound):
        command(make_group(), OTHER, now=NOW)
    with pytest.raises(InvariantViolation, match="no group"):
        command(make_individual(), CONTACT, now=NOW)


@pytest.mark.parametrize("command", [Chat.remove_participant, Chat.demote_from_admin])
def test_the_last_admin_stays(command: Callable[..., Chat]) -> None:
    chat = make_group().add_participant(OTHER, ParticipantType.CONTACT, now=NOW)
    with pytest.raises(InvariantViolation, match="last admin"):
        command(chat, CONTACT, now=NOW)
    assert command(chat.promote_to_admin(OTHER, now=NOW), CONTACT, now=NOW)


def test_archiving_unarchiving_and_closing_twice_is_once() -> None:
    chat = make_group()
    assert chat.unarchive(now=NOW) is chat
    archived = chat.archive(now=NOW)
    assert archived.archive(now=NOW) is archived
    closed = archived.close(now=NOW)
    assert closed.close(now=NOW) is closed


def test_a_contact_that_was_merged_gives_its_place_to_the_other() -> None:
    group = make_group().clear_events()
    (before,) = group.contact_participants
    replaced = group.replace_contact(CONTACT, OTHER, now=LATER)
    assert replaced.contact_participants == (attrs.evolve(before, id=OTHER),)
    (event,) = replaced.domain_events
    assert event.payload() == {"chat_id": group.id, "contact_id": CONTACT, "new_contact_id": OTHER}
    both = group.add_participant(OTHER, ParticipantType.CONTACT, now=LATER)
    assert both.replace_contact(CONTACT, OTHER, now=LATER).participants == replaced.participants
    assert both.replace_contact(OTHER, CONTACT, now=LATER).participants == group.participants
    with pytest.raises(NotFound):
        replaced.replace_contact(CONTACT, OTHER, now=LATER)
    individual = Chat.create_individual(
        project_id=group.project_id, tenant_id=group.tenant_id, contact_id=CONTACT, now=NOW
    )
    assert individual.replace_contact(CONTACT, OTHER, now=LATER).individual_contact_id == OTHER


COMMANDS: dict[str, Callable[[Chat], Chat]] = {
    "add_participant": lambda chat: chat.add_participant(OTHER, ParticipantType.CONTACT, now=LATER),
    "remove_participant": lambda chat: chat.remove_participant(CONTACT, now=LATER),
    "promote_to_admin": lambda chat: chat.promote_to_admin(CONTACT, now=LATER),
    "demote_from_admin": lambda chat: chat.demote_from_admin(CONTACT, now=LATER),
    "archive": lambda chat: chat.archive(now=LATER),
    "unarchive": lambda chat: chat.unarchive(now=LATER),
    "set_subject": lambda chat: chat.set_subject("Rowing", now=LATER),
    "set_description": lambda chat: chat.set_description("On the lake", now=LATER),
    "set_external_id": lambda chat: chat.set_external_id("1@g.us", now=LATER),
    "add_label": lambda chat: chat.add_label("vip", now=LATER),
    "remove_label": lambda chat: chat.remove_label("vip", now=LATER),
    "set_labels": lambda chat: chat.set_labels(["vip"], now=LATER),
    "clear_labels": lambda chat: chat.clear_labels(now=LATER),
}
EVEN_WHEN_CLOSED: dict[str, Callable[[Chat], Chat]] = {
    "close": lambda chat: chat.close(now=LATER),
    "record_last_message": lambda chat: chat.record_last_message(LATER, now=LATER),
    "delete": lambda chat: chat.delete(now=LATER),
    "replace_contact": lambda chat: chat.replace_contact(CONTACT, OTHER, now=LATER),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_chat_does_not_change(command: str) -> None:
    with pytest.raises(InvariantViolation, match="is closed"):
        COMMANDS[command](make_group().close(now=NOW))


@pytest.mark.parametrize("command", EVEN_WHEN_CLOSED)
def test_what_a_closed_chat_still_takes(command: str) -> None:
    assert EVEN_WHEN_CLOSED[command](make_group().close(now=NOW)).status is ChatStatus.CLOSED


@pytest.mark.parametrize("command", COMMANDS | EVEN_WHEN_CLOSED)
def test_a_deleted_chat_takes_nothing(command: str) -> None:
    with pytest.raises(InvariantViolation, match="is deleted"):
        (COMMANDS | EVEN_WHEN_CLOSED)[command](make_group().delete(now=NOW))


def test_deleting_leaves_the_time_and_an_event() -> None:
    chat = make_group().clear_events().delete(now=LATER)
    assert chat.deleted_at == LATER
    assert recorded(chat) == [("chat.updated", {"fields": ("deleted_at",)})]


def test_the_last_message_does_not_go_back() -> None:
    chat = make_group().clear_events().record_last_message(LATER, now=NOW)
    assert chat.last_message_at == LATER
    assert recorded(chat) == [("chat.updated", {"fields": ("last_message_at",)})]
    assert chat.record_last_message(NOW, now=LATER) is chat
    assert chat.record_last_message(LATER, now=LATER) is chat
    with pytest.raises(ValidationError):
        chat.record_last_message(NOW.replace(tzinfo=None), now=NOW)


def test_subject_and_description_are_changed() -> None:
    chat = make_group().clear_events()
    changed = chat.set_subject("Sailing", now=LATER).set_description("At sea", now=LATER)
    cleared = changed.set_description("", now=LATER)
    assert (changed.subject, changed.description, cleared.description) == ("Sailing", "At sea", None)
    assert recorded(cleared) == [
        ("chat.subject_updated", {"new_subject": "Sailing"}),
        ("chat.description_updated", {"new_description": "At sea"}),
        ("chat.description_updated", {"new_description": None}),
    ]
    assert changed.set_subject("Sailing", now=LATER) is changed
    assert changed.set_description("At sea", now=LATER) is changed
    for faulty in ("", "x" * 256):
        with pytest.raises(ValidationError):
            chat.set_subject(faulty, now=NOW)
    for command in (make_individual().set_subject, make_individual().set_description):
        with pytest.raises(InvariantViolation, match="individual"):
            command("Us two", now=NOW)


def test_an_external_id_is_set_and_cleared() -> None:
    chat = make_group().clear_events()
    assert chat.set_external_id("", now=NOW) is chat
    known = chat.set_external_id("1@g.us", now=NOW)
    assert known.set_external_id("1@g.us", now=NOW) is known
    assert known.set_external_id(None, now=NOW).external_id is None
    assert recorded(known) == [("chat.updated", {"fields": ("external_id",)})]


def test_labels_are_added_and_removed_one_by_one() -> None:
    chat = make_group().clear_events().add_label("b", now=NOW).add_label("a", now=NOW)
    assert (chat.label_ids, chat.label_count, chat.has_label("a")) == (("b", "a"), 2, True)
    assert chat.add_label("b", now=NOW) is chat
    fewer = chat.remove_label("b", now=NOW)
    assert fewer.label_ids == ("a",)
    assert recorded(fewer) == [
        ("chat.label_added", {"label_id": "b"}),
        ("chat.label_added", {"label_id": "a"}),
        ("chat.label_removed", {"label_id": "b"}),
    ]
    with pytest.raises(NotFound):
        fewer.remove_label("b", now=NOW)
    for command in (chat.add_label, chat.remove_label):
        with pytest.raises(ValidationError):
            command("", now=NOW)


def test_labels_are_replaced_without_twins() -> None:
    chat = make_group().clear_events().set_labels(["b", "a", "b"], now=NOW)
    assert chat.label_ids == ("b", "a")
    assert chat.set_labels(["b", "a"], now=NOW) is chat
    cleared = chat.clear_labels(now=NOW)
    assert cleared.label_ids == ()
    assert cleared.clear_labels(now=NOW) is cleared
    assert recorded(cleared) == [("chat.updated", {"fields": ("label_ids",)})] * 2
    with pytest.raises(ValidationError):
        chat.set_labels(["a", ""], now=NOW)


def test_nobody_else_holds_a_part_of_the_metadata() -> None:
    metadata = {"list": [1]}
    chat = attrs.evolve(make_group(), metadata=metadata)
    metadata["list"].append(2)
    attrs.evolve(chat).metadata["list"].append(3)
    assert chat.metadata == {"list": [1]}
    assert {chat, attrs.evolve(chat)} == {chat}


def full_chat() -> Chat:
    """No field at its default, so that one that a mapper forgets is missed."""
    chat = make_group(external_id="1@g.us").add_participant(AGENT, ParticipantType.AGENT, now=LATER)
    return attrs.evolve(
        chat.clear_events(),
        description="On the lake",
        status=ChatStatus.ARCHIVED,
        metadata={"color": "blue"},
        label_ids=("b", "a"),
        last_message_at=NOW + timedelta(days=1),
        updated_at=NOW + timedelta(days=2),
        deleted_at=NOW + timedelta(days=3),
    )


def rows_of(chat: Chat) -> Sequence[tuple[object, ...]]:
    """As chat_participants.find returns them, in no order."""
    return [
        (chat.id, participant.id, participant.type.value, participant.joined_at, participant.is_admin)
        for participant in chat.participants
    ][::-1]


def test_what_the_mapper_writes_it_reads() -> None:
    for chat in (make_individual().clear_events(), make_channel().clear_events(), full_chat()):
        tenant_id, id_, project_id, chat_type, contact_id, *others = mapper.insert_args(chat)
        assert contact_id == chat.individual_contact_id
        row = (id_, chat.version, tenant_id, project_id, chat_type, *others)
        assert len(row) == len(mapper.COLUMNS)
        assert mapper.from_row(row, map(mapper.participant_from_row, rows_of(chat))) == chat


def test_an_update_writes_all_but_what_never_changes() -> None:
    chat = full_chat()
    _, _, _, _, _, *others = mapper.insert_args(chat)
    inserted = dict(zip(mapper.COLUMNS[5:], others, strict=True))
    expected = [value for column, value in inserted.items() if column != "created_at"]
    expected.append(chat.individual_contact_id)
    assert mapper.update_args(chat) == (chat.tenant_id, chat.id, chat.version, *expected)


def test_participants_are_written_column_by_column() -> None:
    chat = full_chat()
    assert [mapper.participant_args(chat, participant) for participant in chat.participants] == [
        ("acme", chat.id, CONTACT, "contact", NOW, True),
        ("acme", chat.id, AGENT, "agent", LATER, False),
    ]


@pytest.mark.parametrize("kind", ["ghost", ""])
def test_a_stored_participant_of_an_unknown_type_is_refused(kind: str) -> None:
    with pytest.raises(ValidationError):
        mapper.participant_from_row((uuid4(), CONTACT, kind, NOW, False))
