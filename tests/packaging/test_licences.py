"""What an installation brings along is as free as Ventros, but for packages that are named here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.licences import brought_by, extras, is_permissive, licence_of

PAGE = Path(__file__).parents[2] / "docs" / "supply-chain.md"
NO_LESS_FREE = {
    "certifi": "Mozilla Public License 2.0 (MPL 2.0)",
    "hypothesis": "MPL-2.0",
    "mirakuru": "LGPL-3.0-or-later",
    "pathspec": "Mozilla Public License 2.0 (MPL 2.0)",
    "pglast": "GPL-3.0-or-later",
    "psqlpy": "",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "psycopg-pool": "LGPL-3.0-only",
    "pytest-postgresql": "LGPL-3.0-or-later",
}
"""Copyleft, or told by no metadata. docs/supply-chain.md says of each who gets it, and what that means."""
IN_SERVICES = ["cli", "crypto", "embedded", "migrate"]


def others(*wanted: str) -> dict[str, str]:
    licences = {name: licence_of(package) for name, package in brought_by(wanted).items()}
    return {name: licence for name, licence in licences.items() if not is_permissive(licence)}


def test_the_core_brings_permissive_licences_alone() -> None:
    assert {"asyncpg", "attrs", "msgspec", "pypika"} <= brought_by([]).keys()
    assert others() == {}


def test_what_services_install_brings_psycopg_beside_them() -> None:
    assert others(*IN_SERVICES).keys() == {"psycopg", "psycopg-binary"}


def test_all_others_are_known_and_told() -> None:
    assert others(*extras()) == NO_LESS_FREE
    page = PAGE.read_text()
    assert {name for name in NO_LESS_FREE if f"`{name}`" not in page} == set()


@pytest.mark.parametrize(
    ("licence", "permissive"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-2.0-only", True),
        ("MIT AND PSF-2.0", True),
        ("MIT AND GPL-3.0-or-later", False),
        ("GNU Affero General Public License v3", False),
        ("Commons Clause", False),
        ("", False),
    ],
)
def test_control_copyleft_and_the_unknown_are_seen(licence: str, permissive: bool) -> None:
    assert is_permissive(licence) is permissive
