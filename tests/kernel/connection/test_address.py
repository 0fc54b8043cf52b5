"""What is refused by name, before anything is sent."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from ventros import ConfigurationError
from ventros.kernel.connection.address import read_address
from ventros.kernel.connection.dsn import Insecure, resolve_dsn
from ventros.kernel.connection.parameters import PARAMETERS

pytestmark = pytest.mark.usefixtures("nothing_set")

LOCAL = "host=127.0.0.1 user=u"


@pytest.mark.parametrize(
    ("dsn", "reason"),
    [
        ("port=70000", "port 1 "),
        ("port=0", "port 1 "),
        ("port=x", "port 1 "),
        ("port=٣", "port 1 "),
        (f"port={'9' * 5000}", "port 1 "),
        ("host=127.0.0.1,127.0.0.1 port=1,99999", "port 2 "),
        ("host=127.0.0.1,127.0.0.1 port=1,2,3", "2 hosts and 3 ports"),
        ("host=127.0.0.1,127.0.0.1 hostaddr=127.0.0.1", "2 in host, and 1 in hostaddr"),
        ("hostaddr=localhost", "hostaddr 1 "),
        ("host=u:p@h", "host 1 "),
        ("host=a..b", "host 1 "),
        (f"host={'a' * 64}", "host 1 "),
        ("host=@abstract", "host 1 "),
        ("dbname=postgresql://u:p@h/x", "dbname, which the DSN sets, must be the name of a database"),
        ("connect_timeout=0", "connect_timeout"),
        ("connect_timeout=-1", "connect_timeout"),
        ("connect_timeout=1.5", "connect_timeout"),
        ("client_encoding=latin1", "client_encoding"),
        ("target_session_attrs=master", "target_session_attrs"),
        ("sslmode=", "sslmode, which the DSN sets, must be disable|allow"),
        ("sslmode=verify_full", "sslmode"),
        ("sslmode=require sslrootcert=system", "sslrootcert=system needs sslmode=verify-full"),
        ("sslmode=verify-full sslrootcert=/nowhere.crt", "no file /nowhere.crt"),
        ("sslmode=verify-ca", "root.crt"),
        ("sslnegotiation=direct", "sslnegotiation=direct needs"),
        ("channel_binding=require", "channel_binding"),
        ("require_auth=scram-sha-256", "require_auth"),
        ("gssencmode=require", "gssencmode"),
        ("replication=database", "replication"),
        ("ssl_min_protocol_version=TLSv1", "ssl_min_protocol_version"),
        ("sslkey=engine:x", "sslkey"),
        ("application_name=café", "application_name"),
        ("service=nowhere", "no service file"),
    ],
)
def test_it_is_refused_by_name(dsn: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_address(f"{LOCAL} {dsn}")
    assert reason in str(refused.value)


def test_every_parameter_is_looked_at_or_named_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any text is one of these."""
    unlooked = {name for name, parameter in PARAMETERS.items() if parameter.values == r"(?s).*"}
    assert unlooked == {
        *("service", "user", "password", "passfile", "host", "hostaddr", "port", "options"),
        *("sslrootcert", "sslcrl", "sslcrldir", "sslcert", "sslpassword", "krbsrvname"),
    }
    for name, parameter in PARAMETERS.items():
        if name not in unlooked and parameter.variable:
            with monkeypatch.context() as environment, pytest.raises(ConfigurationError) as refused:
                environment.setenv(parameter.variable, "engine://\x01")
                read_address(LOCAL)
            assert str(refused.value).startswith(f"{name}, which {parameter.variable} sets, must ")


@pytest.mark.parametrize(
    "content", ["[ours]\nhost", "[ours]\nservice=x", "[ours]\nhosts=x", "[ours]\nhost = x"]
)
def test_a_service_file_is_refused_by_its_line(content: str, nothing_set: Path) -> None:
    (nothing_set / ".pg_service.conf").write_text(content)
    with pytest.raises(ConfigurationError, match=r"pg_service.conf, line 2"):
        read_address("service=ours")


