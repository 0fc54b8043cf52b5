"""One message with all that can ride: whatever is not its answer ends the connection, wherever it comes."""

from __future__ import annotations

import asyncio
import random
import re

import pytest

from tests.support.wire_model import Driver, Socket, connect, error, frame, ready, split
from ventros.kernel.connection.answers import Answer, State
from ventros.kernel.connection.wire import Wire

RECORDED, OWN = ("2:rows:1", "3:returning:1"), "4:count:1"
PARTS = ("BEGIN and settings", "first recorded", "second recorded", "own", "COMMIT")


def message(mode: str = "block") -> tuple[Socket, list[Answer], bytes]:
    """Sent whole, and answered by the server; nothing of the answer, which is the last, has arrived yet."""
    socket = connect(random.Random(1), mode)
    wire, driver, server = socket.wire, socket.driver, socket.server
    answers = [Answer() for _ in PARTS]
    driver.prepare("s")
    while driver.waiting:
        assert socket.step()
    wire.send("COMMIT")
    wire.precede(("BEGIN", "SET LOCAL a = 1"), answers[0])
    for argument, kept in zip(RECORDED, answers[1:], strict=False):
        server.recorded.add(argument[0])
        wire.record(kept)
        driver.aside = bytearray()
        driver.execute("s", argument.encode())
        driver.aside = None
    wire.watch(answers[3])
    wire.follow("COMMIT 5", answers[4])
    driver.execute("s", OWN.encode())
    wire.forget()
    while server.inbox:
        server.step()
    driver.fed.clear()
    answer = bytes(server.out)
    server.out.clear()
    return socket, answers, answer


def deliver(socket: Socket, data: bytes, size: int) -> None:
    for at in range(0, len(data), size):
        socket.wire.data_received(data[at : at + size])
    if socket.aborted:
        socket.wire.connection_lost(None)


SIZES = [1, 2, 7, 10**6]


@pytest.mark.parametrize("size", SIZES)
async def test_all_of_a_message_is_answered(size: int) -> None:
    socket, answers, data = message()
    deliver(socket, data, size)
    assert [answer.state for answer in answers] == [State.DONE] * len(PARTS)
    assert [answer.tags for answer in answers[1:4]] == [["SELECT 1"], ["INSERT 0 1"], ["UPDATE 1"]]
    assert [chr(one[0]) for one in split(socket.driver.fed)] == ["2", "C", "Z"]
    assert not socket.driver.waiting


FRAMES = [chr(one[0]) for one in split(message()[2])]
STRANGERS = [bytes([kind]) for kind in range(256) if kind not in b"1n2DCIsENSA"]
COMPLETES = [at for at, kind in enumerate(FRAMES) if kind in "2C"]


def ended(data: list[bytes], size: int) -> Socket:
    """Nothing of a riding part was handed on, nor that the message is over, and every answer is settled."""
    socket, answers, _ = message()
    deliver(socket, b"".join(data), size)
    assert socket.aborted
    (lost,) = socket.driver.lost
    assert isinstance(lost, ConnectionError)
    assert "answers nothing asked for" in str(lost)
    assert {answer.state for answer in answers} <= {State.DONE, State.LOST}
    assert State.LOST in {answer.state for answer in answers}
    kinds = [chr(one[0]) for one in split(socket.driver.fed)]
    assert "Z" not in kinds
    assert "D" not in kinds
    return socket


@pytest.mark.parametrize("size", [1, 10**6])
@pytest.mark.parametrize("at", range(len(FRAMES) - 1))
def test_a_message_that_belongs_to_no_answer_ends_the_connection(at: int, size: int) -> None:
    frames = [*split(message()[2])]
    for kind in STRANGERS:
        if kind == b"Z" and FRAMES[at] == "Z":
            continue  # of the unawaited COMMIT: the second one is the stranger
        ended([*frames[:at], kind + b"\0\0\0\5T", *frames[at:]], size)


@pytest.mark.parametrize("size", [1, 10**6])
@pytest.mark.parametrize("at", COMPLETES)
def test_an_answer_that_is_missing_or_comes_twice_ends_the_connection(at: int, size: int) -> None:
    frames = [*split(message()[2])]
    ended([*frames[:at], *frames[at + 1 :]], size)
    if at != COMPLETES[-1]:  # behind which all is asyncpg's
        ended([*frames[: at + 1], *frames[at:]], size)


@pytest.mark.parametrize("length", [0, 3, 2**30, 2**31 - 1, 2**32 - 1])
@pytest.mark.parametrize("at", range(len(FRAMES) - 1))
def test_a_length_that_cannot_be_ends_the_connection(at: int, length: int) -> None:
    frames = [*split(message()[2])]
    ended([*frames[:at], b"C" + length.to_bytes(4, "big"), *frames[at:]], 10**6)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tag", ["ROLLBACK", "BEGIN", ""])
async def test_nothing_is_handed_out_behind_an_unawaited_commit_that_failed(tag: str, size: int) -> None:
    frames = [*split(message()[2])]
    assert frames[2] == frame("C", b"COMMIT\0")
    ended([*frames[:2], frame("C", tag.encode() + b"\0"), *frames[3:]], size)
    ended([*frames[:2], error("23503"), *frames[3:]], size)
    ended([*frames[:2], *frames[3:]], size)


