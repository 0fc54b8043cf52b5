"""Where contact lists are kept, with their rules, and with the members of the static ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING
from uuid import UUID

from ventros.crm.contact_lists import mapper
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.audience_query import (
    audience_of,
    count_of,
    lookup_of,
    page_of,
    snapshot_of,
)
from ventros.crm.contact_lists.events import (
    ContactListContactAdded,
    ContactListContactRemoved,
    ContactListMemberEvent,
)
from ventros.crm.contact_lists.list_query import LIST_QUERY, ContactListFilter, ContactListSort
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import Conflict, InvariantViolation, NotFound
from ventros.kernel.events import envelopes
from ventros.kernel.lists import ListRepository, Page, SortKey
from ventros.kernel.lists.cursors import Cursors
from ventros.kernel.lists.list_repository import MAX_LIMIT, call
from ventros.kernel.repository import ChildRows, Repository
from ventros.kernel.validators import instance_of, whole_number
from ventros.statements import statement

if TYPE_CHECKING:
    import asyncpg


MEMBERS_KEY = SortKey("timestamptz", nullable=True)
"""What a page of contacts goes on from: when the last member was added; nothing for a dynamic list."""


class ContactListRepository(
    Repository[ContactList], ListRepository[ContactList, ContactListFilter, ContactListSort]
):
    """Rules are saved with their list. Members are not: they are rows beside it, added, removed and counted
    without loading the list or stepping its version, and its ``contact_count`` is not theirs until somebody
    asks to :meth:`recalculate` it.

    Whom a list holds is asked of a list that is loaded, or made and not yet stored: what is evaluated are
    the rules that it has in hand.
    """

    resource = "contact_list"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    TABLE = statement.table("contact_lists")
    ADD_MEMBERS = statement("contact_list_members.add")
    REMOVE_MEMBERS = statement("contact_list_members.remove")
    REMOVE_CONTACT = statement("contact_list_members.remove_contact")
    TOTAL = statement("contact_list_counters.total")
    MOVE_MEMBERSHIPS = statement("contact_list_members.move")
    MEMBERSHIP = statement("contact_list_members.get_membership")
    IS_MEMBER = statement("contact_list_members.is_member")
    FIND_MEMBERS = statement("contact_list_members.find")
    COUNT_MEMBERS = statement("contact_list_members.count")

    CHILDREN = (
        ChildRows(
            table=statement.table("contact_list_filters"),
            root_id="contact_list_id",
            from_row=mapper.rule_from_row,
            insert_args=mapper.rule_insert_args,
            update_args=mapper.rule_update_args,
            of=mapper.placed,
        ),
    )

    async def add_members(
        self, contact_list_id: UUID, contact_ids: Sequence[UUID], *, now: datetime
    ) -> tuple[UUID, ...]:
        """Those that were none yet, by id, in one statement that counts them too.

        Until the transaction ends the list stays as it is, and no contact is merged or deleted. Raises
        NotFound when there is no such list, or, naming the first, when a contact is not in its project: the
        others are added then, and the unit has to be rolled back. InvariantViolation when it is dynamic.
        """
        wanted = _sorted_ids(contact_ids)
        rows = await self.connection.many(self.ADD_MEMBERS, self.tenant, contact_list_id, wanted, now)
        members = {row["contact_id"] for row in rows}
        for contact_id in wanted:
            if contact_id not in members:
                membership = await self._static_list(contact_list_id, contact_id)
                if not membership["contact_found"]:
                    raise NotFound("contact", contact_id)
                raise _raced(contact_list_id, contact_id)
        added = tuple(row["contact_id"] for row in rows if row["added"])
        for contact_id in added:
            self._record_member(contact_list_id, ContactListContactAdded(contact_id=contact_id), now)
        return added

    async def remove_members(
        self, contact_list_id: UUID, contact_ids: Sequence[UUID], *, now: datetime
    ) -> tuple[UUID, ...]:
        """Those that were members, by id, in one statement that counts them too, behind a lock on the list.

        Raises NotFound when there is no such list, InvariantViolation when the list is dynamic.
        """
        wanted = _sorted_ids(contact_ids)
        lock = self.locking(self.LOCK_FOR_NO_KEY_UPDATE, [contact_list_id])
        remove = Call(self.REMOVE_MEMBERS, ((self.tenant, contact_list_id, wanted),))
        _, rows = await self.connection.together([lock, remove])
        removed = tuple(row["contact_id"] for row in rows)
        if len(removed) < len(wanted):
            await self._static_list(contact_list_id, next(id_ for id_ in wanted if id_ not in removed))
        for contact_id in removed:
            self._record_member(contact_list_id, ContactListContactRemoved(contact_id=contact_id), now)
        return removed

    async def remove_contact(self, contact_id: UUID, *, now: datetime) -> tuple[UUID, ...]:
        """The static lists that the contact was a member of, and is no more."""
        rows = await self.connection.many(self.REMOVE_CONTACT, self.tenant, contact_id)
        for row in rows:
            removed = ContactListContactRemoved(contact_id=contact_id)
            self._record_member(row["contact_list_id"], removed, now)
        return tuple(row["contact_list_id"] for row in rows)

    async def count_members(self, contact_list_id: UUID) -> int:
        """How many members a static list has, from what was counted; 0 for any other, and one not there.

        A contact that was deleted by its own command alone is a member still; see :meth:`count_contacts`.
        """
        row = await self.connection.one(self.TOTAL, self.tenant, contact_list_id)
        return int(row["members"])

    async def move_memberships(
        self, merged_contact_id: UUID, surviving_contact_id: UUID, *, now: datetime
    ) -> None:
        """In each static list that has the merged contact, the surviving one is the member from now on."""
        rows = await self.connection.many(
            self.MOVE_MEMBERSHIPS, self.tenant, merged_contact_id, surviving_contact_id
        )
        for contact_list_id, added in rows:
            self._record_member(contact_list_id, ContactListContactRemoved(contact_id=merged_contact_id), now)
            if added:
                joined = ContactListContactAdded(contact_id=surviving_contact_id)
                self._record_member(contact_list_id, joined, now)

    async def contacts(
        self, contact_list: ContactList, *, limit: int = 20, after: str | None = None
    ) -> Page[UUID]:
        """One page of the live contacts whom the list, as it is given, holds: their ids.

        The newest members of a static list come first; a dynamic one's contacts come by id. Raises
        ValidationError for a limit that is not 1 to 1,000, and for a cursor that is damaged, or of another
        list or other rules.
        """
        self.require_writable(contact_list)
        whole_number(limit, "limit", 1, MAX_LIMIT)
        audience, arguments = audience_of(contact_list)
        cursors = Cursors.of(contact_list.id, str(audience), arguments)
        added_at, id_ = (None, None) if after is None else cursors.read(after, MEMBERS_KEY)
        if contact_list.is_static:
            position = (added_at, id_, limit + 1)
            rows = await self.connection.many(self.FIND_MEMBERS, self.tenant, contact_list.id, *position)
        else:
            statement = page_of(audience, after=after is not None)
            arguments |= {"after_id": id_, "limit": limit + 1}
            rows = await self.connection.many(*call(statement, arguments))
        shown = rows[:limit]
        next_cursor = cursors.write(shown[-1].get("added_at"), shown[-1]["id"]) if len(rows) > limit else None
        return Page(tuple(row["id"] for row in shown), next_cursor)

    async def count_contacts(self, contact_list: ContactList) -> int:
        """How many :meth:`contacts` all pages together have."""
        self.require_writable(contact_list)
        if contact_list.is_static:
            row = await self.connection.one(self.COUNT_MEMBERS, self.tenant, contact_list.id)
            return int(row["members"])
        audience, arguments = audience_of(contact_list)
        row = await self.connection.one(*call(count_of(audience), arguments))
        return int(row["total"])

    async def holds(self, contact_list: ContactList, contact_id: UUID) -> bool:
        """Whether the contact is one of the list's :meth:`contacts`."""
        self.require_writable(contact_list)
        if contact_list.is_static:
            row = await self.connection.one(self.IS_MEMBER, self.tenant, contact_list.id, contact_id)
            return bool(row["member"])
        audience, arguments = audience_of(contact_list)
        arguments["contact_id"] = contact_id
        return await self.connection.maybe(*call(lookup_of(audience), arguments)) is not None

    async def add_executions(self, contact_list: ContactList, broadcast_id: UUID, *, now: datetime) -> int:
        """How many of the :meth:`contacts` of a dynamic list get the broadcast now, who did not before.

        Raises InvariantViolation for a static list: :meth:`BroadcastRepository.add_members` is for those.
        """
        self.require_writable(contact_list)
        if contact_list.is_static:
            raise InvariantViolation(f"contact list {contact_list.id} is static; its members are in rows")
        audience, arguments = audience_of(contact_list)
        arguments |= {"broadcast_id": broadcast_id, "status": "pending", "created_at": now}
        return await self.connection.affected(*call(snapshot_of(audience), arguments))

    async def recalculate(self, contact_list_id: UUID, *, now: datetime) -> ContactList:
        """Counts its contacts and saves the count; raises as :meth:`get` and :meth:`save` do."""
        contact_list = await self.get(contact_list_id)
        count = await self.count_contacts(contact_list)
        return await self.save(contact_list.set_contact_count(count, now=now))

    async def _static_list(self, contact_list_id: UUID, contact_id: UUID) -> asyncpg.Record:
        """Why a write of a member touched no row: a second statement sees what the first one met."""
        row = await self.connection.maybe(self.MEMBERSHIP, self.tenant, contact_list_id, contact_id)
        if row is None:
            raise NotFound(self.resource, contact_list_id)
        if not row["is_static"]:
            raise InvariantViolation(f"contact list {contact_list_id} is dynamic; its rules say who is in it")
        return row

    def _record_member(self, contact_list_id: UUID, event: ContactListMemberEvent, now: datetime) -> None:
        """Without a version: the list has not changed."""
        recorded = event.recorded(SimpleNamespace(id=contact_list_id), now)
        self.unit.record(envelopes((recorded,), self.resource, contact_list_id, None))


def _sorted_ids(contact_ids: Sequence[UUID]) -> list[UUID]:
    """Each once, in the order of the locks."""
    instance_of(Sequence, contact_ids, "contact_ids")
    for contact_id in contact_ids:
        instance_of(UUID, contact_id, "contact_ids")
    return sorted(set(contact_ids))


def _raced(contact_list_id: UUID, contact_id: UUID) -> Conflict:
    return Conflict(
        f"contact list {contact_list_id}, or its member {contact_id}, was changed by somebody else just "
        "now; try again"
    )
