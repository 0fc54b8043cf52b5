"""The rules of a contact, without a database."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.contact_fields import EARLIER, LATER, PICTURE, PROJECT, make_contact
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.errors import ValidationError


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
