"""Every aggregate, and somebody who may log in and owns nothing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.support.subjects import subject  # noqa: F401


@pytest.fixture
def stranger_dsn(superuser: psycopg.Connection, owner_dsn: str) -> Iterator[str]:
    """Not the app's: what that role executes is accounted for."""
    superuser.execute("CREATE ROLE a_stranger LOGIN PASSWORD 'known'")
    parts = urlsplit(owner_dsn)
    yield urlunsplit(parts._replace(netloc="a_stranger:known@"))
    superuser.execute("DROP ROLE a_stranger")
