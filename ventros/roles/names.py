"""The five roles of a database, and what they are called there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import attrs

from ventros.kernel.errors import ConfigurationError

OWNER: Final = "ventros_owner"
APP: Final = "ventros_app"
RELAY: Final = "ventros_relay"
SCHEDULER: Final = "ventros_scheduler"
AUDITOR: Final = "ventros_auditor"

_DEFAULT_NAME = re.compile(r"(?<= TO )ventros_(owner|app|relay|scheduler|auditor)\b")


@attrs.frozen(kw_only=True)
class Roles:
    """Their names. Raises ConfigurationError when one is given to two of them, or is empty.

    The owner migrates; the app is what services log in as, for one tenant at a time; relay and scheduler work
    for all tenants, each with its own statements; the auditor reads.
    """

    owner: str = OWNER
    app: str = APP
    relay: str = RELAY
    scheduler: str = SCHEDULER
    auditor: str = AUDITOR

    def __attrs_post_init__(self) -> None:
        taken: dict[str, str] = {}
        for kind, name in attrs.asdict(self).items():
            if not name:
                raise ConfigurationError(f"the role {kind} has no name")
            if name in taken:
                raise ConfigurationError(
                    f"{name} is to be both {taken[name]} and {kind}: each needs a role of its own, for what "
                    "one may do the other must not"
                )
            taken[name] = kind

    def kind(self, name: str) -> str:
        """What the role of that name is: app, relay."""
        return next(kind for kind, one in attrs.asdict(self).items() if one == name)

    @property
    def granted(self) -> tuple[str, ...]:
        """The names of those that have what ``grants.sql`` says, and nothing else."""
        return (self.app, self.relay, self.scheduler, self.auditor)

    @property
    def all(self) -> tuple[str, ...]:
        """Every name, the owner's first."""
        return (self.owner, *self.granted)

    def named_in(self, grants: str, quote: Callable[[str], str]) -> str:
        """The text of a ``grants.sql``, which has the default names, with these.

        ``quote`` makes an identifier of a name that is not the default one.
        """

        def named(match: re.Match[str]) -> str:
            name: str = getattr(self, match[1])
            return name if name == match[0] else quote(name)

        return _DEFAULT_NAME.sub(named, grants)


DEFAULT: Final = Roles()
