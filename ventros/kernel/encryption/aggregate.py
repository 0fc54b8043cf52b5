"""What an aggregate with encrypted columns has besides: to encrypt, to decrypt, to change keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

import attrs

from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.encryption.value import EncryptedValue, Encryptor, Place
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.secret import Plain, Secret


@attrs.frozen(kw_only=True, slots=False)
class EncryptedAggregate(AggregateRoot):
    """It holds encrypted values, and no key.

    A plain value comes in, and goes out as a :class:`Secret`, through the encryptor that a method is given;
    each is bound to this row and its column.

    A subclass names its ``table``, with the schema outside of public, and its ``encrypted`` columns, each an
    attribute of the same name: an EncryptedValue, or None for NULL. They are secret columns of the
    repository: ``SECRET_COLUMNS = Credential.encrypted``.
    """

    table: ClassVar[str]
    encrypted: ClassVar[tuple[str, ...]]

    def reencrypt(self, *, encryptor: Encryptor, now: datetime) -> Self:
        """Every value that another key wrote, with the writer's key; what they say stays as it is.

        Raises UnknownKey when the other key has been taken off the ring too early, DecryptionFailed.
        """
        held: dict[str, EncryptedValue | None] = {column: getattr(self, column) for column in self.encrypted}
        renewed = {
            column: self.encrypt_column(column, self.decrypt_column(column, encryptor), encryptor)
            for column, value in held.items()
            if value is not None and value.key_id != encryptor.writer
        }
        return self.with_reencrypted(renewed, now) if renewed else self

    def with_reencrypted(self, renewed: Mapping[str, EncryptedValue], now: datetime) -> Self:
        """With those columns; overridden where an attribute is a part of another."""
        return self.record_update(now, **renewed)

    def encrypt_column(self, column: str, plain: Plain, encryptor: Encryptor) -> EncryptedValue:
        """Anew even if it is the same. Raises ValidationError, named after the column, when it is empty."""
        return encryptor.encrypt(plain, self.place_of(column))

    def decrypt_column(self, column: str, encryptor: Encryptor) -> Secret[str]:
        """Raises InvariantViolation when there is none, UnknownKey, DecryptionFailed."""
        value: EncryptedValue | None = getattr(self, column)
        if value is None:
            raise InvariantViolation(f"{self.resource} {self.id} has no {column}")
        return encryptor.decrypt(value, self.place_of(column))

    def place_of(self, column: str) -> Place:
        """What a value of that column is bound to."""
        tenant = getattr(self, "tenant_id", "")
        return Place(table=self.table, column=column, tenant_id=tenant, row_id=self.id)
