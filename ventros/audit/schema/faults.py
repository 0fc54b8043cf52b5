"""What is missing, changed or extra in a database's schema, how much it weighs, and what mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from ventros.audit.schema.lines import OWNER, Line, Lines, Listed
from ventros.audit.schema.mends import COMMENTS, Mends, filled, retyped, unsaid
from ventros.audit.schema.renames import undo_renames
from ventros.audit.schema.things import KINDS
from ventros.audit.schema.weights import CHANGED, EXTRA, HIGH, MISSING, RENAMED, RETYPED, WEIGHTS, weigh

_ORDER = list(KINDS)
_SHOWN = 240
"""Characters of a definition in a sentence."""


@attrs.frozen
class Fault:
    """One difference; the fields are those of a finding of ``ventros audit``."""

    subject: str
    text: str
    see: str
    mend: str
    weight: str
    means: str


@attrs.frozen
class _Difference:
    how: str
    line: Line  # what was expected; of what is extra, what was found
    found: Line | None = None


def faults(listed: Listed, stored: Lines) -> list[Fault]:
    """The critical first, then in the order in which they can be mended, each by its own ``mend``."""
    stored, renamed = undo_renames(listed.made, stored)
    differences = [_Difference(RENAMED, one.line, one.found) for one in renamed]
    mends = Mends(listed, stored)
    differences += _differences(mends)
    return [_fault(one, mends) for one in sorted(differences, key=lambda one: _rank(one, mends))]


def _fault(difference: _Difference, mends: Mends) -> Fault:
    weight, means = _weight(difference, mends)
    subject = filled(KINDS[difference.line.kind].subject, difference.line, mends.owner)
    return Fault(
        subject=_plain(subject),
        text=_plain(_sentence(difference, mends)),
        see=_see(difference.line, mends.owner),
        mend=_mend(difference, mends),
        weight=weight,
        means=means,
    )


def _differences(mends: Mends) -> Iterator[_Difference]:
    """Of a thing that is missing or extra, nothing that belongs to it is told beside it."""
    listed, stored = mends.listed, mends.stored
    things, present = _things(listed.made), _things(stored)
    for key, line in listed.made.items():
        gone = line.relation in things - present and line.relation != _thing(line)
        if key == OWNER or (gone and not mends.waits(line)):
            continue
        if key not in stored:
            yield _Difference(MISSING, line)
        elif line.kind == COMMENTS:
            if unsaid(line, stored):
                yield _Difference(CHANGED, line, stored[key])
        elif _differs(line, stored[key]):
            yield _Difference(RETYPED if retyped(line, stored[key]) else CHANGED, line, stored[key])
    for key, line in stored.items():
        undeclared = line.relation in present - things and line.relation != _thing(line)
        if key == OWNER or key in listed.made or undeclared or line.kind == COMMENTS:
            continue
        if key not in listed.optional:
            yield _Difference(EXTRA, line)
        elif _differs(listed.optional[key], line):
            yield _Difference(CHANGED, listed.optional[key], line)


def _things(lines: Lines) -> set[str]:
    return {_thing(line) for line in lines.values()} - {""}


def _thing(line: Line) -> str:
    """The name by which other lines say that they belong to this one; empty, if none does."""
    if line.kind in {"table", "view", "materialized view"}:
        return line.relation
    return line.name if line.kind in {"function", "sequence"} else ""


def _weight(difference: _Difference, mends: Mends) -> tuple[str, str]:
    line = difference.line
    guarded = any(("column", line.relation, name) in mends.stored for name in ("tenant_id", "version"))
    if difference.how == EXTRA and line.kind == "table" and guarded:
        return HIGH, "It has a version or rows of tenants, and nobody says how they are guarded."
    weight = weigh(difference.how, line)
    return weight.weight, weight.means


def _differs(expected: Line, found: Line) -> bool:
    """An index that is being built at this moment will be as it should."""
    return found.definition.removesuffix(" BEING BUILT") != expected.definition


def _rank(difference: _Difference, mends: Mends) -> tuple[int, bool, bool, int, bool, Line]:
    """What is extra goes first; a foreign key goes before the key that it refers to, and comes after it."""
    extra = difference.how == EXTRA
    refers = difference.line.definition.startswith("FOREIGN KEY")
    weight = WEIGHTS.index(_weight(difference, mends)[0])
    order = _ORDER.index(difference.line.kind)
    return (weight, difference.how != RENAMED, not extra, order, refers != extra, difference.line)


def _sentence(difference: _Difference, mends: Mends) -> str:
    line, found, owner = difference.line, difference.found, mends.owner
    kind = KINDS[line.kind]
    called = filled(kind.called, line, owner)
    if difference.how == EXTRA:
        extra = attrs.evolve(line, definition=_shown(line.definition))
        return filled(kind.extra.replace("{called}", called), extra, owner)
    if found and difference.how == RENAMED:
        return f"{called} is called {found.name or found.relation}"
    if found is None:
        expected = _shown(line.definition)
        return f"{called} is missing" + (f": expected {expected}" if line.kind != "table" else "")
    wanted, got = _parts(line.definition), _parts(found.definition)
    if line.kind == COMMENTS:
        return f"{called} are not whole: expected {_shown(' '.join(unsaid(line, mends.stored)))}"
    expected = "; ".join(part for part in wanted if part not in got) or "no more"
    shown = "; ".join(part for part in got if part not in wanted) or "no more"
    return f"{called} is not as it was made: expected {_shown(expected)}, found {_shown(shown)}"


def _parts(definition: str) -> list[str]:
    """Lines of a function, statements, and what an ALTER TABLE does."""
    parts = re.split(r"\n|; |, (?=NO FORCE|FORCE)", definition)
    return [part.strip() for part in parts if part.strip()]


def _shown(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _SHOWN else f"{one_line[:_SHOWN]}…"


def _plain(text: str) -> str:
    """Names in public without it, as everywhere in the audit."""
    return re.sub(r"\bpublic\.", "", text).removesuffix(".")


def _see(line: Line, owner: str) -> str:
    kind = KINDS[line.kind]
    text = "SELECT coalesce((SELECT string_agg((%s)::text, '; ') FROM %s), 'nothing');"
    return filled(text % (kind.see, kind.among), line, owner)


def _mend(difference: _Difference, mends: Mends) -> str:
    if difference.how == EXTRA:
        return mends.remove(difference.line)
    if difference.found is None:
        return mends.make(difference.line)
    if difference.how == RENAMED:
        return mends.rename(difference.line, difference.found)
    return mends.change(difference.line, difference.found)
