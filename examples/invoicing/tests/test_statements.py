"""Every statement keeps the rules, is what its header says, and goes the way to its rows that is expected."""

from __future__ import annotations

from ventros.testing import check_statements

from invoicing.application import INVOICING

TestStatements = check_statements(INVOICING)
