"""Sequence, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros.automation.sequences.aggregate import Sequence, SequenceStep
from ventros.automation.sequences.values import TriggerType
from ventros.automation.values import DelayUnit, MessageTemplate, StepCondition, TemplateType
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import maybe, texts
from ventros.testing.factory import Factory, Refs
from ventros.values import MediaUrl

STEP_IDS = [UUID(int=number) for number in range(1, 5)]
"""Few, so that a save finds steps to keep, to change, to swap, to add and to remove."""

templates = st.builds(
    MessageTemplate,
    type=st.sampled_from(TemplateType),
    content=texts,
    template_id=maybe(texts),
    variables=st.dictionaries(texts, texts, max_size=3),
    media_url=maybe(st.from_regex(r"https://[a-z]{1,9}\.example/[a-z]{1,9}", fullmatch=True).map(MediaUrl)),
) | st.builds(MessageTemplate, type=st.sampled_from(TemplateType), template_id=texts)

conditions = st.lists(
    st.builds(
        StepCondition,
        type=st.sampled_from(["tag", "custom_field"]),
        operator=st.sampled_from(["equals", "not_equals", "contains"]),
        value=texts,
        field=texts,
    ),
    max_size=2,
).map(tuple)

steps = st.builds(
    SequenceStep,
    id=st.sampled_from(STEP_IDS),
    position=st.integers(0, 5),
    name=texts,
    delay_amount=st.integers(0, 10**6),
    delay_unit=st.sampled_from(DelayUnit),
    message_template=templates,
    conditions=conditions,
    created_at=st.just(NOW),
)


def step(position: int, name: str) -> SequenceStep:
    return SequenceStep(
        position=position,
        name=name,
        delay_amount=position,
        delay_unit=DelayUnit.DAYS,
        message_template=MessageTemplate(type=TemplateType.TEXT, content="Hello"),
        created_at=NOW,
    )


def new(seed: Seed, _refs: Refs) -> Sequence:
    sequence = Sequence.create(
        tenant_id=seed.tenant, name="Welcome", trigger_type=TriggerType.TAG_ADDED, now=NOW
    )
    return sequence.add_step(step(0, "first"), now=NOW).add_step(step(1, "second"), now=NOW)


def overrides(_seed: Seed, _refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "description": maybe(texts).map(lambda text: text or ""),
            "steps": st.lists(
                steps, max_size=4, unique_by=(lambda step: step.id, lambda step: step.position)
            ).map(lambda drawn: tuple(sorted(drawn, key=lambda step: step.position))),
        }
    )


def change(sequence: Sequence, now: datetime) -> Sequence:
    return sequence.rename(f"Welcome {new_id()}", now=now)


def change_child(sequence: Sequence, now: datetime) -> Sequence:
    first = sequence.steps[0]
    return sequence.replace_step(first.id, attrs.evolve(first, name=f"first {new_id()}"), now=now)


FACTORY = Factory(
    resource="sequence",
    new=new,
    overrides=overrides,
    change=change,
    change_child=change_child,
    fixed=frozenset({"trigger_type"}),
)
