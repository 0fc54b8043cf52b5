"""How aggregates are stored, one or many, each by its version.

A slice of any application makes its repository from these, and uses and overrides what their docstrings name:
:class:`Repository` for an aggregate, with :class:`ChildRows` for the rows beside its root's, and
:class:`EntityRepository` for what has no version. Names that begin with an underscore are the kernel's own.
"""

from ventros.kernel.repository.children import ChildRows
from ventros.kernel.repository.entity import EntityRepository
from ventros.kernel.repository.versioned import Lock, Repository

__all__ = ["ChildRows", "EntityRepository", "Lock", "Repository"]
