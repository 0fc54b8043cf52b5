"""Of DSNs that are wrong in every way, and of right ones that lead nowhere, none shows its password."""

from __future__ import annotations

import logging
import traceback
import warnings
from collections.abc import Callable

import asyncpg
import psycopg
import pytest

from ventros import ConfigurationError, Database, UnitOfWork, VentrosError, administration
from ventros.kernel.connection.settings import Settings

pytestmark = pytest.mark.usefixtures("nothing_set")

SECRET = "sesame"  # noqa: S105 - that of the fairy tale
PASSWORDS = (
    *(
        "{}",
        "{}{}",
        "/{}",
        "{}/",
        "x/{}",
        "12/{}",
        "{}/x",
        "//{}",
        "@{}",
        "{}@",
        "x@{}",
        "{}@x",
        ":{}",
        "{}:x",
    ),
    *(
        "x:{}",
        "1:{}",
        "?{}",
        "x?{}",
        "12?{}",
        "{}?x=y",
        "1?{}=y",
        "1/x?{}=y",
        "#{}",
        "x#{}",
        "%{}",
        "%41{}",
        "{}%",
    ),
    *(
        "&{}",
        "{}&x=y",
        "={}",
        "[{}",
        "{}]",
        "[{}]",
        "x {}",
        "{} x",
        "'{}",
        "{}'",
        "\\{}",
        "{}\\",
        "{}\n",
        "é{}",
        ",{}",
    ),
)
DSNS = (
    "postgresql://u:{}@127.0.0.1:1/db",
    "postgres://u:{}@127.0.0.1:1/db",
    "postgresql+asyncpg://u:{}@127.0.0.1:1/db",
    "postgresql://u:{}@127.0.0.1:70000/db",
    "postgresql://u:{}@127.0.0.1:port/db",
    "postgresql://u:{}@127.0.0.1:1,127.0.0.1:2/db",
    "postgresql://u:{}@127.0.0.1:1,127.0.0.1:70000/db",
    "postgresql://u:{}@127.0.0.1,/db?port=1,2,3",
    "postgresql://u:{}@[::1]:1/db",
    "postgresql://u:{}@[::1:1/db",
    "postgresql://u:{}@db..example:1/db",
    "postgresql://u:{}@/db?host=/nowhere",
    "postgresql://u:{}@%2Fnowhere/db",
    "postgresql://u:{}@db.example/db",
    "postgresql://u:{}@127.0.0.1:1",
    "postgresql://u:{}@127.0.0.1:1/db?sslmode=verify-ful",
    "postgresql://u:{}@127.0.0.1:1/db?sslmode=verify-full",
    "postgresql://u:{}@127.0.0.1:1/db?sslmod=require",
    "postgresql://u:{}@127.0.0.1:1/db?connect_timeout=0",
    "postgresql://u:{}@127.0.0.1:1/db?options=-c%20statement_timeout%3D0",
    "postgresql://u:{}@127.0.0.1:1/db?service=nowhere",
    "postgresql://127.0.0.1:1/db?user=u&password={}",
    "postgresql://127.0.0.1:1/db?sslpassword={}",
    "postgresql://u:{}@127.0.0.1:1/db\n",
    "postgresql://u:{}@127.0.0.1:1/\ud800",
    "postgresql://u:{}@127.0.0.1:1/db\0",
    "postgresql:/u:{}@127.0.0.1:1/db",
    "postgresql//u:{}@127.0.0.1:1/db",
    "postgresql:u:{}@127.0.0.1:1/db",
    "postgresql:///u:{}@127.0.0.1:1/db",
    "mysql://u:{}@127.0.0.1:1/db",
    "u:{}@127.0.0.1:1/db",
    "host=127.0.0.1 port=1 user=u password={}",
    "password={} host=127.0.0.1 port=1 user=u",
    "host=127.0.0.1 port=70000 user=u password='{}'",
    "host=127.0.0.1,127.0.0.1 port=1,2 user=u password='{}'",
    "host=u:{}@127.0.0.1 port=1",
    "dbname=postgresql://u:{}@127.0.0.1:1/db",
    "host=127.0.0.1 port=1 password={",
)


def all_dsns() -> list[str]:
    """The last of them, which takes no password, is one that str.format would refuse."""
    *templates, last = DSNS
    passwords = [password.replace("{}", SECRET) for password in PASSWORDS]
    return [*(template.replace("{}", one) for template in templates for one in passwords), last]


async def service(dsn: str) -> None:
    await (await Database.open(UnitOfWork, dsn, Settings(connect_timeout=5))).close()


async def admin(dsn: str) -> None:
    with administration.connect(administration.parameters(dsn)):
        pass


async def asyncpg_itself(dsn: str) -> None:
    await (await asyncpg.connect(dsn, timeout=5)).close()


async def psycopg_itself(dsn: str) -> None:
    psycopg.connect(dsn).close()


def shown(error: BaseException | None) -> str:
    """All that a log, or a page for developers, shows of an error and of what it came from."""
    texts = []
    while error is not None:
        texts += [str(error), repr(error), *map(repr, error.args), *traceback.format_exception(error)]
        texts += getattr(error, "__notes__", [])
        error = error.__cause__ or error.__context__
    # The lines of this test's source that a traceback quotes are not what it is about.
    return "\n".join(texts)


async def outcomes(
    way: Callable[[str], object], dsns: list[str], caplog: pytest.LogCaptureFixture
) -> list[int]:
    """How many were refused at once, not reached, leaked, and ended in an error that is none of ours."""
    refused, unreached, leaked, raw = 0, 0, [], []
    for dsn in dsns:
        caplog.clear()
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            try:
                await way(dsn)  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                text = f"{shown(error)}{caplog.text}{[str(one.message) for one in said]}"
                if SECRET in text:
                    leaked.append(dsn)
                if not isinstance(error, VentrosError):
                    raw.append(dsn)
                elif isinstance(error, ConfigurationError) and "cannot be reached" not in str(error):
                    refused += 1
                else:
                    unreached += 1
            else:
                raise AssertionError(f"{dsn!r} leads somewhere")
    print(f"leaked {leaked[:9]}, raw {raw[:9]}")
    return [refused, unreached, len(leaked), len(raw)]


@pytest.mark.parametrize("way", [service, admin])
async def test_no_password_is_shown_and_no_error_is_raw(
    way: Callable[[str], object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dsns = all_dsns()
    assert len(dsns) >= 675
    refused, unreached, leaked, raw = await outcomes(way, dsns, caplog)
    assert (leaked, raw) == (0, 0)
    assert refused + unreached == len(dsns)
    assert min(refused, unreached) > 100


@pytest.mark.parametrize("way", [asyncpg_itself, psycopg_itself])
async def test_control_the_drivers_themselves_show_passwords(
    way: Callable[[str], object], caplog: pytest.LogCaptureFixture
) -> None:
    dsns = [dsn for dsn in all_dsns() if dsn.startswith(f"postgresql://u:{SECRET}/@")]
    _, _, leaked, raw = await outcomes(way, dsns, caplog)
    assert leaked > 0
    assert raw == len(dsns)
