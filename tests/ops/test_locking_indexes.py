"""The locking indexes come back as the migrations made them, and go again."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.constants import VERSIONED
from ventros import CRM
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError
from ventros.migrate import rollback
from ventros.ops import locking_indexes

FIRST = VERSIONED - {"campaign_enrollments", "sequence_enrollments"}
"""Those that the founding migration gave the indexes."""


def defined(superuser: psycopg.Connection) -> dict[str, str]:
    rows = superuser.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%(id, version)'"
    ).fetchall()
    return dict(rows)


def states(dsn: str) -> dict[str, str]:
    return {index.table: index.state for index in locking_indexes.status(dsn)}


def test_they_come_as_the_migration_made_them_and_go(superuser: psycopg.Connection, owner_dsn: str) -> None:
    assert states(owner_dsn) == dict.fromkeys(FIRST, "missing")
    reports: list[str] = []
    locking_indexes.create(owner_dsn, reports.append)
    made = defined(superuser)
    assert states(owner_dsn) == dict.fromkeys(FIRST, "valid")
    assert all(index.bytes for index in locking_indexes.status(owner_dsn))
    assert len(reports) == len(made) == 15
    locking_indexes.create(owner_dsn, reports.append)
    locking_indexes.drop(owner_dsn)
    assert (len(reports), defined(superuser)) == (15, {})
    locking_indexes.drop(owner_dsn)
    rollback(owner_dsn, CRM, to="0051")
    assert defined(superuser) == made


def test_an_invalid_leftover_is_made_anew(
    superuser: psycopg.Connection, owner_dsn: str, seed: Seed, other_seed: Seed
) -> None:
    """Left behind by a CREATE INDEX CONCURRENTLY that failed."""
    with pytest.raises(psycopg.errors.UniqueViolation):
        superuser.execute("CREATE UNIQUE INDEX CONCURRENTLY projects_id_version_idx ON projects (version)")
    assert states(owner_dsn)["projects"] == "invalid"
    reports: list[str] = []
    locking_indexes.create(owner_dsn, reports.append)
    assert "created projects_id_version_idx" in reports
    assert set(states(owner_dsn).values()) == {"valid"}
    assert defined(superuser)["projects_id_version_idx"].startswith("CREATE INDEX")


def test_who_may_not_is_told_why(server: DevServer, stranger_dsn: str) -> None:
    with pytest.raises(ConfigurationError, match=r"a_stranger does not own .*ventros_owner does"):
        locking_indexes.create(stranger_dsn)
    with pytest.raises(ConfigurationError, match="run ventros migrate first"):
        locking_indexes.status(server.superuser_dsn("postgres"))
