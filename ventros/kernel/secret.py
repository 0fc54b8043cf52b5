"""A text or bytes that no repr, log or pickle shows."""

from __future__ import annotations

import hmac
from typing import Generic, NoReturn, Self, TypeVar

from ventros.kernel.errors import ValidationError

T_co = TypeVar("T_co", bound=str | bytes, covariant=True)


class Secret(Generic[T_co]):
    """Shows itself to nobody but :meth:`reveal`: not in a repr, a format, a log, a traceback or a pickle.

    No attrs class, so that no library that walks over fields finds it either. Two are compared in constant
    time. Raises ValidationError for what is neither str nor bytes.
    """

    __slots__ = ("_plain",)

    def __init__(self, plain: T_co) -> None:
        if not isinstance(plain, str | bytes):
            raise ValidationError(f"a secret is a str or bytes, not {type(plain).__name__}", field="secret")
        self._plain: T_co = plain

    def reveal(self) -> T_co:
        """What it hides; best where it is used, and in no variable."""
        return self._plain

    def encoded(self, field: str = "secret") -> bytes:
        """The bytes, of a text in UTF-8. Raises ValidationError for half of a surrogate pair."""
        try:
            return self._plain.encode() if isinstance(self._plain, str) else bytes(self._plain)
        except UnicodeEncodeError:
            fault = f"{field} holds half of a surrogate pair, which is no Unicode text"
        # Not while that error is handled, which carries the text.
        raise ValidationError(fault, field=field)

    def __bool__(self) -> bool:
        return bool(self._plain)

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret) or type(self._plain) is not type(other._plain):
            return NotImplemented
        return hmac.compare_digest(_bytes(self._plain), _bytes(other._plain))

    def __hash__(self) -> int:
        return hash(self._plain)

    def __copy__(self) -> Self:
        """Itself, for it never changes."""
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not to be written down; reveal() it where it is used")


def _bytes(plain: str | bytes) -> bytes:
    return plain.encode("utf-8", "surrogatepass") if isinstance(plain, str) else plain


Plain = str | Secret[str]
"""A text to be encrypted. As a Secret it shows in no traceback that has local variables, either."""


def secret_text(plain: Plain, field: str) -> Secret[str]:
    """``plain`` as a Secret. Raises ValidationError when it is no text, or empty."""
    hidden = plain if isinstance(plain, Secret) else None if not isinstance(plain, str) else Secret(plain)
    if hidden is None or not isinstance(hidden.reveal(), str):
        raise ValidationError(f"{field} must be a str, or a Secret of one", field=field)
    if not hidden:
        raise ValidationError(f"{field} must not be empty", field=field)
    return hidden


def secret_text_or_none(plain: Plain | None) -> Secret[str] | None:
    """An attrs converter for an optional one: the empty text says no more than None."""
    return secret_text(plain, "secret") if plain else None
