"""The commands of a contact: what each changes, tells and refuses, without a database."""

from __future__ import annotations

import inspect
from datetime import datetime
from typing import Any
from uuid import uuid4

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.contact_fields import EARLIER, LATER, PICTURE, make_contact
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.values import Email, Phone

USER = uuid4()


def obey(contact: Contact, command: str, arguments: dict[str, Any], now: datetime = LATER) -> Contact:
    changed: Contact = getattr(contact, command)(**arguments, now=now)
    return changed


TAKEN_OVER: dict[str, Any] = {
    "email": Email("ada@example.com"),
    "external_id": "crm-7",
    "source_channel": "fair",
    "timezone": "UTC",
    "profile_picture_url": PICTURE,
    "profile_picture_fetched_at": EARLIER,
    "name": "Ada L.",
}
"""What a contact takes over that has nothing of its own."""
OTHER = make_contact(
    **TAKEN_OVER, tags=("a", "c"), language="pt", first_interaction_at=EARLIER, last_interaction_at=NOW
)
NAMELESS = make_contact(name="797000000400001")
"""Called by its LID."""


# fields, command, its arguments, what it changes, its event, and of the payload what is not in all of them
COMMANDS: list[tuple[dict[str, Any], str, dict[str, Any], dict[str, Any], str, dict[str, Any]]] = [
    (
        {},
        "rename",
        {"name": "Alice", "changed_by": USER},
        {"name": "Alice"},
        "contact.name_changed",
        {"old_name": "Ada", "new_name": "Alice", "changed_by": USER},
    ),
    (
        {},
        "rename",
        {"name": "Alice"},
        {"name": "Alice"},
        "contact.name_changed",
        {"old_name": "Ada", "new_name": "Alice", "changed_by": None},
    ),
    (
        {"email": Email("old@example.com")},
        "set_email",
        {"email": " Ada@Example.COM "},
        {"email": Email("ada@example.com")},
        "contact.email_set",
        {"email": "ada@example.com"},
    ),
    (
        {"email": Email("ada@example.com")},
        "clear_email",
        {},
        {"email": None},
        "contact.updated",
        {"fields": ("email",), "updated_at": LATER},
    ),
    (
        {"phone": Phone("11 8888-88888")},
        "set_phone",
        {"phone": "+55 (11) 99999-9999"},
        {"phone": Phone("+5511999999999")},
        "contact.phone_set",
        {"phone": "+5511999999999"},
    ),
    (
        {"phone": Phone("11999999999")},
        "clear_phone",
        {},
        {"phone": None},
        "contact.updated",
        {"fields": ("phone",), "updated_at": LATER},
    ),
    (
        {"tags": ("b", "a")},
        "add_tag",
        {"tag": "A"},
        {"tags": ("b", "a", "A")},
        "contact.tag_added",
        {"tag": "A"},
    ),
    (
        {"tags": ("c", "b", "a")},
        "remove_tag",
        {"tag": "b"},
        {"tags": ("c", "a")},
        "contact.tag_removed",
        {"tag": "b"},
    ),
    (
        {"tags": ("b", "a")},
        "clear_tags",
        {},
        {"tags": ()},
        "contact.tags_cleared",
        {"cleared_tags": ("b", "a")},
    ),
    (
        {"tags": ("b", "a")},
        "set_tags",
        {"tags": ("a", "c", "b", "c")},
        {"tags": ("b", "a", "c")},
        "contact.tag_added",
        {"tag": "c"},
    ),
    (
        {},
        "set_external_id",
        {"external_id": "crm-7"},
        {"external_id": "crm-7"},
        "contact.external_id_set",
        {"external_id": "crm-7"},
    ),
    (
        {"external_id": "crm-7"},
        "set_external_id",
        {"external_id": ""},
        {"external_id": None},
        "contact.external_id_set",
        {"external_id": None},
    ),
    (
        {},
        "set_source_channel",
        {"source_channel": "fair"},
        {"source_channel": "fair"},
        "contact.source_channel_set",
        {"source_channel": "fair"},
    ),
    (
        {"source_channel": "fair"},
        "set_source_channel",
        {"source_channel": ""},
        {"source_channel": None},
        "contact.source_channel_set",
        {"source_channel": None},
    ),
    (
        {},
        "set_language",
        {"language": "pt-BR"},
        {"language": "pt-BR"},
        "contact.language_changed",
        {"old_language": "en", "new_language": "pt-BR"},
    ),
    (
        {"language": "es"},
        "set_language",
        {"language": ""},
        {"language": "en"},
        "contact.language_changed",
        {"old_language": "es", "new_language": "en"},
    ),
    (
        {},
        "set_timezone",
        {"timezone": "America/Sao_Paulo"},
        {"timezone": "America/Sao_Paulo"},
        "contact.timezone_set",
        {"timezone": "America/Sao_Paulo"},
    ),
    (
        {"timezone": "America/Sao_Paulo"},
        "set_timezone",
        {"timezone": ""},
        {"timezone": None},
        "contact.timezone_set",
        {"timezone": None},
    ),
    (
        {"profile_picture_url": "https://pictures.example/old.jpg", "profile_picture_fetched_at": NOW},
        "set_profile_picture",
        {"url": PICTURE},
        {"profile_picture_url": PICTURE, "profile_picture_fetched_at": LATER},
        "contact.profile_picture_updated",
        {"profile_picture_url": PICTURE, "fetched_at": LATER},
    ),
    (
        {"profile_picture_url": PICTURE, "profile_picture_fetched_at": NOW},
        "set_profile_picture",
        {"url": PICTURE},
        {"profile_picture_fetched_at": LATER},
        "contact.updated",
        {"fields": ("profile_picture_fetched_at",), "updated_at": LATER},
    ),
    (
        {"profile_picture_url": PICTURE, "profile_picture_fetched_at": NOW},
        "set_profile_picture",
        {"url": ""},
        {"profile_picture_url": None, "profile_picture_fetched_at": None},
        "contact.profile_picture_updated",
        {"profile_picture_url": None, "fetched_at": None},
    ),
    (
        {},
        "record_interaction",
        {},
        {"first_interaction_at": LATER, "last_interaction_at": LATER},
        "contact.interaction_recorded",
        {"interaction_type": "message", "is_first_interaction": True, "interacted_at": LATER},
    ),
    (
        {"first_interaction_at": EARLIER, "last_interaction_at": NOW},
        "record_interaction",
        {"interaction_type": "call"},
        {"last_interaction_at": LATER},
        "contact.interaction_recorded",
        {"interaction_type": "call", "is_first_interaction": False, "interacted_at": LATER},
    ),
    ({}, "delete", {}, {"deleted_at": LATER}, "contact.deleted", {"deleted_at": LATER}),
    (
        {"tags": ("a",)},
        "absorb",
        {"other": NAMELESS},
        {},
        "contact.merged",
        {"merged_contact_id": NAMELESS.id, "fields": (), "merged_at": LATER},
    ),
    (
        {
            "name": "5511999999999",
            "phone": Phone("5511999999999"),
            "tags": ("b", "a"),
            "first_interaction_at": NOW,
            "last_interaction_at": NOW,
        },
        "absorb",
        {"other": OTHER},
        {**TAKEN_OVER, "tags": ("b", "a", "c"), "first_interaction_at": EARLIER},
        "contact.merged",
        {
            "merged_contact_id": OTHER.id,
            "fields": (*TAKEN_OVER, "tags", "first_interaction_at"),
            "merged_at": LATER,
        },
    ),
    (
        {
            **dict.fromkeys(("external_id", "source_channel", "timezone"), "mine"),
            "email": Email("mine@example.com"),
            "phone": Phone("5511999999999"),
            "profile_picture_url": "https://pictures.example/mine.jpg",
            "profile_picture_fetched_at": NOW,
        },
        "absorb",
        {"other": OTHER},
        {"tags": ("a", "c"), "first_interaction_at": EARLIER, "last_interaction_at": NOW},
        "contact.merged",
        {
            "merged_contact_id": OTHER.id,
            "fields": ("tags", "first_interaction_at", "last_interaction_at"),
            "merged_at": LATER,
        },
    ),
]


