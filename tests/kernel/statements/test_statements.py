"""The loader refuses what an auditor could not rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from ventros.kernel.errors import ConfigurationError, UnknownStatement, ValidationError
from ventros.kernel.statements import Catalogue, Column, load, one_off
from ventros.statements import statement

GOOD = """\
-- name: things.rename
-- why: the only way a thing is renamed;
--      guarded by its version
-- params: tenant_id text, id uuid,
--         at timestamp with time zone
-- rows: affected
-- plan: reads all things
-- tenant: compares it, for once
UPDATE things SET at = $3 -- a comment inside stays
 WHERE tenant_id = $1 AND id = $2;
"""


def write(folder: Path, text: str, name: str = "things.sql") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_statement_is_read_with_its_header(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, GOOD))["things.rename"]
    assert loaded.why == "the only way a thing is renamed; guarded by its version"
    assert loaded.params == (
        Column("tenant_id", "text"),
        Column("id", "uuid"),
        Column("at", "timestamp with time zone"),
    )
    assert (loaded.rows, loaded.line, loaded.path.name) == ("affected", 1, "things.sql")
    assert (loaded.plan, loaded.tenant) == ("reads all things", "compares it, for once")


def test_the_server_gets_the_name_as_a_trailing_comment_and_no_header(tmp_path: Path) -> None:
    text = load(write(tmp_path, GOOD))["things.rename"].text
    assert text.startswith("UPDATE things")
    assert text.endswith("\n/* things.rename */")
    assert "-- name" not in text


def test_two_statements_in_a_file(tmp_path: Path) -> None:
    second = GOOD.replace("things.rename", "things.touch")
    loaded = load(write(tmp_path, GOOD + "\n" + second))
    assert list(loaded) == ["things.rename", "things.touch"]
    assert loaded["things.touch"].line == 12


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("tenant_id text, id", "tenant_id, id", "param tenant_id: it has no type"),
        ("id uuid,", "tenant_id uuid,", "params: 'tenant_id' is there twice"),
        ("-- rows: affected", "-- rows: many\n-- returns: id uuid, at", "returns: 'at' has no type"),
        ("-- rows: affected", "-- rows: some", "not one of one, maybe, many, affected"),
        ("-- rows: affected", "-- rows: one", "returns:"),
        ("-- name: things.rename", "-- name: others.rename", "no name for a statement of things.sql"),
        ("-- name: things.rename", "-- name: rename", "no name for a statement"),
        (" WHERE tenant_id = $1 AND id = $2;", ";", "params: lists 3, the text uses [3]"),
        ("-- why: the only way a thing is renamed;\n--      guarded by its version\n", "", "why:"),
    ],
)
def test_a_faulty_statement_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationError) as caught:
        load(write(tmp_path, GOOD.replace(old, new)))
    assert reason in str(caught.value)
    assert "things.sql:1" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        (
            "-- params:",
            "-- parms:",
            4,
            "parms: is no key of a header (did you mean params?); there is name, why,",
        ),
        ("-- plan:", "-- owner:", 7, "owner: is no key of a header; there is name, why, params"),
        ("-- plan: reads", "-- why: reads", 7, "why: is there twice"),
        ("-- plan: reads", "-- reads", 7, "'-- reads all things' is no line of a header"),
        ("-- name:", "-- nmae:", 1, "stands before any -- name:"),
        ("-- name:", "DELETE FROM things;\n-- name:", 1, "'DELETE FROM things;' stands before any -- name:"),
        (" WHERE", "-- plan: none\n WHERE", 10, "-- plan: stands in the text of things.rename"),
        (GOOD, "-- To be written.\n", 1, "has no statement"),
        (
            GOOD,
            GOOD + GOOD.replace("-- name: things.rename", "-- nmae: things.touch"),
            11,
            "-- nmae: stands in",
        ),
    ],
)
def test_what_is_no_header_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(write(tmp_path, GOOD.replace(old, new)))
    assert f"things.sql:{line}: " in str(caught.value)
    assert reason in str(caught.value)


def test_what_the_tools_write_into_the_folder_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "CREATE SCHEMA things;\n", "schema.sql")
    assert list(load(write(tmp_path, GOOD))) == ["things.rename"]


def test_a_folder_that_is_not_there_and_a_file_that_is_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no folder"):
        load(tmp_path / "sql")
    (tmp_path / "things.sql").write_bytes(b"-- name: caf\xe9")
    with pytest.raises(ConfigurationError, match=r"things\.sql:1: is no UTF-8"):
        load(tmp_path)


def test_a_type_may_have_a_comma(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, GOOD.replace("id uuid", "id numeric(12, 2)")))["things.rename"]
    assert loaded.params[1] == Column("id", "numeric(12, 2)")


IN_A_SCHEMA = """\
-- name: invoicing.things.get
-- why: loads a thing
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: id uuid
SELECT id FROM invoicing.things WHERE tenant_id = $1 AND id = $2;

