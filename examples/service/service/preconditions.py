"""The version of an aggregate as ETag, and as what a client sends back (RFC 9110, 8.8.3 and 13.1)."""

from __future__ import annotations

import re
from typing import Final

import attrs
from starlette.requests import Request

from service.problems import PreconditionFailed, PreconditionRequired
from ventros.kernel.aggregate import AggregateRoot

_TAG: Final = re.compile(r'(W/)?"([^"]*)"')


def etag(aggregate: AggregateRoot) -> str:
    return f'"{aggregate.version}"'


@attrs.frozen
class IfMatch:
    """``versions``: None for ``*``, by which the client says that it overwrites whatever is there."""

    versions: frozenset[str] | None

    @classmethod
    def of(cls, request: Request) -> IfMatch:
        """Raises PreconditionRequired when the header is missing."""
        header = request.headers.get("If-Match")
        if header is None:
            raise PreconditionRequired("send the ETag of what you read as If-Match")
        if header.strip() == "*":
            return cls(None)
        return cls(frozenset(tag for weak, tag in _TAG.findall(header) if not weak))

    def check(self, aggregate: AggregateRoot) -> None:
        """Raises PreconditionFailed. Who is overtaken after this meets a conflict, and comes here again."""
        if self.versions is not None and str(aggregate.version) not in self.versions:
            raise PreconditionFailed(
                f"{aggregate.resource} {aggregate.id} is at version {aggregate.version}: load it again and "
                "decide again"
            )


def is_unchanged(request: Request, aggregate: AggregateRoot) -> bool:
    """Whether the client has it, by its If-None-Match."""
    tags = _TAG.findall(request.headers.get("If-None-Match", ""))
    return str(aggregate.version) in {tag for _weak, tag in tags}
