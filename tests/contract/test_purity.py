"""Every command of every aggregate is pure: asked twice it answers the same, and changes nothing it is given.

That is what lets ``apply`` give a command to the fresh aggregate when it was made for an older one.
"""

from __future__ import annotations

import copy
import enum
import inspect
import itertools
import os
import random
import time
import types
import typing
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.constants import NOW, TENANT
from tests.support.subjects import FACTORIES
from ventros.demo.seed import Seed
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.encryption import Encryptor, KeyRing, Secret
from ventros.kernel.errors import VentrosError
from ventros.kernel.ids import new_id
from ventros.kernel.repository.origin import LOADED
from ventros.testing.factory import Factory, Refs

TEXTS = {
    "email": "ada@example.org",
    "phone": "+5511999990000",
    "url": "https://example.org/hook",
    "color": "#336699",
    "color_hex": "#336699",
    "label_id": "1",
    "id": "1",
}
"""By the name of what takes it."""
MOMENTS = (NOW + timedelta(hours=1), NOW + timedelta(days=900))
IDS = tuple(UUID(int=number) for number in range(1, 4))

Command = Callable[..., Any]
STEPS = {"with_reencrypted"}
"""Of a command, and public for those who override it."""


def commands(aggregate: type) -> dict[str, Command]:
    """Its own public methods that are given a time and return a new instance."""
    return {
        name: method
        for name, method in inspect.getmembers(aggregate, inspect.isfunction)
        if not name.startswith("_") and not hasattr(AggregateRoot, name) and name not in STEPS
        if "now" in inspect.signature(method).parameters
        if "Self" in str(method.__annotations__["return"])
    }


class Pool:
    """Values by type, found in the fields of aggregates that were drawn, or built of such."""

    def __init__(self, drawn: Iterable[object], chance: random.Random) -> None:
        self._chance = chance
        self._values: defaultdict[type, list[Any]] = defaultdict(list)
        for member in drawn:
            self._collect(member)

    def _collect(self, value: Any) -> None:
        self._values[type(value)].append(value)
        parts: Iterable[object] = ()
        if attrs.has(type(value)):
            parts = [getattr(value, field.name) for field in attrs.fields(type(value))]
        elif isinstance(value, Mapping):
            parts = value.values()
        elif isinstance(value, list | tuple | frozenset):
            parts = value
        for part in parts:
            self._collect(part)

    def value(self, wanted: Any, name: str = "") -> Any:
        """Raises ValidationError when a value was built that is none."""
        if wanted is str and name in TEXTS:
            return TEXTS[name]
        origin, args = typing.get_origin(wanted), typing.get_args(wanted)
        if origin in {typing.Union, types.UnionType}:
            return self.value(self._chance.choice(args))
        if origin is Secret:
            return Secret(self.value(*args))
        if origin is tuple and args[-1] is not Ellipsis:
            return tuple(map(self.value, args))
        if origin in {Iterable, Sequence, tuple}:
            return (self.value(args[0]),)
        if origin in {Mapping, dict}:
            return {self.value(str): self.value(str)}
        choices = [values for values in (self._values[wanted], FIXED.get(wanted, ())) if values]
        if not choices:
            return self._built(wanted)
        return self._chance.choice(self._chance.choice(choices))

    def _built(self, wanted: Any) -> Any:
        if issubclass(wanted, enum.Enum):
            return self._chance.choice(list(wanted))
        hints = typing.get_type_hints(wanted)
        return wanted(
            **{
                field.alias: self.value(hints[field.name], field.name)
                for field in attrs.fields(wanted)
                if field.init
            }
        )


FIXED: dict[Any, tuple[Any, ...]] = {
    str: ("Ada", "Alice", "message.received"),
    datetime: MOMENTS,
    UUID: IDS,
    int: (0, 1, 2, 30),
    bool: (True, False),
    float: (0.0, 0.5),
    type(None): (None,),
    Encryptor: (KeyRing(writer="test", keys={"test": bytes(32)}),),
    Any: ("Ada", 1, None, {"a": [1]}),
}


@attrs.frozen
class Refused:
    """A command's other answer."""

    kind: type[VentrosError]
    text: str


def answer(monkeypatch: pytest.MonkeyPatch, command: Command, aggregate: object, args: Any) -> Any:
    """What it returns, or the error; ids come out the same each time, times and dice do not."""
    numbers: Iterator[int] = itertools.count(1)
    with monkeypatch.context() as patched:
        patched.setattr(os, "urandom", lambda size: next(numbers).to_bytes(size, "big"))
        patched.setattr(time, "time_ns", lambda: 0)
        try:
            return command(aggregate, **args)
        except VentrosError as error:
            return Refused(type(error), str(error))


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.resource)
def test_every_command_is_pure(factory: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = Seed(TENANT, "acme-phone", new_id(), new_id(), new_id(), str(new_id()))
    refs: Refs = defaultdict(new_id)
    kind = type(factory.new(seed, refs))
    asked = commands(kind)
    succeeded: set[str] = set()

    @given(drawn=st.tuples(*[factory.fields(seed, refs)] * 2), number=st.integers(0, 10**9))
    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(drawn: tuple[dict[str, Any], ...], number: int) -> None:
        new = factory.new(seed, refs)
        one, other = (attrs.evolve(new, **fields, domain_events=()) for fields in drawn)
        chance = random.Random(number)
        pool = Pool([new, one, other], chance)
        states = [new, one]
        for state in states:
            object.__setattr__(state, "_origin", LOADED)
        for name, command in chance.sample(list(asked.items()), len(asked)):
            state = chance.choice(states)
            try:
                args = arguments(pool, command, state)
            except VentrosError:
                continue
            result = asked_twice(monkeypatch, name, command, state, args)
            if result is not None:
                succeeded.add(name)
                if isinstance(result, kind):
                    assert result._origin is LOADED, f"{name} forgets where the instance came from"
                    states.append(result)

    ask()
    print(f"{factory.resource}: {len(asked)} commands, {len(succeeded)} seen to succeed, 0 impure")
    assert len(succeeded) >= 0.5 * len(asked), asked.keys() - succeeded  # drawn at random: most are


def arguments(pool: Pool, command: Command, state: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(command)
    for name, hint in hints.items():
        if isinstance(hint, typing.TypeVar):  # the step of a campaign, which its base leaves open
            (hints[name],) = typing.get_args(type(state).__orig_bases__[0])
    given_ = {
        name: pool.value(hints[name], name) for name in inspect.signature(command).parameters if name in hints
    }
    if "step_ids" in given_:
        given_["step_ids"] = [step.id for step in state.steps][::-1]
    return given_


def asked_twice(
    monkeypatch: pytest.MonkeyPatch, name: str, command: Command, state: object, args: dict[str, Any]
) -> Any:
    """What it returns, None when it refuses."""
    given_ = (state, {arg: value for arg, value in args.items() if arg != "encryptor"})
    before = copy.deepcopy(given_)
    first = answer(monkeypatch, command, state, args)
    second = answer(monkeypatch, command, state, args)
    assert first == second, f"{name} answers differently when it is asked again"
    assert given_ == before, f"{name} changes what it is given"
    return None if isinstance(first, Refused) else first


@pytest.mark.parametrize(
    "impure",
    [
        lambda _state, *, now: (now, datetime.now(UTC)),
        lambda _state, *, now: (now, random.random()),
        lambda state, *, now: state.append(now),
    ],
    ids=["clock", "dice", "change"],
)
def test_control_an_impure_command_is_found(impure: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError):
        asked_twice(monkeypatch, "impure", impure, [], {"now": NOW})
