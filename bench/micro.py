"""The pure parts by themselves, for pyperf, which starts this module many times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyperf

from ventros.crm.contacts import mapper as contact_mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.crm.sessions import mapper as session_mapper
from ventros.crm.sessions.aggregate import Session
from ventros.kernel import statements
from ventros.kernel.events import envelopes
from ventros.kernel.ids import new_id
from ventros.kernel.resources import directory

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def contact_row() -> tuple[Any, ...]:
    """In the mapper's order; a column without a value here is NULL."""
    values = {
        "id": new_id(),
        "version": 3,
        "tenant_id": "bench",
        "project_id": new_id(),
        "name": "Ada",
        "email": "ada@bench.example",
        "phone": "+5511999999999",
        "source_channel": "whatsapp",
        "language": "en",
        "timezone": "America/Sao_Paulo",
        "tags": ["whatsapp", "vip"],
        "first_interaction_at": NOW,
        "last_interaction_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return tuple({**dict.fromkeys(contact_mapper.COLUMNS), **values}.values())


def main() -> None:
    runner = pyperf.Runner()
    row = contact_row()
    contact = contact_mapper.from_row(row)
    renamed = contact.rename("Grace", now=NOW)
    session = Session.start(contact_id=contact.id, tenant_id="bench", now=NOW).clear_events()
    recorded = session.record_message(from_contact=True, now=NOW)
    arguments = contact_mapper.update_args(renamed)
    runner.bench_func("contact: from_row", contact_mapper.from_row, row)
    runner.bench_func("contact: update_args", contact_mapper.update_args, renamed)
    runner.bench_func("contact: rename", lambda: contact.rename("Grace", now=NOW))
    runner.bench_func("contact: clear_events", Contact.clear_events, renamed)
    runner.bench_func("contact: envelopes", envelopes, renamed.domain_events, "contact", contact.id, 4)
    runner.bench_func("contact: check arguments", ContactRepository.UPDATE.check, arguments)
    runner.bench_func("session: record_message", lambda: session.record_message(from_contact=True, now=NOW))
    runner.bench_func("session: update_args", session_mapper.update_args, recorded)
    runner.bench_func("new_id", new_id)
    runner.bench_func("statements: load all", statements.load, directory("sql"))


if __name__ == "__main__":
    main()
