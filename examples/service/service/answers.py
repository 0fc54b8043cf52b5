"""What was answered to requests that may come again, kept in the transaction of their effect."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import attrs
from starlette.responses import Response

from ventros import Catalogue, UnitOfWork
from ventros.kernel.connection.call import Call

statement: Final = Catalogue(Path(__file__).parent / "sql", schema="service")


@attrs.frozen
class Answer:
    """To be sent now, or once more later."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = attrs.field(factory=dict)

    def response(self, **more: str) -> Response:
        return Response(self.body, self.status, {**self.headers, **more})


class Answers:
    """The first answer to each command of the unit's tenant."""

    KEEP = statement("service.answers.keep")
    GET = statement("service.answers.get")
    PRUNE = statement("service.answers.prune")

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit

    def keep(self, command_id: UUID, fingerprint: bytes, answer: Answer) -> None:
        """With the COMMIT, at no round trip."""
        values = (fingerprint, answer.status, dict(answer.headers), answer.body, self.unit.started_at)
        self.unit.send_with_commit(Call(self.KEEP, ((self.unit.tenant, command_id, *values),)))

    async def find(self, command_id: UUID) -> tuple[bytes, Answer] | None:
        """With the fingerprint of its request; None for one that was never given, or was pruned."""
        row = await self.unit.connection.maybe(self.GET, self.unit.tenant, command_id)
        if row is None:
            return None
        return row["fingerprint"], Answer(row["status"], row["body"], row["headers"])

    async def prune(self, before: datetime) -> int:
        """How many there were. A request that comes again after that is told that it was done before."""
        return await self.unit.connection.affected(self.PRUNE, self.unit.tenant, before)
