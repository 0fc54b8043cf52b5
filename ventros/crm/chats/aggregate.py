"""Chat: a conversation space that outlives sessions, with those who take part in it and its labels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.crm.chats.events import (
    ChatArchived,
    ChatClosed,
    ChatContactReplaced,
    ChatCreated,
    ChatDescriptionUpdated,
    ChatLabelAdded,
    ChatLabelRemoved,
    ChatParticipantAdded,
    ChatParticipantDemoted,
    ChatParticipantPromoted,
    ChatParticipantRemoved,
    ChatSubjectUpdated,
    ChatUnarchived,
    ChatUpdated,
)
from ventros.crm.chats.values import ChatStatus, ChatType, Participant, ParticipantType
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot, or_none
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.kernel.json_values import json_object

MAX_SUBJECT = 255
"""Characters, as in the older system's column; also a CHECK of the table."""


def _in_order(label_ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(label_ids)


def _by_joining(participants: Iterable[Participant]) -> tuple[Participant, ...]:
    """Whoever joined first comes first, in memory as in the table, which keeps no other order."""
    return tuple(sorted(participants, key=lambda participant: (participant.joined_at, participant.id)))


@attrs.frozen(kw_only=True, slots=False)
class Chat(AggregateRoot):
    """Messages point at it; it holds none of them.

    An individual chat is that of its one contact, with any number of agents, and has neither subject
    nor description; groups and channels have a subject, and groups alone have admins. ``participants``
    stand in the order of their joining, ``label_ids`` in the order of their adding. ``external_id`` is
    the chat's id on the platform.

    Stricter than the older system: a closed chat is not archived, reopened or otherwise changed, but for
    the time of a message that came nonetheless, because that is a fact; no command works on a deleted
    one. A subject is neither emptied nor longer than its column. The last admin of a group stays, as
    participant and as admin. Time of the last message does not go back. Archiving, closing, promoting
    and demoting twice is no second change.
    """

    resource = "chat"
    created_event = ChatCreated
    updated_event = ChatUpdated

    tenant_id: str = attrs.field(validator=validators.tenant)
    project_id: UUID = attrs.field(validator=validators.not_nil)
    chat_type: ChatType = attrs.field(converter=ChatType)
    external_id: str | None = attrs.field(default=None, converter=or_none, validator=validators.indexed)
    subject: str | None = attrs.field(default=None)
    description: str | None = attrs.field(default=None, converter=or_none)
    participants: tuple[Participant, ...] = attrs.field(default=(), converter=_by_joining)
    status: ChatStatus = attrs.field(default=ChatStatus.ACTIVE, converter=ChatStatus)
    metadata: dict[str, Any] = json_object()
    label_ids: tuple[str, ...] = attrs.field(default=(), converter=_in_order, validator=validators.texts)
    last_message_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    @subject.validator
    def _check_subject(self, _attribute: object, value: str | None) -> None:
        if self.chat_type is ChatType.INDIVIDUAL:
            if value is not None:
                raise ValidationError("an individual chat has no subject", field="subject")
        elif not value:
            raise ValidationError("subject must not be empty", field="subject")
        elif len(value) > MAX_SUBJECT:
            raise ValidationError(
                f"subject has {len(value)} characters, {MAX_SUBJECT} are allowed", field="subject"
            )

    @description.validator
    def _check_description(self, _attribute: object, value: str | None) -> None:
        if value is not None and self.chat_type is ChatType.INDIVIDUAL:
            raise ValidationError("an individual chat has no description", field="description")

    @participants.validator
    def _check_participants(self, _attribute: object, value: tuple[Participant, ...]) -> None:
        if len({participant.id for participant in value}) != len(value):
            raise ValidationError("participants must not hold anybody twice", field="participants")
        if self.chat_type is not ChatType.GROUP and any(participant.is_admin for participant in value):
            raise ValidationError("only a group has admins", field="participants")
        contacts = sum(participant.type is ParticipantType.CONTACT for participant in value)
        if self.chat_type is ChatType.INDIVIDUAL and contacts != 1:
            raise ValidationError("an individual chat has exactly one contact", field="participants")

    @label_ids.validator
    def _check_labels(self, _attribute: object, value: tuple[str, ...]) -> None:
        if not all(value) or len(set(value)) != len(value):
            raise ValidationError("label_ids must be unique and not empty", field="label_ids")

    @classmethod
    def create_individual(cls, *, project_id: UUID, tenant_id: str, contact_id: UUID, now: datetime) -> Self:
        """The chat of one contact, who is its first participant. Raises ValidationError for a nil id."""
        contact = Participant(id=contact_id, type=ParticipantType.CONTACT, joined_at=now)
        return cls(
            tenant_id=tenant_id,
            project_id=project_id,
            chat_type=ChatType.INDIVIDUAL,
            participants=(contact,),
            created_at=now,
            updated_at=now,
        ).record_creation(ChatCreated())

    @classmethod
    def create_group(
        cls,
        *,
        project_id: UUID,
        tenant_id: str,
        subject: str,
        creator_id: UUID | None,
        now: datetime,
        external_id: str | None = None,
    ) -> Self:
        """A group whose creator, a contact, is its first admin; None of one that was made on the platform.

        Raises ValidationError for a nil id, or a subject that is empty or too long.
        """
        creators = () if creator_id is None else (creator_id,)
        return cls(
            tenant_id=tenant_id,
            project_id=project_id,
            chat_type=ChatType.GROUP,
            external_id=external_id,
            subject=subject,
            participants=[
                Participant(id=id_, type=ParticipantType.CONTACT, joined_at=now, is_admin=True)
                for id_ in creators
            ],
            created_at=now,
            updated_at=now,
        ).record_creation(ChatCreated())

    @classmethod
    def create_channel(cls, *, project_id: UUID, tenant_id: str, subject: str, now: datetime) -> Self:
        """A broadcast-like chat without participants yet. Raises ValidationError as :meth:`create_group`."""
        return cls(
            tenant_id=tenant_id,
            project_id=project_id,
            chat_type=ChatType.CHANNEL,
            subject=subject,
            created_at=now,
            updated_at=now,
        ).record_creation(ChatCreated())

    @property
    def is_group(self) -> bool:
        return self.chat_type is ChatType.GROUP

    @property
    def individual_contact_id(self) -> UUID | None:
        """Whose chat it is, by which the table lets a contact have one; None unless it is individual."""
        return self.contact_participants[0].id if self.chat_type is ChatType.INDIVIDUAL else None

    @property
    def contact_participants(self) -> tuple[Participant, ...]:
        return self._participants(ParticipantType.CONTACT)

    @property
    def agent_participants(self) -> tuple[Participant, ...]:
        return self._participants(ParticipantType.AGENT)

    @property
    def label_count(self) -> int:
        return len(self.label_ids)

    def is_participant(self, participant_id: UUID) -> bool:
        return any(participant.id == participant_id for participant in self.participants)

    def has_label(self, label_id: str) -> bool:
        return label_id in self.label_ids

    def add_participant(
        self, participant_id: UUID, participant_type: ParticipantType, *, now: datetime
    ) -> Self:
        """Joined at ``now``, not as an admin.

        Raises InvariantViolation for one who takes part already and for a second contact of an individual
        chat, ValidationError for a nil id or an unknown type.
        """
        self._require_open("add a participant")
        if self.is_participant(participant_id):
            raise InvariantViolation(f"{participant_id} takes part in chat {self.id} already")
        added = Participant(id=participant_id, type=participant_type, joined_at=now)
        if self.chat_type is ChatType.INDIVIDUAL and added.type is ParticipantType.CONTACT:
            raise InvariantViolation(f"chat {self.id} is individual; it takes no second contact")
        event = ChatParticipantAdded(participant_id=participant_id, participant_type=added.type.value)
        return self.record_change(now, event, participants=(*self.participants, added))

    def remove_participant(self, participant_id: UUID, *, now: datetime) -> Self:
        """Raises InvariantViolation for an individual chat and for the last admin of a group, NotFound for
        one who does not take part.
        """
        self._require_open("remove a participant")
        if self.chat_type is ChatType.INDIVIDUAL:
            raise InvariantViolation(f"chat {self.id} is individual; nobody is removed from it")
        self._require_other_admin(self._participant(participant_id))
        kept = tuple(participant for participant in self.participants if participant.id != participant_id)
        event = ChatParticipantRemoved(participant_id=participant_id)
        return self.record_change(now, event, participants=kept)

    def promote_to_admin(self, participant_id: UUID, *, now: datetime) -> Self:
        """Raises InvariantViolation when it is no group, NotFound for one who does not take part."""
        self._require_open("promote a participant")
        self._require_group()
        if self._participant(participant_id).is_admin:
            return self
        event = ChatParticipantPromoted(participant_id=participant_id)
        return self.record_change(now, event, participants=self._with_admin(participant_id, is_admin=True))

    def demote_from_admin(self, participant_id: UUID, *, now: datetime) -> Self:
        """As :meth:`promote_to_admin`; raises InvariantViolation for the last admin too."""
        self._require_open("demote a participant")
        self._require_group()
        participant = self._participant(participant_id)
        if not participant.is_admin:
            return self
        self._require_other_admin(participant)
        event = ChatParticipantDemoted(participant_id=participant_id)
        return self.record_change(now, event, participants=self._with_admin(participant_id, is_admin=False))

    def replace_contact(self, contact_id: UUID, new_contact_id: UUID, *, now: datetime) -> Self:
        """The contact was merged into the new one, which takes its place; in a closed chat too.

        If the new one takes part already, it has joined when the first of them did, and is an admin if one of
        them is. Raises NotFound for a contact that does not take part.
        """
        both = [self._participant(contact_id)]
        both += [participant for participant in self.participants if participant.id == new_contact_id]
        replacement = Participant(
            id=new_contact_id,
            type=ParticipantType.CONTACT,
            joined_at=min(participant.joined_at for participant in both),
            is_admin=any(participant.is_admin for participant in both),
        )
        others = [participant for participant in self.participants if participant not in both]
        event = ChatContactReplaced(contact_id=contact_id, new_contact_id=new_contact_id)
        return self.record_change(now, event, participants=(*others, replacement))

    def archive(self, *, now: datetime) -> Self:
        self._require_open("archive it")
        if self.status is ChatStatus.ARCHIVED:
            return self
        return self.record_change(now, ChatArchived(), status=ChatStatus.ARCHIVED)

    def unarchive(self, *, now: datetime) -> Self:
        self._require_open("unarchive it")
        if self.status is ChatStatus.ACTIVE:
            return self
        return self.record_change(now, ChatUnarchived(), status=ChatStatus.ACTIVE)

    def close(self, *, now: datetime) -> Self:
        """Terminal: what was said is kept, and nothing changes any more."""
        self._require_live()
        if self.status is ChatStatus.CLOSED:
            return self
        return self.record_change(now, ChatClosed(), status=ChatStatus.CLOSED)

    def record_last_message(self, at: datetime, *, now: datetime) -> Self:
        """``at`` is when it was written; one older than the last on record changes nothing."""
        self._require_live()
        if at.tzinfo is None:
            raise ValidationError("at is a naive datetime; give it a time zone", field="at")
        if self.last_message_at is not None and at <= self.last_message_at:
            return self
        return self.record_update(now, last_message_at=at)

    def record_message(self, sender_id: UUID, subject: str | None, *, now: datetime) -> Self:
        """A contact wrote at ``now``: it takes part, and the latest message tells the time and the subject.

        A closed chat takes the time alone.
        """
        chat = self.record_last_message(now, now=now)
        if self.status is ChatStatus.CLOSED:
            return chat
        if subject and chat.last_message_at == now:
            chat = chat.set_subject(subject, now=now)
        if self.is_participant(sender_id):
            return chat
        return chat.add_participant(sender_id, ParticipantType.CONTACT, now=now)

    def set_subject(self, subject: str, *, now: datetime) -> Self:
        """Raises InvariantViolation for an individual chat, ValidationError as :meth:`create_group`."""
        self._require_open("change its subject")
        self._require_not_individual("subject")
        if subject == self.subject:
            return self
        return self.record_change(now, ChatSubjectUpdated(new_subject=subject), subject=subject)

    def set_description(self, description: str | None, *, now: datetime) -> Self:
        """Empty clears it. Raises InvariantViolation for an individual chat."""
        self._require_open("change its description")
        self._require_not_individual("description")
        value = description or None
        if value == self.description:
            return self
        event = ChatDescriptionUpdated(new_description=value)
        return self.record_change(now, event, description=value)

    def set_external_id(self, external_id: str | None, *, now: datetime) -> Self:
        """Empty clears it."""
        self._require_open("change its external id")
        return self.record_update(now, external_id=external_id or None)

    def add_label(self, label_id: str, *, now: datetime) -> Self:
        """Appends. Raises ValidationError when ``label_id`` is empty."""
        self._require_open("label it")
        _require_label(label_id)
        if label_id in self.label_ids:
            return self
        event = ChatLabelAdded(label_id=label_id)
        return self.record_change(now, event, label_ids=(*self.label_ids, label_id))

    def remove_label(self, label_id: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``label_id`` is empty, NotFound when the chat has no such label."""
        self._require_open("take a label off")
        _require_label(label_id)
        if label_id not in self.label_ids:
            raise NotFound("label", label_id)
        kept = tuple(held for held in self.label_ids if held != label_id)
        return self.record_change(now, ChatLabelRemoved(label_id=label_id), label_ids=kept)

    def set_labels(self, label_ids: Iterable[str], *, now: datetime) -> Self:
        """Replaces them all; one that is given twice counts once."""
        self._require_open("label it")
        return self.record_update(now, label_ids=tuple(dict.fromkeys(label_ids)))

    def clear_labels(self, *, now: datetime) -> Self:
        return self.set_labels((), now=now)

    def delete(self, *, now: datetime) -> Self:
        """Terminal, and allowed of a closed chat. Raises InvariantViolation when it is deleted already."""
        return self.record_change(now, ChatUpdated(fields=("deleted_at",)), deleted_at=now)

    def _participants(self, participant_type: ParticipantType) -> tuple[Participant, ...]:
        return tuple(participant for participant in self.participants if participant.type is participant_type)

    def _participant(self, participant_id: UUID) -> Participant:
        for participant in self.participants:
            if participant.id == participant_id:
                return participant
        raise NotFound("participant", participant_id)

    def _with_admin(self, participant_id: UUID, *, is_admin: bool) -> tuple[Participant, ...]:
        return tuple(
            attrs.evolve(participant, is_admin=is_admin) if participant.id == participant_id else participant
            for participant in self.participants
        )

    def _require_live(self) -> None:
        if self.deleted_at is not None:
            raise InvariantViolation(f"chat {self.id} is deleted; nothing can be done with it")

    def _require_open(self, command: str) -> None:
        self._require_live()
        if self.status is ChatStatus.CLOSED:
            raise InvariantViolation(f"cannot {command}: chat {self.id} is closed")

    def _require_group(self) -> None:
        if not self.is_group:
            raise InvariantViolation(f"chat {self.id} is no group; only a group has admins")

    def _require_not_individual(self, field: str) -> None:
        if self.chat_type is ChatType.INDIVIDUAL:
            raise InvariantViolation(f"chat {self.id} is individual; it has no {field}")

    def _require_other_admin(self, participant: Participant) -> None:
        """Somebody must be left to run a group."""
        if participant.is_admin and sum(other.is_admin for other in self.participants) == 1:
            raise InvariantViolation(
                f"{participant.id} is the last admin of chat {self.id}; promote another participant first"
            )


def _require_label(label_id: str) -> None:
    if not label_id:
        raise ValidationError("label_id must not be empty", field="label_id")
