"""Every parameter that libpq knows, and which of its values both drivers, asyncpg and libpq, can honour."""

from __future__ import annotations

from typing import NamedTuple


class Parameter(NamedTuple):
    """``variable`` of the environment stands for it; ``values``, a pattern, are those that are honoured.

    ``rule`` says of others what it must do.
    """

    variable: str | None = None
    values: str = r"(?s).*"
    rule: str = ""


_NUMBER = r"\d{1,8}"
_UNPROVEN = "not be set: asyncpg cannot do it, and sslmode=verify-full proves the server"
_LESS = "be disable or prefer: asyncpg cannot do it, and sslmode=verify-full proves the server"
_OLD = "be TLSv1.2 or TLSv1.3: older ones are unsafe"
_OAUTH = Parameter(values="", rule="not be set: asyncpg knows no OAuth")
_SCRAM = Parameter(values="", rule="not be set: asyncpg takes a password")

PARAMETERS = {
    "service": Parameter("PGSERVICE"),
    "user": Parameter("PGUSER"),
    "password": Parameter("PGPASSWORD"),
    "passfile": Parameter("PGPASSFILE"),
    "dbname": Parameter("PGDATABASE", r"(?s)(?!.*//).*", "be the name of a database: it is a DSN"),
    "host": Parameter("PGHOST"),
    "hostaddr": Parameter("PGHOSTADDR"),
    "port": Parameter("PGPORT"),
    "connect_timeout": Parameter("PGCONNECT_TIMEOUT", r"0*[1-9]\d{0,5}", "be whole seconds: 0 is no bound"),
    "application_name": Parameter("PGAPPNAME", "[ -~]{0,63}"),
    "fallback_application_name": Parameter(None, "[ -~]{0,63}"),
    "options": Parameter("PGOPTIONS"),
    "client_encoding": Parameter(
        "PGCLIENTENCODING", "(?i:auto|utf-?8|unicode)", "be UTF8, which asyncpg speaks"
    ),
    "target_session_attrs": Parameter(
        "PGTARGETSESSIONATTRS", "any|primary|standby|prefer-standby|read-write|read-only"
    ),
    "load_balance_hosts": Parameter("PGLOADBALANCEHOSTS", "disable|random"),
    "keepalives": Parameter(None, _NUMBER),
    "keepalives_idle": Parameter(None, _NUMBER),
    "keepalives_interval": Parameter(None, _NUMBER),
    "keepalives_count": Parameter(None, _NUMBER),
    "tcp_user_timeout": Parameter(None, _NUMBER),
    "sslmode": Parameter("PGSSLMODE", "disable|allow|prefer|require|verify-ca|verify-full"),
    "sslnegotiation": Parameter("PGSSLNEGOTIATION", "postgres|direct"),
    "sslrootcert": Parameter("PGSSLROOTCERT"),
    "sslcrl": Parameter("PGSSLCRL"),
    "sslcrldir": Parameter("PGSSLCRLDIR"),
    "sslcert": Parameter("PGSSLCERT"),
    "sslkey": Parameter("PGSSLKEY", r"(?s)(?!\w+:).*", "name a file: asyncpg knows no engines"),
    "sslpassword": Parameter(),
    "sslcertmode": Parameter("PGSSLCERTMODE", "disable|allow", "be disable or allow: asyncpg cannot do it"),
    "sslsni": Parameter("PGSSLSNI", "1", "be 1: asyncpg sends the name"),
    "sslcompression": Parameter("PGSSLCOMPRESSION", "0", "be 0: it is unsafe"),
    "sslkeylogfile": Parameter(values="", rule="not be set: whoever reads the file reads the session"),
    "ssl_min_protocol_version": Parameter("PGSSLMINPROTOCOLVERSION", r"TLSv1\.[23]", _OLD),
    "ssl_max_protocol_version": Parameter("PGSSLMAXPROTOCOLVERSION", r"(TLSv1\.[23])?", _OLD),
    "min_protocol_version": Parameter("PGMINPROTOCOLVERSION", r"3\.0", "be 3.0, which asyncpg speaks"),
    "max_protocol_version": Parameter("PGMAXPROTOCOLVERSION", r"3\.[02]|latest"),
    "channel_binding": Parameter("PGCHANNELBINDING", "disable|prefer", _LESS),
    "require_auth": Parameter("PGREQUIREAUTH", "", _UNPROVEN),
    "requirepeer": Parameter("PGREQUIREPEER", "", "not be set: asyncpg cannot do it"),
    "gssencmode": Parameter("PGGSSENCMODE", "disable|prefer", "be disable or prefer: use TLS"),
    "krbsrvname": Parameter("PGKRBSRVNAME"),
    "gsslib": Parameter("PGGSSLIB", "(gssapi)?"),
    "gssdelegation": Parameter("PGGSSDELEGATION", "0", "be 0: asyncpg cannot do it"),
    "replication": Parameter(None, "(?i:false|off|no|0)", "be off: such a connection takes no statements"),
    "scram_client_key": _SCRAM,
    "scram_server_key": _SCRAM,
    "oauth_issuer": _OAUTH,
    "oauth_client_id": _OAUTH,
    "oauth_client_secret": _OAUTH,
    "oauth_scope": _OAUTH,
}
