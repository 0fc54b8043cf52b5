"""What the tests of an application need: databases, the contract of repositories, checks of statements.

The fixtures are in the pytest plugin, which pytest finds by itself; see docs/testing.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ventros.testing.budget import RoundTrips
    from ventros.testing.contracts import contract
    from ventros.testing.factory import Factory
    from ventros.testing.one_transaction import RolledBackDatabase, rolled_back
    from ventros.testing.statements import check_statements
    from ventros.testing.subject import Subject

__all__ = [
    "Factory",
    "RolledBackDatabase",
    "RoundTrips",
    "Subject",
    "check_statements",
    "contract",
    "rolled_back",
]

_MODULES: Final = {
    "contract": "contracts",
    "check_statements": "statements",
    "Factory": "factory",
    "RolledBackDatabase": "one_transaction",
    "rolled_back": "one_transaction",
    "RoundTrips": "budget",
    "Subject": "subject",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Loaded when asked for: pytest imports the plugin also where nobody uses it."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - as above

        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
