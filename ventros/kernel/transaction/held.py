"""The repositories that a unit of work holds, found by what they store."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

from ventros.kernel.aggregate import Entity
from ventros.kernel.errors import ConfigurationError, UnitOfWorkError
from ventros.kernel.repository import EntityRepository, Repository

R_co = TypeVar("R_co", covariant=True)


class Held(Generic[R_co]):
    """A repository that a unit of work holds, made when it is first asked for."""

    def __init__(self, repository: Callable[[Any], R_co]) -> None:
        self.repository = repository

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, unit: None, owner: type) -> Self: ...
    @overload
    def __get__(self, unit: object, owner: type) -> R_co: ...
    def __get__(self, unit: Any, owner: type) -> Self | R_co:
        """Found in the unit's own ``__dict__`` from then on."""
        if unit is None:
            return self
        repository = unit.__dict__[self._name] = self.repository(unit)
        return repository


class HoldsRepositories:
    """A subclass says ``invoices = Held(InvoiceRepository)``; what it inherits under another name stays."""

    _NAMES: ClassVar[Mapping[str, str]] = {}
    """By the resource of an entity, the name under which the unit has the repository that stores it."""

    def __init_subclass__(cls) -> None:
        """Raises ConfigurationError when two of the repositories that it holds store the same resource."""
        super().__init_subclass__()
        names: dict[str, str] = {}
        for name, repository in cls.held_repositories().items():
            if repository.STANDARD and (first := names.setdefault(repository.resource, name)) != name:
                raise ConfigurationError(
                    f"{cls.__name__} has two repositories for {repository.resource}, {first} and {name}: "
                    "hold one of them, or say STANDARD = () in one that only reads"
                )
        cls._NAMES = names

    @classmethod
    def held_repositories(cls) -> dict[str, type[EntityRepository[Any]]]:
        """By the name under which the unit of work has each; inherited ones too."""
        members = inspect.getmembers_static(cls)
        held = {name: member.repository for name, member in members if isinstance(member, Held)}
        return {
            name: repository
            for name, repository in held.items()
            if isinstance(repository, type) and issubclass(repository, EntityRepository)
        }

    def repository_of(self, aggregate: object) -> Repository[Any]:
        """Raises UnitOfWorkError for what has no version."""
        repository = self._holder_of(aggregate)
        if not isinstance(repository, Repository):
            raise UnitOfWorkError(f"{repository.resource} is no aggregate with a version")
        return repository

    def _holder_of(self, entity: object) -> Any:
        if not isinstance(entity, Entity):
            raise UnitOfWorkError(f"{type(entity).__name__} is no aggregate")
        if entity.resource not in self._NAMES:
            raise UnitOfWorkError(
                f"{type(self).__name__} has no repository for {entity.resource}; add one to the class: "
                "name = Held(TheRepository)"
            )
        return getattr(self, self._NAMES[entity.resource])
