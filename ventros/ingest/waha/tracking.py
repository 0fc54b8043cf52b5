"""Where a conversation came from: what the platform tells of the advertisement that led to it."""

from __future__ import annotations

from typing import Final

from ventros.ingest.waha.wire import Fields, fields, text

MAX_CHARACTERS: Final = 4_096

_ENTRY: Final = {
    "conversion_source": "conversionsource",
    "conversion_data": "conversiondata",
    "conversion_app": "entrypointconversionapp",
    "entry_point_source": "entrypointconversionsource",
    "external_source": "entrypointconversionexternalsource",
    "external_medium": "entrypointconversionexternalmedium",
}
_AD: Final = {
    "ad_source_type": "sourcetype",
    "ad_source_id": "sourceid",
    "ad_source_app": "sourceapp",
    "ad_source_url": "sourceurl",
    "ctwa_click_id": "ctwaclid",
}

AD_FIELDS: Final = {"conversion_source", "ad_source_type", "ad_source_id", "ad_source_url", "ctwa_click_id"}
"""Tracking data that only an advertisement brings; entry points are told of ordinary messages too."""


def tracking_of(context: Fields) -> dict[str, str]:
    """Under the names of MessageFromAdTracked and one more."""
    advertisement = fields(context.get("externaladreply"))
    told = {name: text(context.get(member)) for name, member in _ENTRY.items()}
    told |= {name: text(advertisement.get(member)) for name, member in _AD.items()}
    return {name: value[:MAX_CHARACTERS] for name, value in told.items() if value}
