"""Where the custom fields of contacts are kept: beside the contact, outside of its version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from ventros.crm.contacts import mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import Conflict, InvariantViolation, MappingError, NotFound, ValidationError
from ventros.kernel.ids import new_id
from ventros.kernel.repository import EntityRepository
from ventros.kernel.validators import instance_of
from ventros.statements import statement
from ventros.values import CustomField

if TYPE_CHECKING:
    import asyncpg

FIND_LIMIT = 100
"""How many contacts of one value are read at most, unless told: a yes or no may be shared by most of them."""


class ContactCustomFields(EntityRepository[Contact]):
    """One field to a key and contact. No event tells of it, and the contact's version stays."""

    resource = "contact"
    mapper = mapper
    TABLE = statement.table("contacts")
    STANDARD = ()

    SET = statement("contact_custom_fields.set")
    TYPE = statement("contact_custom_fields.get_type")
    GET = statement("contact_custom_fields.get")
    REMOVE = statement("contact_custom_fields.remove")
    MOVE = statement("contact_custom_fields.move")
    FIND_BY_CUSTOM_FIELD = statement("contacts.find_by_custom_field")

    async def set(self, contact_id: UUID, field: CustomField, *, now: datetime) -> bool:
        """Whether anything changed. Of two writers the later wins; a removed field may come back.

        Raises NotFound when there is no such contact, InvariantViolation when the field is there with
        another type: remove it first.
        """
        instance_of(CustomField, field, "field")
        return bool(await self.set_all(contact_id, [field], now=now))

    async def set_all(
        self, contact_id: UUID, fields: Sequence[CustomField], *, now: datetime
    ) -> tuple[CustomField, ...]:
        """Those of several that changed something, in one round trip; raises as :meth:`set` does.

        Then some of them may be set, and the unit has to be rolled back. ValidationError for one key twice.
        """
        calls = self.setting(contact_id, fields, now=now)
        changed = []
        for field, written in zip(fields, await self.connection.together(calls), strict=True):
            if written:
                changed.append(field)
            else:
                await self._expect(contact_id, field)
        return tuple(changed)

    def setting(self, contact_id: UUID, fields: Sequence[CustomField], *, now: datetime) -> list[Call]:
        """What sets them, to be sent with other calls; what it answers says nothing of a wrong type."""
        instance_of(Sequence, fields, "fields")
        for field in fields:
            instance_of(CustomField, field, "fields")
        if len({field.key for field in fields}) != len(fields):
            raise ValidationError("fields must not hold one key twice", field="fields")
        return [
            Call(
                self.SET,
                ((self.tenant, new_id(), contact_id, field.key, field.field_type, field.json_value, now),),
            )
            for field in sorted(fields, key=lambda field: field.key)
        ]

    async def _expect(self, contact_id: UUID, field: CustomField) -> None:
        """That a field which was not written is there already; a second statement sees what stood there."""
        row = await self.connection.maybe(self.TYPE, self.tenant, contact_id, field.key)
        if row is None:
            raise NotFound(self.resource, contact_id)
        if row["field_type"] is None:
            raise Conflict(
                f"contact {contact_id}, or its custom field, was changed by somebody else just now; try again"
            )
        if row["field_type"] != field.field_type:
            raise InvariantViolation(
                f"the custom field is of type {row['field_type']}, the new value of type "
                f"{field.field_type}; remove the field of contact {contact_id} first"
            )

    async def get(self, contact_id: UUID) -> dict[str, CustomField]:
        """By key, in the order of the keys; empty for a contact that is not there.

        Raises MappingError when a stored value is not of its type.
        """
        rows = await self.connection.many(self.GET, self.tenant, contact_id)
        return {row["field_key"]: _field(row, contact_id) for row in rows}

    async def remove(self, contact_id: UUID, field_key: str, *, now: datetime) -> bool:
        """Whether there was such a field."""
        return bool(await self.connection.affected(self.REMOVE, self.tenant, contact_id, field_key, now))

    async def move(self, merged_contact_id: UUID, surviving_contact_id: UUID) -> int:
        """How many fields of the merged contact are now the surviving one's, whose own stand."""
        return await self.connection.affected(self.MOVE, self.tenant, merged_contact_id, surviving_contact_id)

    async def find_by_custom_field(self, field: CustomField, *, limit: int = FIND_LIMIT) -> list[Contact]:
        """The live contacts that have this very field: key, type and value; the oldest first."""
        instance_of(CustomField, field, "field")
        rows = await self.connection.many(
            self.FIND_BY_CUSTOM_FIELD, self.tenant, field.key, field.field_type, field.json_value, limit
        )
        return [self.load(row) for row in rows]


def _field(row: asyncpg.Record, contact_id: UUID) -> CustomField:
    try:
        return CustomField.from_json(*row)
    except ValidationError as error:
        raise MappingError(
            f"a stored custom field of contact {contact_id} is not valid: {error}; mend or delete the row"
        ) from error
