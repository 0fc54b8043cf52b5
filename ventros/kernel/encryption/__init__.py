"""Values that only who holds a key can read: encrypted in their columns, shown by nothing when in plain.

How to use, rotate and back up keys: ``docs/secrets.md``. Nothing here is loaded by what needs no secret, and
the package ``cryptography`` only by a :class:`KeyRing`.
"""

from ventros.kernel.encryption.aggregate import EncryptedAggregate
from ventros.kernel.encryption.key_ring import KeyRing, generate_key
from ventros.kernel.encryption.value import EncryptedValue, Encryptor, Place
from ventros.kernel.secret import Plain, Secret

__all__ = [
    "EncryptedAggregate",
    "EncryptedValue",
    "Encryptor",
    "KeyRing",
    "Place",
    "Plain",
    "Secret",
    "generate_key",
]
