"""A list is put together at import, or refused there."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from tests.support.library import LIBRARY
from ventros import VentrosError
from ventros.kernel.lists import ListQuery


def test_a_filter_without_its_condition_is_found_at_import() -> None:
    contacts: ListQuery[Any, Any] = LIBRARY.list_queries["contacts"]
    with pytest.raises(VentrosError, match="contacts: the filter's fields"):
        attrs.evolve(contacts, conditions=contacts.conditions[1:])
