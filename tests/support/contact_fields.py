"""A contact, not stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import attrs

from tests.support.constants import NOW
from ventros.crm.contacts.aggregate import Contact

LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)
PROJECT = uuid4()
PICTURE = "https://pictures.example/ada.jpg"


def make_contact(**fields: Any) -> Contact:
    """Ada as of NOW, without events, as if she had been loaded."""
    contact = Contact.create(project_id=PROJECT, tenant_id="acme", name="Ada", now=NOW)
    return attrs.evolve(contact.clear_events(), **fields)
