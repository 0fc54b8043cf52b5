"""The README, and the blocks of code in a document."""

from __future__ import annotations

import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def block(language: str, containing: str, document: str = README) -> str:
    """The only block in that language that contains the text."""
    (matching,) = [text for text in blocks(language, document) if containing in text]
    return matching


def blocks(language: str, document: str) -> list[str]:
    """All in that language."""
    return re.findall(rf"```{language}\n(.*?)```", document, re.DOTALL)
