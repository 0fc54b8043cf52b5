"""Writes an aggregate of an application: its slice, its statements, its migration and its test."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from ventros.audit.standard_texts import standard
from ventros.generator.columns import Child, Field, camel, parse_child, parse_columns, parse_name, plural_of
from ventros.generator.registration import registered
from ventros.generator.rendering import KEPT, formatted, render, write
from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import Column
from ventros.migration_files import write_checksums


@attrs.frozen
class Aggregate:
    """What is to be written, with names that are checked."""

    name: str
    plural: str
    fields: tuple[Field, ...]
    children: tuple[Child, ...]

    def values(self) -> dict[str, Any]:
        """What the templates know of it."""
        return {
            "name": self.name,
            "plural": self.plural,
            "words": self.name.replace("_", " "),
            "article": "an" if self.name[0] in "aeiou" else "a",
            "fields": self.fields,
            "children": self.children,
            "all_fields": [*self.fields, *(field for child in self.children for field in child.fields)],
            "typed": lambda fields: ", ".join(f"{field.name}{KEPT}{field.sql}" for field in fields),
            "numbers": lambda count: ", ".join(f"${number}" for number in range(1, count + 1)),
        }


@attrs.frozen
class Place:
    """Where an application keeps its code: ``package`` has ``statements.py`` and the unit of work."""

    package: str
    folder: Path
    unit_of_work: Path
    application: Application


def parse(name: str, columns: str, children: Sequence[str], plural: str | None) -> Aggregate:
    """Raises ConfigurationError for a name, column or child that cannot be."""
    name = parse_name(name)
    plural = parse_name(plural or plural_of(name), in_sql=True)
    if plural == name:
        raise ConfigurationError(f"the plural of {name} must be another word, for its table and its package")
    fields = parse_columns(columns)
    taken = [name, plural, *(field.name for field in fields)]
    kinds: list[Child] = []
    for text in children:
        child = parse_child(text, [f"{name}_id"])
        for word in (child.name, child.plural):
            if word in taken:
                raise ConfigurationError(f"{text!r}: {word} is taken already; name the child otherwise")
        taken += [child.name, child.plural]
        kinds.append(child)
    return Aggregate(name, plural, fields, tuple(kinds))


def place_of(application: Application) -> Place:
    """Raises ConfigurationError unless its files are as ``ventros new application`` has them."""
    module = application.unit_of_work.__module__
    package = module.rpartition(".")[0]
    file = sys.modules[module].__file__
    if not package or package.split(".")[0] == "ventros" or file is None:
        raise ConfigurationError(
            f"{application.name} is not yours to add to: name your application by --app, or make one with "
            "ventros new application"
        )
    statements = importlib.import_module(f"{package}.statements")
    if getattr(statements, "statement", None) is not application.statements:
        raise ConfigurationError(
            f"{package}.statements has no statement = Catalogue(...) that is the application's: the new "
            "repository would take its statements from there"
        )
    return Place(package, Path(file).parent, Path(file), application)


def new_aggregate(aggregate: Aggregate, place: Place, tests: Path) -> list[Path]:
    """Write its files and hold its repository in the unit of work; the paths of what was written or changed.

    Raises ConfigurationError, and writes nothing, when one of the files is there already.
    """
    unit_of_work = place.application.unit_of_work.__name__
    repository = f"{camel(aggregate.name)}Repository"
    holding = registered(
        place.unit_of_work.read_text(encoding="utf-8"),
        unit_of_work,
        aggregate.plural,
        f"{place.package}.{aggregate.plural}.repository",
        repository,
    )
    files = _files(aggregate, place, tests, unit_of_work)
    write(files)
    text = formatted(holding, place.unit_of_work, place.package)
    place.unit_of_work.write_text(text, encoding="utf-8", newline="\n")
    sums = write_checksums(place.application.migrations)
    return [*files, place.unit_of_work, sums]


def _files(aggregate: Aggregate, place: Place, tests: Path, unit_of_work: str) -> dict[Path, str]:
    schema = place.application.statements.schema
    schema_dot = "" if schema == "public" else f"{schema}."
    values = {
        **aggregate.values(),
        "package": place.package,
        "schema_dot": schema_dot,
        "unit_of_work": unit_of_work,
    }
    slice_folder, sql = place.folder / aggregate.plural, place.application.statements.folder
    plural = aggregate.plural
    files = {slice_folder / "__init__.py": f'"""{camel(plural)}: what they are."""\n'}
    for module in ("aggregate", "events", "mapper", "repository"):
        path = slice_folder / f"{module}.py"
        files[path] = render(f"{module}.py", path, values)
    files[sql / f"{plural}.sql"] = _standard_statements(aggregate, f"{schema_dot}{plural}")
    for child in aggregate.children:
        path = sql / f"{aggregate.name}_{child.plural}.sql"
        files[path] = render("children.sql", path, {**values, "child": child})
    migration = f"{_next_number(place.application.migrations)}.create-{plural.replace('_', '-')}"
    for template, suffix in (("migration.sql", ".sql"), ("rollback.sql", ".rollback.sql")):
        path = place.application.migrations / f"{migration}{suffix}"
        files[path] = render(template, path, values)
    path = tests / f"test_{plural}.py"
    files[path] = render("test_aggregate.py", path, values)
    return files


def _standard_statements(aggregate: Aggregate, table: str) -> str:
    moments = [Column("created_at", "timestamptz"), Column("updated_at", "timestamptz")]
    columns = [Column(field.name, field.sql) for field in aggregate.fields]
    return standard(table, [*columns, *moments], resource=aggregate.name)


def _next_number(migrations: Path) -> str:
    numbers = [int(path.name[:4]) for path in migrations.glob("[0-9][0-9][0-9][0-9].*.sql")]
    return f"{max(numbers, default=0) + 1:04}"
