"""The service's own statements keep the rules that Ventros keeps for its own."""

from __future__ import annotations

from service.application import SERVICE
from ventros.testing import check_statements

TestStatements = check_statements(SERVICE)
