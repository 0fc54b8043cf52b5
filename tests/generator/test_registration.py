"""A repository is put into a unit of work that somebody has edited."""

from __future__ import annotations

import pytest

from ventros.generator.registration import registered
from ventros.kernel.errors import ConfigurationError

SOURCE = '''"""The unit of work."""

from __future__ import annotations

from shop.orders.repository import OrderRepository
from ventros.kernel.transaction.held import Held

SPARE = 1


class UnitOfWork:
    """Mine."""

    orders = Held(OrderRepository)

    def total(self) -> int:
        return 1


class Other:
    pass
'''


def test_it_is_the_last_line_of_the_class_and_nothing_else_changes() -> None:
    made = registered(SOURCE, "UnitOfWork", "notes", "shop.notes.repository", "NoteRepository")
    before, after = SOURCE.splitlines(), made.splitlines()
    assert after[after.index("        return 1") + 1] == "    notes = Held(NoteRepository)"
    assert "from shop.notes.repository import NoteRepository" in after
    added = {"    notes = Held(NoteRepository)", "from shop.notes.repository import NoteRepository"}
    held = "from ventros.kernel.transaction.held import Held"
    assert [line for line in after if line not in added | {held}] == [line for line in before if line != held]
    compile(made, "unit_of_work.py", "exec")


def test_what_cannot_be_registered_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="there is no class Unit to hold"):
        registered(SOURCE, "Unit", "notes", "shop.notes.repository", "NoteRepository")
    with pytest.raises(ConfigurationError, match="has orders already"):
        registered(SOURCE, "UnitOfWork", "orders", "shop.orders.repository", "OrderRepository")
