"""libpq's own parser says what a DSN means; what ours refuses beyond that is what would be misread."""

from __future__ import annotations

import random
import re

import psycopg
import pytest
from psycopg import conninfo, pq

from ventros.kernel.connection.dsn import parse
from ventros.kernel.connection.parameters import PARAMETERS
from ventros.kernel.errors import ConfigurationError


def libpq(dsn: str) -> dict[str, str] | None:
    try:
        found = conninfo.conninfo_to_dict(re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", dsn))
    except (psycopg.ProgrammingError, UnicodeError, ValueError):
        return None
    return {name: str(value) for name, value in found.items()}


def ours(dsn: str) -> dict[str, str] | str:
    try:
        return parse(dsn)
    except ConfigurationError as error:
        return str(error).partition("dbname=...: ")[2]


def test_we_know_every_parameter_and_variable_that_libpq_knows() -> None:
    known = {
        option.keyword.decode(): (option.envvar or b"").decode() for option in pq.Conninfo.get_defaults()
    }
    assert known.keys() - PARAMETERS.keys() == set()
    assert {name: PARAMETERS[name].variable or "" for name in known} == known


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://",
        "postgres://host",
        "postgresql://u:p:q@host:5433/db",
        "postgresql+asyncpg://u@h/db",
        "postgresql+psycopg://u:@h/",
        "postgresql://u:%70%40%2F%3A%25%20%C3%A9é@h/d%62",
        "postgresql://u?x@h/db",
        "postgresql://h1:1,h2,h3:3/db",
        "postgresql://h1,,h3/db",
        "postgresql://[::1]:5433,[fe80::1%25eth0],h/db",
        "postgresql://%2Ftmp%2Fa/db",
        "postgresql:///db?host=/tmp&port=1&user=a&password=b%26c",
        "postgresql://h?dbname=x",
        "postgresql://h/db?sslmode=require&sslmode=disable",
        "postgresql://h/db?ssl=true",
        "postgresql://h/db?application_name=",
        "postgresql://h/db?application_name=a+b&",
        "postgresql://h:/db",
        "postgresql://#:#@h/#?application_name=#",
        "host=h port=5433 dbname=db user=u password=p",
        " host = h\tport\n=\r5433 ",
        "host='a b' password='it\\'s \\\\ ' user=x",
        "host=h password=a\\ b\\\\c'd dbname='x'user=y",
        "password=a\\",
        "password='' host=",
        "host=a host=b",
        "password=a\\ ",
        "options='-c work_mem=5MB -c a=b'",
    ],
)
def test_it_is_read_as_libpq_reads_it(dsn: str) -> None:
    assert libpq(dsn) is not None
    assert ours(dsn) == libpq(dsn)


@pytest.mark.parametrize(
    ("dsn", "reason"),
    [
        ("postgresql://u:a@b@h/db", "%40"),
        ("postgresql://u:12/a@h/db", "%40"),
        ("postgresql://u:/a@h/db", "%40"),
        ("postgresql://h/a/b", "%2F"),
        ("postgresql://u:12/a/db", "%2F"),
        ("postgresql://h/db?user=a@b", "%40"),
        ("postgresql://h/db?requiressl=1", "none of libpq's"),
    ],
)
def test_what_libpq_takes_and_would_cut_a_password_is_refused(dsn: str, reason: str) -> None:
    assert libpq(dsn) is not None
    assert reason in ours(dsn)


@pytest.mark.parametrize(
    ("dsn", "reason"),
    [
        ("mysql://u:p@h/db", "neither a URL nor name=value"),
        ("sesame", "neither a URL nor name=value"),
        ("host=h sesame", "neither a URL nor name=value"),
        ("host='h", "neither a URL nor name=value"),
        ("=h", "none of libpq's"),
        ("postgresql://h/db?sslmod=require", "did you mean sslmode?"),
        ("postgresql://h/db?server_settings=1", "none of libpq's"),
        ("postgresql://h/db?database=x", "none of libpq's"),
        ("postgresql://h/db?sslmode", "name=value"),
        ("postgresql://h/db?a=b=c", "name=value"),
        ("postgresql://h/db?a=b&&c=d", "name=value"),
        ("postgresql://u:50%@h/db", "percent-encoded"),
        ("postgresql://u:%00@h/db", "percent-encoded"),
        ("postgresql://u:a b@h/db", "percent-encoded"),
        ("postgresql://u:%FF@h/db", "not UTF-8"),
        ("postgresql://[::1/db", "IPv6"),
        ("postgresql://[]/db", "IPv6"),
        ("postgresql://[::1]x/db", "IPv6"),
        ("postgresql://h/db\0", "zero byte"),
        ("postgresql://h/\ud800", "not UTF-8"),
    ],
)
def test_what_libpq_refuses_is_refused_with_the_reason(dsn: str, reason: str) -> None:
    if "\0" not in dsn:  # where libpq's text ends
        assert libpq(dsn) is None
    assert reason in ours(dsn)


ATOMS = (
    *(
        "postgresql://",
        "postgres://",
        "u",
        "p",
        ":",
        "@",
        "/",
        "?",
        "&",
        "=",
        ",",
        "[",
        "]",
        "::1",
        "5432",
        " ",
    ),
    *(
        "%",
        "%40",
        "%2F",
        "%zz",
        "é",
        "'",
        "\\",
        "\t",
        "host",
        "port",
        "dbname",
        "sslmode",
        "require",
        "#",
        "password",
    ),
    *("host=a ", "password='x y'", "user=b", "127.0.0.1"),
)


def test_random_texts_mean_the_same_to_both_or_are_refused_by_ours() -> None:
    """What ours reads, libpq reads as well, and the same; else one of two drivers would be elsewhere."""
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    rng = random.Random(seed)
    read, refused_by_both, refused_by_ours = 0, 0, 0
    for _ in range(30_000):
        text = "".join(rng.choice(ATOMS) for _ in range(rng.randrange(1, 9)))
        if rng.random() < 0.5:
            text = f"postgresql://{text}"
        mine, theirs = ours(text), libpq(text)
        if isinstance(mine, dict):
            assert mine == theirs, text
            read += 1
        elif theirs is None:
            refused_by_both += 1
        else:
            assert "%40" in mine or "%2F" in mine or "percent-encoded" in mine, text
            refused_by_ours += 1
    assert min(read, refused_by_both, refused_by_ours) > 500, (read, refused_by_both, refused_by_ours)
