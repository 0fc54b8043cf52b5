"""One self-contained HTML page."""

from __future__ import annotations

from typing import Any


def page(results: list[dict[str, Any]]) -> str:
    return ""
