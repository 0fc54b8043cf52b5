"""Events shaped after public traffic are read as what they are; each row of data/cases.md says so of one."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.waha import COMPANY, Json, interpreted, paths, with_value
from tests.support.waha_cases import SMALL_FAULTS, Case, read_cases
from ventros.application.messages.edit_message import MessageEdit
from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.application.messages.record_message_ack import MessageAck
from ventros.ingest.delivery import Delivery, RejectedLine, SkippedEvent
from ventros.ingest.waha.decoding import decode_events
from ventros.ingest.waha.interpretation import interpret
from ventros.values import Phone

CASES = read_cases()
MESSAGES = [case for case in CASES if case.outcome in {"stored", "duplicate"}]
SKIPPED = {
    27: "status",
    28: "newsletter",
    29: "system number",
    34: "own message in a group",
    48: "system entry: call log",
    49: "system entry: placeholder of a revoked message",
    73: "ack without a meaning",
    75: "reaction that names no chat",
    77: "revocation that names no chat",
    78: "event message.waiting",
    79: "event message.ack.group",
    80: "event session.status",
    81: "event presence.update",
    82: "event engine.event",
    83: "event label.upsert",
    84: "event event.response",
}
"""By line: what is skipped whatever is stored."""
KINDS = {10: "poll", 22: "order", 32: "group invite", 33: "event"}


def message_of(case: Case) -> InboundMessage:
    result = interpreted(case.line)
    assert isinstance(result, Delivery)
    command = result.command
    if isinstance(command, MessageEdit):
        assert command.fallback is not None
        return command.fallback
    assert isinstance(command, InboundMessage)
    return command


@pytest.mark.parametrize("case", MESSAGES, ids=str)
def test_message(case: Case) -> None:
    command = message_of(case)
    if case.types:
        assert command.content_type.value in case.types
    if case.direction:
        assert command.from_me is (case.direction == "out")
    if lid := re.fullmatch(r"lid ([0-9]+)", case.contact):
        assert (command.contact.phone, command.contact.lid) == (None, lid[1])
    elif case.contact == "lid":
        assert command.contact.lid is not None
    elif case.contact:
        assert command.contact.phone is not None
        assert Phone(command.contact.phone).value == case.contact
    if case.text and not case.text.startswith("("):
        assert command.text == case.text
    assert (command.group is not None) is ("in the group's chat" in case.note)
    if kind := KINDS.get(case.number):
        assert command.metadata["kind"] == kind


@pytest.mark.parametrize("case", [case for case in CASES if case.number in SKIPPED], ids=str)
def test_skipped(case: Case) -> None:
    assert interpreted(case.line) == SkippedEvent(SKIPPED[case.number])


def test_every_case_is_looked_at() -> None:
    numbers = {case.number for case in MESSAGES} | SKIPPED.keys()
    left = {case.number for case in CASES} - numbers
    assert left == {25, 71, 72, 74, 76}, "an edit in a wrapper, three reports and an edit: tested beside"


def case(number: int) -> Case:
    return CASES[number - 1]


def test_what_the_notes_say() -> None:
    """Of messages, as far as types, texts and contacts do not tell it."""
    reply = message_of(case(2))
    assert reply.reply_to == "AC77"
    assert reply.metadata["quoted"]["chat"] == "status@broadcast"
    assert message_of(case(3)).channel_message_id == message_of(case(4)).channel_message_id
    assert len(message_of(case(11)).metadata["contacts"]) == 2
    place = message_of(case(13)).metadata["location"]
    assert (place["latitude"], place["longitude"]) == (-23.5, -46.6)
    assert message_of(case(45)).metadata["location"]["latitude"] == -23.5
    assert message_of(case(45)).text is None
    for number in (14, 15):
        assert message_of(case(number)).metadata["view_once"] is True
    for number in (17, 18, 69):
        assert message_of(case(number)).media_url is None
    for number, selected in ((19, "sim"), (20, "x"), (42, "sim")):
        assert message_of(case(number)).metadata["selected_id"] == selected
    assert message_of(case(21)).text == "Seu pedido"
    assert message_of(case(23)).is_from_ad
    assert message_of(case(26)).metadata["broadcast_list"] == "1612345678@broadcast"
    times = [message_of(case(number)).received_at.timestamp() for number in (52, 53)]
    assert times == [1768580591, 1768580591.853]
    assert message_of(case(57)).text == "a\ufffdb"
    assert decode_events(case(57).line).replaced == 1
    assert message_of(case(58)).text == "x" * 5_000
    assert message_of(case(60)).contact.name == "N" * 400
    assert message_of(case(63)).contact.name is None
    assert message_of(case(64)).contact.name == "An\ufffda"
    assert message_of(case(68)).mentions == ("111@lid",)


def test_edit_in_a_wrapper_that_names_no_other_message_is_of_its_own() -> None:
    result = interpreted(case(25).line)
    assert isinstance(result, Delivery)
    command = result.command
    assert isinstance(command, MessageEdit)
    assert (command.text, command.message.from_me) == ("novo", False)
    fallback = message_of(case(25))
    assert fallback.text == "novo"
    assert fallback.contact.phone == "5511970000031"
    assert fallback.channel_message_id == command.message.channel_message_id


@pytest.mark.parametrize(("number", "id_"), [(71, "3EB0ACK1"), (72, "3EB0NONE"), (74, "3EB091")])
def test_ack(number: int, id_: str) -> None:
    result = interpreted(case(number).line)
    assert isinstance(result, Delivery)
    assert isinstance(result.command, MessageAck)
    assert result.command.message.channel_message_id == id_
    assert result.command.message.from_me


def test_edit_by_the_contact_is_not_of_our_message() -> None:
    result = interpreted(case(76).line)
    assert isinstance(result, Delivery)
    assert isinstance(result.command, MessageEdit)
    assert not result.command.message.from_me
    assert result.command.fallback is None


def test_small_faults() -> None:
    """One event of each fault that was found, by its line."""
    found = [interpreted(line) for line in SMALL_FAULTS.read_bytes().splitlines()]
    skipped = {n: result.reason for n, result in enumerate(found, 1) if isinstance(result, SkippedEvent)}
    assert skipped == {
        4: "note to self",
        9: "system entry: pin",
        10: "system entry: encryption notice",
        11: "ack without a meaning",
        13: "own message in a group",
        15: "system number",
    }
    messages = {}
    for number, result in enumerate(found, 1):
        if isinstance(result, Delivery):
            assert isinstance(result.command, InboundMessage)
            messages[number] = result.command
    types = [message.content_type.value for message in messages.values()]
    assert types == [
        "image", "text", "text", "text", "text", "contact", "location", "image", "text", "image"
    ]  # fmt: skip
    assert {message.contact.phone for message in messages.values()} == {
        f"55119700020{number:02}" for number in (1, 2, 4, 5, 6, 7, 11, 13, 15)
    }
    assert messages[2].channel_message_id == messages[3].channel_message_id
    assert messages[8].metadata["live_location"] is True
    assert messages[12].is_from_ad
    assert messages[14].mentions == ("551130000000@s.whatsapp.net",)
    assert messages[16].media_url is None
    assert COMPANY not in {message.contact.phone for message in messages.values()}


EVENTS = [event for case in CASES for event in decode_events(case.line).events]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(EVENTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def at_worst_rejected(event: object) -> None:
    with contextlib.suppress(RejectedLine):
        assert isinstance(interpret(event), Delivery | SkippedEvent)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(EVENTS), st.data())
def test_a_mutated_case_is_at_worst_rejected(event: Json, data: st.DataObject) -> None:
    """Values of other cases come into places where they do not belong, and others do."""
    mutated = event
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from(sorted(paths(mutated))))
        other = data.draw(st.sampled_from(EVENTS))
        stolen = [value_at(other, place) for place in sorted(paths(other)) if place[-1] == path[-1]]
        value = data.draw(st.sampled_from(stolen) | VALUES if stolen else VALUES)
        mutated = with_value(mutated, path, value)
    at_worst_rejected(mutated)


@given(st.sampled_from(CASES), st.integers(0, 4_000), st.binary(max_size=8), st.integers(0, 200))
def test_a_case_with_other_bytes_is_at_worst_rejected(case: Case, at: int, inserted: bytes, cut: int) -> None:
    line = case.line[:at] + inserted + case.line[at + cut :]
    try:
        events = decode_events(line).events
    except RejectedLine:
        return
    for event in events:
        at_worst_rejected(event)


def value_at(event: Json, path: tuple[str, ...]) -> Any:
    value: Any = event
    for name in path:
        value = value[name]
    return value
