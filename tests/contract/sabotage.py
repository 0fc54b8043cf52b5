"""A pytest plugin that spoils one slice, or the kernel, in the way that VENTROS_SABOTAGE names."""

from __future__ import annotations

import os
from typing import Any

import attrs
import pytest
from hypothesis import Phase, settings

from ventros.crm.contacts import mapper
from ventros.crm.contacts.repository import ContactRepository
from ventros.devserver import DevServer
from ventros.kernel.statements import Statement


def cut(statement: Statement, predicate: str, instead: str) -> Statement:
    """``statement`` with ``predicate``, which must stand in it once, taken out."""
    assert statement.text.count(predicate) == 1, statement.name
    return attrs.evolve(statement, text=statement.text.replace(predicate, instead))


def version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The version is not compared."""
    update = cut(ContactRepository.UPDATE, "AND version = $3", "AND $3::integer IS NOT NULL")
    monkeypatch.setattr(ContactRepository, "UPDATE", update)


def column(monkeypatch: pytest.MonkeyPatch) -> None:
    """The write mapper forgets a column."""
    original = mapper.update_args
    at = [param.name for param in ContactRepository.UPDATE.params].index("timezone")

    def forgetful(contact: Any) -> tuple[object, ...]:
        args = original(contact)
        return (*args[:at], None, *args[at + 1 :])

    monkeypatch.setattr(mapper, "update_args", forgetful)


def tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tenant is not compared, and the role is one that row-level security spares."""
    select = cut(ContactRepository.SELECT, "tenant_id = $1 AND", "$1::text IS NOT NULL AND")
    monkeypatch.setattr(ContactRepository, "SELECT", select)
    monkeypatch.setattr(DevServer, "dsn", DevServer.superuser_dsn)


# A failure is all that is wanted; looking for the smallest one takes hypothesis half a minute.
settings.register_profile("sabotage", phases=[Phase.generate])
settings.load_profile("sabotage")

SABOTAGES = {"version": version, "column": column, "tenant": tenant}


@pytest.fixture(autouse=True)
def _spoiled(request: pytest.FixtureRequest, migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the template is migrated, before the test's own pool is opened."""
    SABOTAGES[os.environ["VENTROS_SABOTAGE"]](monkeypatch)
