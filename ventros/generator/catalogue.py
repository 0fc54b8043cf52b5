"""Makes ``catalogue.txt``: the lines that an application's migrations add to a database's schema."""

from __future__ import annotations

from ventros import administration, roles
from ventros.audit import checks, schema
from ventros.devserver import DevServer
from ventros.kernel.application import Application
from ventros.kernel.resources import directory
from ventros.ops import history, locking_indexes
from ventros.schema import migrate_bare
from ventros.unit_of_work import CRM


def catalogue(server: DevServer, application: Application) -> str:
    """Migrates a new database on ``server``, first what the application stands on; PostgreSQL 15 to 18 give
    the same text.
    """
    database = f"catalogue_{application.name}"
    server.create_database(database, "template0")
    dsn = server.owner_dsn(database)
    for below in application.stands_on:
        migrate_bare(dsn, below)
        _switch_on(dsn, below)
    known = _lines(dsn, application)
    migrate_bare(dsn, application)
    made = _lines(dsn, application)
    _switch_on(dsn, application)
    own = schema.Listed(_beside(made, known), _beside(_lines(dsn, application), made))
    return schema.written(application, own)


def _switch_on(dsn: str, application: Application) -> None:
    """All that commands add to a schema where an operator wants it."""
    if application.versioned():
        history.enable(dsn, application)
    if application.name == CRM.name:
        locking_indexes.create(dsn)
    roles.set_up(dsn, application)


def _lines(dsn: str, application: Application) -> schema.Lines:
    path = directory("sql") / "ops" / "catalogue.sql"
    text = checks.render(checks.read_question(path).text, application)
    with administration.connect(administration.parameters(dsn)) as connection:
        cursor = connection.execute(text.encode(), prepare=False)
        while cursor.nextset():
            pass
        return schema.lines(cursor.fetchall())


def _beside(found: schema.Lines, known: schema.Lines) -> schema.Lines:
    return {key: line for key, line in found.items() if known.get(key) != line}
