"""What a type's check lets through comes back from the server; what it refuses would be bent or refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_address, ip_interface, ip_network
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ventros.audit import plans
from ventros.kernel.connection.driver import prepare_driver
from ventros.kernel.errors import ValidationError
from ventros.kernel.statements import Statement, load
from ventros.kernel.statements.types import TYPES
from ventros.testing.strategies import STRATEGIES, arrays, char, numeric, varchar

OWN = {
    "varchar(7)": varchar(7),
    "char(3)": char(3),
    "numeric(12, 3)": numeric(12, 3),
    "numeric(4, -2)": numeric(4, -2),
    "order_status": st.sampled_from(["open", "shut"]),
    "email": st.text(st.characters(codec="ascii", exclude_characters="\x00"), max_size=5).map("{}@b".format),
}
"""Of modified and of declared types."""
KNOWN = STRATEGIES | OWN
DECLARED = """\
-- type: order_status is enum
-- type: email is varchar(7), sample 'a@b'
"""
TABLES = """
CREATE TYPE order_status AS ENUM ('open', 'shut');
CREATE DOMAIN email AS varchar(7) CHECK (VALUE LIKE '%@b');
CREATE TABLE kept (id integer PRIMARY KEY, version integer, value {type}, items {type}[]);
INSERT INTO kept VALUES (1, 1)
"""
STATEMENTS = """
-- name: kept.update
-- why: keeps a value, and several
-- params: value {type}, items {type}[]
-- rows: one
-- returns: value {type}, items {type}[]
UPDATE kept SET value = $1, items = $2 WHERE id = 1 RETURNING value, items;

-- name: kept.replay
-- why: the row, out of what the history keeps of it
-- rows: one
-- returns: value {type}, items {type}[]
SELECT (jsonb_populate_record(NULL::kept, ventros_history_row(kept, '{{}}'))).value,
       (jsonb_populate_record(NULL::kept, ventros_history_row(kept, '{{}}'))).items FROM kept;

