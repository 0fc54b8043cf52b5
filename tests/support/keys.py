"""Key rings before, during and after a change of keys."""

from __future__ import annotations

from ventros.kernel.encryption import EncryptedValue, KeyRing, Place, Plain, Secret

OLD_KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))
OLD = KeyRing(writer="old", keys={"old": OLD_KEY})
BOTH = KeyRing(writer="new", keys={"new": NEW_KEY, "old": OLD_KEY})
NEW = KeyRing(writer="new", keys={"new": NEW_KEY})


class SameEachTime:
    """Encrypts nothing: what is stored by two who do the same is the same."""

    writer = "new"

    def encrypt(self, plain: Plain, place: Place) -> EncryptedValue:
        text = plain.encode() if isinstance(plain, str) else plain.encoded()
        return EncryptedValue(key_id="new", nonce=bytes(12), ciphertext=bytes(16) + text)

    def decrypt(self, value: EncryptedValue, place: Place) -> Secret[str]:
        return Secret(value.ciphertext[16:].decode())
