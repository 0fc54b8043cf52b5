"""The publishers that ``ventros relay --publisher`` knows by name; others are ``package.module:function``."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final

from ventros.kernel.database import Database
from ventros.kernel.errors import ConfigurationError
from ventros.relay.publisher import Destinations

Opener = Callable[[Database[Any], Mapping[str, Any]], AbstractAsyncContextManager[Destinations]]
"""What opens a publisher: given the relay's database and the options of the command line, by their names."""

PUBLISHERS: Final[Mapping[str, str]] = {
    "crm": "ventros.relay.crm:opened",
    "nats": "ventros.relay.nats:opened",
    "stdout": "ventros.relay.stdout:opened",
    "webhook": "ventros.relay.subscriptions:opened",
}


@asynccontextmanager
async def opened(
    names: Iterable[str], database: Database[Any], options: Mapping[str, Any]
) -> AsyncIterator[list[Destinations]]:
    """The destinations of each of the publishers, closed afterwards. Raises ConfigurationError for a name."""
    openers = [find(name) for name in dict.fromkeys(names)]
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(opener(database, options)) for opener in openers]


def find(name: str) -> Opener:
    """What opens the publisher of that name. Raises ConfigurationError when there is none."""
    module, _, function = PUBLISHERS.get(name, name).partition(":")
    if not function:
        raise ConfigurationError(
            f"there is no publisher {name!r}: name one of {', '.join(PUBLISHERS)}, or package.module:function"
        )
    try:
        opener: Opener | None = getattr(importlib.import_module(module), function, None)
    except ModuleNotFoundError as error:
        if not f"{module}.".startswith(f"{error.name}."):
            raise  # one of its own needs
        raise ConfigurationError(f"there is no module {error.name} for the publisher {name}") from error
    if not callable(opener):
        raise ConfigurationError(f"{module} has no function {function} that opens a publisher")
    return opener
