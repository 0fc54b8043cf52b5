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
_IDENTITY = "AS IDENTITY"
_GO_ON = (
    "SELECT setval(pg_get_serial_sequence({relation_text}, '{column}'), coalesce(max({name}), 1)) "
    "FROM {relation};"
)
_PARENT = re.compile(r" REFERENCES (.+?)\(")
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


def _order(line: Line) -> tuple[int, bool, Line]:
    """That of making: a foreign key refers to a key."""
    return (list(KINDS).index(line.kind), line.definition.startswith("FOREIGN KEY"), line)


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
            lost = "-- what it held has to come from a backup"
            return " ".join([made, *self._comments(line), lost])
        if line.kind != "table":
            return made
        own = [
            one
            for one in self.listed.made.values()
            if one.relation == line.relation and one != line and not self.waits(one)
        ]
        lost = "-- its rows have to come from a backup; then: ventros migrate roles"
        return " ".join([made, *map(self._created, sorted(own, key=_order)), lost])

    def waits(self, line: Line) -> bool:
        """Whether it is a foreign key to another table that is missing too: it is told by itself."""
        match = _PARENT.search(line.definition) if line.kind == "constraint" else None
        if match is None or match[1] == line.relation:
            return False
        return ("table", match[1], "") not in self.stored

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
        if expected.kind in {"type", "domain"}:
            return f"-- no one statement alters {expected.name} to: {expected.definition}"
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
        """What stands against another type, or goes with a column that is computed anew, is made anew."""
        wanted, had = _column(expected), _column(found)
        computed = wanted["generated"].endswith(("STORED", "VIRTUAL"))
        anew = computed and wanted["generated"] != had["generated"]
        parts = [f"ALTER TABLE {expected.relation} {', '.join(_column_actions(expected.name, wanted, had))};"]
        if wanted["generated"].endswith(_IDENTITY) and not had["generated"]:
            column = expected.name.strip('"').replace("'", "''")
            parts.append(self._of(_GO_ON.replace("{column}", column), expected))
        around = []
        if anew or wanted["type"] != had["type"]:
            kinds = {"constraint", "index", "policy", "trigger"} if anew else {"policy", "trigger"}
            around = sorted(self._naming(expected, kinds), key=_order)
        drops = [self._of(KINDS[line.kind].drop, line) for line in around]
        said = [one for one in self._comments(expected) if anew]
        return " ".join([*drops, *parts, *map(self._created, around), *said])

    def _naming(self, column: Line, kinds: set[str]) -> Iterator[Line]:
        """What is there on its table and names the column."""
        named = re.compile(rf"(?<!\w){re.escape(column.name)}(?!\w)")
        for line in {**self.listed.made, **self.listed.optional}.values():
            own = line.kind in kinds and line.relation == column.relation and line.key in self.stored
            if own and named.search(line.definition):
                yield line

    def _comments(self, column: Line) -> list[str]:
        """That on the column, if one is listed."""
        said = self.listed.made.get((COMMENTS, column.relation, ""))
        return (
            [one for one in said.definition.split("\n") if _target(one) == _column_of(column)] if said else []
        )


def _column(line: Line) -> dict[str, str]:
    match = _COLUMN.fullmatch(line.definition)
    return {} if match is None else match.groupdict(default="")


def _column_actions(name: str, wanted: dict[str, str], had: dict[str, str]) -> Iterator[str]:
    column, generated = f"ALTER COLUMN {name}", wanted["generated"]
    retype, regenerate = wanted["type"] != had["type"], generated != had["generated"]
    identity = generated.endswith(_IDENTITY), had["generated"].endswith(_IDENTITY)
    if regenerate and generated and not identity[0]:
        yield f"DROP COLUMN {name}"
        yield f"ADD COLUMN {name} {wanted['type']} GENERATED {generated}{wanted['not_null']}"
        return
    if regenerate and had["generated"] and not all(identity):
        yield f"{column} DROP {'IDENTITY' if identity[1] else 'EXPRESSION'}"
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
    if regenerate and all(identity):  # its numbers go on
        yield f"{column} SET GENERATED {generated.removesuffix(_IDENTITY)}"
    elif regenerate and identity[0]:
        yield f"{column} ADD GENERATED {generated}"
