"""Where a DSN points, and the same over another way; apart from drivers, for a proxy that starts fast."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from ventros.kernel.connection.address import Address, read_address
from ventros.kernel.connection.dsn import Insecure

_OF_TCP = ("sslmode", "sslrootcert")


def address(dsn: str) -> tuple[str, int]:
    """A host name, or the directory of a Unix socket, and the port."""
    host = read_address(dsn).hosts[0]
    return host.place, host.port


def rewritten(dsn: str, **changes: str) -> str:
    """The first host of ``dsn``, whatever its form, as a URL that every rival reads, with other fields."""
    found = read_address(dsn)
    fields = {**_fields(found), **changes}
    user, password, database = (quote(fields.pop(name), safe="") for name in ("user", "password", "dbname"))
    if fields["host"].startswith("/"):
        fields = {name: value for name, value in fields.items() if name not in _OF_TCP}
    url = f"postgresql://{user}:{password}@/{database}?{urlencode(fields, quote_via=quote)}"
    return Insecure(url) if isinstance(dsn, Insecure) else url


def _fields(found: Address) -> dict[str, str]:
    host = found.hosts[0]
    tls = {name: found.fields[name] for name in _OF_TCP if name in found.fields}
    names = {name: found.fields[name] for name in ("user", "dbname")}
    return {**names, "password": host.password or "", "host": host.place, "port": str(host.port), **tls}


def through(dsn: str, directory: str) -> str:
    """``dsn`` over the Unix socket in ``directory``, where a proxy listens."""
    return rewritten(dsn, host=directory, port="5432")
