"""Where the database is and how one gets in: read once, the same for the service and its administration."""

from __future__ import annotations

import ipaddress
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from ventros.kernel.connection.dsn import Insecure, parse, resolve_dsn
from ventros.kernel.connection.parameters import PARAMETERS
from ventros.kernel.connection.settings import SERVER_SHARE, Settings
from ventros.kernel.connection.tls import PROVING, home, system_roots
from ventros.kernel.errors import ConfigurationError, ValidationError

_SOCKET_DIRECTORIES = ("/run/postgresql", "/var/run/postgresql", "/tmp")  # noqa: S108 - where servers put it
_HOST_NAME = re.compile(r"[\w.-]+")
_OPTION = re.compile(r"(?:-c\s*|--)([\w.-]+)=((?:[^\s\\]|\\.)*)", re.DOTALL)
_TIME = re.compile(r"(\d{1,10})(us|ms|s|min|h|d)?")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_BOUNDS = {
    "statement_timeout": ("statement_timeout", 1 / SERVER_SHARE),
    "lock_timeout": ("lock_timeout", 1.0),
    "idle_in_transaction_session_timeout": ("idle_in_transaction_timeout", 1.0),
}
_SESSION_VARIABLES = {"PGDATESTYLE": "datestyle", "PGTZ": "timezone", "PGGEQO": "geqo"}
"""No parameters of a DSN: libpq sends them when they are set."""


@attrs.frozen
class Host:
    """One server. ``name`` is what its certificate must show; ``place`` is where to connect.

    Both are the directory of a Unix socket, where it is one.
    """

    name: str
    place: str
    port: int
    password: str | None = attrs.field(default=None, repr=False)

    @property
    def is_socket(self) -> bool:
        """Whether a connection to it never leaves the kernel of this machine."""
        return self.place.startswith("/")

    @property
    def is_remote(self) -> bool:
        """Whether what is sent to it leaves this machine."""
        if self.is_socket or self.place.lower() == "localhost":
            return False
        try:
            return not ipaddress.ip_address(self.place).is_loopback
        except ValueError:
            return True

    def __str__(self) -> str:
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"


@attrs.frozen(repr=False)
class Address:
    """Made by :func:`read_address`. As text, in whatever form, it has no password: it is what messages show.

    ``fields`` are libpq's parameters, complete: nothing is left for a driver to look up.
    """

    fields: Mapping[str, str]
    hosts: tuple[Host, ...]

    def __str__(self) -> str:
        return f"{self.fields['dbname']} at {', '.join(map(str, self.hosts))}"

    def __repr__(self) -> str:
        return f"<Address {self}>"

    def settings(self, settings: Settings) -> Settings:
        """``settings``, but what the address says of the same goes before.

        Raises ConfigurationError for a bound that is none, or a tenant for the whole session.
        """
        named = dict(self._options())
        changes: dict[str, Any] = {
            "server_settings": {
                name: value for name, value in settings.server_settings.items() if name.lower() not in named
            }
        }
        if name := self.fields.get("application_name"):
            changes["application_name"] = name
        if timeout := self.fields.get("connect_timeout"):
            changes["connect_timeout"] = float(timeout)
        for option, (field, factor) in _BOUNDS.items():
            if option in named:
                changes[field] = _seconds(option, named[option]) * factor
        if any(name.startswith("app.") for name in named):
            raise ConfigurationError("options cannot hold app.*: a tenant is set for a transaction")
        try:
            return attrs.evolve(settings, **changes)
        except ValidationError as error:
            raise ConfigurationError(f"of the DSN or libpq's PG* variables: {error}") from None

    def arguments(self, host: Host) -> dict[str, Any]:
        """Those of asyncpg for one of the hosts, so that it reads nothing from the environment.

        Without those that :meth:`settings` gives, and without ``ssl``.
        """
        session = {
            name: os.environ[variable]
            for variable, name in _SESSION_VARIABLES.items()
            if variable in os.environ
        }
        if options := self.fields.get("options"):
            session["options"] = options
        kerberos = {name: self.fields[name] for name in ("krbsrvname", "gsslib") if self.fields.get(name)}
        return {
            "host": host.place,
            "port": host.port,
            "user": self.fields["user"],
            "database": self.fields["dbname"],
            "password": lambda: host.password,  # a None would send it to the environment and to files
            "direct_tls": self.fields.get("sslnegotiation") == "direct" and not host.is_socket,
            "server_settings": session,
            **kerberos,
        }

    def _options(self) -> Iterator[tuple[str, str]]:
        """Settings named in ``options``, as the server takes them apart."""
        for name, value in _OPTION.findall(self.fields.get("options", "")):
            yield name.lower().replace("-", "_"), re.sub(r"(?s)\\(.)", r"\1", value)


