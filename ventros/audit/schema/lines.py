"""The lines that describe a schema: read from a database, from ``catalogue.txt``, and written there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import attrs

from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError
from ventros.roles import Roles

FILE = "catalogue.txt"
OWNER = ("owner of all", "", "")
"""The line that only says who owns the tables: it differs from database to database."""

_HEADER = """\
# What the migrations of {name} make, as sql/ops/catalogue.sql shows it on PostgreSQL 15 to 18.
# A line that begins with "? " is made by a command, such as ventros history enable, and may be missing.
# Not to be edited: ventros sync writes it.
"""
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_ESCAPED = re.compile(r"\\(.)")


@attrs.frozen(order=True)
class Line:
    """One thing in a schema; ``relation`` is its table or empty. Names are quoted as in SQL."""

    kind: str
    relation: str
    name: str
    definition: str

    @classmethod
    def of(cls, kind: str, relation: str, name: str, definition: str) -> Line:
        """Of the four columns of ``catalogue.sql``, in which a new line within a definition is ``\\n``."""
        plain = _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], definition)
        return cls(kind, relation, name, plain)

    @property
    def key(self) -> Key:
        return (self.kind, self.relation, self.name)

    def __str__(self) -> str:
        escaped = self.definition.replace("\\", "\\\\").replace("\n", "\\n")
        return "|".join((*self.key, escaped))


Key = tuple[str, str, str]
Lines = dict[Key, Line]


@attrs.frozen
class Listed:
    """What the migrations make, and what commands add that may be missing."""

    made: Lines
    optional: Lines

    def named(self, roles: Roles) -> Listed:
        """With these names in the policies that are for one role."""
        return Listed(
            *(
                {key: _named(line, roles) for key, line in part.items()}
                for part in attrs.astuple(self, recurse=False)
            )
        )


def _named(line: Line, roles: Roles) -> Line:
    if line.kind != "policy":
        return line
    return attrs.evolve(line, definition=roles.named_in(line.definition, _quoted))


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else '"{}"'.format(name.replace('"', '""'))


def lines(rows: Iterable[tuple[str, str, str, str]]) -> Lines:
    """The rows of ``catalogue.sql`` by their keys."""
    return {line.key: line for line in (Line.of(*row) for row in rows)}


def listed(application: Application) -> Listed:
    """Of the whole stack. Raises ConfigurationError when a list is missing or is none."""
    made: Lines = {}
    optional: Lines = {}
    for one in application.stack():
        own = read(one.statements.folder / FILE)
        made |= own.made
        optional |= own.optional
    return Listed(made, optional)


def read(path: Path) -> Listed:
    """One file. Raises ConfigurationError when it is missing or is no such list."""
    if not path.is_file():
        raise ConfigurationError(f"{path} is missing: ventros sync writes it")
    found: dict[bool, Lines] = {False: {}, True: {}}
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.startswith("#"):
            continue
        fields = text.removeprefix("? ").split("|", 3)
        if len(fields) != 4:
            raise ConfigurationError(
                f"{path}:{number}: is not kind|table|name|definition: ventros sync writes it"
            )
        line = Line.of(fields[0], fields[1], fields[2], fields[3])
        found[text.startswith("? ")][line.key] = line
    return Listed(made=found[False], optional=found[True])


def written(application: Application, own: Listed) -> str:
    """The text of its ``catalogue.txt``."""
    made, optional = (sorted(map(str, part.values())) for part in (own.made, own.optional))
    body = [*made, *(f"? {text}" for text in optional)]
    return _HEADER.format(name=application.name) + "".join(f"{text}\n" for text in body)
