"""What the server says of a statement, beside what its header says."""

from __future__ import annotations

from typing import Any

import asyncpg

from tests.support.repositories import REPOSITORIES
from ventros.kernel.statements import Statement, columns


async def faults(driver: asyncpg.Connection[Any], statement: Statement) -> list[str]:
    """Where the server's description of the statement differs from the header."""
    prepared = await driver.prepare(statement.text)
    disagreements = []
    said = [await oid(driver, param.type) for param in statement.params]
    real = [param.oid for param in prepared.get_parameters()]
    if said != real:
        disagreements.append(f"{statement.name}: params: {said} are not the server's {real}")
    attributes = [(attribute.name, attribute.type.oid) for attribute in prepared.get_attributes()]
    repository = REPOSITORIES.get(statement.returns)
    if repository:
        names = [name for name, _ in attributes]
        if tuple(names) != tuple(repository.mapper.COLUMNS):
            disagreements.append(
                f"{statement.name}: columns {names} are not those of the {statement.returns} mapper"
            )
    else:
        expected = [(column.name, await oid(driver, column.type)) for column in columns(statement.returns)]
        if expected != attributes:
            disagreements.append(f"{statement.name}: returns: {expected} is not the server's {attributes}")
    return disagreements


async def oid(driver: asyncpg.Connection[Any], type_name: str) -> int | None:
    type_oid: int | None = await driver.fetchval("SELECT to_regtype($1)::oid", type_name)
    return type_oid
