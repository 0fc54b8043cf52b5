"""The server that tests are given, embedded or there already, and databases made from a template."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, LiteralString
from urllib.parse import quote, urlencode

import attrs
import psycopg
from psycopg import sql
from pytest_postgresql.janitor import DatabaseJanitor

from ventros import administration, roles
from ventros.devserver import DevServer
from ventros.kernel.application import Application
from ventros.kernel.connection.dsn import Insecure, parse
from ventros.kernel.errors import ConfigurationError
from ventros.migrate import migrate

_STATEMENTS: Final = "250000"
"""Room in pg_stat_statements for what each test's database counts: what has no room pushes others out."""
_OURS: Final = frozenset({"host", "hostaddr", "port", "user", "password", "dbname", "options", "service"})


@attrs.frozen
class GivenServer:
    """A server that is there, by a superuser's DSN; the roles are ones that the superuser takes.

    A connection takes its role as it begins (``options=-c role=…``), so that none needs a password,
    and those of a server that others use keep theirs. Row-level security and privileges are the role's.
    """

    host: str
    port: int
    superuser: str
    superuser_password: str = attrs.field(repr=False)
    further: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    """The parameters of the DSN that say how to connect."""

    @classmethod
    def at(cls, dsn: str) -> GivenServer:
        """Raises ConfigurationError unless ``dsn`` can be read and is a superuser's.

        It may be without TLS: who names a server for tests knows where it is.
        """
        with administration.connect(administration.parameters(Insecure(dsn))) as connection:
            info = connection.info
            if info.parameter_status("is_superuser") != "on":
                raise ConfigurationError(
                    f"{info.user} is no superuser: name one by --ventros-dsn, to make databases and roles"
                )
            further = {name: value for name, value in parse(dsn).items() if name not in _OURS}
            return cls(info.host, info.port, info.user, info.password, further)

    def dsn(self, database: str, role: str = roles.APP) -> str:
        """For the app, or another of the roles that grants.sql names."""
        return self._url(database, options=f"-c role={role}")

    def owner_dsn(self, database: str) -> str:
        """For the owner of the tables."""
        return self._url(database, options=f"-c role={roles.OWNER}")

    def superuser_dsn(self, database: str = "postgres") -> str:
        """For the superuser himself."""
        return self._url(database)

    def _url(self, database: str, **more: str) -> str:
        credentials = quote(self.superuser, safe="")
        if self.superuser_password:
            credentials += f":{quote(self.superuser_password, safe='')}"
        place = {"host": self.host, "port": str(self.port)}
        query = urlencode({**place, **self.further, **more}, quote_via=quote)
        return Insecure(f"postgresql://{credentials}@/{quote(database, safe='')}?{query}")


Server = DevServer | GivenServer
"""Both have ``dsn(database, role)``, ``owner_dsn(database)`` and ``superuser_dsn(database)``."""


@contextmanager
def serving(dsn: str | None) -> Iterator[Server]:
    """The server that a superuser's ``dsn`` names, else an embedded one, removed afterwards."""
    if dsn:
        yield GivenServer.at(dsn)
    else:
        with DevServer(
            durable=False, statistics=True, settings={"pg_stat_statements.max": _STATEMENTS}
        ) as running:
            yield running


@attrs.frozen
class Template:
    """A migrated database, of which each test gets a copy; their names begin with its ``name``."""

    server: Server
    name: str

    @contextmanager
    def copy(self) -> Iterator[str]:
        """Another database that is as the template; its name. Dropped afterwards."""
        name = f"{self.name}_{secrets.token_hex(4)}"
        with _database(self.server, name, template=self.name):
            with psycopg.connect(self.server.superuser_dsn(name), autocommit=True) as connection:
                roles.revoke_temporary(connection)  # which CREATE DATABASE does not copy
            yield name


@contextmanager
def migrated(server: Server, application: Application) -> Iterator[Template]:
    """A database with the application's roles, schema and grants, made as others make theirs."""
    template = Template(server, f"ventros_test_{secrets.token_hex(4)}")
    with _database(server, template.name):
        with _alone(server):  # roles are the server's, and another run may want to make them too
            roles.set_up(server.superuser_dsn(template.name), application)
        migrate(server.owner_dsn(template.name), application)
        roles.set_up(server.owner_dsn(template.name), application)
        yield template


def give_to_owner(server: Server, name: str) -> None:
    """Let the owner of the tables own the database of that name."""
    text: LiteralString = "ALTER DATABASE {} OWNER TO {}"
    with psycopg.connect(server.superuser_dsn(name)) as connection:
        connection.execute(sql.SQL(text).format(sql.Identifier(name), sql.Identifier(roles.OWNER)))


@contextmanager
def _alone(server: Server) -> Iterator[None]:
    with psycopg.connect(server.superuser_dsn()) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('ventros.testing'))")
        yield


@contextmanager
def _database(server: Server, name: str, template: str | None = None) -> Iterator[None]:
    with DatabaseJanitor(
        user=server.superuser,
        password=server.superuser_password,
        host=server.host,
        port=server.port,
        dbname=name,
        template_dbname=template,
    ):
        yield
