"""Every statement of sql/ is used, is what its header says, and fits the migrated schema and its mapper."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import attrs
import pytest

import ventros
from tests.support.library import CATALOGUE
from tests.support.prepared import faults
from tests.support.repositories import REPOSITORIES
from ventros.kernel.statements import columns
from ventros.kernel.statements.files import or_fail_name

STATEMENTS = sorted(CATALOGUE.values(), key=lambda statement: statement.name)
PACKAGE = Path(ventros.__file__).parent


@pytest.fixture
async def driver(owner_dsn: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(owner_dsn)
    yield connection
    await connection.close()


async def test_every_statement_is_prepared_and_agrees_with_its_header(
    driver: asyncpg.Connection[Any],
) -> None:
    disagreements = [fault for statement in STATEMENTS for fault in await faults(driver, statement)]
    assert disagreements == []
    assert len(STATEMENTS) > 30


async def test_a_disagreement_is_seen(driver: asyncpg.Connection[Any]) -> None:
    """The control of the test above: three statements that lie."""
    get = CATALOGUE["contacts.get"]
    assert await faults(driver, attrs.evolve(get, params=columns("tenant_id text, id text")))
    assert await faults(driver, attrs.evolve(get, text=get.text.replace("id, version", "version, id")))
    version = CATALOGUE["contacts.stored_version"]
    assert await faults(driver, attrs.evolve(version, returns="version bigint"))


@pytest.mark.parametrize("name", sorted(REPOSITORIES))
def test_the_mapper_passes_what_the_statement_takes(name: str) -> None:
    """``insert_args`` and ``update_args`` name, line by line, the columns of the header's params."""
    repository: Any = REPOSITORIES[name]
    table = repository.INSERT.path.stem
    source = Path(repository.mapper.__file__).read_text(encoding="utf-8")
    for verb in ("insert", "update"):
        params = [param.name for param in CATALOGUE[f"{table}.{verb}"].params]
        argument, body = source.split(f"def {verb}_args(")[1].split(":", 1)
        passed = re.findall(rf"^        .*?\b{argument}\.(\w+)", body.split("    )\n")[0], re.MULTILINE)
        renamed = {"version": "expected_version", "customer_id": "user_id"}
        assert [renamed.get(name, name) for name in passed] == params, f"{table}.{verb}"


def test_every_statement_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    used = set(re.findall(r'statement\(\s*"([^"]+)"', source))
    forms = {or_fail_name(name) for name in used} & CATALOGUE.keys()
    sent = {
        form.name
        for repository in REPOSITORIES.values()
        for form in (repository.INSERT_OR_FAIL, getattr(repository, "UPDATE_OR_FAIL", None))
        if form is not None
    }
    assert sent <= forms
    assert used | forms == set(CATALOGUE)
