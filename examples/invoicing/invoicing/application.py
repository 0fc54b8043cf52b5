"""The application: what ``ventros --app invoicing.application:INVOICING`` works on."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ventros import KERNEL, Application

from invoicing.statements import statement
from invoicing.unit_of_work import UnitOfWork

INVOICING: Final = Application(
    name="invoicing",
    statements=statement,
    migrations=Path(__file__).parent / "migrations",
    unit_of_work=UnitOfWork,
    stands_on=(KERNEL,),
)
