"""The table of types is complete, and what is not in it is refused where it stands, with what to do."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from ventros.kernel.errors import ConfigurationError, ValidationError
from ventros.kernel.lists.conditions import Binds, equal
from ventros.kernel.lists.query import SortKey
from ventros.kernel.statements import Column, load
from ventros.kernel.statements.types import OTHER_NAMES, REFUSED, TYPES, declare, find

HEADER = """\
-- name: things.add
-- why: a thing is new
-- params: tenant_id text, it {type}
-- rows: affected
INSERT INTO things (tenant_id, it) VALUES ($1, $2);
"""


def write(folder: Path, text: str, name: str = "things.sql") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("spelled", "todo"),
    [
        ("timestamp", "let it be timestamptz"),
        ("timestamp without time zone[]", "let it be timestamptz"),
        ("tsrange", "let it be tstzrange"),
        ("timetz", "let it be time"),
        ("time with time zone", "let it be time"),
        ("money", "keep cents in a bigint"),
        ("tsvector", "generate the column"),
        ("order_status", "-- type: order_status is enum"),
        ("timestamptz(3)", "write timestamptz, without the parentheses"),
        ("varchar(1, 2)", "varchar does not take 2 numbers"),
        ("text[][]", "let it be jsonb"),
        ("", "write it after the name"),
    ],
)
def test_a_type_that_no_parameter_may_have_is_refused_where_it_stands(
    tmp_path: Path, spelled: str, todo: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(write(tmp_path, f"\n{HEADER.format(type=spelled)}"))
    assert f"{tmp_path / 'things.sql'}:2: things.add: param it: " in str(caught.value)
    assert todo in str(caught.value)


def test_what_is_refused_is_in_no_table() -> None:
    assert REFUSED.keys() & TYPES.keys() == set()
    assert set(OTHER_NAMES.values()) <= TYPES.keys() | REFUSED.keys()
    assert OTHER_NAMES.keys() & (TYPES.keys() | REFUSED.keys()) == set()


def test_other_names_modifiers_and_arrays_are_the_same_types() -> None:
    for other, name in OTHER_NAMES.items():
        if name in TYPES:
            assert find(other).check is TYPES[name].check
            assert find(other).sample == f"{TYPES[name].literal}::{other}"
    assert "longer than 3" in (find("character varying ( 3 )").check("abcd") or "")
    assert find("numeric(10,2)").check(Decimal("1.50")) is None
    assert "2 decimals" in (find("decimal(10, 2)[]").check([0, Decimal("1.005")]) or "")
    assert find("varchar(3)").ascii is False, "its length is looked at"


def test_a_comma_between_parentheses_does_not_end_a_column(tmp_path: Path) -> None:
    statement = load(write(tmp_path, HEADER.format(type="numeric(10, 2)")))["things.add"]
    assert statement.params == (Column("tenant_id", "text"), Column("it", "numeric(10, 2)"))


def test_the_manual_names_them_all() -> None:
    text = (Path(__file__).parents[3] / "docs" / "types.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9 ]+)[`(]", text))
    assert TYPES.keys() | REFUSED.keys() <= named


DECLARED = """\
-- Things of any kind.
-- type: order_status is enum
-- type: email is varchar(5), sample 'a@b'
-- type: tags is text[]
"""


def test_a_type_of_ones_own_is_declared_for_all_files(tmp_path: Path) -> None:
    write(tmp_path, DECLARED, "things.sql")
    text = HEADER.replace("things", "others").format(type="order_status, mails email[], tags tags")
    text = text.replace("it)", "it, mails, tags)").replace("$2)", "$2, $3, $4)")
    statement = load(write(tmp_path, text, "others.sql"))["others.add"]
    assert [param.type for param in statement.params] == ["text", "order_status", "email[]", "tags"]
    statement.check(("acme", "open", ["a@b", None], ["x"]))
    for args, field in ((("acme", 5, [], []), "it"), (("acme", "ü", ["123456"], []), "mails")):
        with pytest.raises(ValidationError) as caught:
            statement.check(args)
        assert caught.value.field == field
    assert [param.known.sample for param in statement.params[1:]] == [
        "(enum_range(NULL::order_status))[1]::order_status",
        "array['a@b']::email[]",
        "array['x']::tags",
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("-- type: order_status enum", "is not: -- type: NAME is enum"),
        ("-- type: Order is enum", "is not: -- type: NAME is enum"),
        ("-- type: text is enum", "the type text is there already"),
        ("-- type: money is bigint", "the type money is there already"),
        ("-- type: order_status is enum", "the type order_status is there already"),
        ("-- type: other is nothing", "no type 'nothing' is known"),
        ("-- type: stamp is timestamp", "let it be timestamptz"),
    ],
)
def test_a_faulty_declaration_is_refused_with_file_and_line(tmp_path: Path, line: str, fault: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(write(tmp_path, f"{DECLARED}{line}\n"))
    assert f"{tmp_path / 'things.sql'}:5: " in str(caught.value)
    assert fault in str(caught.value)


def test_a_declaration_after_a_statement_is_refused(tmp_path: Path) -> None:
    """It would be sent as a part of it."""
    with pytest.raises(ConfigurationError, match=r"things\.sql:6: .* before the first statement"):
        load(write(tmp_path, f"{HEADER.format(type='text')}-- type: order_status is enum\n"))


def test_a_filter_takes_a_type_of_ones_own() -> None:
    status = declare("order_status", "enum")
    binds = Binds()
    binds("status", status)
    assert (binds.params[0].type, binds.params[0].known) == ("order_status", status)
    assert equal("status", status).checked_argument("open") == "open"
    with pytest.raises(ValidationError, match="status must be a str"):
        equal("status", status).checked_argument(5)
    with pytest.raises(ConfigurationError, match="no type 'order_status' is known"):
        equal("status", "order_status").checked_argument("open")


def test_what_no_cursor_can_hold_no_list_is_sorted_by() -> None:
    for name in TYPES:
        if TYPES[name].sortable:
            assert SortKey(name).python is TYPES[name].python
        else:
            with pytest.raises(ConfigurationError, match=f"column of type {name}"):
                _ = SortKey(name).python
    with pytest.raises(ConfigurationError, match="let it be timestamptz"):
        _ = SortKey("timestamp").python
