"""Every statement of both applications is used, and its mapper passes what it takes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import ventros
from tests.support.library import CATALOGUE
from tests.support.repositories import REPOSITORIES
from ventros import CRM
from ventros.kernel.repository import EntityRepository, Repository
from ventros.kernel.statements import Statement
from ventros.kernel.statements.files import or_fail_name

PACKAGE = Path(ventros.__file__).parent


@pytest.mark.parametrize("name", sorted(REPOSITORIES))
def test_the_mapper_passes_what_the_statement_takes(name: str) -> None:
    """``insert_args`` and ``update_args`` name, line by line, the columns of the header's params."""
    repository: Any = REPOSITORIES[name]
    table = repository.TABLE.name
    source = Path(repository.mapper.__file__).read_text(encoding="utf-8")
    verbs = [verb for verb in ("insert", "update") if f"{table}.{verb}" in CATALOGUE]
    assert "insert" in verbs
    for verb in verbs:
        params = [param.name for param in CATALOGUE[f"{table}.{verb}"].params]
        argument, body = source.split(f"def {verb}_args(")[1].split(":", 1)
        passed = re.findall(rf"^        .*?\b{argument}\.(\w+)", body.split("    )\n")[0], re.MULTILINE)
        renamed = {"version": "expected_version", "customer_id": "user_id"}
        assert [renamed.get(name, name) for name in passed] == params, f"{table}.{verb}"


def attached(repository: type[EntityRepository[Any]]) -> set[str]:
    """The names of the statements that its table and those of its children give it."""
    kinds = getattr(repository, "CHILDREN", ())
    of_children = [part for kind in kinds for part in (kind.find, kind.insert, kind.update, kind.delete)]
    own = [value for _, value in inspect.getmembers_static(repository)]
    return {value.name for value in (*own, *of_children) if isinstance(value, Statement)}


def unused(names: Iterable[str]) -> set[str]:
    """Of these, what neither a repository has nor the code names; a form of a used write is used."""
    source = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    used = set(re.findall(r'statement\(\s*"([^"]+)"', source))
    used = used.union(*map(attached, CRM.unit_of_work.held_repositories().values()))
    return set(names) - used - set(map(or_fail_name, used))


def test_every_statement_is_used() -> None:
    assert unused(CATALOGUE) == set()
    assert "outbox_events.append" in CATALOGUE, "the kernel's are among them"


def test_control_what_nobody_uses_is_seen() -> None:
    assert unused([*CATALOGUE, "contacts.forgotten"]) == {"contacts.forgotten"}


def test_a_form_that_fails_by_itself_is_sent_where_nothing_else_is_to_be_done() -> None:
    forms = {
        repository.resource: (repository.INSERT_OR_FAIL, repository.UPDATE_OR_FAIL)
        for repository in REPOSITORIES.values()
        if issubclass(repository, Repository)
    }
    assert all(CATALOGUE[form.name].rows == "one" for pair in forms.values() for form in pair if form)
    assert forms["chat"] == (None, None), "its participants are compared"
    assert [form.name for form in forms["contact"] if form] == [
        "contacts.insert_or_fail",
        "contacts.update_or_fail",
    ]


def test_a_column_that_is_secret_in_one_table_is_so_in_each() -> None:
    named = {name: set(repository.SECRET_COLUMNS) for name, repository in REPOSITORIES.items()}
    assert {name: columns for name, columns in named.items() if columns} == {
        "agent": {"config", "settings"},
        "channel": {"config", "secrets"},
        "credential": {"secret", "oauth_access_token", "oauth_refresh_token"},
        "webhook_subscription": {"url", "secret", "headers"},
    }
    secret = set().union(*named.values())
    for name, repository in REPOSITORIES.items():
        assert secret & set(repository.mapper.COLUMNS) == named[name], name