def read_address(dsn: str | None = None, *, insecure: bool = False) -> Address:
    """What ``dsn`` as in :func:`resolve_dsn`, its service and libpq's PG* variables say together.

    A Unix socket and the machine's own loopback need no TLS; any other host needs sslmode=verify-full, unless
    ``insecure``, or the DSN is :class:`Insecure`. Raises ConfigurationError for what cannot be read, is not
    honoured by both drivers, or is not secure.
    """
    text = resolve_dsn(dsn)
    fields = _fields(text)
    hosts = _hosts(fields)
    fields = {"user": "", "dbname": "", "sslmode": "", "gssencmode": "disable", **fields}
    if name := fields.pop("fallback_application_name", ""):
        fields.setdefault("application_name", name)
    fields["user"] = fields["user"] or _account()
    fields["dbname"] = fields["dbname"] or fields["user"]
    if fields["gssencmode"] == "prefer":
        fields["gssencmode"] = "disable"  # as asyncpg, which has no such encryption
    _check_tls(fields, hosts, insecure=insecure or isinstance(text, Insecure))
    if fields.get("password"):
        hosts = tuple(attrs.evolve(host, password=fields["password"]) for host in hosts)
    else:
        hosts = tuple(attrs.evolve(host, password=_from_passfile(fields, host)) for host in hosts)
        if len(found := {host.password for host in hosts}) == 1 and (one := found.pop()):
            fields["password"] = one
    return Address(fields, hosts)


def _fields(text: str) -> dict[str, str]:
    """Of the DSN, then of its service, then of the environment; each is one that both drivers honour."""
    fields = parse(text)
    sources = dict.fromkeys(fields, "the DSN")
    if service := fields.get("service", os.environ.get("PGSERVICE", "")):
        for name, value in _service(service):
            if name not in fields:
                fields[name], sources[name] = value, "the service file"
    for name, parameter in PARAMETERS.items():
        if name not in fields and parameter.variable and parameter.variable in os.environ:
            fields[name], sources[name] = os.environ[parameter.variable], parameter.variable
    for name, value in fields.items():
        parameter = PARAMETERS[name]
        if not re.fullmatch(parameter.values, value):
            rule = parameter.rule or f"be {parameter.values}"
            raise ConfigurationError(f"{name}, which {sources[name]} sets, must {rule}")
        if re.search("[\ud800-\udfff]", value):
            raise ConfigurationError(f"{name}, which {sources[name]} sets, is not UTF-8")
    return fields


