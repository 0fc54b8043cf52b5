"""What the server says of a statement is compared with its header."""

from __future__ import annotations

import attrs
import psycopg
import pytest

from tests.support.library import CATALOGUE
from ventros import CRM
from ventros.kernel.statements import Statement, columns
from ventros.testing.statements import header_faults

GET, VERSION = CATALOGUE["contacts.get"], CATALOGUE["contacts.stored_version"]
LIES = {
    "params": attrs.evolve(GET, params=columns("tenant_id text, id text")),
    "one param less": attrs.evolve(GET, params=columns("tenant_id text")),
    "columns": attrs.evolve(GET, text=GET.text.replace("id, version", "version, id")),
    "returns": attrs.evolve(VERSION, returns="version bigint"),
    "no such table": attrs.evolve(GET, text=GET.text.replace("FROM contacts", "FROM kontacts")),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_statement_that_lies_is_named_and_the_others_are_still_asked(owner_dsn: str, lie: str) -> None:
    asked: list[Statement] = [GET, LIES[lie], VERSION]
    with psycopg.connect(owner_dsn) as connection:
        (fault,) = header_faults(connection, CRM, asked)
    assert fault.startswith(f"{LIES[lie].name}: ")


def test_control_those_that_do_not_lie_are_not(owner_dsn: str) -> None:
    with psycopg.connect(owner_dsn) as connection:
        assert list(header_faults(connection, CRM, [GET, VERSION])) == []
