"""What is awaited uncancelled runs to its end, in the task that awaits it, whatever comes meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from ventros.kernel.transaction.deferral import DeferCancellation


async def two_answers(*answers: asyncio.Future[str]) -> str:
    return "".join([await answer for answer in answers])


async def test_cancellations_wait_for_the_end_and_the_first_is_kept() -> None:
    loop = asyncio.get_running_loop()
    answers = [loop.create_future(), loop.create_future()]
    waiting = DeferCancellation(two_answers(*answers))
    running = []

    async def wait() -> str:
        running.append(asyncio.current_task())
        return await waiting

    task = asyncio.create_task(wait())
    for answer, text in zip(answers, ("COM", "MIT"), strict=True):
        await asyncio.sleep(0)
        task.cancel(text)
        await asyncio.sleep(0.01)
        assert not task.done()
        assert not answer.done()
        answer.set_result(text)
    assert await task == "COMMIT"
    assert running == [task]
    assert waiting.cancelled is not None
    assert waiting.cancelled.args == ("COM",)


async def test_what_the_work_raises_is_raised() -> None:
    loop = asyncio.get_running_loop()
    refused, given_up = loop.create_future(), loop.create_future()
    refused.set_exception(OSError("gone"))
    given_up.cancel()
    for answer, error in ((refused, OSError), (given_up, asyncio.CancelledError)):
        waiting = DeferCancellation(two_answers(answer))
        with pytest.raises(error):
            await waiting
        assert waiting.cancelled is None


async def test_a_task_awaited_bare_takes_its_work_along() -> None:
    """The control."""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(two_answers(answer))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert answer.cancelled()
