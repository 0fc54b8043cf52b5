"""A DSN as text: which one is meant, and its parameters as libpq reads them, so that all drivers read one."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator
from urllib.parse import unquote

from ventros.kernel.connection.parameters import PARAMETERS
from ventros.kernel.errors import ConfigurationError

DSN_VARIABLES = ("VENTROS_DATABASE_URL", "DATABASE_URL")
_LIBPQ_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE")

_SCHEME = re.compile(r"postgres(?:ql)?(?:\+\w+)?://")
_CREDENTIALS = re.compile(r"([^@/:]*+):?+([^@/]*+)@")
_PLACE = re.compile(r"(?:\[([^\]]+)\](?=[:/?,]|\Z)|(?!\[)([^:/?,]*))(?::([^/?,]*))?")
_ENCODED = re.compile(r"(?:[^%\s]|%(?!00)[0-9A-Fa-f]{2})*", re.ASCII)
_PAIR = re.compile(
    r"\s*+([^=\s]*)\s*+=\s*+(?:'((?:[^'\\]|\\.)*)'|(?!')((?:[^\s\\]|\\.|\\\Z)*))", re.ASCII | re.DOTALL
)


class Insecure(str):
    """A DSN that may leave the machine without TLS that proves the server: ``migrate(Insecure(dsn))``."""

    __slots__ = ()


def resolve_dsn(dsn: str | None = None, *, insecure: bool = False) -> str:
    """``dsn``, else VENTROS_DATABASE_URL, else DATABASE_URL, else one that leaves all to libpq's variables.

    Raises ConfigurationError when none of them is set, or ``dsn`` is no text.
    """
    if dsn and not isinstance(dsn, str):
        raise ConfigurationError(f"a DSN is a text, not a value of type {type(dsn).__name__}")
    found = dsn or next((os.environ[name] for name in DSN_VARIABLES if os.environ.get(name)), None)
    if not found and any(os.environ.get(name) for name in _LIBPQ_VARIABLES):
        found = "postgresql://"
    if not found:
        raise ConfigurationError(
            "no database is named: give a DSN (postgresql://user:password@host/database), or set "
            f"{' or '.join(DSN_VARIABLES)}, or libpq's PG* variables"
        )
    return Insecure(found) if insecure else found


def parse(dsn: str) -> dict[str, str]:
    """What the text itself says, by libpq's names; the last of several wins.

    Raises ConfigurationError. That never quotes the text: where one cannot be read, any part of it may be the
    password.
    """
    scheme = _SCHEME.match(dsn)
    try:
        if "\0" in dsn:
            raise ValueError("it holds a zero byte")
        dsn.encode()
        fields = dict(_url(dsn[scheme.end() :]) if scheme else _pairs(dsn))
        if unknown := [name for name in fields if name not in PARAMETERS]:
            near = difflib.get_close_matches(unknown[0], PARAMETERS, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"it has a parameter that is none of libpq's{hint}")
    except UnicodeError:
        reason = "it is not UTF-8"
    except ValueError as error:
        reason = str(error)
    else:
        return fields
    raise ConfigurationError(  # outside of except, for an error of the standard library holds the text
        "the DSN cannot be read: write postgresql://user:password@host:port/database, with %, @, : and / "
        f"inside the password percent-encoded, or host=... dbname=...: {reason}"
    )


def _url(text: str) -> Iterator[tuple[str, str]]:
    """What follows the scheme."""
    if credentials := _CREDENTIALS.match(text):
        yield from (
            (name, _decoded(value))
            for name, value in zip(("user", "password"), credentials.groups(), strict=True)
            if value
        )
        text = text[credentials.end() :]
    if "@" in text:
        raise ValueError("an @ that does not end user and password must be written %40")
    hosts, ports = [], []
    at = -1  # before the first host, then at the comma before each other
    while at < 0 or text[at : at + 1] == ",":
        if (place := _PLACE.match(text, at + 1)) is None:
            raise ValueError("a host that begins with [ must be an IPv6 address in [ ]")
        hosts.append(place[1] or place[2] or "")
        ports.append(place[3] or "")
        at = place.end()
    path, _, query = text[at:].partition("?")
    database = path.removeprefix("/")
    if "/" in database:
        raise ValueError("a / inside the password or the database's name must be written %2F")
    for name, value in (("host", ",".join(hosts)), ("port", ",".join(ports)), ("dbname", database)):
        if value:
            yield name, _decoded(value)
    for pair in query.removesuffix("&").split("&") if query else ():
        name, *values = map(_decoded, pair.split("="))
        if len(values) != 1:
            raise ValueError("after ? it takes name=value, with & between them")
        yield ("sslmode", "require") if (name, values[0]) == ("ssl", "true") else (name, values[0])


def _decoded(text: str) -> str:
    if not _ENCODED.fullmatch(text):
        raise ValueError("a % or white space in it is not percent-encoded")
    return unquote(text, errors="strict")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """``name=value name='other value'``."""
    at = 0
    while text[at:].strip(" \t\n\r\f\v"):
        if (pair := _PAIR.match(text, at)) is None:
            raise ValueError("it is neither a URL nor name=value pairs")
        yield pair[1], re.sub(r"(?s)\\(.?)", r"\1", pair[3] if pair[2] is None else pair[2])
        at = pair.end()
