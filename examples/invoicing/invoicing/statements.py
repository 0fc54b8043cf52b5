"""The statements of invoicing, in ``sql/``, one file to a table."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ventros import Catalogue

statement: Final = Catalogue(Path(__file__).parent / "sql", schema="invoicing")
