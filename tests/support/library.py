"""What the CRM may send, and the statements of its catalogues by name."""

from __future__ import annotations

from ventros.audit.library import Library
from ventros.unit_of_work import CRM

LIBRARY = Library(CRM)
CATALOGUE = LIBRARY.written