def _hosts(fields: dict[str, str]) -> tuple[Host, ...]:
    """Completes ``host`` and ``port`` of the fields, too."""
    names, places, ports = (fields.get(name, "").split(",") for name in ("host", "hostaddr", "port"))
    count = max(len(names), len(places))
    if (len(names) != count and names != [""]) or (len(places) != count and places != [""]):
        raise ConfigurationError(f"there are {len(names)} in host, and {len(places)} in hostaddr")
    if len(ports) not in {1, count}:
        raise ConfigurationError(
            f"there are {count} hosts and {len(ports)} ports: give one port, or one each"
        )
    names, places, ports = (many * (count // len(many)) for many in (names, places, ports))
    hosts = []
    for number, (name, place, port) in enumerate(zip(names, places, ports, strict=True), 1):
        if port and not (port.isdecimal() and port.isascii() and 0 < int(port[:6]) < 65536):
            raise ConfigurationError(f"port {number} is none: it must be a number from 1 to 65535")
        if place and not _is_ip(place):
            raise ConfigurationError(f"hostaddr {number} is no IP address")
        found = name or place or _nearest(port or "5432")
        if not (found.startswith("/") or _is_ip(found) or _is_host_name(found)):
            raise ConfigurationError(
                f"host {number} is no host name, no IP address and no directory of a socket"
            )
        hosts.append(Host(found, place or found, int(port or 5432)))
    fields["host"] = ",".join(host.name for host in hosts)
    fields["port"] = ",".join(str(host.port) for host in hosts)
    return tuple(hosts)


def _nearest(port: str) -> str:
    """Where servers of this machine listen; the two drivers have different defaults."""
    sockets = (Path(directory, f".s.PGSQL.{port}") for directory in _SOCKET_DIRECTORIES)
    return next((str(socket.parent) for socket in sockets if socket.exists()), "localhost")


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_host_name(text: str) -> bool:
    try:
        return bool(_HOST_NAME.fullmatch(text)) and bool(text.encode("idna"))
    except UnicodeError:
        return False


def _account() -> str:
    """The system's, whatever USER and LOGNAME say, as libpq takes it."""
    try:
        import pwd  # noqa: PLC0415 - not on every system

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        raise ConfigurationError("the DSN names no user, and the system has no name for this one") from None


def _check_tls(fields: dict[str, str], hosts: tuple[Host, ...], *, insecure: bool) -> None:
    """Completes what TLS needs, too."""
    roots = fields.get("sslrootcert")
    fields["sslmode"] = mode = fields["sslmode"] or ("verify-full" if roots == "system" else "prefer")
    if roots == "system" and mode != "verify-full":
        raise ConfigurationError(
            "sslrootcert=system needs sslmode=verify-full: anybody can have such a certificate"
        )
    if fields.get("sslnegotiation") == "direct" and mode not in {"require", *PROVING}:
        raise ConfigurationError("sslnegotiation=direct needs sslmode=require or more")
    remote = [str(host) for host in hosts if host.is_remote]
    if remote and mode != "verify-full" and not insecure:
        raise ConfigurationError(
            f"{', '.join(remote)}: what leaves this machine needs sslmode=verify-full, with the file of the "
            "server's authority in sslrootcert, or sslrootcert=system for those that the system trusts; or "
            "else, that whoever is in between may read and change it: Settings(insecure=True) in a service, "
            "--insecure on the command line, migrate(Insecure(dsn)) in a program"
        )
    if roots == "system":
        fields["sslrootcert"] = system_roots()
    if mode in PROVING and not all(host.is_socket for host in hosts):
        fields["sslrootcert"] = roots = fields.get("sslrootcert") or str(home(".postgresql/root.crt"))
        if roots != "system" and not Path(roots).is_file():
            raise ConfigurationError(
                f"sslmode={mode} needs the certificate of an authority, and there is no file {roots}: name "
                "one in sslrootcert, or sslrootcert=system for those that the system trusts"
            )


def _service(name: str) -> Iterator[tuple[str, str]]:
    """Its parameters, by libpq's rules for the file."""
    files = [Path(os.environ.get("PGSERVICEFILE") or home(".pg_service.conf"))]
    if directory := os.environ.get("PGSYSCONFDIR"):
        files.append(Path(directory, "pg_service.conf"))
    for file in files:
        section = None
        for number, line in enumerate(_lines(file), 1):
            if line.startswith("["):
                if section == name:
                    return
                section = line[1:].partition("]")[0]
            elif section == name and line and not line.startswith("#"):
                key, equals, value = line.partition("=")
                if not equals or key == "service" or key not in PARAMETERS:
                    raise ConfigurationError(f"{file}, line {number}: that is no name=value of libpq's")
                yield key, value
        if section == name:
            return
    places = ", ".join(map(str, files))
    raise ConfigurationError(f"the service that the DSN or PGSERVICE names is in no service file ({places})")


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(f"{file} cannot be read: {type(error).__name__}") from None


def _from_passfile(fields: Mapping[str, str], host: Host) -> str | None:
    """By libpq's rules: the first line that matches."""
    file = Path(fields.get("passfile") or home(".pgpass"))
    if not file.is_file():
        return None
    if file.stat().st_mode & 0o077:
        warnings.warn(f"{file} is not read: others may, so chmod 0600 it", RuntimeWarning, stacklevel=4)
        return None
    local = "localhost" if host.name in _SOCKET_DIRECTORIES else host.name
    wanted = (local, str(host.port), fields["dbname"], fields["user"])
    for line in _lines(file):
        parts = re.findall(r"((?:[^:\\]|\\.)*)(?::|\Z)", line) if not line.startswith("#") else []
        *found, password = [re.sub(r"\\(.)", r"\1", part) for part in parts[:5]] or [""]
        if len(found) == 4 and all(one in {"*", other} for one, other in zip(found, wanted, strict=True)):
            return password
    return None


def _seconds(name: str, value: str) -> float:
    if (time := _TIME.fullmatch(value)) is None:
        raise ConfigurationError(f"{name} in options must be a number and a unit, as in 500ms or 10s")
    return int(time[1]) * _SECONDS[time[2] or "ms"]
