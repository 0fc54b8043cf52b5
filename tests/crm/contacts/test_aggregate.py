"""The rules of a contact, command by command, without a database."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from ventros.crm.contacts import mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.values import Email, Phone

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)
PROJECT = uuid4()
USER = uuid4()
PICTURE = "https://pictures.example/ada.jpg"


def make_contact(**fields: Any) -> Contact:
    """Ada as of NOW, without events, as if she had been loaded."""
    contact = Contact.create(project_id=PROJECT, tenant_id="acme", name="Ada", now=NOW)
    return attrs.evolve(contact.clear_events(), **fields)


def obey(contact: Contact, command: str, arguments: dict[str, Any], now: datetime = LATER) -> Contact:
    changed: Contact = getattr(contact, command)(**arguments, now=now)
    return changed


def test_a_new_contact_has_the_defaults_and_one_event() -> None:
    contact = Contact.create(project_id=PROJECT, tenant_id="acme", name="Ada", now=NOW)
    (created,) = contact.domain_events
    assert contact.id.int != 0
    assert contact == Contact(
        id=contact.id,
        version=1,
        tenant_id="acme",
        project_id=PROJECT,
        name="Ada",
        email=None,
        phone=None,
        external_id=None,
        source_channel=None,
        language="en",
        timezone=None,
        tags=(),
        profile_picture_url=None,
        profile_picture_fetched_at=None,
        first_interaction_at=None,
        last_interaction_at=None,
        created_at=NOW,
        updated_at=NOW,
        deleted_at=None,
        domain_events=(created,),
    )
    assert (created.event_name, created.event_version, created.occurred_at) == ("contact.created", "v1", NOW)
    assert created.payload() == {
        "contact_id": contact.id,
        "project_id": PROJECT,
        "tenant_id": "acme",
        "name": "Ada",
        "created_at": NOW,
    }


def test_a_name_is_not_trimmed_and_has_500_characters_at_most() -> None:
    name = "  Ada " + "x" * 494
    assert Contact.create(project_id=PROJECT, tenant_id="acme", name=name, now=NOW).name == name
    with pytest.raises(ValidationError) as caught:
        Contact.create(project_id=PROJECT, tenant_id="acme", name=f"{name}x", now=NOW)
    assert caught.value.field == "name"


@pytest.mark.parametrize(
    ("argument", "value", "field"),
    [
        ("project_id", UUID(int=0), "project_id"),
        ("tenant_id", "", "tenant_id"),
        ("tenant_id", "ab", "tenant_id"),
        ("name", "", "name"),
        ("now", datetime(2026, 1, 2), "created_at"),  # noqa: DTZ001 - naive on purpose
    ],
)
def test_a_faulty_argument_is_named(argument: str, value: Any, field: str) -> None:
    arguments = {"project_id": PROJECT, "tenant_id": "acme", "name": "Ada", "now": NOW, argument: value}
    with pytest.raises(ValidationError) as raised:
        Contact.create(**arguments)
    assert raised.value.field == field


# given, command, its arguments, what it changes, its event, and of the payload what is not in all of them
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
]


@pytest.mark.parametrize(("given", "command", "arguments", "effect", "event_name", "payload"), COMMANDS)
def test_a_command_changes_what_it_says_and_tells_of_it(
    given: dict[str, Any],
    command: str,
    arguments: dict[str, Any],
    effect: dict[str, Any],
    event_name: str,
    payload: dict[str, Any],
) -> None:
    before = make_contact(**given, version=7)
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
        if not name.startswith("_") and "now" in inspect.signature(method).parameters
    }
    assert commands == {command for _, command, *_ in COMMANDS}


@pytest.mark.parametrize(
    ("given", "command", "arguments"),
    [
        ({}, "rename", {"name": "Ada", "changed_by": USER}),
        ({"email": Email("ada@example.com")}, "set_email", {"email": "ADA@example.com "}),
        ({}, "clear_email", {}),
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
    given: dict[str, Any], command: str, arguments: dict[str, Any]
) -> None:
    contact = make_contact(**given)
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


@pytest.mark.parametrize(("given", "command", "arguments"), [case[:3] for case in COMMANDS])
def test_nothing_can_be_done_with_a_deleted_contact(
    given: dict[str, Any], command: str, arguments: dict[str, Any]
) -> None:
    deleted = make_contact(**given).delete(now=NOW).clear_events()
    kept = attrs.astuple(deleted, recurse=False)
    with pytest.raises(InvariantViolation, match=str(deleted.id)):
        obey(deleted, command, arguments)
    assert attrs.astuple(deleted, recurse=False) == kept


def test_a_contact_cannot_be_changed_in_place() -> None:
    contact = make_contact()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        contact.name = "Alice"  # type: ignore[misc]


def test_events_add_up_in_their_order_with_an_id_each() -> None:
    contact = make_contact().rename("Alice", now=NOW).add_tag("a", now=LATER).add_tag("b", now=LATER)
    assert [(event.event_name, event.occurred_at) for event in contact.domain_events] == [
        ("contact.name_changed", NOW),
        ("contact.tag_added", LATER),
        ("contact.tag_added", LATER),
    ]
    assert len({event.event_id for event in contact.domain_events}) == 3
    assert contact.version == 1, "only persistence steps the version"


def test_a_tag_is_added_once_and_removed_for_good() -> None:
    contact = make_contact()
    for tag in ("b", "a", "b", "B", "a"):
        contact = contact.add_tag(tag, now=LATER)
    assert contact.tags == ("b", "a", "B")
    assert contact.remove_tag("b", now=LATER).add_tag("b", now=LATER).tags == ("a", "B", "b")


def test_the_first_interaction_is_set_once_and_the_last_never_goes_back() -> None:
    contact = make_contact()
    for now in (NOW, EARLIER, LATER, NOW):
        contact = contact.record_interaction(now=now)
    assert (contact.first_interaction_at, contact.last_interaction_at) == (NOW, LATER)
    assert [event.occurred_at for event in contact.domain_events] == [NOW, LATER]


def test_the_time_of_a_picture_never_goes_back_for_the_same_picture() -> None:
    contact = make_contact().set_profile_picture(PICTURE, now=LATER)
    assert contact.set_profile_picture(PICTURE, now=NOW) is contact
    other = contact.set_profile_picture("https://pictures.example/new.jpg", now=NOW)
    assert other.profile_picture_fetched_at == NOW, "that of another one is another time"


def test_the_time_of_the_last_change_never_goes_back() -> None:
    contact = make_contact().rename("Alice", now=LATER).add_tag("a", now=EARLIER)
    assert contact.updated_at == LATER
    assert contact.domain_events[-1].occurred_at == EARLIER


def row_of(contact: Contact) -> dict[str, Any]:
    tenant_id, id_, *others = mapper.insert_args(contact)
    return dict(zip(mapper.COLUMNS, (id_, contact.version, tenant_id, *others), strict=True))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("email", "nonsense"),
        ("email", ""),
        ("phone", "123"),
        ("phone", ""),
        ("name", ""),
        ("language", ""),
        ("tenant_id", ""),
        ("project_id", UUID(int=0)),
    ],
)
def test_a_row_that_is_no_contact_is_refused_and_not_mended_in_silence(column: str, value: Any) -> None:
    row = row_of(make_contact(email=Email("ada@example.com"), phone=Phone("11999999999")))
    with pytest.raises(ValidationError) as raised:
        mapper.from_row(tuple({**row, column: value}.values()))
    assert raised.value.field == column


def test_the_row_that_the_test_above_spoils_is_a_contact() -> None:
    contact = make_contact(email=Email("ada@example.com"), phone=Phone("11999999999"))
    assert mapper.from_row(tuple(row_of(contact).values())) == contact
