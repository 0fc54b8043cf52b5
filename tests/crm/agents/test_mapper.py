"""What is written of an agent is read, and what is no agent is not read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from tests.support.agents import LATER, make_agent, make_system, make_virtual
from ventros.crm.agents import mapper
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import AgentStatus
from ventros.kernel.errors import ValidationError


def full_agent() -> Agent:
    """No field at its default that a human agent can set."""
    return attrs.evolve(
        make_agent(email="ada@acme.example", role="admin").clear_events(),
        status=AgentStatus.AWAY,
        active=False,
        config={"provider": "x"},
        permissions=frozenset({"b", "a"}),
        settings={"theme": "dark"},
        last_login_at=datetime(2026, 1, 3, tzinfo=UTC),
        updated_at=datetime(2026, 1, 4, tzinfo=UTC),
        deleted_at=datetime(2026, 1, 5, tzinfo=UTC),
    )


def test_what_the_mapper_writes_it_reads() -> None:
    ended = make_virtual(source_device="pixel", notes="n").end_virtual_period(LATER, now=LATER)
    agents = (make_agent(), full_agent(), make_virtual(), ended, make_system())
    for agent in [agent.clear_events() for agent in agents]:
        written = mapper.insert_args(agent)
        tenant_id, id_, *others = written
        assert mapper.from_row((id_, agent.version, tenant_id, *others)) == agent
        assert len(mapper.COLUMNS) == len(written) + 1


def test_an_update_writes_all_but_what_never_changes() -> None:
    agent = full_agent()
    inserted = dict(
        zip(("tenant_id", "id", *mapper.COLUMNS[3:]), mapper.insert_args(agent), strict=True),
        version=agent.version,
    )
    fixed = {"project_id", "user_id", "type", "created_at"}
    changing = [column for column in mapper.COLUMNS[3:] if column not in fixed]
    expected = tuple(inserted[column] for column in ("tenant_id", "id", "version", *changing))
    assert mapper.update_args(agent) == expected
    assert inserted["permissions"] == ["a", "b"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("type", "pigeon"),
        ("status", "asleep"),
        ("role", "king"),
        ("virtual_metadata", {"reason": "x"}),
        ("email", "ada"),
    ],
)
def test_a_row_that_is_no_agent_is_not_read(column: str, value: Any) -> None:
    tenant_id, id_, *others = mapper.insert_args(full_agent())
    row = [id_, 1, tenant_id, *others]
    row[mapper.COLUMNS.index(column)] = value
    with pytest.raises((ValidationError, LookupError)):
        mapper.from_row(row)


def test_a_bad_date_in_virtual_metadata_is_no_date() -> None:
    tenant_id, id_, *others = mapper.insert_args(make_virtual())
    row: list[Any] = [id_, 1, tenant_id, *others]
    at = mapper.COLUMNS.index("virtual_metadata")
    for bad in ("yesterday", "2026-01-02T03:04:05"):
        row[at] = {**row[at], "period_start": bad}
        with pytest.raises((ValidationError, ValueError)):
            mapper.from_row(row)
