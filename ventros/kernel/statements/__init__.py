"""What can be sent: each SQL text has a name, stands in a file, and is read once."""

from ventros.kernel.statements.definition import Column, Rows, Statement
from ventros.kernel.statements.files import catalogue, columns, load, statement

__all__ = ["Column", "Rows", "Statement", "catalogue", "columns", "load", "statement"]
