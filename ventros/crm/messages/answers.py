"""Reactions and poll votes: the last of each person, kept in the metadata of the message that it answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs

from ventros.kernel.errors import ValidationError
from ventros.values import settled, to_json

US: Final = "us"
"""The key of our own answer."""
MAX_EMOJI = 64
"""Characters: several times the longest sequence of Unicode's list (emoji-zwj-sequences.txt)."""
MAX_OPTIONS = 100
"""Of one vote: several times what any platform offers in a poll."""


@attrs.frozen(kw_only=True)
class Respondent:
    """Who reacts or votes. ``contact_id`` is None for us, and for somebody who is no contact.

    ``names`` are what the platform knows them by, without ours: the phone, ``lid:`` and the LID.
    """

    contact_id: UUID | None = None
    names: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The first names the answer, under any of the others an earlier one may stand."""
        contact = () if self.contact_id is None else (str(self.contact_id),)
        return (*contact, *self.names) or (US,)

    @property
    def key(self) -> str:
        return self.keys[0]


def answered(
    answers: Mapping[str, Mapping[str, Any]], respondent: Respondent, answer: Mapping[str, Any], at: datetime
) -> dict[str, Any] | None:
    """``answers`` with this one for the respondent's last; None when it says nothing new or is older.

    An answer that was taken back stays, empty, so that an older one that comes late does not return.
    """
    earlier = [answers[key] for key in respondent.keys if key in answers]
    given_at = to_json(settled(at))
    for known in earlier:
        same = all(known.get(name) == value for name, value in answer.items())
        if same or known.get("at", "") > given_at:
            return None
    if not earlier and not any(answer.values()):
        return None
    others = {key: value for key, value in answers.items() if key not in respondent.keys}
    return {**others, respondent.key: {**answer, "at": given_at}}


def require_emoji(emoji: str) -> None:
    """Raises ValidationError for more than :data:`MAX_EMOJI` characters; none are allowed."""
    if len(emoji) > MAX_EMOJI:
        raise ValidationError(f"emoji has {len(emoji)} characters, {MAX_EMOJI} are allowed", field="emoji")


def require_options(options: tuple[str, ...]) -> None:
    """Raises ValidationError for more than :data:`MAX_OPTIONS`."""
    if len(options) > MAX_OPTIONS:
        raise ValidationError(
            f"a vote has {len(options)} options, {MAX_OPTIONS} are allowed", field="options"
        )
