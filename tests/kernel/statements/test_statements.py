"""The loader refuses what an auditor could not rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from ventros.kernel.errors import ConfigurationError, UnknownStatement, ValidationError
from ventros.kernel.statements import Column, load
from ventros.statements import statement

GOOD = """\
-- name: things.rename
-- why: the only way a thing is renamed;
--      guarded by its version
-- params: tenant_id text, id uuid,
--         at timestamp with time zone
-- rows: affected
-- plan: reads all things
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
    assert loaded.plan == "reads all things"


def test_the_server_gets_the_name_as_a_trailing_comment_and_no_header(tmp_path: Path) -> None:
    text = load(write(tmp_path, GOOD))["things.rename"].text
    assert text.startswith("UPDATE things")
    assert text.endswith("\n/* things.rename */")
    assert "-- name" not in text


def test_two_statements_in_a_file(tmp_path: Path) -> None:
    second = GOOD.replace("things.rename", "things.touch")
    loaded = load(write(tmp_path, GOOD + "\n" + second))
    assert list(loaded) == ["things.rename", "things.touch"]
    assert loaded["things.touch"].line == 11


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
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


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"things\.rename is also in things\.sql:1"):
        load(write(tmp_path, GOOD + GOOD))


def test_a_misspelt_name_fails_where_it_is_looked_up() -> None:
    with pytest.raises(UnknownStatement, match=r"did you mean contacts\.update"):
        statement("contacts.udpate")


def test_a_wrong_number_of_arguments_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"things\.rename takes 3 arguments, 1 given"):
        load(write(tmp_path, GOOD))["things.rename"].check(("x",))
