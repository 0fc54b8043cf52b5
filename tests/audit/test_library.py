"""Every statement is found by its name, a list's by a name that says its shape, and shown as it is sent."""

from __future__ import annotations

import json
import random
from pathlib import Path

import attrs
import pytest

from tests.support.drawn_lists import drawn, drawn_audiences, each_list
from tests.support.library import CATALOGUE, LIBRARY
from tests.support.program import ventros
from ventros.audit.shapes import shapes
from ventros.crm.contact_lists.audience_query import evaluations, statements_of
from ventros.kernel.errors import ConfigurationError, UnknownStatement
from ventros.kernel.resources import directory
from ventros.kernel.statements import load


def test_whom_a_dynamic_list_holds_is_rendered_again_from_its_name() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    audiences = drawn_audiences(random.Random(seed))
    for statement in (*evaluations(), *(form for one in audiences for form in statements_of(one))):
        rendered = LIBRARY.find(statement.name)
        assert (rendered.text, rendered.params) == (statement.text, statement.params)


@each_list
def test_a_shape_is_rendered_again_from_its_name(name: str) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    list_query = LIBRARY.list_queries[name]
    for shape in (*shapes(list_query), *drawn(list_query, random.Random(seed))):
        statement = list_query.statement(shape)
        rendered = LIBRARY.find(statement.name)
        assert (rendered.text, rendered.params) == (statement.text, statement.params)


@pytest.mark.parametrize(
    "name",
    [
        "contacts.page",
        "contacts.page()",
        "contacts.page() by created_at",
        "contacts.page() by version asc",
        "contacts.page() by created_at sideways",
        "contacts.page() by created_at asc after null",  # created_at is never NULL
        "contacts.page(tags, name) by created_at asc",  # not in the filter's order
        "contacts.page(name, name) by created_at asc",
        "contacts.page(password) by created_at asc",
        "contacts.count(name) by created_at asc",
        "contacts.count() after",
        "pages.page() by created_at asc",
        "contacts.get(name)",
        "contact_lists.holds(all: tag equals)",
        "contact_lists.holds(some: tag eq)",
        "contact_lists.holds(all: tag eq, name)",
        "contact_lists.holds(all: tag eq) after",
    ],
)
def test_what_is_no_name_is_told(name: str) -> None:
    with pytest.raises(UnknownStatement):
        LIBRARY.find(name)


def test_all_are_listed() -> None:
    rows = json.loads(ventros("sql", "ls", "--json").stdout)
    assert [row["name"] for row in rows] == [statement.name for statement in LIBRARY.statements]
    assert list(rows[0]) == ["name", "file", "kind", "tables", "rows", "why"]
    by_name = {row["name"]: row for row in rows}
    update = by_name["contacts.update"]
    assert (update["kind"], update["tables"]) == ("UPDATE", ["contacts"])
    line = int(update["file"].removeprefix("contacts.sql:"))
    text = (directory("sql") / "contacts.sql").read_text(encoding="utf-8").splitlines()
    assert text[line - 1] == "-- name: contacts.update"
    assert by_name["contact_list_members.add"]["tables"] == [
        "contact_list_members",
        "contact_list_counters",
        "contact_lists",
        "contacts",
    ]
    assert by_name["contacts.count()"]["file"] == "shapes/contacts.sql"
    plain = ventros("sql", "ls").stdout.splitlines()
    assert len(plain) == len(rows) + 1
    assert plain[0].split() == list(rows[0])


def test_a_statement_is_shown_as_it_can_be_read_again(tmp_path: Path) -> None:
    for name in ("contacts.update", "contacts.stored_version"):
        shown = ventros("sql", "show", name)
        assert (shown.returncode, shown.stderr) == (0, "")
        (tmp_path / "contacts.sql").write_text(shown.stdout.replace(f"\n/* {name} */", ""))
        loaded = load(tmp_path)[name]
        known = CATALOGUE[name]
        assert (loaded.text, loaded.params, loaded.why) == (known.text, known.params, known.why)
    unknown = ventros("sql", "show", "contacts.gets")
    assert unknown.returncode == 2
    assert "did you mean contacts.get" in unknown.stderr


def test_a_plan_is_explained_with_its_indexes(owner_dsn: str) -> None:
    for arguments in (("--dsn", owner_dsn), ()):
        done = ventros("sql", "explain", "contacts.update", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Update on contacts" in done.stdout
        assert "(version = $3)" in done.stdout, "for any arguments"
        plan, _, expected = done.stdout.partition("expected, by plans/expected.txt:\n")
        assert plan.endswith("indexes: contacts_pkey\n")
        assert expected.splitlines()[0] == "contacts.update"
        assert expected.endswith("contacts_pkey(tenant_id, id)\n")
    upsert = ventros("sql", "explain", "processed_events.record", "--dsn", owner_dsn)
    assert "indexes: processed_events_pkey" in upsert.stdout
    other = ventros("sql", "explain", "contacts.page(name, tags) by name asc", "--dsn", owner_dsn)
    assert other.stdout.endswith("nothing is committed of its plan\n")


def test_a_text_that_cannot_be_told_is_refused() -> None:
    get = CATALOGUE["contacts.get"]
    for text in (
        "SELECT nonsense FROM contacts",
        "SELECT 1 FROM elsewhere",
        "TRUNCATE contacts",
        "SELECT 1; SELECT 2",
        "SELECT FROM FROM",
    ):
        with pytest.raises(ConfigurationError, match=r"contacts\.get: "):
            LIBRARY.read(attrs.evolve(get, text=text))
