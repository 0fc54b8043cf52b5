"""A pytest plugin that spoils a slice or the kernel, test by test, as VENTROS_SABOTAGE says."""

from __future__ import annotations

import json
import os
from typing import Any

import attrs
import pytest
from hypothesis import Phase, settings

from ventros.crm.contacts import mapper
from ventros.crm.contacts.repository import ContactRepository
from ventros.devserver import DevServer
from ventros.kernel import batch
from ventros.kernel.errors import is_optimistic_lock_error
from ventros.kernel.repository import IN_PLACE, Repository
from ventros.kernel.retry import retrying
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


def key_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is only read is locked so weakly that others may save it."""
    weak = cut(ContactRepository.LOCK_FOR_SHARE, "FOR SHARE", "FOR KEY SHARE")
    monkeypatch.setattr(ContactRepository, "LOCK_FOR_SHARE", weak)


def order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each locks in an order of its own."""
    lock = cut(ContactRepository.LOCK_FOR_NO_KEY_UPDATE, "ORDER BY id", "ORDER BY random()")
    monkeypatch.setattr(ContactRepository, "LOCK_FOR_NO_KEY_UPDATE", lock)


def reload(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command is applied again, but to what was loaded before the conflict."""

    async def once_loaded(self: Any, id_: Any, change: Any, rule: Any = IN_PLACE, **_: Any) -> Any:
        loaded = await self.get(id_)
        return await retrying(lambda: self.save(change(loaded)), rule, again=is_optimistic_lock_error)

    monkeypatch.setattr(Repository, "reapply", once_loaded)


def returned(monkeypatch: pytest.MonkeyPatch) -> None:
    """What version an update led to is not compared."""

    async def trusting(self: Any, aggregate: Any, row: Any) -> Any:
        if row is None:
            raise await self._missed(aggregate)
        return attrs.evolve(aggregate.clear_events(), version=aggregate.version + 1)

    monkeypatch.setattr(Repository, "_stepped", trusting)


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several are saved without a look at all of them first."""

    async def blind(*_: object) -> None:
        pass

    monkeypatch.setattr(batch, "_lock", blind)


# A failure is all that is wanted; looking for the smallest one takes hypothesis half a minute.
settings.register_profile("sabotage", phases=[Phase.generate])
settings.load_profile("sabotage")

SABOTAGES = {
    each.__name__: each for each in (version, column, tenant, key_share, order, reload, returned, unlocked)
}


@pytest.fixture(autouse=True)
def _spoiled(request: pytest.FixtureRequest, migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the template is migrated, before the test's own pool is opened; for the owner, for what is
    spoiled is not the app's.
    """
    monkeypatch.setattr(DevServer, "dsn", DevServer.owner_dsn)
    SABOTAGES[json.loads(os.environ["VENTROS_SABOTAGE"])[request.node.nodeid]](monkeypatch)
