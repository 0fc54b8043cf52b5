"""The service as an application on the CRM: one table of its own, in a schema of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import ventros
from service.answers import Answers, statement
from ventros.kernel.transaction.held import Held


class UnitOfWork(ventros.UnitOfWork):
    """All of the CRM's repositories, and the answers."""

    answers = Held(Answers)


SERVICE: Final = ventros.Application(
    name="service",
    statements=statement,
    migrations=Path(__file__).parent / "migrations",
    unit_of_work=UnitOfWork,
    stands_on=(ventros.CRM,),
)
