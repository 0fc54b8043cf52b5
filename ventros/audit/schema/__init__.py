"""Holds the schema of a database against the list of what the migrations made.

``sql/ops/catalogue.sql`` shows a database's schema as lines; ``catalogue.txt`` beside an application's
``schema.sql`` has the lines that its migrations make. What is missing, changed or extra is a fault.
"""

from __future__ import annotations

from ventros.audit.schema.faults import Fault, faults
from ventros.audit.schema.lines import FILE, Line, Lines, Listed, lines, listed, read, written
from ventros.audit.schema.weights import HIGH, WEIGHTS

__all__ = [
    "FILE",
    "HIGH",
    "WEIGHTS",
    "Fault",
    "Line",
    "Lines",
    "Listed",
    "faults",
    "lines",
    "listed",
    "read",
    "written",
]
