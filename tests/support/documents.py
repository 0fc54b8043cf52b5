"""The README, and the blocks of code in a document."""

from __future__ import annotations

import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def block(language: str, containing: str, document: str = README) -> str:
    """The only block in that language that contains the text."""
    blocks = re.findall(rf"```{language}\n(.*?)```", document, re.DOTALL)
    (matching,) = [text for text in blocks if containing in text]
    return str(matching)
