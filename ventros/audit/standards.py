"""Proves that each standard statement is the standard text but for its table, columns and live predicate."""

from __future__ import annotations

from collections.abc import Iterator

from pglast import ast

from ventros.audit.parsing import parse
from ventros.audit.standard_texts import STANDARD, key_columns, parameters, standard_text
from ventros.audit.tables import Table
from ventros.kernel.statements import Column, Statement


def standard_faults(statement: Statement, table: Table) -> Iterator[tuple[str, str]]:
    """The rule that ``statement``, of the versioned ``table``, breaks, and how; nothing for other verbs.

    Its syntax tree is compared, so that layout and case are free. Rows are live where ``deleted_at`` is NULL,
    if there is such a column.
    """
    verb = statement.name.rpartition(".")[2]
    if verb not in STANDARD:
        if statement.standard:
            yield "standard", f"says how it differs from the standard, and for {verb} there is none"
        return
    faults = list(_differences(verb, statement, table))
    if statement.standard and not faults:
        yield "standard", "says how it differs from the standard, and does not: take that line away"
    elif faults and not statement.standard:
        yield from (("standard", fault) for fault in faults)


def _differences(verb: str, statement: Statement, table: Table) -> Iterator[str]:
    scope, live = table.scope, "deleted_at" in table.columns
    tree = parse(statement.text)[0]
    columns = _columns(verb, tree)
    first = _first_columns(verb, scope)
    if columns[: len(first)] != first:
        yield f"{verb} begins with the columns {', '.join(first)}"
    quoted = [f'"{column}"' for column in columns]
    text = standard_text(verb, table.name, quoted, live=live, scope=scope)
    if (not columns and verb in {"insert", "get", "update"}) or tree != parse(text)[0]:
        shown = " ".join(standard_text(verb, table.name, ["…"], live=live, scope=scope).split())
        yield f"is not the standard {verb}, {shown}: make it so, or say why in its header: -- standard: …"
    wanted = parameters(verb, [Column(column, "") for column in columns], scope=scope)
    if [param.name for param in statement.params] != [param.name for param in wanted]:
        yield f"its params: are not {', '.join(param.name for param in wanted)}"
    form = STANDARD[verb]
    if statement.rows != form.rows or (form.returns and statement.returns != form.returns):
        yield f"its rows: and returns: are not {form.rows} and {form.returns or 'none'}"


def _first_columns(verb: str, scope: str) -> list[str]:
    key = [column.name for column in key_columns(scope)]
    return {"insert": key, "get": ["id", "version", *key[:-1]]}.get(verb, [])


def _columns(verb: str, tree: ast.Node) -> list[str]:
    """Those that it names, as far as its verb has any of its own."""
    if verb == "insert" and isinstance(tree, ast.InsertStmt):
        return [column.name for column in tree.cols or ()]
    if verb == "get" and isinstance(tree, ast.SelectStmt):
        fields = [getattr(target.val, "fields", ()) for target in tree.targetList or ()]
        return [field[-1].sval for field in fields if field and isinstance(field[-1], ast.String)]
    if verb == "update" and isinstance(tree, ast.UpdateStmt):
        return [target.name for target in tree.targetList][:-1]
    return []
