"""A request in a unit of work; one that has an Idempotency-Key once, however often it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID, uuid5

from starlette.requests import Request
from starlette.responses import Response

from service.answers import Answer
from service.application import UnitOfWork
from service.callers import Caller, authenticate
from service.problems import KeyReused, Malformed
from ventros import AlreadyProcessed, CommitInDoubt, Database, Outcome

UseCase = Callable[[UnitOfWork], Awaitable[Answer]]

COMMANDS: Final = UUID("0190c3a4-5a2e-7d53-9b57-2f1f0c9d6a11")
LONGEST_KEY: Final = 255
RESOLVE_WITHIN: Final = 2.0
"""Seconds that a client waits longer when the database was lost amidst COMMIT."""


async def perform(request: Request, use_case: UseCase) -> Response:
    """Run it, again after a conflict, and keep the answer under the request's key, if it has one."""
    caller, db = authenticate(request), _database(request)
    command_id = _command_id(request, caller)
    fingerprint = await _fingerprint(request)
    answers: list[Answer] = []

    async def run(uow: UnitOfWork) -> None:
        answers.append(await use_case(uow))
        if command_id is not None:
            uow.answers.keep(command_id, fingerprint, answers[-1])

    try:
        await db.run(
            caller.tenant,
            run,
            command_id=command_id,
            correlation_id=request.state.request_id,
            actor=caller.actor,
            use_case=use_case.__name__,
        )
    except AlreadyProcessed as error:
        return await _first_answer(db, error, fingerprint)
    except CommitInDoubt as error:
        if await db.resolve(error.marker, deadline=RESOLVE_WITHIN) is not Outcome.COMMITTED:
            raise
    return answers[-1].response()


async def _first_answer(db: Database[UnitOfWork], error: AlreadyProcessed, fingerprint: bytes) -> Response:
    """Raises KeyReused for another request, the error itself when the answer is no longer kept."""
    async with db.unit_of_work(error.tenant, read_only=True) as uow:
        found = await uow.answers.find(error.command_id)
    if found is None:
        raise error
    first, answer = found
    if first != fingerprint:
        raise KeyReused("another request came with this Idempotency-Key before: take a new one")
    return answer.response(**{"Idempotency-Replayed": "true"})


def _command_id(request: Request, caller: Caller) -> UUID | None:
    """The same key of another caller is another command. Raises Malformed where a key is needed."""
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if not key and request.method == "POST":
        raise Malformed(
            "a POST needs an Idempotency-Key: a new one, such as a UUID, for each thing to be done"
        )
    if len(key) > LONGEST_KEY:
        raise Malformed(f"an Idempotency-Key has {LONGEST_KEY} characters at most")
    return uuid5(COMMANDS, f"{caller.actor} {key}") if key else None


async def _fingerprint(request: Request) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(await request.body())
    return digest.digest()


def _database(request: Request) -> Database[UnitOfWork]:
    db: Database[UnitOfWork] = request.state.db
    return db
