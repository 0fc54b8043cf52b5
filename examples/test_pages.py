"""What docs/service.md shows is in examples/service as it stands there."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "docs" / "service.md", ROOT / "examples" / "service" / "README.md"]
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", PAGES[0].read_text("utf-8"), re.DOTALL)
CODE = [
    path.read_text("utf-8")
    for suffix in ("py", "sql")
    for path in (ROOT / "examples" / "service" / "service").rglob(f"*.{suffix}")
]


def is_in_the_example(block: str) -> bool:
    """Whole lines, one after the other, indented as they may be."""
    indented = [textwrap.indent(block, " " * width) for width in (0, 4, 8)]
    return any(f"\n{text}" in f"\n{code}" for text in indented for code in CODE)


@pytest.mark.parametrize("block", [text for _, text in BLOCKS], ids=lambda text: text.splitlines()[0][:40])
def test_each_block_is_a_part_of_the_example(block: str) -> None:
    assert is_in_the_example(block)


def test_control_a_changed_block_is_none() -> None:
    assert {language for language, _ in BLOCKS} == {"python", "sql"}
    assert len(BLOCKS) > 10
    assert not any(is_in_the_example(text.replace("uow", "unit") + "pass\n") for _, text in BLOCKS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https:)([^)#]+)[^)]*\)", page.read_text("utf-8"))
    assert links
    assert [link for link in links if not (page.parent / link).exists()] == []