-- name: kept.history
-- why: what the history keeps of the row
-- rows: one
-- returns: row text
SELECT ventros_history_row(kept, '{{}}')::text AS row FROM kept;
"""
SESSIONS = [
    "SET TimeZone = 'UTC'; SET IntervalStyle = postgres; SET extra_float_digits = 1",
    (
        "SET TimeZone = 'America/Sao_Paulo'; SET IntervalStyle = iso_8601; SET extra_float_digits = -15; "
        "SET DateStyle = german; SET bytea_output = escape"
    ),
]
"""A session may have them as it likes."""
NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - the fault under test
Range = asyncpg.Range


class Kept:
    """A table of one row, with a column of a type and another of its array."""

    def __init__(self, driver: asyncpg.Connection[Any], statements: dict[str, Statement]) -> None:
        self.driver = driver
        self.statements = statements

    async def send(self, name: str, *args: object) -> Any:
        return await self.driver.fetchrow(self.statements[f"kept.{name}"].text, *args)


@pytest.fixture
async def kept(owner_dsn: str, tmp_path: Path, type_name: str) -> AsyncIterator[Kept]:
    (tmp_path / "kept.sql").write_text(DECLARED + STATEMENTS.format(type=type_name), encoding="utf-8")
    driver: asyncpg.Connection[Any] = await asyncpg.connect(owner_dsn)
    await prepare_driver(driver)
    await driver.execute(TABLES.format(type=type_name))
    yield Kept(driver, load(tmp_path))
    await driver.close()


def test_every_type_has_a_strategy() -> None:
    assert STRATEGIES.keys() == TYPES.keys()


@pytest.mark.parametrize("type_name", KNOWN)
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_is_let_through_comes_back_and_replays(
    kept: Kept, type_name: str, data: st.DataObject
) -> None:
    value, items = data.draw(KNOWN[type_name]), data.draw(arrays(KNOWN[type_name]).filter(fits_an_array))
    kept.statements["kept.update"].check((value, items))
    assert tuple(await kept.send("update", value, items)) == (value, items)
    rows = set()
    for session in SESSIONS:
        await kept.driver.execute(session)
        assert tuple(await kept.send("replay")) == (value, items)
        rows.add((await kept.send("history"))["row"])
    assert len(rows) == 1, "the same value is the same text, whatever the session"


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("smallint", -(2**15)),
        ("integer", 2**31 - 1),
        ("bigint", -(2**63)),
        ("oid", 2**32 - 1),
        ("double precision", 2**53),
        ("double precision", 5e-324),
        ("real", 2.0**-149),
        ("numeric", Decimal("9" * 131_072)),
        ("numeric", Decimal("1E-16383")),
        ("numeric", Decimal("0E+140000")),
        ("numeric(12, 3)", Decimal("999999999.9990000")),
        ("numeric(4, -2)", 999_900),
        ("varchar(7)", "ü" * 7),
        ("char(3)", "a  "),
        ("date", date.min + timedelta(days=1)),
        ("date", date.max - timedelta(days=1)),
        ("time", time.max),
        ("timestamptz", datetime.min.replace(tzinfo=UTC) + timedelta(microseconds=1)),
        ("timestamptz", datetime.max.replace(tzinfo=UTC) - timedelta(microseconds=1)),
        ("interval", timedelta.max),
        ("interval", timedelta.min),
        ("inet", ip_interface("192.0.2.0/0")),
        ("cidr", ip_network("::/0")),
        ("int4range", Range(-(2**31), 2**31 - 1)),
        ("numrange", Range(Decimal(1), Decimal(1), upper_inc=True)),
    ],
)
async def test_so_does_what_is_at_the_edge(kept: Kept, type_name: str, value: Any) -> None:
    kept.statements["kept.update"].check((value, [value]))
    assert tuple(await kept.send("update", value, [value])) == (value, [value])
    assert tuple(await kept.send("replay")) == (value, [value])


def fits_an_array(items: list[Any]) -> bool:
    """A document that is a list is refused there: see below."""
    return not any(isinstance(item, list) for item in items)


BENT: list[tuple[str, Any]] = [
    ("text", 5),
    ("text", "a\x00b"),
    ("text", "\ud800"),
    ("varchar", b"x"),
    ("varchar(7)", "12345678"),
    ("varchar(7)", "1234567 "),
    ("char", ""),
    ("char(3)", "ab"),
    ("char(3)", "abc "),
    ("boolean", 1),
    ("smallint", 2**15),
    ("integer", True),
    ("integer", 1.0),
    ("integer", -(2**31) - 1),
    ("bigint", 2**63),
    ("oid", -1),
    ("oid", 2**32),
    ("real", 0.1),
    ("real", 1e39),
    ("real", 1e-46),
    ("double precision", float("nan")),
    ("double precision", 2**53 + 1),
    ("double precision", 10**400),
    ("double precision", True),
    ("numeric", 0.1),
    ("numeric", Decimal("NaN")),
    ("numeric", Decimal("1E+131072")),
    ("numeric", Decimal("1E-16384")),
    ("numeric", Decimal("0E-16384")),
    ("numeric(12, 3)", Decimal("1.0005")),
    ("numeric(12, 3)", 10**9),
    ("numeric(12, 3)", Decimal("Infinity")),
    ("numeric(4, -2)", 150),
    ("numeric(4, -2)", 10**6),
    ("uuid", "01890000-0000-7000-8000-000000000000"),
    ("date", datetime(2026, 1, 1, tzinfo=UTC)),
    ("date", "2026-01-01"),
    ("time", time(1, tzinfo=UTC)),
    ("timestamptz", NAIVE),
    ("timestamptz", date(2026, 1, 1)),
    ("timestamptz", datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))),
    ("timestamptz", datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))),
    ("interval", 5),
    ("interval", "1 hour"),
    ("bytea", "x"),
    ("bytea", bytearray(b"x")),
    ("inet", "192.0.2.1"),
    ("inet", ip_interface("192.0.2.1/32")),
    ("inet", ip_interface("2001:db8::1/128")),
    ("inet", ip_network("192.0.2.0/24")),
    ("inet", ip_address("fe80::1%eth0")),
    ("cidr", ip_address("192.0.2.1")),
    ("cidr", "192.0.2.0/24"),
    ("jsonb", {"a": float("nan")}),
    ("jsonb", {"a": "\x00"}),
    ("jsonb", {"a": NAIVE}),
    ("json", {"\x00": 1}),
    ("int4range", (1, 5)),
    ("int4range", Range(1, 5, upper_inc=True)),
    ("int4range", Range(1, 5, lower_inc=False)),
    ("int4range", Range(None, 5, upper_inc=True)),
    ("int4range", Range(5, 5)),
    ("int4range", Range(5, 1)),
    ("int4range", Range(1, 2**31)),
    ("int8range", Range(1.5, 5)),
    ("numrange", Range(Decimal("1.0"), Decimal(1))),
    ("numrange", Range(Decimal("NaN"), None)),
    ("daterange", Range(NAIVE, None)),
    ("tstzrange", Range(NAIVE, None)),
    ("order_status", 5),
    ("email", "12345@b "),
]


@pytest.mark.parametrize(("type_name", "value"), BENT)
async def test_what_is_refused_would_be_bent_or_refused(kept: Kept, type_name: str, value: Any) -> None:
    """Beside the value alone, as an item of an array."""
    update = kept.statements["kept.update"]
    for args, at in (((value, []), 0), ((None, [value]), 1)):
        with pytest.raises(ValidationError):
            update.check(args)
        try:
            back = (await kept.send("update", *args))[at]
            await kept.send("replay")
        except (asyncpg.PostgresError, asyncpg.DataError, ArithmeticError, ValueError, TypeError):
            continue
        alone = back if at == 0 else back[0]
        assert alone != value or type(alone) is not type(value)


@pytest.mark.parametrize(
    ("type_name", "value", "look", "found"),
    [
        ("date", date.max, "value", "infinity"),
        ("date", date.min, "value", "-infinity"),
        ("timestamptz", datetime.max.replace(tzinfo=UTC), "value", "infinity"),
        ("timestamptz", datetime.min.replace(tzinfo=UTC), "value", "-infinity"),
        ("daterange", Range(date(2026, 1, 1), date.max), "value", "[2026-01-01,infinity)"),
        ("jsonb", [[1], [2]], "array_ndims(items)", "2"),
        ("json", [{1}, {2}], "array_ndims(items)", "2"),
    ],
)
async def test_what_comes_back_although_it_was_bent_is_refused_too(
    kept: Kept, type_name: str, value: Any, look: str, found: str
) -> None:
    args = (None, value) if "items" in look else (value, [])
    with pytest.raises(ValidationError):
        kept.statements["kept.update"].check(args)
    await kept.send("update", *args)
    assert await kept.driver.fetchval(f"SELECT ({look})::text FROM kept") == found  # noqa: S608


@pytest.mark.parametrize("type_name", KNOWN)
async def test_the_server_takes_the_sample_as_an_argument(kept: Kept, type_name: str) -> None:
    params = kept.statements["kept.update"].params
    samples = ", ".join(map(plans.sample, params))
    await kept.driver.execute(f"PREPARE it ({type_name}, {type_name}[]) AS SELECT $1, $2")
    (row,) = await kept.driver.fetch(f"SELECT {', '.join(param.known.sample for param in params)}")
    value, items = row
    assert items == [value]
    assert await kept.driver.fetch(f"EXPLAIN EXECUTE it({samples})")
