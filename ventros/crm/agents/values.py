"""The kinds of agents, what each may do, and the agents that every tenant can have built in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import attrs

from ventros.kernel import validators
from ventros.kernel.aggregate import or_none
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError


class AgentType(ValidatedEnum, field="type"):
    HUMAN = "human"
    AI = "ai"
    BOT = "bot"
    CHANNEL = "channel"
    VIRTUAL = "virtual"
    """Stands in for somebody who handled a number in the past."""
    SYSTEM = "system"
    """One of :class:`SystemAgent`."""


class AgentStatus(ValidatedEnum, field="status"):
    """Presence."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"
    OFFLINE = "offline"


class AgentRole(ValidatedEnum, field="role"):
    """What an agent is there for.

    No command of an agent consults its role; callers ask it.
    """

    HUMAN_AGENT = "human_agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AI_AGENT = "ai_agent"
    AI_ASSISTANT = "ai_assistant"
    CHANNEL_BOT = "channel_bot"
    WORKFLOW_BOT = "workflow_bot"
    ANALYTICS_BOT = "analytics_bot"
    SUMMARIZER_BOT = "summarizer_bot"

    @property
    def is_human(self) -> bool:
        return self in _HUMAN

    @property
    def is_ai(self) -> bool:
        """Every role that is not a human's, the bots' included."""
        return not self.is_human

    @property
    def requires_authentication(self) -> bool:
        return self.is_human

    @property
    def can_manage_agents(self) -> bool:
        return self in {AgentRole.ADMIN, AgentRole.SUPERVISOR}

    @property
    def can_attend_sessions(self) -> bool:
        return self.is_human or self in {AgentRole.AI_AGENT, AgentRole.CHANNEL_BOT}

    @property
    def can_send_messages(self) -> bool:
        return self.can_attend_sessions or self is AgentRole.AI_ASSISTANT


_HUMAN: Final = frozenset({AgentRole.HUMAN_AGENT, AgentRole.SUPERVISOR, AgentRole.ADMIN})


class AgentPermission(StrEnum):
    """The permissions that have a name here; an agent may hold others."""

    REASSIGN_SESSIONS = "reassign_sessions"
    MANAGE_AGENTS = "manage_agents"
    VIEW_ALL_SESSIONS = "view_all_sessions"
    SEND_MESSAGES = "send_messages"
    ACCESS_ANALYTICS = "access_analytics"
    MANAGE_AUTOMATIONS = "manage_automations"


class SystemAgent(ValidatedEnum, field="system_agent"):
    """The built-in agents, each under an id that is the same for every tenant."""

    BROADCAST = "broadcast"
    SEQUENCE = "sequence"
    TRIGGER = "trigger"
    WEBHOOK = "webhook"
    SCHEDULED = "scheduled"
    TEST = "test"
    DEFAULT = "default"

    @property
    def id(self) -> UUID:
        """``00000000-0000-0000-0000-0000000000NN``."""
        return UUID(f"00000000-0000-0000-0000-0000000000{_NUMBERS[self]}")

    @property
    def display_name(self) -> str:
        return f"System - {self.value.capitalize()}"

    @property
    def description(self) -> str:
        return _DESCRIPTIONS[self]


_NUMBERS: Final = {
    SystemAgent.BROADCAST: "01",
    SystemAgent.SEQUENCE: "02",
    SystemAgent.TRIGGER: "03",
    SystemAgent.WEBHOOK: "04",
    SystemAgent.SCHEDULED: "05",
    SystemAgent.TEST: "10",
    SystemAgent.DEFAULT: "99",
}
_DESCRIPTIONS: Final = {
    SystemAgent.BROADCAST: "campaign sends",
    SystemAgent.SEQUENCE: "sequence sends",
    SystemAgent.TRIGGER: "pipeline rules",
    SystemAgent.WEBHOOK: "webhook replies",
    SystemAgent.SCHEDULED: "scheduled messages",
    SystemAgent.TEST: "end-to-end tests",
    SystemAgent.DEFAULT: "fallback",
}
RESERVED_IDS: Final = frozenset(agent.id for agent in SystemAgent)


@attrs.frozen(kw_only=True)
class VirtualAgentMetadata:
    """Whom a virtual agent stands for, and when. ``period_end`` is None while the period is open.

    Seen as ``reason``: device_attribution, historical_contact.
    """

    represents_person_name: str = attrs.field(validator=validators.not_empty)
    period_start: datetime = attrs.field(validator=validators.aware)
    period_end: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    reason: str = attrs.field(validator=validators.not_empty)
    source_device: str | None = attrs.field(default=None, converter=or_none)
    notes: str = ""

    @period_end.validator
    def _check_period(self, _attribute: attrs.Attribute[Any], value: datetime | None) -> None:
        if value is not None and value < self.period_start:
            raise ValidationError("period_end must not lie before period_start", field="period_end")
