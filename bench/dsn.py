"""Where a DSN points, and the same over another way; apart from drivers, for a proxy that starts fast."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit


def address(dsn: str) -> tuple[str, int]:
    """A host name, or the directory of a Unix socket, and the port."""
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or "/var/run/postgresql"])[0]
    return host, int(query.get("port", [str(parts.port or 5432)])[0])


def through(dsn: str, directory: str) -> str:
    """``dsn`` over the Unix socket in ``directory``, where a proxy listens."""
    parts = urlsplit(dsn)
    user = parts.netloc.rpartition("@")[0]
    query = {key: values[0] for key, values in parse_qs(parts.query).items() if key not in {"host", "port"}}
    return urlunsplit(
        parts._replace(netloc=f"{user}@", query=urlencode({**query, "host": directory, "port": "5432"}))
    )
