"""Key rings before, during and after a change of keys."""

from __future__ import annotations

from ventros.kernel.encryption import KeyRing

OLD_KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))
OLD = KeyRing(writer="old", keys={"old": OLD_KEY})
BOTH = KeyRing(writer="new", keys={"new": NEW_KEY, "old": OLD_KEY})
NEW = KeyRing(writer="new", keys={"new": NEW_KEY})
