"""Cursors: where the next page of a list starts."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Self
from uuid import UUID

import attrs
import msgspec

from ventros.kernel.errors import ValidationError
from ventros.kernel.lists.query import SortKey


@attrs.frozen
class Cursors:
    """Writes and reads cursors of one list: opaque, but no secret; they hold the last row's sort value."""

    fingerprint: str

    @classmethod
    def of(cls, *identity: object) -> Self:
        """All that makes it this list and no other."""
        return cls(hashlib.sha256(msgspec.json.encode(identity)).hexdigest()[:12])

    def write(self, value: object, id: UUID) -> str:
        """The cursor after the row with that id; ``value`` is what the row has in the column of the order."""
        return base64.urlsafe_b64encode(msgspec.json.encode((self.fingerprint, value, id))).decode()

    def read(self, cursor: str, key: SortKey) -> tuple[Any, UUID]:
        """The last row's sort value, of the type of ``key``, and its id.

        Raises ValidationError for a cursor that is damaged, or of another list, filter or order.
        """
        value_type = key.python | None if key.nullable else key.python
        kind = tuple[str, value_type, UUID]  # type: ignore[valid-type]
        try:
            fingerprint, value, id_ = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=kind)
        except (ValueError, TypeError) as error:
            raise self._refused("is damaged") from error
        if fingerprint != self.fingerprint:
            raise self._refused("belongs to another list, filter or order")
        return value, id_

    @staticmethod
    def _refused(fault: str) -> ValidationError:
        return ValidationError(
            f"the cursor {fault}; pass on Page.next as it came, with the same filter and order, or none to "
            "start again",
            field="after",
        )