@pytest.mark.parametrize(("fields", "command", "arguments", "effect", "event_name", "payload"), COMMANDS)
def test_a_command_changes_what_it_says_and_tells_of_it(
    fields: dict[str, Any],
    command: str,
    arguments: dict[str, Any],
    effect: dict[str, Any],
    event_name: str,
    payload: dict[str, Any],
) -> None:
    before = make_contact(**fields, version=7)
    kept = attrs.astuple(before, recurse=False)
    after = obey(before, command, arguments)
    (event,) = after.domain_events
    assert after == attrs.evolve(before, **effect, updated_at=LATER, domain_events=(event,))
    assert attrs.astuple(before, recurse=False) == kept, "the instance that was changed stays as it was"
    assert (event.event_name, event.event_version, event.occurred_at) == (event_name, "v1", LATER)
    assert event.payload() == {"contact_id": before.id, "tenant_id": "acme", **payload}
    assert event.event_id.int != 0


def test_every_command_is_in_the_table() -> None:
    commands = {
        name
        for name, method in inspect.getmembers(Contact, inspect.isfunction)
        if not (name.startswith("_") or hasattr(AggregateRoot, name))
        and "now" in inspect.signature(method).parameters
    }
    assert commands - {"merge_into"} == {command for _, command, *_ in COMMANDS}


