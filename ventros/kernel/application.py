"""An application: what has statements, migrations, repositories and a unit of work."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs

from ventros.kernel.resources import directory
from ventros.kernel.statements.catalogue import Catalogue
from ventros.kernel.statements.kernel import statement
from ventros.kernel.transaction.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class Application:
    """``migrations`` is the folder of its migrations, ``stands_on`` are the applications whose tables its
    own refer to; the kernel's is at the bottom of every stack.
    """

    name: str
    statements: Catalogue
    migrations: Path
    unit_of_work: type[UnitOfWork]
    stands_on: tuple[Application, ...]

    def stack(self) -> tuple[Application, ...]:
        """Each application once, those that others stand on first, this one last."""
        found: dict[str, Application] = {}
        for below in self.stands_on:
            found.update((application.name, application) for application in below.stack())
        return (*found.values(), self)


KERNEL: Final = Application(
    name="kernel",
    statements=statement,
    migrations=directory("migrations") / "kernel",
    unit_of_work=UnitOfWork,
    stands_on=(),
)
