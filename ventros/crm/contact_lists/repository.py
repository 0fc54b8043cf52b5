"""Where contact lists are kept, with their rules, and with the members of the static ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import attrs

from ventros.crm.contact_lists import mapper
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.events import ContactListContactAdded, ContactListContactRemoved
from ventros.crm.contact_lists.mapper import PlacedRule
from ventros.kernel import children
from ventros.kernel.errors import Conflict, InvariantViolation, MappingError, NotFound, ValidationError
from ventros.kernel.events import envelopes
from ventros.kernel.repository import Repository, mapped
from ventros.kernel.statements import statement

if TYPE_CHECKING:
    import asyncpg


class ContactListRepository(Repository[ContactList]):
    """Rules are saved with their list. Members are not: they are rows beside it, added and removed one
    at a time without loading the list or stepping its version, and its ``contact_count`` is not theirs
    until somebody counts (:meth:`count_members`) and saves what :meth:`ContactList.update_contact_count`
    makes of it.
    """

    resource = "contact_list"
    mapper = mapper

    INSERT = statement("contact_lists.insert")
    SELECT = statement("contact_lists.get")
    UPDATE = statement("contact_lists.update")
    DELETE = statement("contact_lists.delete")
    STORED_VERSION = statement("contact_lists.stored_version")
    TOUCH = statement("contact_lists.touch")
    LOCK_FOR_SHARE = statement("contact_lists.lock_for_share")
    LOCK_FOR_NO_KEY_UPDATE = statement("contact_lists.lock_for_no_key_update")
    LOCK_FOR_UPDATE = statement("contact_lists.lock_for_update")
    TRY_LOCK = statement("contact_lists.try_lock")
    FIND_BY_PROJECT = statement("contact_lists.find_by_project")
    FIND_BY_TENANT = statement("contact_lists.find_by_tenant")
    FIND_RULES = statement("contact_list_filters.find_by_lists")
    INSERT_RULE = statement("contact_list_filters.insert")
    UPDATE_RULE = statement("contact_list_filters.update")
    DELETE_RULES = statement("contact_list_filters.delete")
    ADD_MEMBER = statement("contact_list_members.add")
    REMOVE_MEMBER = statement("contact_list_members.remove")
    MEMBERSHIP = statement("contact_list_members.get_membership")
    IS_MEMBER = statement("contact_list_members.is_member")
    COUNT_MEMBERS = statement("contact_list_members.count")

    async def add(self, aggregate: ContactList) -> ContactList:
        added = await super().add(aggregate)
        for each in mapper.placed(added.filter_rules, {}):
            await self._connection.affected(self.INSERT_RULE, *mapper.rule_insert_args(added, each))
        return added

    async def _loaded(self, rows: Sequence[asyncpg.Record]) -> list[ContactList]:
        return await self._with_rules(await super()._loaded(rows))

    async def find_by_project(self, project_id: UUID) -> list[ContactList]:
        """All live lists of the project, the newest first."""
        rows = await self._connection.many(self.FIND_BY_PROJECT, self._tenant, project_id)
        return await self._with_rules([self._load(row) for row in rows])

    async def find_by_tenant(self) -> list[ContactList]:
        """All live lists, the newest first."""
        rows = await self._connection.many(self.FIND_BY_TENANT, self._tenant)
        return await self._with_rules([self._load(row) for row in rows])

    async def _after_update(self, aggregates: Sequence[ContactList]) -> None:
        """One SELECT for the rules of all, then what changed."""
        stored = await self._rules([each.id for each in aggregates])
        for each in aggregates:
            await self._save_rules(each, stored[each.id])

    async def _save_rules(self, saved: ContactList, stored: list[PlacedRule]) -> None:
        wanted = mapper.placed(saved.filter_rules, {each.id: each.position for each in stored})
        diff = children.diff(stored, wanted)
        if diff.removed:
            removed = [each.id for each in diff.removed]
            await self._connection.affected(self.DELETE_RULES, self._tenant, saved.id, removed)
        for each in diff.changed:
            await self._connection.affected(self.UPDATE_RULE, *mapper.rule_update_args(saved, each))
        for each in diff.added:
            await self._connection.affected(self.INSERT_RULE, *mapper.rule_insert_args(saved, each))

    async def _with_rules(self, lists: Sequence[ContactList]) -> list[ContactList]:
        if not lists:
            return []
        stored = await self._rules([each.id for each in lists])
        try:
            return [
                attrs.evolve(each, filter_rules=tuple(place.rule for place in stored[each.id]))
                for each in lists
            ]
        except ValidationError as error:
            raise MappingError(f"the stored rules of a static contact list: {error}; delete them") from error

    async def _rules(self, list_ids: list[UUID]) -> defaultdict[UUID, list[PlacedRule]]:
        """By list, in their order."""
        found: defaultdict[UUID, list[PlacedRule]] = defaultdict(list)
        for row in await self._connection.many(self.FIND_RULES, self._tenant, list_ids):
            found[row["contact_list_id"]].append(_rule(row))
        return found

    async def add_member(self, contact_list_id: UUID, contact_id: UUID, *, now: datetime) -> bool:
        """Whether the contact was added; False when it is a member already.

        Raises NotFound when there is no such list, or no such contact in the list's project,
        InvariantViolation when the list is dynamic.
        """
        if await self._connection.affected(self.ADD_MEMBER, self._tenant, contact_list_id, contact_id, now):
            self._tell(
                ContactListContactAdded(
                    occurred_at=now, contact_list_id=contact_list_id, contact_id=contact_id
                )
            )
            return True
        membership = await self._static_list(contact_list_id, contact_id)
        if not membership["contact_found"]:
            raise NotFound("contact", contact_id)
        if not membership["member"]:
            raise _raced(contact_list_id, contact_id)
        return False

    async def remove_member(self, contact_list_id: UUID, contact_id: UUID, *, now: datetime) -> bool:
        """Whether the contact was removed; False when it is no member, or not there at all.

        Raises NotFound when there is no such list, InvariantViolation when the list is dynamic.
        """
        if await self._connection.affected(self.REMOVE_MEMBER, self._tenant, contact_list_id, contact_id):
            self._tell(
                ContactListContactRemoved(
                    occurred_at=now, contact_list_id=contact_list_id, contact_id=contact_id
                )
            )
            return True
        membership = await self._static_list(contact_list_id, contact_id)
        if membership["member"]:
            raise _raced(contact_list_id, contact_id)
        return False

    async def is_member(self, contact_list_id: UUID, contact_id: UUID) -> bool:
        """Of a static list that is live, a contact that is live."""
        row = await self._connection.one(self.IS_MEMBER, self._tenant, contact_list_id, contact_id)
        return bool(row["member"])

    async def count_members(self, contact_list_id: UUID) -> int:
        """The live contacts among the members of a static list; 0 too for a list that is not there."""
        row = await self._connection.one(self.COUNT_MEMBERS, self._tenant, contact_list_id)
        return int(row["members"])

    async def _static_list(self, contact_list_id: UUID, contact_id: UUID) -> asyncpg.Record:
        """Why a write of a member touched no row: a second statement sees what the first one met."""
        row = await self._connection.maybe(self.MEMBERSHIP, self._tenant, contact_list_id, contact_id)
        if row is None:
            raise NotFound(self.resource, contact_list_id)
        if not row["is_static"]:
            raise InvariantViolation(f"contact list {contact_list_id} is dynamic; its rules say who is in it")
        return row

    def _tell(self, event: ContactListContactAdded | ContactListContactRemoved) -> None:
        """Without a version: the list has not changed."""
        self._unit.record(envelopes((event,), self.resource, event.contact_list_id, None))


def _rule(row: asyncpg.Record) -> PlacedRule:
    return mapped(mapper.rule_from_row, f"rule of contact list {row['contact_list_id']}", row)


def _raced(contact_list_id: UUID, contact_id: UUID) -> Conflict:
    return Conflict(
        f"contact list {contact_list_id}, or its member {contact_id}, was changed by somebody else just "
        "now; try again"
    )
