"""One page to read by itself: what was found wrong, all SQL with plans and costs, and the tables it is for.

Jinja2 escapes whatever comes from the server, and the page's policy lets no script run but its own.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.metadata
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

import attrs
import jinja2
import psycopg
from markupsafe import Markup

from ventros import administration, roles
from ventros.audit.library import Library
from ventros.audit.page.database import Table, tables
from ventros.audit.page.diagram import diagram, order
from ventros.audit.page.entries import Item, anchor, costs, highlight, items
from ventros.audit.session import COMMANDS, QUESTIONS
from ventros.audit.statistics import Identify
from ventros.kernel.errors import ConfigurationError, DatabaseError
from ventros.kernel.resources import PACKAGE

if TYPE_CHECKING:
    from ventros.audit.checks import Finding

DIRECTORY = Path(__file__).parent
MAX_OTHERS = 300
"""Unknown texts of others shown: migrations and administration alone make hundreds."""
MAX_CHARACTERS = 4000
"""Characters of such a text shown."""
_SERVER: LiteralString = """
SELECT current_setting('server_version'), current_database(), rolname, rolsuper OR rolbypassrls
  FROM pg_roles WHERE rolname = current_user
"""


@attrs.frozen
class Group:
    """The statements of one file, and the shapes of that table's list."""

    table: str
    statements: list[Item]
    shapes: list[Item]


@attrs.frozen
class Use:
    """What has to do with a table or an index: statements, and by table how many shapes of its list."""

    statements: list[Item] = attrs.Factory(list)
    shapes: dict[str, int] = attrs.Factory(dict)


def page(
    connection: psycopg.Connection, library: Library, findings: Sequence[Finding], app: str = roles.APP
) -> str:
    """``app`` is the role that services log in as: its costs are shown, and what else it executed.

    What the connection's role may not see is said on the page. Nothing is executed but questions to the
    catalog and EXPLAIN. Raises DatabaseError, and ConfigurationError when we are ``app`` ourselves.
    """
    if connection.info.user == app:
        raise ConfigurationError(f"log in as another than {app}: the page would count as what it executed")
    try:
        ((server, database, user, bypasses_policies),) = connection.execute(_SERVER).fetchall()
        database_tables = tables(connection)
    except psycopg.Error as error:
        raise DatabaseError(administration.message(error), sqlstate=error.sqlstate) from error
    identify = Identify(connection, library)
    cost = costs(connection, library, app, identify)
    all_items = items(connection, library, cost, identify)
    return _template().render(
        server=server,
        database=database,
        user=user,
        bypasses_policies=bypasses_policies,
        host=f"{connection.info.host}:{connection.info.port}",
        made_at=datetime.now(UTC),
        version=_version(),
        findings=findings,
        costs=cost,
        ranking=_ranking(all_items),
        others=cost.others[:MAX_OTHERS],
        groups=_groups(all_items),
        statements=[item for item in all_items if not item.shape],
        shapes=[item for item in all_items if item.shape and item.committed],
        seen=[item for item in all_items if not item.committed],
        **_schema(library, database_tables, all_items),
        commands=COMMANDS,
        questions=QUESTIONS,
    )


def write(path: Path, text: str) -> None:
    """The whole file or none of it, for nobody else to read. Raises ConfigurationError when that fails."""
    target = path.resolve()  # a link stays one
    try:
        if target.exists() and not target.is_file():
            raise ConfigurationError(f"cannot write {path}: it is no file")
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".audit-") as directory:
            file = Path(directory) / "page.html"
            file.touch(mode=0o600)
            file.write_text(text, encoding="utf-8")
            file.replace(target)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error


def _ranking(items: Iterable[Item]) -> list[Item]:
    executed = [item for item in items if item.cost]
    return sorted(executed, key=lambda item: -item.cost.calls * item.cost.mean_ms if item.cost else 0)


def _groups(items: Iterable[Item]) -> list[Group]:
    groups: dict[str, Group] = {}
    for item in items:
        group = groups.setdefault(item.group, Group(item.group, [], []))
        (group.shapes if item.shape else group.statements).append(item)
    return [groups[name] for name in sorted(groups)]


def _schema(library: Library, tables: list[Table], items: list[Item]) -> dict[str, object]:
    library_tables = library.tables
    ours = order(table for table in tables if table.name in library_tables)
    others = [table for table in tables if table.name not in library_tables]
    referring: dict[str, list[str]] = {}
    for table in tables:
        for reference in table.references:
            referring.setdefault(reference.target, []).append(table.name)
    return {
        "tables": [*ours, *others],
        "present": {table.name for table in tables},
        "library": library_tables,
        "diagram": diagram(ours),
        "referring": referring,
        "writing": _uses(items, lambda item: item.written),
        "reading": _uses(items, lambda item: item.only_read),
        "planned": _uses(items, lambda item: item.plan.indexes),
    }


def _uses(items: Iterable[Item], names_of: Callable[[Item], Iterable[str]]) -> dict[str, Use]:
    uses: dict[str, Use] = {}
    for item in items:
        for name in names_of(item):
            use = uses.setdefault(name, Use())
            if item.shape:
                use.shapes[item.group] = use.shapes.get(item.group, 0) + 1
            else:
                use.statements.append(item)
    return uses


def _version() -> str:
    """Of the package, with the commit where it is a checkout."""
    version = importlib.metadata.version("ventros")
    if not (PACKAGE.parent / ".git").exists():
        return version
    command = (
        "git",
        "-C",
        str(PACKAGE.parent),
        "describe",
        "--always",
        "--dirty",
        "--abbrev=12",
        "--exclude=*",
    )
    try:
        process = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return version
    commit, _, dirty = process.stdout.strip().partition("-")
    return f"{version}, commit {commit}{' with uncommitted changes' if dirty else ''}"


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(DIRECTORY),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "sql": highlight,
        "anchor": anchor,
        "visible": visible,
        "number": lambda value: f"{value:,}",
        "ms": lambda value: f"{value:,.3f}",
        "breakable": lambda name: Markup("<wbr>").join(re.split(r"(?<=[._])(?=.)", name)),
        "bytes": _bytes,
    }
    for name in ("style.css", "filter.js"):
        text = (DIRECTORY / name).read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        kind = name.partition(".")[0]
        environment.globals |= {kind: Markup(text), f"{kind}_hash": f"sha256-{digest}"}  # noqa: S704 - our own files
    return environment.get_template("page.html")


def visible(text: str) -> str:
    """What would not be seen or would turn the rest around is shown by its number; long texts are cut."""
    shown = "".join(
        character if character.isprintable() or character in "\n\t" else f"\\u{ord(character):04x}"
        for character in text[:MAX_CHARACTERS]
    )
    return (
        shown
        if len(text) <= MAX_CHARACTERS
        else f"{shown}… and {len(text) - MAX_CHARACTERS:,} characters more"
    )


def _bytes(value: int) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if value < 10_000 or unit == "GB":
            return f"{value:,.0f} {unit}"
        value = round(value / 1000)
    raise AssertionError
