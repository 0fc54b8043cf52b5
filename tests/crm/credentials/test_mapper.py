"""What is written of a credential is read."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.credentials import PLAIN, make_credential, make_with_token
from tests.support.keys import OLD
from ventros.crm.credentials import mapper
from ventros.crm.credentials.aggregate import Credential
from ventros.kernel.errors import ValidationError


def full_credential() -> Credential:
    """No field at its default, so that one that a mapper forgets is missed."""
    return attrs.evolve(
        make_with_token().clear_events(),
        project_id=uuid4(),
        description="for ads",
        metadata={"account": 1},
        is_active=False,
        updated_at=NOW + timedelta(days=2),
    )


def test_what_the_mapper_writes_it_reads() -> None:
    for credential in (
        make_credential().clear_events(),
        make_with_token(None).clear_events(),
        full_credential(),
    ):
        tenant_id, id_, *others = mapper.insert_args(credential)
        row = (id_, credential.version, tenant_id, *others)
        assert len(row) == len(mapper.COLUMNS)
        assert mapper.from_row(row) == credential
        assert mapper.from_row(row).decrypt(OLD).reveal() == PLAIN


def test_an_update_writes_all_but_what_never_changes() -> None:
    credential = full_credential()
    inserted = dict(
        zip(("tenant_id", "id", *mapper.COLUMNS[3:]), mapper.insert_args(credential), strict=True)
    )
    fixed = {"credential_type", "name", "created_at"}
    expected = [inserted[column] for column in mapper.COLUMNS[3:] if column not in fixed]
    assert mapper.update_args(credential) == ("acme", credential.id, credential.version, *expected)


@pytest.mark.parametrize("missing", ["oauth_access_token", "oauth_token_type", "expires_at"])
def test_half_a_token_is_refused(missing: str) -> None:
    credential = full_credential()
    tenant_id, id_, *others = mapper.insert_args(credential)
    row = dict(zip(mapper.COLUMNS, (id_, 1, tenant_id, *others), strict=True))
    row[missing] = None
    with pytest.raises(ValidationError):
        mapper.from_row(tuple(row.values()))