-- name: invoicing.things.update
-- why: the only way a thing changes
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE invoicing.things SET version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;
"""


def test_a_statement_of_another_schema_is_named_after_it(tmp_path: Path) -> None:
    catalogue = Catalogue(write(tmp_path, IN_A_SCHEMA), schema="invoicing")
    table = catalogue.table("things")
    get = table("get")
    assert (get.name, get.schema, get.table, get.qualified_table) == (
        *("invoicing.things.get", "invoicing", "things", "invoicing.things"),
    )
    assert (table.path, table.find("insert")) == (("invoicing", "things"), None)
    form = catalogue("invoicing.things.update_or_fail")
    assert "ventros_not_saved('invoicing.things', 'tenant_id', $1" in form.text
    assert "ventros_not_saved('contacts', 'tenant_id', $1" in statement("contacts.update_or_fail").text
    with pytest.raises(UnknownStatement, match=r"did you mean invoicing\.things\.get"):
        table("gat")


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        (IN_A_SCHEMA, "public"),
        (IN_A_SCHEMA, "billing"),
        (GOOD, "invoicing"),
        (GOOD.replace("things.rename", "things.Rename"), "public"),
    ],
)
def test_a_name_of_another_schema_than_the_catalogues_is_refused(
    tmp_path: Path, text: str, schema: str
) -> None:
    catalogue = Catalogue(write(tmp_path, text), schema=schema)
    with pytest.raises(ConfigurationError, match=f"of things.sql in schema {schema}: "):
        len(catalogue)


def test_what_is_no_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="'my-own' is no schema"):
        Catalogue(tmp_path, schema="my-own")


def test_a_statement_may_be_given_in_code() -> None:
    given = one_off("SELECT $1::integer AS n;", params="n integer", rows="one", returns="n integer")
    assert (given.text, given.params) == ("SELECT $1::integer AS n\n/* one_off */", (Column("n", "integer"),))
    assert (given.path.name, given.table, given.name in statement) == (Path(__file__).name, "", False)
    with pytest.raises(ConfigurationError, match=r"test_statements\.py:\d+: one_off: params: lists 0"):
        one_off("DELETE FROM things WHERE id = $1", rows="affected")
    with pytest.raises(ConfigurationError, match="is no name for a statement"):
        one_off("SELECT 1 AS n", rows="one", returns="n integer", name="*/ DROP")


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"things\.rename is also in things\.sql:1"):
        load(write(tmp_path, GOOD + GOOD))


def test_a_misspelt_name_fails_where_it_is_looked_up() -> None:
    with pytest.raises(UnknownStatement, match=r"did you mean contacts\.update"):
        statement("contacts.udpate")


def test_a_wrong_number_of_arguments_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"things\.rename takes 3 arguments, 1 given"):
        load(write(tmp_path, GOOD))["things.rename"].check(("x",))
