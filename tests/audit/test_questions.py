"""The files of sql/ops are whole, and name the tables and columns that the statements have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.constants import VERSIONED
from tests.support.library import CATALOGUE, LIBRARY
from ventros.audit import checks
from ventros.audit.checks import HEADER, OPTIONAL, questions
from ventros.kernel.application import KERNEL
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.resources import directory
from ventros.unit_of_work import CRM

OPS = directory("sql") / "ops"


def test_each_file_says_what_it_is_and_stands_in_the_readme() -> None:
    page = (directory("sql") / "README.md").read_text(encoding="utf-8")
    for question in questions(CRM):
        assert {*HEADER, *OPTIONAL} >= set(question.header) >= set(HEADER), question.name
        assert f"ops/{question.name}.sql" in page, question.name
    assert not {question.name for question in questions(CRM)} & {name.split(".")[0] for name in CATALOGUE}


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "nameless.sql"
    file.write_text("-- name: nameless\n-- kind: look\nSELECT 1;\n")
    with pytest.raises(ConfigurationError, match="does not say why, role, read, mend"):
        checks.read_question(file)
    file.write_text("".join(f"-- {key}: other\n" for key in HEADER))
    with pytest.raises(ConfigurationError, match="named nameless"):
        checks.read_question(file)


def test_the_files_stand_there_as_they_are_for_the_crm() -> None:
    """So that psql can ask them: each list between its two comments is the CRM's."""
    rendered = 0
    for path in sorted(OPS.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        assert checks.render(text, CRM) == text, f"{path.name}: ventros sync writes it anew"
        rendered += "-- for each " in text
    assert rendered > 6
    aggregates = (OPS / "outbox_versions.sql").read_text(encoding="utf-8").partition("), stored")[0]
    assert set(re.findall(r"\('\w+', '(\w+)', ", aggregates)) == VERSIONED


def test_a_list_that_is_out_of_date_is_seen() -> None:
    text = (OPS / "outbox_versions.sql").read_text(encoding="utf-8")
    assert checks.render(text.replace("    ('contact', 'contacts', 'tenant_id'),\n", ""), CRM) == text


def test_of_an_application_without_aggregates_nothing_is_asked_about_them() -> None:
    kernel, crm = ({question.name for question in questions(application)} for application in (KERNEL, CRM))
    assert crm - kernel == {"conversations", "counters", "history", "outbox_versions", "references"}
    assert "catalogue" in kernel


def test_the_columns_that_change_are_those_that_statements_change() -> None:
    """Made of the old value, or named by the header of the statement that sets it."""
    changing = LIBRARY.changing
    assert changing["webhook_counters"] == [
        *("failure_count", "last_failure_at", "last_success_at", "success_count")
    ]
    assert changing["contacts"] == ["last_interaction_at"]
    assert changing["messages"] == ["delivered_at", "played_at", "read_at", "status"]  # and none by CASE
    named = {statement.table for statement in CATALOGUE.values() if statement.changes}
    assert named - {"outbox_consumers", "outbox_queues"} == {
        *("chats", "contact_lists", "contacts", "credential_refreshes", "credential_uses", "messages"),
        "sessions",
    }


def test_a_list_may_be_empty_and_an_unknown_one_is_refused() -> None:
    text = "ARRAY[\n-- for each directory, with \",\" between: '{name}'\n'x'\n-- end\n]::text[];\n"
    assert checks.render(text, KERNEL) == text.replace("'x'\n", "")
    assert checks.render(text, CRM) == text.replace("'x'", "'account_projects',\n'channel_routes'")
    with pytest.raises(ConfigurationError, match="a list for each nobody"):
        checks.render(text.replace("directory", "nobody"), CRM)
