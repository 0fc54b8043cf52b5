"""What SECURITY.md says of the app's role is what the server answers, line by line."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from tests.support.by_hand import as_app
from tests.support.constants import OTHER_TENANT, TENANT
from ventros.demo.seed import Seed

PAGE = Path(__file__).parents[1] / "SECURITY.md"
ROW = re.compile(r"^\| `(?P<sql>[A-Z]+ [^`]+)` \| (?P<answer>[^|]+?) \|", re.MULTILINE)
CLAIMS = [(row["sql"], row["answer"]) for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]
SPOILED = """
ALTER TABLE projects DISABLE ROW LEVEL SECURITY; ALTER TABLE billing_accounts DISABLE ROW LEVEL SECURITY;
ALTER TABLE channel_routes DISABLE ROW LEVEL SECURITY;
ALTER TABLE account_projects DISABLE ROW LEVEL SECURITY;
ALTER TABLE users DISABLE ROW LEVEL SECURITY
"""


def answer(superuser: psycopg.Connection, seed: Seed, text: str) -> str:
    with as_app(superuser, tenant_id=TENANT, user_id=seed.user_id) as app:
        try:
            done = app.execute(text.encode())
            while done.nextset():
                pass
        except psycopg.Error as error:
            return str(error.sqlstate)
        if done.description is None and not text.startswith("UPDATE"):
            return "done"
        return f"{done.rowcount} row{'s' * (done.rowcount != 1)}"


@pytest.mark.parametrize(("text", "expected"), CLAIMS, ids=[text[:60] for text, _ in CLAIMS])
def test_the_server_answers_as_the_page_says(
    seed: Seed, other_seed: Seed, superuser: psycopg.Connection, text: str, expected: str
) -> None:
    assert (seed.tenant, other_seed.tenant) == (TENANT, OTHER_TENANT) == ("acme", "umbrella")
    said = answer(superuser, seed, text)
    if expected == "some rows":
        assert int(said.split()[0]) > 0
    else:
        assert said == expected


def test_every_table_of_the_page_is_asked() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| `[A-Z]", line)]
    assert len(CLAIMS) == len(lines) > 30


def test_control_without_policies_the_answers_are_others(
    seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    superuser.execute(SPOILED)
    others = [text for text, expected in CLAIMS if answer(superuser, seed, text) != expected]
    assert len([text for text in others if "FROM projects" in text or "billing_accounts" in text]) >= 5
