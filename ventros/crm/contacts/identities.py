"""By what WhatsApp knows a contact: the LIDs of a project, and the phone that each was paired with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

import attrs

from ventros.crm.contacts import mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import Conflict, ValidationError
from ventros.kernel.repository import EntityRepository
from ventros.kernel.validators import instance_of, require_indexable
from ventros.statements import statement
from ventros.values import Phone


def is_meant_by_lid(phone: Phone | None, contact_phone: object, paired_phone: str | None) -> bool:
    """Whether the contact of a LID, which has ``contact_phone``, is meant where nobody has the ``phone`` that
    was told with it: not if it has another one, unless the two were paired.
    """
    return phone is None or contact_phone is None or paired_phone == phone.value


@attrs.frozen(kw_only=True)
class Match:
    """Whom a phone and a LID, told together, mean.

    ``duplicate`` is the contact that was known by the LID alone, when another one has the phone: the two are
    one person, to be merged. ``remembered`` says that there is nothing to remember of the pair.
    """

    contact: Contact | None = None
    duplicate: Contact | None = None
    remembered: bool = False

    @classmethod
    def of(
        cls, phone: Phone | None, lid: str | None, found: Iterable[tuple[bool, str | None, Contact]]
    ) -> Self:
        """Of each contact that was ``found``: whether by the LID, and the phone that this is paired with."""
        value = None if phone is None else phone.value
        by_phone = by_lid = paired_phone = None
        for is_by_lid, told_phone, contact in found:
            if is_by_lid:
                by_lid, paired_phone = contact, told_phone
            else:
                by_phone = contact
        if by_lid is None or lid is None:
            return cls(contact=by_phone, remembered=lid is None)
        if value is None:
            return cls(contact=by_lid, remembered=True)
        if by_phone is None:
            known = is_meant_by_lid(phone, by_lid.phone, paired_phone)
            return cls(contact=by_lid if known else None, remembered=paired_phone == value)
        if by_phone.id == by_lid.id:
            return cls(contact=by_phone, remembered=paired_phone == value)
        return cls(contact=by_phone, duplicate=by_lid if by_lid.phone is None else None)


class ContactIdentities(EntityRepository[Contact]):
    """A LID names one contact of a project, and a phone has one LID. No event tells of it.

    A contact that has no phone is the LID's own: the phone comes to it, or it is merged. One that has a phone
    keeps what was attributed to it when its LID is paired with another phone: the LID goes to the contact of
    that phone, and nothing is unmerged.
    """

    resource = "contact"
    mapper = mapper
    TABLE = statement.table("contacts")
    STANDARD = ()

    MATCH = statement("contact_identities.match")
    REMEMBER = statement("contact_identities.remember")
    GET = statement("contact_identities.get")
    MOVE = statement("contact_identities.move")
    FORGET = statement("contact_identities.forget")

    async def find(self, project_id: UUID, phone: Phone | None, lid: str | None) -> Contact | None:
        """The live contact of the phone, else the one that the LID is known by; see :meth:`match`."""
        return (await self.match(project_id, phone, lid)).contact

    async def match(self, project_id: UUID, phone: Phone | None, lid: str | None) -> Match:
        """One round trip. The contact of a LID is not meant where it has a phone that is not this one, unless
        the two were paired.

        Raises ValidationError for a LID that is no number.
        """
        _check(phone, lid)
        value = None if phone is None else phone.value
        rows = await self.connection.many(self.MATCH, self.tenant, project_id, value, lid)
        return Match.of(phone, lid, [(row[0], row[1], self.read(row[2:])) for row in rows])

    async def match_many(
        self, project_id: UUID, pairs: Sequence[tuple[Phone | None, str | None]]
    ) -> list[Match]:
        """The match of each, all in one round trip; raises as :meth:`match` does."""
        instance_of(Sequence, pairs, "pairs")
        calls = []
        for pair in pairs:
            instance_of(tuple, pair, "pairs")
            phone, lid = pair
            _check(phone, lid)
            value = None if phone is None else phone.value
            calls.append(Call(self.MATCH, ((self.tenant, project_id, value, lid),)))
        answers = await self.connection.together(calls)
        return [
            Match.of(phone, lid, [(row[0], row[1], self.read(row[2:])) for row in rows])
            for (phone, lid), rows in zip(pairs, answers, strict=True)
        ]

    async def remember(
        self, project_id: UUID, contact_id: UUID, phone: Phone | None, lid: str | None, *, now: datetime
    ) -> None:
        """That the LID is the contact's, and paired with the phone, if one was told; ``now`` is when.

        Of two pairings of the LID, or of the phone, the newer wins, whichever comes first. Nothing is sent
        without a LID. Raises Conflict when a contact without a phone is known by the LID: it was made
        meanwhile, or is to be merged first; ReferenceNotFound when there is no such contact.
        """
        _check(phone, lid)
        if lid is None:
            return
        value = None if phone is None else phone.value
        key = (self.tenant, project_id, lid)
        if await self.connection.affected(self.REMEMBER, *key, value, contact_id, now):
            return
        row = await self.connection.maybe(self.GET, *key)
        known = phone is not None if row is None else row["contact_id"] == contact_id
        outdated = row is not None and phone is not None and row["contact_phone"] is not None
        if not known and not outdated:
            raise Conflict("another contact is known by this LID; find it and decide again")

    async def move(self, merged_contact_id: UUID, surviving_contact_id: UUID) -> int:
        """How many LIDs of the merged contact are now the surviving one's."""
        return await self.connection.affected(self.MOVE, self.tenant, merged_contact_id, surviving_contact_id)

    def forgetting(self, contact_id: UUID) -> Call:
        """What takes all its LIDs from a contact that is to be deleted, to be sent with other calls."""
        return Call(self.FORGET, ((self.tenant, contact_id),))


def _check(phone: Phone | None, lid: str | None) -> None:
    instance_of(Phone | None, phone, "phone")
    instance_of(str | None, lid, "lid")
    if lid is not None:
        require_indexable(lid, "lid")
        if not (lid.isascii() and lid.isdigit()):
            raise ValidationError("lid must be the digits of a LID, without @lid", field="lid")
