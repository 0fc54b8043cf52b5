"""The rules of an agent and of its figures, without a database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from tests.support.agents import (
    LATER,
    USER,
    assert_refused,
    last_event,
    make_agent,
    make_system,
    make_virtual,
)
from tests.support.constants import NOW
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.repository import AgentCounters
from ventros.crm.agents.values import AgentPermission, AgentRole, AgentStatus, AgentType, SystemAgent
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.values import Email

KEY = "key-to-the-provider"


def test_a_new_agent_is_active_offline_and_has_one_event() -> None:
    agent = make_agent()
    assert (agent.version, agent.active, agent.status) == (1, True, AgentStatus.OFFLINE)
    assert (agent.type, agent.role) == (AgentType.HUMAN, AgentRole.HUMAN_AGENT)
    assert (agent.config, agent.settings, agent.permissions) == ({}, {}, frozenset())
    assert (agent.email, agent.virtual_metadata, agent.last_login_at) == (None, None, None)
    assert len(agent.domain_events) == 1
    assert agent.domain_events[0].occurred_at == NOW
    assert last_event(agent) == (
        "agent.created",
        {
            "agent_id": agent.id,
            "tenant_id": "acme",
            "name": "Ada",
            "email": None,
            "role": "human_agent",
        },
    )


def test_email_role_and_active_may_be_given_at_creation() -> None:
    agent = make_agent(email=" Ada@Acme.Example ", role="supervisor", active=False)
    assert (agent.email, agent.role, agent.active) == (
        Email("ada@acme.example"),
        AgentRole.SUPERVISOR,
        False,
    )
    payload = last_event(agent)[1]
    assert (payload["email"], payload["role"]) == ("ada@acme.example", "supervisor")
    assert make_agent(email="").email is None


@pytest.mark.parametrize("kind", ["ai", "bot", "channel"])
def test_what_is_not_human_needs_no_user(kind: str) -> None:
    assert make_agent(type=kind, user_id=None).user_id is None
    assert make_agent(type=kind).user_id == USER


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("project_id", UUID(int=0)),
        ("tenant_id", ""),
        ("name", ""),
        ("type", "pigeon"),
        ("type", "virtual"),
        ("type", "system"),
        ("user_id", None),
        ("user_id", UUID(int=0)),
        ("role", "king"),
        ("email", "ada"),
    ],
)
def test_a_faulty_argument_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        make_agent(**{field: value})
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("agent", "field", "value"),
    [
        (make_agent(), "status", "asleep"),
        (make_agent(), "permissions", frozenset({""})),
        (make_agent(), "id", SystemAgent.DEFAULT.id),
        (make_agent(), "virtual_metadata", make_virtual().virtual_metadata),
        (make_virtual(), "virtual_metadata", None),
        (make_virtual(), "user_id", USER),
        (make_virtual(), "status", AgentStatus.AWAY),
        (make_virtual(), "email", Email("grace@acme.example")),
        (make_virtual(), "permissions", frozenset({"send_messages"})),
        (make_system(), "user_id", USER),
        (make_system(), "id", uuid4()),
        (make_system(), "active", False),
        (make_system(), "status", AgentStatus.BUSY),
        (make_system(), "deleted_at", NOW),
    ],
)
def test_a_state_that_cannot_be_is_refused(agent: Agent, field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(agent, **{field: value})
    assert raised.value.field == field


# Commands


def test_a_profile_is_updated_where_it_differs() -> None:
    agent = make_agent(email="ada@acme.example")
    both = agent.set_profile(name="Grace", email="Grace@acme.example", now=LATER)
    assert (both.name, both.email) == ("Grace", Email("grace@acme.example"))
    assert both.updated_at == LATER
    assert last_event(both) == (
        "agent.updated",
        {
            "agent_id": agent.id,
            "fields": ("name", "email"),
            "changes": {
                "name": {"old": "Ada", "new": "Grace"},
                "email": {"old": "ada@acme.example", "new": "grace@acme.example"},
            },
        },
    )
    one = agent.set_profile(name="Grace", email="ada@acme.example", now=LATER)
    assert last_event(one)[1]["changes"] == {"name": {"old": "Ada", "new": "Grace"}}
    assert agent.set_profile(name="Ada", email="ADA@acme.example", now=LATER) is agent


@pytest.mark.parametrize(("name", "email", "field"), [("", "a@b.co", "name"), ("Ada", "", "email")])
def test_a_faulty_profile_is_refused(name: str, email: str, field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        make_agent().set_profile(name=name, email=email, now=LATER)
    assert raised.value.field == field


def test_an_agent_is_switched_off_and_on_once() -> None:
    off = make_agent().deactivate(now=LATER)
    assert off.active is False
    assert last_event(off) == ("agent.deactivated", {"agent_id": off.id})
    with pytest.raises(InvariantViolation):
        off.deactivate(now=LATER)
    on = off.activate(now=LATER)
    assert on.active is True
    assert last_event(on) == ("agent.activated", {"agent_id": on.id})
    with pytest.raises(InvariantViolation):
        on.activate(now=LATER)


def test_the_status_changes_from_any_to_any_other() -> None:
    for old in AgentStatus:
        agent = attrs.evolve(make_agent(), status=old)
        for new in AgentStatus:
            changed = agent.set_status(new, now=LATER)
            assert changed.status is new
            assert (changed is agent) == (old is new)
    changed = make_agent().set_status(AgentStatus.BUSY, now=LATER)
    assert last_event(changed)[1] == {
        "agent_id": changed.id,
        "fields": ("status",),
        "changes": {"status": {"old": "offline", "new": "busy"}},
    }
    with pytest.raises(ValidationError) as raised:
        changed.set_status("asleep", now=LATER)  # type: ignore[arg-type]
    assert raised.value.field == "status"


def test_the_role_changes() -> None:
    changed = make_agent().set_role(AgentRole.ADMIN, now=LATER)
    assert changed.role is AgentRole.ADMIN
    assert last_event(changed)[1]["changes"] == {"role": {"old": "human_agent", "new": "admin"}}
    assert changed.set_role(AgentRole.ADMIN, now=LATER) is changed


def test_the_last_login_does_not_go_back() -> None:
    agent = make_agent().record_login(now=LATER)
    assert agent.last_login_at == LATER
    assert last_event(agent) == ("agent.logged_in", {"agent_id": agent.id})
    assert agent.record_login(now=LATER) is agent
    assert agent.record_login(now=NOW) is agent
    assert agent.record_login(now=LATER + timedelta(seconds=1)) is not agent


def test_a_permission_is_granted_and_revoked_once() -> None:
    agent = make_agent().grant_permission(AgentPermission.SEND_MESSAGES, now=LATER)
    assert agent.permissions == {"send_messages"}
    assert {type(permission) for permission in agent.permissions} == {str}
    assert last_event(agent) == (
        "agent.permission_granted",
        {"agent_id": agent.id, "permission": "send_messages"},
    )
    assert agent.grant_permission("send_messages", now=LATER) is agent
    assert agent.grant_permission("one_of_its_own", now=LATER).permissions == {
        "send_messages",
        "one_of_its_own",
    }
    revoked = agent.revoke_permission("send_messages", now=LATER)
    assert revoked.permissions == frozenset()
    assert last_event(revoked) == (
        "agent.permission_revoked",
        {"agent_id": agent.id, "permission": "send_messages"},
    )
    assert revoked.revoke_permission("send_messages", now=LATER) is revoked


def test_no_permission_is_empty() -> None:
    for refused in (make_agent().grant_permission, make_agent().revoke_permission):
        with pytest.raises(ValidationError) as raised:
            refused("", now=LATER)
        assert raised.value.field == "permission"


@pytest.mark.parametrize(("command", "field"), [("set_settings", "settings"), ("set_config", "config")])
def test_free_form_objects_are_replaced_and_not_told(command: str, field: str) -> None:
    agent = getattr(make_agent(), command)({"a": 1, "key": KEY}, now=LATER)
    assert getattr(agent, field) == {"a": 1, "key": KEY}
    assert last_event(agent) == (
        "agent.updated",
        {"agent_id": agent.id, "fields": (field,), "changes": {}},
    )
    assert getattr(agent, command)({"key": KEY, "a": 1}, now=LATER) is agent
    for other in (True, 1.0):
        assert type(
            getattr(getattr(agent, command)({"a": other, "key": KEY}, now=LATER), field)["a"]
        ) is type(other)
    assert KEY not in repr(agent)


def test_nobody_else_holds_a_part_of_an_agent() -> None:
    config = {"inner": {"a": 1}}
    agent = make_agent().set_config(config, now=LATER)
    config["inner"]["a"] = 2
    attrs.evolve(agent).config["inner"]["a"] = 3
    assert agent.config == {"inner": {"a": 1}}
    assert {agent, attrs.evolve(agent)} == {agent}


def test_nothing_can_be_done_with_a_deleted_agent() -> None:
    agent = make_agent().delete(now=LATER)
    assert agent.deleted_at == LATER
    assert last_event(agent) == ("agent.deleted", {"agent_id": agent.id})
    assert_refused(
        lambda: agent.delete(now=LATER),
        lambda: agent.deactivate(now=LATER),
        lambda: agent.set_status(AgentStatus.BUSY, now=LATER),
    )


# What follows from an agent


def test_what_an_agent_can_do() -> None:
    agent = make_agent()
    assert (agent.can_send_messages, agent.can_be_manually_assigned) == (True, True)
    off = agent.deactivate(now=LATER)
    assert (off.can_send_messages, off.can_be_manually_assigned) == (False, False)
    assert (agent.should_count_in_metrics, agent.is_virtual, agent.is_system) == (True, False, False)
    virtual = make_virtual()
    assert (virtual.can_send_messages, virtual.can_be_manually_assigned) == (False, False)
    assert (virtual.should_count_in_metrics, virtual.is_virtual) == (False, True)
    assert make_system().is_system


@pytest.mark.parametrize(
    ("permission", "expected"),
    [("reassign_sessions", True), ("manage_agents", True), ("send_messages", False)],
)
def test_who_can_reassign_sessions(permission: str, expected: bool) -> None:
    assert make_agent().can_reassign_sessions is False
    assert make_agent().grant_permission(permission, now=LATER).can_reassign_sessions is expected
    assert make_virtual().can_reassign_sessions is False


def test_what_the_roles_are() -> None:
    def having(predicate: str) -> set[str]:
        return {role.value for role in AgentRole if getattr(role, predicate)}

    human = {"human_agent", "supervisor", "admin"}
    assert having("is_human") == having("requires_authentication") == human
    assert having("is_ai") == {role.value for role in AgentRole} - human
    assert having("can_manage_agents") == {"admin", "supervisor"}
    assert having("can_attend_sessions") == human | {"ai_agent", "channel_bot"}
    assert having("can_send_messages") == human | {"ai_agent", "ai_assistant", "channel_bot"}


def test_the_average_is_the_mean_of_all_samples() -> None:
    def average(*samples: int) -> int | None:
        counters = AgentCounters(
            sessions_handled=len(samples), response_ms_total=sum(samples), last_activity_at=None
        )
        return counters.average_response_ms

    assert [average(1000), average(1000, 2000), average(1000, 2000, 500)] == [1000, 1500, 1166]
    assert average() is None
    assert average(0) == 0
