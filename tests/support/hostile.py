"""Calls public methods with values that no signature asks for, and tells what is raised beside our errors."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros import Settings, Telemetry, VentrosError
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.database import UnitOptions
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import CommitMarker
from ventros.kernel.retry import Retry
from ventros.kernel.transaction.unit_of_work import UnitKeywords
from ventros.values import Email, Phone

Choices = Mapping[str, tuple[Any, ...]]
"""What a parameter takes, by its name or its annotation."""


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def same(value: Any, *_: Any, **__: Any) -> Any:
    return value


async def nothing(*_: Any) -> None:
    return None


LEFT_OUT = object()
FUNCTIONS = {"use_case", "command", "change", "on_conflict"}
Arguments = tuple[list[Any], dict[str, Any], int]
"""By position, by name, and how many of them are hostile."""


FIXED: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, 10**400, 10**5000, 1.5, 0.0, float("inf"), float("nan")),
    *("", "5", "update", "acme", "a\x00b", "\ud800", "x" * 100_000, "%", "postgresql://u:p@h:1:2/x"),
    *("postgresql://u:p@localhost:99999/x", "postgresql://h1:1,h2:2/x", str(new_id()), b"", b"\xff"),
    *([], [None], [[]], ["\ud800"], ["a", 1], [1.5], (), {}, {"a": float("inf")}, {1: 2}, set(), {1, "a"}),
    *(nested(300), nested(5000), {"a": nested(5000)}, object(), object, Contact, len, same, ...),
    *(UUID(int=0), new_id(), [new_id()], [str(new_id())], NOW, NOW.replace(tzinfo=None), date(2026, 1, 1)),
    *(
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=NOW.tzinfo),
        timedelta(1),
        Decimal("NaN"),
        Decimal(1),
    ),
    *(Phone("5511999990000"), Email("a@b.example"), Retry(), Settings(), Telemetry(), ValueError("x"), 1j),
    *(CommitMarker("acme", new_id()), CommitMarker("", None), CommitMarker(5, "x")),  # type: ignore[arg-type]
)
DRAWN = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.integers(),
    st.floats(),
    st.binary(max_size=20),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(st.characters(exclude_categories=()), max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
)
HOSTILE = st.sampled_from(FIXED) | DRAWN
NAMED: Choices = {
    "tenant": ("acme",),
    "deadline": (5.0,),
    "use_case": (nothing,),
    "command": (same,),
    "change": (same,),
    "lock": ("share", "update", None),
    "nowait": (False, True),
    "skip_locked": (False,),
    "isolation": (None, "serializable"),
    "timeout": (None, 5.0),
    "filter": (None,),
    "sort": (None,),
    "after": (None,),
    "direction": (None,),
    "expected_version": (None, 1),
    "attempts": (None, 2),
    "retry": (None, Retry(attempts=2)),
    "on_conflict": (None,),
    "actor": (None, "user:1"),
    "settings": (None,),
    "telemetry": (Telemetry(),),
    "marker": (CommitMarker("acme", new_id()),),
    "events": ((),),
}
TYPED: Choices = {
    "UUID": (new_id(),),
    "datetime": (NOW,),
    "int": (1,),
    "bool": (True, False),
    "str": ("text",),
}


def parameters(method: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """What it can be given; the options of a unit of work one by one."""
    found = dict(inspect.signature(method).parameters)
    for name, parameter in list(found.items()):
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            del found[name]
            if "Unpack" in str(parameter.annotation):
                by_name = inspect.Parameter.KEYWORD_ONLY
                typed = UnitKeywords if "UnitKeywords" in str(parameter.annotation) else UnitOptions
                for option in typed.__annotations__:
                    found.setdefault(option, inspect.Parameter(option, by_name, default=LEFT_OUT))
    return found


def methods(owner: Any) -> dict[str, Callable[..., Any]]:
    """The public ones, those inherited too, that take anything."""
    members = inspect.getmembers_static(type(owner))
    found = {
        name: getattr(owner, name)
        for name, member in members
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, classmethod))
    }
    return {name: method for name, method in found.items() if parameters(method)}


def fitting(name: str, parameter: inspect.Parameter, choices: Choices) -> st.SearchStrategy[Any]:
    annotation = str(parameter.annotation).removesuffix(" | None")
    for key, known in ((name, choices), (annotation, choices), (name, NAMED), (annotation, TYPED)):
        if key in known:
            return st.sampled_from(known[key])
    return HOSTILE if parameter.default is inspect.Parameter.empty else st.just(parameter.default)


@st.composite
def calls(draw: st.DrawFn, method: Callable[..., Any], choices: Choices) -> Arguments:
    """Arguments of which one, two or three are hostile."""
    taken = parameters(method)
    names = sorted(taken)
    hostile = {draw(st.sampled_from(names))}
    if draw(st.booleans()):
        hostile |= draw(st.sets(st.sampled_from(names), max_size=2))
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for name, parameter in taken.items():
        values = HOSTILE if name in hostile else fitting(name, parameter, choices)
        if name in FUNCTIONS:  # what a function of the caller's raises is the caller's
            values = values.filter(lambda value: not callable(value) or value in {same, nothing})
        value = draw(values)
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            args.append(value)
        elif value is not LEFT_OUT:
            kwargs[name] = value
    return args, kwargs, len(hostile)


async def settle(result: Any) -> None:
    """Await ``result``; enter it, or what it was awaited for."""
    if isinstance(result, Awaitable):
        result = await result
    if isinstance(result, contextlib.AbstractAsyncContextManager):
        async with result:
            pass


Call = Callable[[str, list[Any], dict[str, Any]], Coroutine[Any, Any, None]]


@attrs.define
class Tally:
    """``raw`` counts what is none of our errors, by method and kind; ``examples`` has a call for each."""

    seed: int
    calls: Counter[str] = attrs.field(factory=Counter)
    values: int = 0
    refused: int = 0
    raw: Counter[str] = attrs.field(factory=Counter)
    examples: dict[str, str] = attrs.field(factory=dict)

    def drive(
        self,
        runner: asyncio.Runner,
        owner: str,
        chosen: Mapping[str, Callable[..., Any]],
        call: Call,
        choices: Choices,
        examples: int,
    ) -> None:
        """Each method with so many sets of arguments, by ``call``."""
        for name, method in chosen.items():

            def ask(arguments: Arguments, name: str) -> None:
                args, kwargs, hostile = arguments
                self.calls[f"{owner}.{name}"] += 1
                self.values += hostile
                try:
                    runner.run(call(name, args, kwargs))
                except VentrosError:
                    self.refused += 1
                except Exception as error:  # noqa: BLE001 - this is what is sought
                    kind = f"{owner}.{name}: {type(error).__name__}"
                    self.raw[kind] += 1
                    self.examples.setdefault(kind, f"{_safe(error):.150} <- {_safe((args, kwargs)):.300}")

            drawn = given(arguments=calls(method, choices), name=st.just(name))(ask)
            bounds = settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            bounds(seed(self.seed + len(self.calls))(drawn))()


def _safe(value: object) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - as of an int of 5,000 digits
        return f"<{error}>"
