"""A pytest plugin: each test's database is asked, as the app, one question that is no statement."""

from __future__ import annotations

import psycopg
import pytest


@pytest.fixture(autouse=True)
def _spoiled(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT 1 AS ad_hoc")
