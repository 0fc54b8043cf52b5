"""What cannot name anybody or anything is refused where it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.inbound_messages import GROUP, inbound
from ventros import ValidationError
from ventros.application.messages.inbound import GroupChat, MessageRef, Party


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (Party, "phone"),
        (lambda: Party(phone="", lid=""), "phone"),
        (lambda: Party(lid="12@lid"), "lid"),
        (lambda: Party(phone="5511999990000", lid="٣"), "lid"),
        (lambda: Party(lid="1" * 501), "lid"),
        (lambda: GroupChat(external_id=""), "external_id"),
        (lambda: GroupChat(external_id="x" * 501), "external_id"),
        (lambda: MessageRef(channel_message_id="", contact=None, from_me=True), "channel_message_id"),
        (lambda: MessageRef(channel_message_id="x" * 501, contact=None, from_me=True), "channel_message_id"),
        (lambda: inbound(channel_message_id=""), "channel_message_id"),
        (lambda: inbound(channel_message_id="x" * 501), "channel_message_id"),
        (lambda: inbound(group=GROUP, from_me=True), "from_me"),
    ],
)
def test_a_fault_is_named(make: Callable[[], Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        make()
    assert raised.value.field == field


def test_what_names_somebody_is_kept_and_what_is_empty_is_none() -> None:
    assert Party(phone="1", lid="").lid is None
    assert (Party(lid="797000000400001", name="").lid, Party(lid="1", name="").name) == (
        "797000000400001",
        None,
    )
    assert GroupChat(external_id="1@g.us", subject="").subject is None
