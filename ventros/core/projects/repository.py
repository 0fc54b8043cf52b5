"""Where projects are kept."""

from __future__ import annotations

from ventros.core.projects import mapper
from ventros.core.projects.aggregate import Project
from ventros.kernel.repository import Repository
from ventros.kernel.statements import statement


class ProjectRepository(Repository[Project]):
    """A new project belongs to a unit of work of its own tenant, as everything of that tenant does."""

    resource = "project"
    mapper = mapper

    INSERT = statement("projects.insert")
    SELECT = statement("projects.get")
    UPDATE = statement("projects.update")
    DELETE = statement("projects.delete")
    STORED_VERSION = statement("projects.stored_version")
