"""A list goes on where it ended, by a column of whichever type it is sorted by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventros.kernel.errors import ValidationError
from ventros.kernel.ids import new_id
from ventros.kernel.lists.cursors import Cursors
from ventros.kernel.lists.query import SortKey
from ventros.kernel.statements.types import TYPES
from ventros.testing.strategies import STRATEGIES

SORTABLE = [name for name, type_ in TYPES.items() if type_.sortable]
CURSORS = Cursors.of("things")


@pytest.mark.parametrize("type_name", SORTABLE)
@given(data=st.data())
def test_the_last_value_is_read_as_it_was_written(type_name: str, data: st.DataObject) -> None:
    kind = TYPES[type_name].python
    value = data.draw(STRATEGIES[type_name].filter(lambda value: isinstance(value, kind)))
    id_ = new_id()
    key = SortKey(type_name, nullable=True)
    assert CURSORS.read(CURSORS.write(value, id_), key) == (value, id_)
    assert CURSORS.read(CURSORS.write(None, id_), key) == (None, id_)


@pytest.mark.parametrize("type_name", SORTABLE)
def test_a_value_of_another_type_is_damage(type_name: str) -> None:
    with pytest.raises(ValidationError, match="is damaged"):
        CURSORS.read(CURSORS.write(["x"], new_id()), SortKey(type_name))
