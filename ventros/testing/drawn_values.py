"""Values that every column of a type must bear, for the factories' ``fields``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from types import NoneType
from typing import Any, get_args
from uuid import UUID

from hypothesis import strategies as st

from ventros.kernel.encryption import EncryptedValue
from ventros.kernel.statements.types import TYPES
from ventros.testing.strategies import STRATEGIES, json_values

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

texts = STRATEGIES["text"].filter(bool)
"""Not empty; all of Unicode that PostgreSQL's text can hold."""

times = st.integers(0, 7_000_000_000_000_000).map(lambda micros: EPOCH + timedelta(microseconds=micros))
"""Aware, to the microsecond."""

uuids = st.uuids(allow_nil=False)

counts = st.integers(min_value=0, max_value=2**31 - 1)
"""Of an integer column."""

tags = st.lists(texts, max_size=4, unique=True).map(tuple)

json_objects = st.dictionaries(texts, json_values, max_size=4)
"""What a jsonb object column gives back as it was."""


encrypted_values = st.builds(
    EncryptedValue,
    key_id=st.from_regex(r"[A-Za-z0-9_-]{1,32}", fullmatch=True),
    nonce=st.binary(min_size=12, max_size=12),
    ciphertext=st.binary(min_size=17, max_size=60),
)
"""Of the right form; no key opens them."""


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Or None, which must be stored as NULL."""
    return st.none() | strategy


NARROWER: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    datetime: times,
    int: counts,
    bool: st.booleans(),
    tuple[str, ...]: tags,
    dict[str, Any]: json_objects,
    EncryptedValue: encrypted_values,
}
"""What the CHECKs of our columns allow of a type."""
BY_TYPE = {
    TYPES[name].python: strategy
    for name, strategy in STRATEGIES.items()
    if TYPES[name].python not in {UUID, object}  # an id refers to a row; a document is told by its annotation
} | NARROWER


def of_type(annotation: Any) -> st.SearchStrategy[Any] | None:
    """Any value of the annotated type, None for a type that has no such strategy."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    inner = set(get_args(annotation)) - {NoneType}
    if NoneType in get_args(annotation) and len(inner) == 1:
        present = of_type(inner.pop())
        return None if present is None else maybe(present)
    return BY_TYPE.get(annotation)