def test_a_password_file_that_others_may_read_is_not_read(nothing_set: Path) -> None:
    file = nothing_set / ".pgpass"
    file.write_text("*:*:*:*:known\n")
    file.chmod(0o644)
    with pytest.warns(RuntimeWarning, match="chmod 0600"):
        assert read_address(LOCAL).hosts[0].password is None
    file.chmod(0o600)
    assert read_address(LOCAL).hosts[0].password == "known"  # noqa: S105 - not a secret


def test_each_host_has_its_own_password(nothing_set: Path) -> None:
    file = nothing_set / ".pgpass"
    file.write_text("localhost:5432:*:u:a\n127.0.0.1:5432:*:u:b\\:\\\\c\n")
    file.chmod(0o600)
    address = read_address("host=localhost,127.0.0.1,/tmp,/srv user=u")
    assert [host.password for host in address.hosts] == ["a", "b:\\c", "a", None]
    assert "password" not in address.fields  # libpq reads the file itself


def test_without_a_name_it_is_the_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "somebody-else")
    account = pwd.getpwuid(os.geteuid()).pw_name
    fields = read_address("host=localhost").fields
    assert (fields["user"], fields["dbname"]) == (account, account)


ADDRESSES = ("10.0.0.5", "8.8.8.8", "2001:db8::1", "0.0.0.0")  # noqa: S104
REMOTE = ["db.example", *ADDRESSES, "127.0.0.1,db.example", "/srv,10.0.0.5"]
WEAK = ["", *(f"sslmode={mode}" for mode in ("disable", "allow", "prefer", "require"))]


@pytest.mark.parametrize("mode", WEAK)
@pytest.mark.parametrize("host", REMOTE)
def test_what_leaves_the_machine_needs_a_proven_server(host: str, mode: str) -> None:
    dsn = f"host={host} {mode}"
    with pytest.raises(ConfigurationError, match=r"needs sslmode=verify-full.*insecure=True.*--insecure"):
        read_address(dsn)
    for address in (read_address(dsn, insecure=True), read_address(Insecure(dsn))):
        assert address.fields["host"] == host
    read_address(f"host={host} sslrootcert=system")


def test_what_is_where_by_its_address_not_by_its_name() -> None:
    with pytest.raises(ConfigurationError, match="verify-full"):
        read_address("host=localhost hostaddr=10.0.0.5")
    read_address("host=db.example hostaddr=127.0.0.1")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "/tmp", ""])  # noqa: S108
def test_what_stays_on_the_machine_needs_none(host: str) -> None:
    assert read_address(f"host='{host}' user=u").fields["sslmode"] == "prefer"


def test_insecure_stays_with_the_text_that_was_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/x")
    with pytest.raises(ConfigurationError, match="verify-full"):
        read_address(resolve_dsn())
    assert str(read_address(resolve_dsn(insecure=True))) == "x at db.example:5432"


def test_a_name_to_fall_back_on_is_used_when_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    dsn = f"{LOCAL} fallback_application_name=fallback"
    assert read_address(dsn).fields["application_name"] == "fallback"
    monkeypatch.setenv("PGAPPNAME", "named")
    assert read_address(dsn).fields["application_name"] == "named"


def test_what_is_no_text_is_no_dsn() -> None:
    with pytest.raises(ConfigurationError, match="not a value of type bytes"):
        read_address(b"postgresql://u:sesame@h/x")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="no database is named"):
        read_address()


def test_its_text_is_without_password() -> None:
    address = read_address("postgresql://u:sesame@127.0.0.1,[::1]:5433/db?sslpassword=sesame")
    assert str(address) == "db at 127.0.0.1:5432, [::1]:5433"
    assert "sesame" not in repr(address) + repr(address.hosts) + f"{address!s}"