STARTS = [4, 10, 13, 16, 18, 21]
"""Of the parts in FRAMES: behind the unawaited COMMIT, and up to the last ReadyForQuery."""
FAILURES = [(part, at) for part in range(len(PARTS)) for at in range(STARTS[part], STARTS[part + 1])]
"""Which part fails, and the frame in the place of which its error comes."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("part", "at"), FAILURES)
async def test_an_error_belongs_to_its_part_and_skips_what_is_behind(part: int, at: int, size: int) -> None:
    socket, answers, data = message()
    frames = [*split(data)]
    deliver(socket, b"".join([*frames[:at], error("23505"), ready("E")]), size)
    assert [answer.state for answer in answers] == [
        *[State.DONE] * part,
        State.FAILED,
        *[State.SKIPPED] * (len(PARTS) - part - 1),
    ]
    assert answers[part].sqlstate == "23505"
    assert [chr(one[0]) for one in split(socket.driver.fed)][-2:] == ["E", "Z"]
    assert not socket.driver.waiting
    assert not socket.wire.loaded


@pytest.mark.parametrize("severity", ["FATAL", "PANIC"])
@pytest.mark.parametrize("localized", [False, True])
@pytest.mark.parametrize(("part", "at"), FAILURES)
async def test_an_error_that_ends_the_session_loses_all(
    part: int, at: int, severity: str, localized: bool
) -> None:
    socket, answers, data = message()
    last = error("57P01", severity)
    if localized:
        last = last.replace(b"S" + severity.encode(), b"S" + b"x" * len(severity), 1)
    deliver(socket, b"".join([*split(data)][:at]) + last, 10**6)
    assert [answer.state for answer in answers] == [*[State.DONE] * part, *[State.LOST] * (len(PARTS) - part)]


async def test_whoever_waits_for_an_answer_is_told_when_the_connection_is_lost() -> None:
    socket, answers, _ = message()
    waiting = [asyncio.create_task(answer.settled()) for answer in answers]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    socket.wire.connection_lost(None)
    await asyncio.gather(*waiting)
    assert {answer.state for answer in answers} == {State.LOST}


async def test_a_remark_is_whole_before_a_kept_answer_is_replayed() -> None:
    socket, answers, data = message()
    notice = frame("N", b"SNOTICE\0C00000\0Mhello\0\0")
    deliver(socket, data + notice[:9], 10**6)
    wire, driver = socket.wire, socket.driver
    wire.replay(answers[1])
    driver.aside = bytearray()
    driver.execute("s", RECORDED[0].encode())
    await asyncio.sleep(0)
    assert [chr(one[0]) for one in split(driver.aside)] == ["D", "C", "Z"]
    driver.aside = None
    socket.wire.data_received(notice[9:])
    assert driver.fed.endswith(notice)


FATAL = error("57P01", "FATAL")


async def kept_answers_after(pieces: list[bytes], *, asked: int) -> tuple[Socket, bytes]:
    """What asyncpg is handed when it asks for a kept answer before ``pieces[asked]`` arrives."""
    socket, answers, data = message()
    deliver(socket, data, 10**6)
    wire, driver = socket.wire, socket.driver
    driver.fed.clear()
    for number, piece in enumerate([*pieces, b""]):
        if number == asked:
            wire.replay(answers[1])
            driver.execute("s", RECORDED[0].encode())
        if piece:
            wire.data_received(piece)
    await asyncio.sleep(0)
    return socket, bytes(driver.fed)


@pytest.mark.parametrize("asked", [0, 1, 2])
@pytest.mark.parametrize("cut", [3, 9, len(FATAL) - 1])
async def test_no_kept_answer_is_replayed_once_the_server_has_ended_the_session(cut: int, asked: int) -> None:
    for pieces in [[FATAL, b""], [FATAL[:cut], FATAL[cut:]]]:
        socket, fed = await kept_answers_after(pieces, asked=asked)
        assert fed == FATAL
        assert socket.aborted


async def test_control_without_the_end_asyncpg_takes_the_kept_answer_for_the_rest_of_the_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ventros.kernel.connection.wire._ENDS_THE_SESSION", re.compile(rb"never"))
    _, fed = await kept_answers_after([FATAL], asked=0)
    assert [chr(one[0]) for one in split(fed)] == ["E", "D", "C", "Z"]


def test_the_single_byte_before_tls_is_no_piece_of_a_message() -> None:
    socket = connect(random.Random(1))
    startup = frame("R", b"\0\0\0\0") + ready("I")
    socket.wire.write(b"\0\0\0\x08\x04\xd2\x16\x2f")
    socket.wire.data_received(b"N")
    assert socket.driver.fed == b"N"
    socket.wire.set_protocol(after_handshake := Driver(waiting="end"))
    socket.wire.data_received(startup)
    assert after_handshake.fed == startup


def test_what_was_handed_on_is_not_kept() -> None:
    socket = connect(random.Random(1), "block")
    for number in range(100):
        socket.driver.query(f"SET {number}")
        while socket.driver.waiting:
            assert socket.step()
        assert len(socket.wire._skimmed) <= 1


def test_control_without_the_order_of_messages_an_answer_twice_goes_unseen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take = Wire._take

    def in_any_order(self: Wire, one: bytes, answer: Answer, own: bool, passed: list[bytes]) -> bool:
        answer.bound = one[:1] != b"2"
        return take(self, one, answer, own, passed)

    monkeypatch.setattr(Wire, "_take", in_any_order)
    unseen = 0
    for at in COMPLETES:
        try:
            test_an_answer_that_is_missing_or_comes_twice_ends_the_connection(at, 1)
        except AssertionError:
            unseen += 1
    assert unseen > 0
