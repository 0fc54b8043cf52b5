"""What can be sent: each SQL text has a name, stands in a file, and is read once."""

from ventros.kernel.statements.catalogue import Catalogue, Table
from ventros.kernel.statements.checked import columns, one_off
from ventros.kernel.statements.definition import Column, Role, Rows, Statement
from ventros.kernel.statements.files import load

__all__ = ["Catalogue", "Column", "Role", "Rows", "Statement", "Table", "columns", "load", "one_off"]
