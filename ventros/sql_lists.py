"""Fills the lists of an SQL file, which hold what it has to know of an application::

    -- for each versioned table, with "," between: ('{name}')
    ('agents'),
    ('contacts')
    -- end

psql asks the file as it is; a tool fills it anew for the application at hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_EACH = re.compile(
    r"""^(?P<indent> *)-- for each (?P<kind>.+), with "(?P<between>.*)" between: (?P<item>.*)\n"""
    r"""(?:.*\n)*?(?P=indent)-- end\n""",
    re.MULTILINE,
)


def kinds(text: str) -> set[str]:
    """Of which there are lists in it."""
    return {match["kind"] for match in _EACH.finditer(text)}


def fill(text: str, of: Callable[[str], list[dict[str, str]]]) -> str:
    """``text`` with each list made of what ``of(kind)`` returns: one item for each, by the names in it."""

    def lines(match: re.Match[str]) -> str:
        indent, item = match["indent"], match["item"]
        each = [indent + item.format(**values) + match["between"] for values in of(match["kind"])]
        head = f'{indent}-- for each {match["kind"]}, with "{match["between"]}" between: {item}\n'
        body = "\n".join([*each, ""]).removesuffix(match["between"] + "\n")
        return head + body + ("" if body.endswith("\n") or not body else "\n") + f"{indent}-- end\n"

    return _EACH.sub(lines, text)
