"""How often a unit of work is run again."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from tests.support.constants import TENANT
from ventros import Database, OptimisticLockError, UnitOfWork, ValidationError
from ventros.demo.seed import Seed
from ventros.kernel.errors import SerializationFailure


async def test_attempts_and_deadline_bound_the_retries(db: Database[UnitOfWork]) -> None:
    runs = 0

    async def conflict(_: UnitOfWork) -> None:
        nonlocal runs
        runs += 1
        raise SerializationFailure

    for options, expected in (
        ({"attempts": 3}, range(3, 4)),
        ({"attempts": 1000, "deadline": 0.1}, range(2, 999)),
    ):
        runs = 0
        with pytest.raises(SerializationFailure):
            await db.run(TENANT, conflict, **options)
        assert runs in expected


@pytest.mark.parametrize(("expected_version", "runs"), [(7, 1), (None, 3)])
async def test_a_version_that_the_caller_expects_is_not_waited_for(
    db: Database[UnitOfWork], seed: Seed, expected_version: int | None, runs: int
) -> None:
    """Control: a conflict of what the unit itself has loaded is run again."""
    met: list[int] = []

    async def rename(uow: UnitOfWork) -> None:
        met.append(1)
        project = await uow.projects.get(seed.project_id, expected_version=expected_version)
        raise OptimisticLockError("project", project.id, 1, 2)

    with pytest.raises(OptimisticLockError) as caught:
        await db.run(TENANT, rename, attempts=3)
    assert (len(met), caught.value.retryable) == (runs, expected_version is None)
    assert pickle.loads(pickle.dumps(caught.value)).retryable is caught.value.retryable  # noqa: S301


async def succeed(_: UnitOfWork) -> str:
    return "done"


@pytest.mark.parametrize("field", ["attempts", "deadline"])
async def test_nothing_is_not_taken_for_not_said(db: Database[UnitOfWork], field: str) -> None:
    """No attempt at all is refused; a deadline of 0 allows one."""
    runs = 0

    async def conflict(_: UnitOfWork) -> None:
        nonlocal runs
        runs += 1
        raise SerializationFailure

    expected = ValidationError if field == "attempts" else SerializationFailure
    with pytest.raises(expected):
        await db.run(TENANT, conflict, **{field: 0})  # type: ignore[arg-type]
    assert runs == (0 if field == "attempts" else 1)


async def test_a_misspelt_option_is_found_by_mypy_and_by_name(db: Database[UnitOfWork]) -> None:
    """mypy would complain of the comments, were these calls right."""
    with pytest.raises(ValidationError, match="no option isolaton; did you mean isolation") as refused:
        await db.run(TENANT, succeed, isolaton="serializable")  # type: ignore[call-arg]
    assert refused.value.field == "isolaton"
    with pytest.raises(ValidationError, match="did you mean command_id"):
        db.unit_of_work(TENANT, comand_id=None)  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match="isolation level"):
        await db.run(TENANT, succeed, isolation="none")  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="read_only must be of type bool"):
        await db.run(TENANT, succeed, read_only="no")  # type: ignore[arg-type]
    assert await db.run(TENANT, succeed, isolation="serializable", actor="user:1", read_only=True) == "done"


async def test_what_is_no_use_case_is_refused(db: Database[UnitOfWork]) -> None:
    for use_case in ("succeed", None, lambda _: 5):
        with pytest.raises(ValidationError) as refused:
            await db.run(TENANT, use_case)  # type: ignore[arg-type]
        assert refused.value.field == "use_case"


async def test_an_id_given_as_text_costs_no_connection(db: Database[UnitOfWork]) -> None:
    async def connections() -> set[int]:
        drivers = [await db._pool.acquire(1) for _ in range(db.settings.max_size)]
        numbers = {driver.get_server_pid() for driver in drivers}
        for driver in drivers:
            await db._pool.give_back(driver, 1)
        return numbers

    before = await connections()
    for name in ("command_id", "correlation_id", "causation_id"):
        with pytest.raises(ValidationError) as refused:
            async with db.unit_of_work(TENANT, **{name: "01890000-0000-7000-8000-000000000000"}):  # type: ignore[arg-type]
                pass
        assert refused.value.field == name
    assert await connections() == before


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"unit_of_work": object}, "unit_of_work"),
        ({"unit_of_work": UnitOfWork, "settings": {"max_size": 5}}, "settings"),
        ({"unit_of_work": UnitOfWork, "telemetry": print}, "telemetry"),
    ],
)
async def test_what_no_database_can_be_opened_with_is_refused(
    dsn: str, options: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        await Database.open(dsn=dsn, **options)
    assert refused.value.field == field
