"""An aggregate of one's own with an encrypted column, as docs/secrets.md writes it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.support.constants import NOW, TENANT
from tests.support.documents import block
from tests.support.keys import BOTH, NEW, OLD, OLD_KEY
from ventros.crm.credentials.aggregate import Credential
from ventros.kernel.encryption import Secret
from ventros.kernel.encryption.aggregate import EncryptedAggregate
from ventros.kernel.errors import DecryptionFailed, InvariantViolation

PAGE = (Path(__file__).parents[3] / "docs" / "secrets.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def customer() -> type[Any]:
    names: dict[str, Any] = {"__name__": __name__}
    exec(block("python", "class Customer(", PAGE), names)  # noqa: S102 - what the page says
    kind: type[Any] = names["Customer"]
    assert issubclass(kind, EncryptedAggregate)
    return kind


def test_it_encrypts_decrypts_and_changes_keys(customer: type[Any]) -> None:
    new = customer(tenant_id=TENANT, created_at=NOW, updated_at=NOW)
    assert new.reencrypt(encryptor=BOTH, now=NOW) is new
    with pytest.raises(InvariantViolation, match="has no iban"):
        new.plain_iban(OLD)
    known = new.set_iban(Secret("DE02"), encryptor=OLD, now=NOW)
    assert known.plain_iban(OLD) == Secret("DE02")
    assert "DE02" not in repr(known)
    renewed = known.reencrypt(encryptor=BOTH, now=NOW)
    assert renewed.plain_iban(NEW) == Secret("DE02")
    assert renewed.domain_events[-1].payload()["fields"] == ("iban",)
    assert renewed.reencrypt(encryptor=BOTH, now=NOW) is renewed


def test_a_value_of_another_row_is_refused(customer: type[Any]) -> None:
    one, other = (customer(tenant_id=TENANT, created_at=NOW, updated_at=NOW) for _ in range(2))
    known = one.set_iban("DE02", encryptor=OLD, now=NOW)
    with pytest.raises(DecryptionFailed, match=r"shop\.customers\.iban"):
        other.record_update(NOW, iban=known.iban).plain_iban(OLD)


def test_the_ring_of_the_page_opens_what_it_encrypts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENTROS_KEYS", f"old {base64.b64encode(OLD_KEY).decode()}")
    names: dict[str, Any] = {"Credential": Credential, "text": "plain", "now": NOW}
    exec(block("python", "KeyRing.parse", PAGE), names)  # noqa: S102
    exec(block("python", "Credential.create", PAGE), names)  # noqa: S102
    assert names["sent"] == "plain"
    assert names["credential"].decrypt(OLD) == Secret("plain")
