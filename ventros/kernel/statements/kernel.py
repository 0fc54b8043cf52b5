"""The kernel's own statements: outbox, commit markers, inbox."""

from __future__ import annotations

from typing import Final

from ventros.kernel.resources import directory
from ventros.kernel.statements.catalogue import Catalogue

statement: Final = Catalogue(directory("sql") / "kernel")
