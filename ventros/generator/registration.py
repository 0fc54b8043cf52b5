"""Puts a repository into the class of an application's unit of work, which is a file that somebody edits."""

from __future__ import annotations

import ast

from ventros.kernel.errors import ConfigurationError

HELD = "from ventros.kernel.transaction.held import Held"


def registered(source: str, class_name: str, attribute: str, module: str, repository: str) -> str:
    """``source`` with ``attribute = Held(repository)`` as the last line of the class; imports not in order.

    Raises ConfigurationError when there is no such class, or it has an attribute of that name.
    """
    tree = ast.parse(source)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == class_name]
    if not classes:
        raise ConfigurationError(
            f"there is no class {class_name} to hold the repository: say {attribute} = Held({repository}) "
            "where the unit of work is"
        )
    names = {
        target.id
        for statement in classes[0].body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    if attribute in names:
        raise ConfigurationError(f"{class_name} has {attribute} already")
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    lines = source.splitlines()
    lines.insert(classes[0].end_lineno or len(lines), f"    {attribute} = Held({repository})")
    at = max((node.end_lineno or 0 for node in imports), default=0)
    lines[at:at] = [HELD, f"from {module} import {repository}"]
    return "\n".join(lines) + "\n"
