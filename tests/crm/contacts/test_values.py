"""What a custom field may hold, and the names that WhatsApp has for a contact, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from ventros.crm.contacts.values import WhatsAppIdentifiers
from ventros.kernel.errors import ValidationError
from ventros.values import CustomField, CustomFieldType

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NAIVE = datetime(2026, 1, 2)  # noqa: DTZ001 - naive on purpose
TEXTS = {"text", "url", "email", "phone", "select"}
LISTS = {"multi_select", "label"}
TAKEN: list[tuple[set[str], Any]] = [
    (TEXTS, "a"),
    (TEXTS, ""),
    ({"number"}, 1),
    ({"number"}, -0.5),
    ({"boolean"}, False),
    ({"date"}, NOW),
    ({"json"}, {}),
    ({"json"}, {"a": [1, None, {"b": True}]}),
    (LISTS, []),
    (LISTS, ["a", "b"]),
    (LISTS, ("a",)),
    (set(), None),
    (set(), NAIVE),
    (set(), float("nan")),
    (set(), float("inf")),
    (set(), b"a"),
    (set(), ["a", 1]),
    (set(), [None]),
    (set(), {1: "a"}),
    (set(), {"a": NOW}),
    (set(), {"a": (1,)}),
    (set(), {"a": [float("nan")]}),
    (set(), {"a"}),
    (set(), datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))),
]


@pytest.mark.parametrize("field_type", CustomFieldType)
@pytest.mark.parametrize(("types", "value"), TAKEN)
def test_a_field_takes_values_of_its_type_only(
    field_type: CustomFieldType, types: set[str], value: Any
) -> None:
    if field_type in types:
        field = CustomField("key", field_type, value)
        assert field.value == (tuple(value) if isinstance(value, list) else value)
    else:
        with pytest.raises(ValidationError) as raised:
            CustomField("key", field_type, value)
        assert raised.value.field == "value"


ACCESSORS = {
    "text": TEXTS,
    "number": {"number"},
    "boolean": {"boolean"},
    "date": {"date"},
    "json": {"json"},
    "texts": LISTS,
}


@pytest.mark.parametrize(("types", "value"), [taken for taken in TAKEN if taken[0]])
def test_a_value_is_read_as_what_it_is_and_as_nothing_else(types: set[str], value: Any) -> None:
    for field_type in types:
        field = CustomField("key", field_type, value)
        for name, readable in ACCESSORS.items():
            if field_type in readable:
                assert getattr(field, name) == field.value
            else:
                with pytest.raises(ValidationError):
                    getattr(field, name)


def test_there_are_eleven_types() -> None:
    assert {field_type.value for field_type in CustomFieldType} == TEXTS | LISTS | {
        "number",
        "boolean",
        "date",
        "json",
    }


def test_a_faulty_key_or_type_is_named() -> None:
    with pytest.raises(ValidationError) as raised:
        CustomField("", CustomFieldType.TEXT, "a")
    assert raised.value.field == "key"
    with pytest.raises(ValidationError) as raised:
        CustomField("key", "colour", "a")
    assert raised.value.field == "field_type"


@pytest.mark.parametrize(("types", "value"), [taken for taken in TAKEN if taken[0]])
def test_a_value_goes_to_json_and_back(types: set[str], value: Any) -> None:
    for type_ in types:
        field = CustomField("key", CustomFieldType(type_), value)
        stored = msgspec.json.decode(msgspec.json.encode(field.json_value))
        decoded = CustomField.from_json("key", type_, stored)
        assert decoded == field
        assert type(decoded.value) is type(field.value)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (1e22, "10000000000000000000000"),
        (0.1, "0.1"),
        (2**70, "1180591620717411303424"),
        (1.2345678901234567e18, "1234567890123456768"),
    ],
)
def test_equal_numbers_have_one_json_form(value: float, stored: str) -> None:
    field = CustomField("key", CustomFieldType.NUMBER, value)
    assert msgspec.json.encode(field.json_value).decode() == stored
    assert CustomField.from_json("key", "number", msgspec.json.decode(stored)) == field


def test_a_date_has_one_json_form_whatever_its_zone() -> None:
    in_utc = CustomField("key", CustomFieldType.DATE, NOW)
    in_brazil = CustomField("key", CustomFieldType.DATE, NOW.astimezone(timezone(timedelta(hours=-3))))
    assert in_utc == in_brazil
    assert in_utc.json_value == in_brazil.json_value == "2026-01-02T03:04:05.000000+00:00"


@pytest.mark.parametrize("stored", ["2026-01-02T03:04:05", "soon", 1, None])
def test_a_stored_date_that_is_none_is_refused(stored: Any) -> None:
    with pytest.raises(ValidationError):
        CustomField.from_json("key", "date", stored)


def test_fields_are_equal_by_key_type_and_value() -> None:
    one = CustomField("key", CustomFieldType.LABEL, ["a"])
    assert one == CustomField("key", CustomFieldType.LABEL, ("a",))
    assert one != CustomField("key", CustomFieldType.MULTI_SELECT, ["a"])
    assert one != CustomField("other", CustomFieldType.LABEL, ["a"])
    assert one != CustomField("key", CustomFieldType.LABEL, ["b"])
    assert len({one, CustomField("key", CustomFieldType.JSON, {"a": 1})}) == 2


def test_a_new_value_is_of_the_same_type() -> None:
    field = CustomField("key", CustomFieldType.NUMBER, 1)
    assert field.with_value(2) == CustomField("key", CustomFieldType.NUMBER, 2)
    with pytest.raises(ValidationError):
        field.with_value("2")


def test_nobody_else_holds_a_part_of_a_value() -> None:
    value: dict[str, Any] = {"a": [1]}
    field = CustomField("key", CustomFieldType.JSON, value)
    value["a"].append(2)
    assert field.value == {"a": [1]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5511999999999", "5511999999999"),
        (" 5511999999999@c.us\n", "5511999999999"),
        ("5511999999999@s.whatsapp.net", "5511999999999"),
        ("123@lid", "123"),
        ("120363025@g.us", "120363025"),
    ],
)
def test_an_identifier_is_its_digits(text: str, value: str) -> None:
    assert WhatsAppIdentifiers(wid=text, lid=text, jid=text) == WhatsAppIdentifiers(
        wid=value, lid=value, jid=value
    )
    assert WhatsAppIdentifiers(wid=text).wid == value


@pytest.mark.parametrize("text", ["@c.us", "1@c.us@c.us", "1@C.US", "+55", "1-2@g.us", "a", "1 2", "١٢٣"])
@pytest.mark.parametrize("field", ["wid", "lid", "jid"])
def test_what_is_no_identifier_is_refused(field: str, text: str) -> None:
    with pytest.raises(ValidationError) as raised:
        WhatsAppIdentifiers(**{"wid": "1", field: text})
    assert raised.value.field == field


@pytest.mark.parametrize("empty", ["", "  "])
def test_only_the_wid_must_be_there(empty: str) -> None:
    identifiers = WhatsAppIdentifiers(wid="1", lid=empty, jid=empty)
    assert (identifiers.lid, identifiers.jid) == (None, None)
    with pytest.raises(ValidationError) as raised:
        WhatsAppIdentifiers(wid=empty)
    assert raised.value.field == "wid"


def test_identifiers_are_custom_fields_and_custom_fields_identifiers() -> None:
    for identifiers in (WhatsAppIdentifiers(wid="1"), WhatsAppIdentifiers(wid="1", lid="2", jid="3")):
        fields = {field.key: field for field in identifiers.custom_fields()}
        assert {field.field_type for field in fields.values()} == {CustomFieldType.TEXT}
        assert WhatsAppIdentifiers.of(fields) == identifiers
    assert sorted(fields) == ["waha_jid", "waha_lid", "waha_wid"]
    assert WhatsAppIdentifiers.of({"other": CustomField("other", CustomFieldType.TEXT, "1")}) is None
