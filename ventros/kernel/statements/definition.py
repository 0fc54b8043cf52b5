"""One named SQL text, with what its header says of parameters and rows."""

from __future__ import annotations

import re
from pathlib import Path
from types import NoneType
from typing import Final, Literal, Self

import attrs

from ventros.kernel.errors import ConfigurationError, ValidationError
from ventros.kernel.statements.arguments import Check
from ventros.kernel.statements.types import Type, find

Rows = Literal["one", "maybe", "many", "affected"]
Role = Literal["app", "relay", "scheduler"]
"""Who executes a statement: the services for one tenant at a time; the others for all tenants."""

SCOPES: Final = ("tenant_id", "user_id")
"""The columns that say whose a row is; a table with both is of a tenant."""

_WRITE = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE)\b")
_LOCK = re.compile(r"\bFOR (?:NO KEY UPDATE|UPDATE|SHARE|KEY SHARE)\b")


@attrs.frozen
class Column:
    """A parameter or a result column: its name and its PostgreSQL type as the header spells them.

    ``declared`` is a type of the application's own, which no table of ours has.
    """

    name: str
    type: str
    declared: Type | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def known(self) -> Type:
        """What is known of the type. Raises ConfigurationError for one that no parameter may have."""
        return self.declared or find(self.type)


@attrs.frozen
class Statement:
    """One named SQL text.

    ``text`` is what the server receives, its name included; ``tenant`` says why it compares no tenant, empty
    where it does, ``standard`` why it differs from the standard one of its verb; ``changes`` are the columns
    that differ after most executions; ``resource`` is the aggregate's type whose repository sends it, by
    which an error names it. ``table`` is bare, and empty for a statement that is given in code.
    ``in_catalogue`` tells that an auditor can read it beforehand: it is of a file, or of a list's shapes.
    """

    name: str
    text: str
    why: str
    params: tuple[Column, ...]
    rows: Rows
    returns: str
    path: Path
    line: int
    role: Role = "app"
    plan: str = ""
    tenant: str = ""
    standard: str = ""
    changes: tuple[str, ...] = ()
    schema: str = "public"
    resource: str | None = attrs.field(default=None, eq=False)
    in_catalogue: bool = attrs.field(default=False, eq=False, repr=False)
    checks: list[tuple[int, Check]] = attrs.field(init=False, repr=False, eq=False)
    _plans: dict[tuple[type, ...], tuple[list[int], list[tuple[int, Check]]]] = attrs.field(
        init=False, repr=False, eq=False, factory=dict
    )
    writes: bool = attrs.field(init=False, repr=False)
    locks: bool = attrs.field(init=False, repr=False)
    table: str = attrs.field(init=False, repr=False)

    @checks.default
    def _argument_checks(self) -> list[tuple[int, Check]]:
        """One of each parameter, with its position from 0. Raises ConfigurationError for an unknown type."""
        checks = []
        for position, param in enumerate(self.params):
            try:
                checks.append((position, param.known.check))
            except ConfigurationError as error:
                where = f"{self.path}:{self.line}: {self.name}: param {param.name}"
                raise ConfigurationError(f"{where}: {error}") from None
        return checks

    @writes.default
    def _may_write(self) -> bool:
        """Whether it may change rows; a SELECT cannot, for PostgreSQL wants such a WITH in front of it."""
        return not self.text.startswith("SELECT") and bool(_WRITE.search(self.text))

    @table.default
    def _named_table(self) -> str:
        """That after which its file is named."""
        return self.path.stem if self.path.suffix == ".sql" else ""

    @property
    def qualified_table(self) -> str:
        """With its schema, outside of public."""
        return self.table if self.schema == "public" else f"{self.schema}.{self.table}"

    @locks.default
    def _may_lock(self) -> bool:
        """Whether it may lock rows, beside those that it writes."""
        return bool(_LOCK.search(self.text))

    def of(self, resource: str) -> Self:
        """The same, sent for ``resource``."""
        return attrs.evolve(self, resource=resource)

    def id_in(self, args: tuple[object, ...]) -> object:
        """The id of the resource among the arguments: ``<resource>_id``, as its children have it, or ``id``.

        None when there is none, and of a batch.
        """
        names = [param.name for param in self.params]
        for name in (f"{self.resource}_id", "id"):
            if name in names and len(args) == len(names):
                return args[names.index(name)]
        return None

    def writes_to(self, table: str | None) -> bool:
        """Whether it inserts into ``table`` or updates it."""
        return bool(table and re.search(rf"\b(?:INTO|UPDATE)\s+(?:\w+\.)?{re.escape(table)}\b", self.text))

    def field_of(self, constraint: str | None, table: str | None) -> str | None:
        """The parameter that makes the reference, by the constraint's name.

        That is ``<table>_<reference>_fkey``, and the parameter ends in ``<reference>_id``. Else what the name
        says.
        """
        if constraint is None:
            return None
        reference = constraint.removeprefix(f"{table}_").removesuffix("_fkey").removesuffix("_id") + "_id"
        return next((param.name for param in self.params if param.name.endswith(reference)), reference)

    def check(self, args: tuple[object, ...]) -> None:
        """Refuse, before anything is sent, what PostgreSQL would refuse or silently bend.

        Raises ValidationError with the parameter as ``field``.
        """
        if len(args) != len(self.params):
            raise ValidationError(
                f"{self.name} takes {len(self.params)} arguments, {len(args)} given", field="args"
            )
        kinds = tuple(map(type, args))
        if (plan := self._plans.get(kinds)) is None:
            plan = self._plans[kinds] = self._checks_for(kinds)
        texts, others = plan
        joined = "".join([args[position] for position in texts])  # type: ignore[misc]
        if not joined.isascii() or "\x00" in joined:
            others = self.checks
        for position, check in others:
            value = args[position]
            if value is not None and (fault := check(value)):
                raise self.refusal(position, fault)

    def _checks_for(self, kinds: tuple[type, ...]) -> tuple[list[int], list[tuple[int, Check]]]:
        """Of values of these types: the texts, which are fine if all are plain ASCII, and the others."""
        texts, others = [], []
        for position, check in self.checks:
            type_, kind = self.params[position].known, kinds[position]
            if type_.ascii and kind is str:
                texts.append(position)
            elif kind is not NoneType and kind not in type_.passing:
                others.append((position, check))
        return texts, others

    def refusal(self, position: int, fault: str) -> ValidationError:
        """The error for the argument at ``position`` (from 0): names the statement and the parameter."""
        param = self.params[position].name
        return ValidationError(f"{self.name}: ${position + 1} {param} {fault}", field=param)
