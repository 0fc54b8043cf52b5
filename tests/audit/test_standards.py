"""Each standard statement is the standard text, and one that is not is named."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from tests.support.library import CATALOGUE, LIBRARY
from ventros.audit.lint import lint
from ventros.audit.standard_texts import STANDARD, standard
from ventros.kernel.repository import Repository
from ventros.kernel.statements import Catalogue, Column, Statement
from ventros.unit_of_work import CRM


def test_the_verbs_are_those_of_a_versioned_repository() -> None:
    assert [verb.upper() for verb in STANDARD] == list(Repository.STANDARD)


@pytest.mark.parametrize("table", [table.name for table in CRM.versioned()])
def test_the_shipped_files_are_written_alike(tmp_path: Path, table: str) -> None:
    """From table, columns and types alone comes a file that says the same, headers included."""
    insert = CATALOGUE[f"{table}.insert"]
    updated = {param.name for param in CATALOGUE[f"{table}.update"].params}
    own = insert.params[2:]
    order = [column for column in LIBRARY.tables[table].columns if column in {param.name for param in own}]
    types = {param.name: param.type for param in own}
    text = standard(
        table,
        [Column(f'"{name}"', types[name]) for name in order],
        resource=CATALOGUE[f"{table}.get"].returns,
        live="deleted_at" in types,
        scope=insert.params[0].name,
        fixed={f'"{name}"' for name in types if name not in updated},
    )
    (tmp_path / f"{table}.sql").write_text(text, encoding="utf-8")
    written = Catalogue(tmp_path)
    assert list(written)[:12] == [f"{table}.{verb}" for verb in STANDARD]
    for statement in list(written.values())[:12]:
        shipped = CATALOGUE[statement.name]
        assert (statement.rows, statement.returns) == (shipped.rows, shipped.returns)
        assert set(statement.params) == set(shipped.params)
    assert [str(fault) for fault in lint(LIBRARY, written.values())] == []


def spoiled(name: str, old: str, new: str) -> Statement:
    statement = CATALOGUE[name]
    assert statement.text.count(old) == 1, statement.text
    return attrs.evolve(statement, text=statement.text.replace(old, new))


LIVE = " AND deleted_at IS NULL"
SABOTAGES = {
    "a deleted one is found": spoiled("contacts.get", LIVE, ""),
    "a deleted one is locked": spoiled("contacts.lock_for_share", LIVE, ""),
    "a deleted one has a version": spoiled("contacts.stored_version", LIVE, ""),
    "another predicate": spoiled("broadcasts.get", "id = $2", "id = $2 AND status <> 'draft'"),
    "another lock": spoiled("contacts.lock_for_share", "FOR SHARE", "FOR KEY SHARE"),
    "a lock that waits": spoiled("contacts.try_lock_for_share", " SKIP LOCKED", ""),
    "a lock that fails": spoiled("contacts.try_lock_for_share", "SKIP LOCKED", "NOWAIT"),
    "a lock in another order": spoiled("contacts.lock_for_update", "ORDER BY id", "ORDER BY id DESC"),
    "ids as an array": spoiled(
        "contacts.lock_for_update", "id IN (SELECT unnest($2::uuid[]))", "id = ANY ($2)"
    ),
    "another table's rows": spoiled("contacts.delete", "FROM contacts", "FROM chats"),
    "values that are swapped": spoiled("contacts.insert", "$4, $5", "$5, $4"),
    "values that are swapped in an update": spoiled(
        "contacts.update", "name = $4,\n       email = $5", "name = $5,\n       email = $4"
    ),
    "a value that is made up": spoiled("contacts.update", "name = $4", "name = upper($4)"),
    "a second insert does nothing": spoiled("chats.insert", ")\n/*", ") ON CONFLICT DO NOTHING\n/*"),
    "an update returns less": spoiled("contacts.update", "RETURNING id, version", "RETURNING id"),
    "a touch that tells the time": spoiled(
        "contacts.touch", "SET version", "SET updated_at = now(), version"
    ),
    "columns in another order": spoiled("contacts.get", "SELECT id, version,", "SELECT version, id,"),
    "a join": spoiled("contacts.get", "FROM contacts", "FROM contacts CROSS JOIN (SELECT 1) AS one"),
    "parameters that are swapped": attrs.evolve(
        CATALOGUE["contacts.insert"],
        params=(*CATALOGUE["contacts.insert"].params[1::-1], *CATALOGUE["contacts.insert"].params[2:]),
    ),
    "an answer that is counted": attrs.evolve(CATALOGUE["contacts.touch"], rows="affected", returns=""),
    "a reason without a difference": attrs.evolve(CATALOGUE["contacts.touch"], standard="it is special"),
    "a reason where there is no standard": attrs.evolve(
        CATALOGUE["contacts.find_by_phone"], standard="it is special"
    ),
}


@pytest.mark.parametrize("name", SABOTAGES)
def test_what_differs_is_named(name: str) -> None:
    statement = SABOTAGES[name]
    faults = [fault for fault in lint(LIBRARY, [statement]) if fault.rule == "standard"]
    assert faults
    assert all(fault.name == statement.name for fault in faults)


@pytest.mark.parametrize("name", [name for name in SABOTAGES if "reason" not in name])
def test_what_says_why_it_differs_passes(name: str) -> None:
    explained = attrs.evolve(SABOTAGES[name], standard="for a reason")
    assert [fault for fault in lint(LIBRARY, [explained]) if fault.rule == "standard"] == []


def test_layout_case_and_quotes_are_free() -> None:
    text = (
        'select version\nfrom   contacts where tenant_id=$1 and "id" = $2 and deleted_at is null'
        " -- of one that is there"
    )
    statement = attrs.evolve(CATALOGUE["contacts.stored_version"], text=text)
    assert [str(fault) for fault in lint(LIBRARY, [statement])] == []


def test_the_one_exception_is_needed() -> None:
    explained = [statement for statement in LIBRARY.statements if statement.standard]
    assert [statement.name for statement in explained] == ["pipeline_statuses.insert"]
    unexplained = [attrs.evolve(statement, standard="") for statement in explained]
    assert [fault.rule for fault in lint(LIBRARY, unexplained)] == ["standard"]
