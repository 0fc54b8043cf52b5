"""Every statement of sql/ is used, and its mapper passes what it takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import ventros
from tests.support.library import CATALOGUE
from tests.support.repositories import REPOSITORIES
from ventros.kernel.statements.files import or_fail_name

PACKAGE = Path(ventros.__file__).parent


@pytest.mark.parametrize("name", sorted(REPOSITORIES))
def test_the_mapper_passes_what_the_statement_takes(name: str) -> None:
    """``insert_args`` and ``update_args`` name, line by line, the columns of the header's params."""
    repository: Any = REPOSITORIES[name]
    table = repository.INSERT.path.stem
    source = Path(repository.mapper.__file__).read_text(encoding="utf-8")
    for verb in ("insert", "update"):
        params = [param.name for param in CATALOGUE[f"{table}.{verb}"].params]
        argument, body = source.split(f"def {verb}_args(")[1].split(":", 1)
        passed = re.findall(rf"^        .*?\b{argument}\.(\w+)", body.split("    )\n")[0], re.MULTILINE)
        renamed = {"version": "expected_version", "customer_id": "user_id"}
        assert [renamed.get(name, name) for name in passed] == params, f"{table}.{verb}"


def test_every_statement_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    used = set(re.findall(r'statement\(\s*"([^"]+)"', source))
    forms = {or_fail_name(name) for name in used} & CATALOGUE.keys()
    sent = {
        form.name
        for repository in REPOSITORIES.values()
        for form in (repository.INSERT_OR_FAIL, getattr(repository, "UPDATE_OR_FAIL", None))
        if form is not None
    }
    assert sent <= forms
    assert used | forms == set(CATALOGUE)
