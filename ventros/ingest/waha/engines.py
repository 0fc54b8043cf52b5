"""Which engine a payload came from, told by its shape: what WAHA writes beside it may be missing."""

from __future__ import annotations

from ventros.ingest.waha import gows, noweb, webjs
from ventros.ingest.waha.detail import Detail
from ventros.ingest.waha.wire import Fields, fields


def detail_of(payload: Fields) -> Detail:
    """An empty one for a payload without ``_data``."""
    data = fields(payload.get("_data"))
    if not data:
        return Detail()
    if gows.is_gows(data):
        return gows.read(data)
    if noweb.is_noweb(data):
        return noweb.read(data)
    return webjs.read(data)
