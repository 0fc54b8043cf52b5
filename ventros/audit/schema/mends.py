"""The SQL that ends a difference of the schema: it runs as printed, in psql, by the owner or a superuser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from ventros.audit.schema.lines import OWNER, Line, Lines, Listed
from ventros.audit.schema.things import KINDS

_COLUMN = re.compile(
    r"(?P<type>.*?)(?: DEFAULT (?P<default>.*?)| GENERATED (?P<generated>.*?))?(?P<not_null> NOT NULL)?"
    r"(?P<open> NOT VALID)?",
    re.DOTALL,
)
COMMENTS = "comments"
_CONCURRENTLY = re.compile(r"^(CREATE (?:UNIQUE )?INDEX) ")


def filled(text: str, line: Line, owner: str) -> str:
    """``text`` with its places filled, each once, so that what is filled in is text and no place."""
    values = {"relation": line.relation, "name": line.name, "definition": line.definition, "owner": owner}
    for name in ("relation", "name"):
        values[f"{name}_text"] = "'{}'".format(values[name].replace("'", "''"))
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], text)


def retyped(expected: Line, found: Line) -> bool:
    """Whether it is a column that has another type or collation."""
    return expected.kind == "column" and _column(expected)["type"] != _column(found)["type"]


def unsaid(comments: Line, stored: Lines) -> list[str]:
    """The statements for what has no comment, in whatever words; a column that is gone is left out."""
    there = stored.get(comments.key)
    said = {_target(one) for one in there.definition.split("\n")} if there else set()
    columns = {_column_of(line) for line in stored.values() if line.kind == "column"}
    wanted = columns | {f"COMMENT ON TABLE {comments.relation}"}
    return [one for one in comments.definition.split("\n") if _target(one) in wanted - said]


def _target(comment: str) -> str:
    return comment.partition(" IS ")[0]


def _column_of(column: Line) -> str:
    return f"COMMENT ON COLUMN {column.relation}.{column.name}"


@attrs.frozen
class Mends:
    """What is listed, and what is stored: a mend takes along what depends on the thing that it makes anew."""

    listed: Listed
    stored: Lines

    @property
    def owner(self) -> str:
        line = self.stored.get(OWNER)
        return line.definition if line else "CURRENT_USER"

    def make(self, line: Line) -> str:
        """What is missing."""
        made = self._created(line)
        if line.kind == "column":
            said = self.listed.made.get((COMMENTS, line.relation, ""))
            comments = (
                [one for one in said.definition.split("\n") if _target(one) == _column_of(line)]
                if said
                else []
            )
            return " ".join([made, *comments, "-- what it held has to come from a backup"])
        if line.kind != "table":
            return made
        own = [one for one in self.listed.made.values() if one.relation == line.relation and one != line]
        own.sort(key=lambda one: (list(KINDS).index(one.kind), one.definition.startswith("FOREIGN"), one))
        parts = [
            made,
            *map(self._created, own),
            "-- its rows have to come from a backup; then: ventros migrate roles",
        ]
        return " ".join(parts)

    def rename(self, expected: Line, found: Line) -> str:
        """What is there by another name."""
        if expected.kind == "table":
            return f"ALTER TABLE {found.relation} RENAME TO {expected.relation.rpartition('.')[2]};"
        return f"ALTER TABLE {expected.relation} RENAME COLUMN {found.name} TO {expected.name};"

    def remove(self, line: Line) -> str:
        """What is extra."""
        return self._of(KINDS[line.kind].drop, line)

    def change(self, expected: Line, found: Line) -> str:
        """What is there and of another definition."""
        if expected.kind == "table":
            return f"ALTER TABLE {expected.relation} SET {expected.definition.split()[0]};"
        if expected.kind == COMMENTS:
            return " ".join(unsaid(expected, self.stored))
        if expected.kind == "column":
            return self._change_column(expected, found)
        if expected.kind == "constraint":
            return self._change_constraint(expected, found)
        if expected.kind in {"trigger", "rule"}:
            made, _, fires = expected.definition.rpartition("; ")
            if found.definition.rpartition("; ")[0] == made:
                return f"{fires};"
        return self._created(expected)

    def _created(self, line: Line) -> str:
        if line.kind == "index":
            line = attrs.evolve(line, definition=_CONCURRENTLY.sub(r"\1 CONCURRENTLY ", line.definition))
        return self._of(KINDS[line.kind].create, line)

    def _of(self, text: str, line: Line) -> str:
        return filled(text, line, self.owner)

    def _change_constraint(self, expected: Line, found: Line) -> str:
        if found.definition == f"{expected.definition} NOT VALID":
            return f"ALTER TABLE {expected.relation} VALIDATE CONSTRAINT {expected.name};"
        if found.definition == f"{expected.definition} INVALID":
            schema = expected.relation.rpartition(".")[0]
            return f"REINDEX INDEX CONCURRENTLY {schema}.{expected.name};"
        # A key cannot go while others refer to it.
        head = f" REFERENCES {expected.relation}("
        referring = [
            line
            for line in self.listed.made.values()
            if line.kind == "constraint" and head in line.definition and line != expected
        ]
        if not expected.definition.startswith(("PRIMARY KEY", "UNIQUE")):
            referring = []
        drops = [self._of(KINDS["constraint"].drop, line) for line in referring]
        return " ".join([*drops, self._created(expected), *map(self._created, referring)])

    def _change_column(self, expected: Line, found: Line) -> str:
        """Policies and triggers that name a column stand against another type, and are made anew."""
        wanted, had = _column(expected), _column(found)
        actions = list(_column_actions(expected.name, wanted, had))
        alter = f"ALTER TABLE {expected.relation} {', '.join(actions)};"
        if wanted["type"] == had["type"]:
            return alter
        named = re.compile(rf"(?<!\w){re.escape(expected.name)}(?!\w)")
        around = [
            line
            for line in {**self.listed.made, **self.listed.optional}.values()
            if line.kind in {"policy", "trigger"}
            and line.relation == expected.relation
            and line.key in self.stored
            if named.search(line.definition)
        ]
        drops = [self._of(KINDS[line.kind].drop, line) for line in around]
        return " ".join([*drops, alter, *map(self._created, around)])


def _column(line: Line) -> dict[str, str]:
    match = _COLUMN.fullmatch(line.definition)
    return {} if match is None else match.groupdict(default="")


def _column_actions(name: str, wanted: dict[str, str], had: dict[str, str]) -> Iterator[str]:
    column = f"ALTER COLUMN {name}"
    retype = wanted["type"] != had["type"]
    if had["generated"] and wanted["generated"] != had["generated"]:
        yield f"{column} DROP {'IDENTITY' if had['generated'].endswith('AS IDENTITY') else 'EXPRESSION'}"
    if had["default"] and (retype or not wanted["default"]):
        yield f"{column} DROP DEFAULT"
    if retype:
        yield f"{column} TYPE {wanted['type']} USING {name}::{wanted['type'].partition(' COLLATE ')[0]}"
    if wanted["not_null"] and (not had["not_null"] or had["open"]):
        yield f"{column} SET NOT NULL"
    if had["not_null"] and not wanted["not_null"]:
        yield f"{column} DROP NOT NULL"
    if wanted["default"] and (retype or wanted["default"] != had["default"]):
        yield f"{column} SET DEFAULT {wanted['default']}"
    if wanted["generated"] and wanted["generated"] != had["generated"]:
        if wanted["generated"].endswith("AS IDENTITY"):
            yield f"{column} ADD GENERATED {wanted['generated']}"
        else:
            yield f"DROP COLUMN {name}, ADD COLUMN {name} {wanted['type']} GENERATED {wanted['generated']}"
