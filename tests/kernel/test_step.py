"""A step is refused when its statement could not find what is due."""

from __future__ import annotations

import attrs
import pytest

from tests.support.scheduling import STEP, expire
from ventros.kernel.errors import ConfigurationError, ValidationError
from ventros.kernel.statements import Column
from ventros.kernel.step import Step
from ventros.statements import statement


@pytest.mark.parametrize(
    "changed",
    [
        {"role": "app"},
        {"rows": "maybe"},
        {"returns": "id uuid, tenant_id text"},
        {"params": (*STEP.find_due.params[:3], Column("most", "bigint"))},
    ],
)
def test_a_statement_of_another_form_is_named(changed: dict[str, object]) -> None:
    find_due = attrs.evolve(STEP.find_due, **changed)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"sessions\.sql:\d+: sessions\.find_timed_out .* role: sch"):
        Step(name="expire_sessions", find_due=find_due, work=expire)


def test_work_is_a_function() -> None:
    with pytest.raises(ValidationError, match="work must be a function"):
        Step(name="expire_sessions", find_due=statement("sessions.find_timed_out"), work=7)  # type: ignore[arg-type]
