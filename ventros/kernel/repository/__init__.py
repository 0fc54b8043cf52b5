"""How aggregates are stored, one or many, each by its version."""

from ventros.kernel.repository.entity import EntityRepository
from ventros.kernel.repository.versioned import Lock, Repository

__all__ = ["EntityRepository", "Lock", "Repository"]
