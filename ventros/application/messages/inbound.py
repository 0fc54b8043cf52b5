"""What a platform tells of people, groups and messages, whatever the platform."""

from __future__ import annotations

import attrs

from ventros.kernel import validators
from ventros.kernel.aggregate import or_none
from ventros.kernel.errors import ValidationError


@attrs.frozen(kw_only=True)
class Party:
    """Somebody on the platform, known by a phone, a LID, or both.

    ``phone`` has its digits as the platform gives them, ``lid`` the digits of the LID without ``@lid``;
    ``name`` is what the platform calls them. Raises ValidationError without phone and LID, and for a LID that
    is no number.
    """

    phone: str | None = attrs.field(default=None, converter=or_none)
    lid: str | None = attrs.field(default=None, converter=or_none)
    name: str | None = attrs.field(default=None, converter=or_none)

    @lid.validator
    def _check_lid(self, _attribute: object, value: str | None) -> None:
        if value is None:
            if self.phone is None:
                raise ValidationError("a party needs a phone or a lid", field="phone")
            return
        validators.require_indexable(value, "lid")
        if not (value.isascii() and value.isdigit()):
            raise ValidationError("a lid has digits only", field="lid")


@attrs.frozen(kw_only=True)
class GroupChat:
    """A group by its id on the platform, as ``1203…@g.us``; ``subject`` is its name, where it was told."""

    external_id: str = attrs.field(validator=[validators.not_empty, validators.indexed])
    subject: str | None = attrs.field(default=None, converter=or_none)


@attrs.frozen(kw_only=True)
class MessageRef:
    """A message that is there already, by its bare id, its author and its chat.

    The sender of a message chooses its id, so the id alone names nothing. ``contact`` is the other side of
    a one-to-one chat, or in a group the participant who wrote it; where it is None, only a message of ours
    can be meant.
    """

    channel_message_id: str = attrs.field(validator=[validators.not_empty, validators.indexed])
    contact: Party | None
    group: GroupChat | None = None
    from_me: bool
