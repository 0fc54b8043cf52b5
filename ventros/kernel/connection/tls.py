"""TLS by libpq's parameters: who is trusted, what we show ourselves by, and what is tried in which order."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ventros.kernel.errors import ConfigurationError

PROVING = frozenset({"verify-ca", "verify-full"})
"""Modes in which a server must show a certificate of an authority that we trust."""

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # BSD, macOS
)


def system_roots() -> str:
    """The file of the authorities that the system trusts; the OpenSSL in psycopg's wheel knows none."""
    files = (ssl.get_default_verify_paths().cafile, *_BUNDLES)
    return next((file for file in files if file and Path(file).is_file()), "system")


def home(name: str) -> Path:
    """A file of the account's own."""
    return Path(os.path.expanduser("~"), name)  # noqa: PTH111 - never raises


def ways(fields: Mapping[str, str], name: str) -> Iterator[ssl.SSLContext | bool]:
    """By libpq's ``fields``: how to connect, the next if that is refused; False is without TLS.

    ``name`` is what a certificate must show. Files are read at each call, so they can be renewed. Raises
    ConfigurationError for one that cannot be used.
    """
    mode = fields["sslmode"]
    if mode in {"disable", "allow"}:
        yield False
    if mode != "disable":
        try:
            yield _context(fields, name)
        except OSError as error:
            text = error.strerror or type(error).__name__
            raise ConfigurationError(
                f"a file for TLS cannot be used: {error.filename or text}: {text}"
            ) from None
    if mode == "prefer":
        yield False


class _NamedContext(ssl.SSLContext):
    """Expects the certificate of ``name``, wherever the connection goes."""

    name: str

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        """As event loops call it."""
        return super().wrap_bio(*args, **{**options, "server_hostname": self.name})


def _context(fields: Mapping[str, str], name: str) -> ssl.SSLContext:
    context = _NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.name = name
    context.set_alpn_protocols(["postgresql"])
    context.check_hostname = fields["sslmode"] == "verify-full"
    roots = _file(fields, "sslrootcert", "root.crt")
    if roots:  # in the weaker modes too, as libpq does; those that prove have one
        if roots == "system":
            context.load_default_certs()
        else:
            context.load_verify_locations(roots)
        crl, directory = _file(fields, "sslcrl", "root.crl"), fields.get("sslcrldir")
        if crl or directory:
            context.load_verify_locations(crl, directory)
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
    else:
        context.verify_mode = ssl.CERT_NONE
    certificate = _file(fields, "sslcert", "postgresql.crt")
    if certificate and fields.get("sslcertmode") != "disable":
        key = _file(fields, "sslkey", "postgresql.key")
        context.load_cert_chain(certificate, key, lambda: fields.get("sslpassword", ""))
    context.minimum_version = _version(fields.get("ssl_min_protocol_version") or "TLSv1.2")
    if newest := fields.get("ssl_max_protocol_version"):
        context.maximum_version = _version(newest)
    return context


def _file(fields: Mapping[str, str], parameter: str, default: str) -> str | None:
    """What the parameter names, else libpq's default where there is such a file."""
    usual = home(f".postgresql/{default}")
    return fields.get(parameter) or (str(usual) if usual.is_file() else None)


def _version(name: str) -> ssl.TLSVersion:
    return ssl.TLSVersion[name.replace(".", "_")]