def test_a_merged_contact_is_deleted_and_says_into_which_it_was_merged() -> None:
    contact, survivor = make_contact(), make_contact(phone=Phone("5511999999999"))
    merged = contact.merge_into(survivor, now=LATER)
    assert merged == attrs.evolve(
        contact,
        deleted_at=LATER,
        merged_into=survivor.id,
        updated_at=LATER,
        domain_events=merged.domain_events,
    )
    assert [event.event_name for event in merged.domain_events] == ["contact.merged_into", "contact.deleted"]
    assert merged.domain_events[0].payload() == {
        "contact_id": contact.id,
        "tenant_id": "acme",
        "surviving_contact_id": survivor.id,
        "merged_at": LATER,
    }
    with pytest.raises(InvariantViolation):
        merged.merge_into(survivor, now=LATER)
    for fields in ({"deleted_at": None}, {"merged_into": contact.id}):
        with pytest.raises(ValidationError, match="merged"):
            attrs.evolve(merged, **fields)


def test_a_name_that_is_only_the_phone_is_kept_when_the_other_is_called_by_its_lid() -> None:
    phone = "5511999999999"
    assert make_contact(name=phone, phone=Phone(phone)).absorb(NAMELESS, now=LATER).name == phone


@pytest.mark.parametrize("fields", [{"phone": Phone("5521999999999")}, {"project_id": uuid4()}])
def test_two_phones_are_two_contacts_and_so_are_two_projects(fields: dict[str, Any]) -> None:
    contact = make_contact(phone=Phone("5511999999999"))
    with pytest.raises(InvariantViolation):
        contact.absorb(make_contact(**fields), now=LATER)
    with pytest.raises(InvariantViolation):
        NAMELESS.absorb(NAMELESS, now=LATER)


@pytest.mark.parametrize(
    ("fields", "command", "arguments"),
    [
        ({}, "rename", {"name": "Ada", "changed_by": USER}),
        ({"email": Email("ada@example.com")}, "set_email", {"email": "ADA@example.com "}),
        ({}, "clear_email", {}),
        ({"tags": ("b", "a")}, "set_tags", {"tags": ["a", "b"]}),
        ({}, "set_tags", {"tags": ()}),
        ({"phone": Phone("11999999999")}, "set_phone", {"phone": "(11) 99999-9999"}),
        ({}, "clear_phone", {}),
        ({"tags": ("a", "b")}, "add_tag", {"tag": "a"}),
        ({"tags": ("a", "b")}, "remove_tag", {"tag": "B"}),
        ({}, "clear_tags", {}),
        ({"external_id": "crm-7"}, "set_external_id", {"external_id": "crm-7"}),
        ({}, "set_external_id", {"external_id": ""}),
        ({"source_channel": "fair"}, "set_source_channel", {"source_channel": "fair"}),
        ({}, "set_source_channel", {"source_channel": ""}),
        ({"language": "es"}, "set_language", {"language": "es"}),
        ({}, "set_language", {"language": ""}),
        ({}, "set_language", {"language": None}),
        ({"timezone": "UTC"}, "set_timezone", {"timezone": "UTC"}),
        ({}, "set_timezone", {"timezone": None}),
        ({}, "set_profile_picture", {"url": ""}),
        (
            {"profile_picture_url": PICTURE, "profile_picture_fetched_at": LATER},
            "set_profile_picture",
            {"url": PICTURE},
        ),
        ({"first_interaction_at": EARLIER, "last_interaction_at": LATER}, "record_interaction", {}),
    ],
)
def test_a_command_that_changes_nothing_returns_the_same_instance(
    fields: dict[str, Any], command: str, arguments: dict[str, Any]
) -> None:
    contact = make_contact(**fields)
    assert obey(contact, command, arguments) is contact
    assert contact.domain_events == ()


@pytest.mark.parametrize(
    ("command", "arguments", "field"),
    [
        ("rename", {"name": ""}, "name"),
        ("set_email", {"email": ""}, "email"),
        ("set_email", {"email": "ada@example"}, "email"),
        ("set_phone", {"phone": ""}, "phone"),
        ("set_phone", {"phone": "123"}, "phone"),
        ("add_tag", {"tag": ""}, "tag"),
    ],
)
def test_a_bad_argument_is_refused_and_the_old_value_kept(
    command: str, arguments: dict[str, Any], field: str
) -> None:
    contact = make_contact(email=Email("ada@example.com"), phone=Phone("11999999999"), tags=("vip",))
    kept = attrs.astuple(contact, recurse=False)
    with pytest.raises(ValidationError) as raised:
        obey(contact, command, arguments)
    assert raised.value.field == field
    assert attrs.astuple(contact, recurse=False) == kept


@pytest.mark.parametrize(("fields", "command", "arguments"), [case[:3] for case in COMMANDS])
def test_nothing_can_be_done_with_a_deleted_contact(
    fields: dict[str, Any], command: str, arguments: dict[str, Any]
) -> None:
    deleted = make_contact(**fields).delete(now=NOW).clear_events()
    kept = attrs.astuple(deleted, recurse=False)
    with pytest.raises(InvariantViolation, match=str(deleted.id)):
        obey(deleted, command, arguments)
    assert attrs.astuple(deleted, recurse=False) == kept
