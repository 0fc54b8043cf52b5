"""The statements of the CRM."""

from __future__ import annotations

from typing import Final

from ventros.kernel.resources import directory
from ventros.kernel.statements import Catalogue

statement: Final = Catalogue(directory("sql"))
