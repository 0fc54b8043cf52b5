"""The kinds of things in a schema: what they are called, how one is seen, made and removed."""

from __future__ import annotations

from typing import Final

import attrs

_DEFAULT = (
    "(SELECT ' DEFAULT ' || pg_get_expr(adbin, adrelid) FROM pg_attrdef "
    "WHERE adrelid = attrelid AND adnum = attnum)"
)
_CLASS = "pg_class WHERE oid = to_regclass({relation_text})"
_ASIDE = "CREATE SCHEMA IF NOT EXISTS undeclared; ALTER {what} {of} SET SCHEMA undeclared;"


def _of_table(catalogue: str, table: str, name: str) -> str:
    return (
        f"{catalogue} WHERE {table} = to_regclass({{relation_text}}) AND quote_ident({name}) = {{name_text}}"
    )


@attrs.frozen(kw_only=True)
class Kind:
    """Texts with places for ``{relation}``, ``{name}``, ``{definition}`` and the ``{owner}`` of the tables.

    ``see`` is an expression that shows one, ``among`` what follows FROM; there ``{relation_text}`` and
    ``{name_text}`` are literals. ``create`` may be run over what is there, if that is of another definition.
    ``extra`` is the sentence about one that nobody made by a migration. ``subject`` names it in short.
    """

    called: str
    see: str
    among: str = "(VALUES (1)) AS one"
    create: str = ""
    drop: str = "{definition};"
    extra: str = "{called} is not of the migrations: found {definition}"
    subject: str = "{relation}.{name}"


KINDS: Final[dict[str, Kind]] = {
    "function": Kind(
        called="the function {name}",
        subject="{name}",
        see="pg_get_functiondef(oid)",
        among="pg_proc WHERE oid = to_regprocedure({name_text})",
        create="{definition}; ALTER ROUTINE {name} OWNER TO {owner};",
        drop=_ASIDE.format(what="ROUTINE", of="{name}"),
    ),
    "type": Kind(
        called="the type {name}",
        subject="{name}",
        see="typtype",
        among="pg_type WHERE oid = to_regtype({name_text})",
        create="CREATE TYPE {name} {definition};",
        drop=_ASIDE.format(what="TYPE", of="{name}"),
    ),
    "domain": Kind(
        called="the domain {name}",
        subject="{name}",
        see="format_type(typbasetype, typtypmod)",
        among="pg_type WHERE oid = to_regtype({name_text})",
        create="CREATE DOMAIN {name} {definition};",
        drop=_ASIDE.format(what="DOMAIN", of="{name}"),
    ),
    "table": Kind(
        called="the table {relation}",
        subject="{relation}",
        see="format('kind %s, persistence %s', relkind, relpersistence)",
        among=_CLASS,
        create="CREATE TABLE {relation} (); ALTER TABLE {relation} OWNER TO {owner};",
        drop=_ASIDE.format(what="TABLE", of="{relation}"),
    ),
    "inheritance": Kind(
        called="the inheritance of {name} from {relation}",
        see="inhrelid::regclass",
        among="pg_inherits WHERE inhparent = to_regclass({relation_text})",
        extra="the table {name} inherits from {relation}: its rows show there",
    ),
    "column": Kind(
        called="the column {name} of {relation}",
        see=f"concat(format_type(atttypid, atttypmod), {_DEFAULT}, "
        "CASE WHEN attnotnull THEN ' NOT NULL' END)",
        among=_of_table("pg_attribute", "attrelid", "attname"),
        create="ALTER TABLE {relation} ADD COLUMN {name} {definition};",
        drop="ALTER TABLE {relation} DROP COLUMN IF EXISTS {name}; -- or, to keep it, a migration",
    ),
    "sequence": Kind(
        called="the sequence {name}",
        subject="{name}",
        see="to_json(pg_sequence)",
        among="pg_sequence WHERE seqrelid = to_regclass({name_text})",
        create="CREATE SEQUENCE IF NOT EXISTS {name}; ALTER SEQUENCE {name} {definition};",
        drop="DROP SEQUENCE IF EXISTS {name};",
    ),
    "constraint": Kind(
        called="the constraint {name} of {relation}",
        see="concat(pg_get_constraintdef(oid), CASE WHEN NOT convalidated THEN ' (not validated)' END)",
        among=_of_table("pg_constraint", "conrelid", "conname"),
        create="ALTER TABLE {relation} DROP CONSTRAINT IF EXISTS {name}, ADD CONSTRAINT {name} {definition};",
        drop="ALTER TABLE {relation} DROP CONSTRAINT IF EXISTS {name};",
    ),
    "index": Kind(
        called="the index {name} on {relation}",
        subject="{name}",
        see="format('%s valid %s, ready %s', pg_get_indexdef(indexrelid), indisvalid, indisready)",
        among="pg_index WHERE indexrelid = to_regclass({name_text})",
        create="DROP INDEX CONCURRENTLY IF EXISTS {name}; {definition};",
        drop="DROP INDEX CONCURRENTLY IF EXISTS {name};",
    ),
    "foreign keys": Kind(
        called="the foreign keys of {relation}",
        subject="{relation}",
        see="format('%s: %s', tgname, tgenabled)",
        among="pg_trigger WHERE tgrelid = to_regclass({relation_text}) AND tgisinternal AND tgenabled <> 'O'",
        extra="foreign keys of {relation} are not enforced there: {name}",
    ),
    "row security": Kind(
        called="row-level security of {relation}",
        subject="{relation}",
        see="format('enabled %s, forced %s', relrowsecurity, relforcerowsecurity)",
        among=_CLASS,
        create="ALTER TABLE {relation} {definition};",
    ),
    "policy": Kind(
        called="the policy {name} of {relation}",
        see="format('permissive %s, command %s, USING (%s) WITH CHECK (%s)', polpermissive, polcmd, "
        "pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))",
        among=_of_table("pg_policy", "polrelid", "polname"),
        create="DROP POLICY IF EXISTS {name} ON {relation}; CREATE POLICY {name} ON {relation} {definition};",
        drop="DROP POLICY IF EXISTS {name} ON {relation};",
    ),
    "trigger": Kind(
        called="the trigger {name} of {relation}",
        see="format('state %s: %s', tgenabled, pg_get_triggerdef(oid))",
        among=_of_table("pg_trigger", "tgrelid", "tgname"),
        create="DROP TRIGGER IF EXISTS {name} ON {relation}; {definition};",
        drop="DROP TRIGGER IF EXISTS {name} ON {relation};",
    ),
    "rule": Kind(
        called="the rule {name} of {relation}",
        see="pg_get_ruledef(oid)",
        among=_of_table("pg_rewrite", "ev_class", "rulename"),
        create="DROP RULE IF EXISTS {name} ON {relation}; {definition};",
        drop="DROP RULE IF EXISTS {name} ON {relation};",
    ),
    "view": Kind(
        called="the view {relation}",
        subject="{relation}",
        see="pg_get_viewdef(to_regclass({relation_text}))",
        create="DROP VIEW IF EXISTS {relation}; CREATE VIEW {relation} {definition} "
        "ALTER VIEW {relation} OWNER TO {owner};",
        drop=_ASIDE.format(what="VIEW", of="{relation}"),
    ),
    "materialized view": Kind(
        called="the materialized view {relation}",
        subject="{relation}",
        see="pg_get_viewdef(to_regclass({relation_text}))",
        create="DROP MATERIALIZED VIEW IF EXISTS {relation}; "
        "CREATE MATERIALIZED VIEW {relation} {definition} "
        "ALTER MATERIALIZED VIEW {relation} OWNER TO {owner};",
        drop=_ASIDE.format(what="MATERIALIZED VIEW", of="{relation}"),
    ),
    "comments": Kind(
        called="the comments on {relation}",
        subject="{relation}",
        see="objsubid",
        among="pg_description "
        "WHERE objoid = to_regclass({relation_text}) AND classoid = 'pg_class'::regclass",
        create="{definition}",
    ),
    "owner": Kind(
        called="the owner of {relation}",
        subject="{relation}",
        see="pg_get_userbyid(relowner)",
        among=_CLASS,
        extra="{relation} belongs to {name}, and the other tables to {owner}",
    ),
    "function owner": Kind(
        called="the owner of {relation}",
        subject="{relation}",
        see="pg_get_userbyid(proowner)",
        among="pg_proc WHERE oid = to_regprocedure({relation_text})",
        extra="{relation} belongs to {name}, and the tables to {owner}",
    ),
    "event trigger": Kind(
        called="the event trigger {name}",
        subject="{name}",
        see="format('%s: %s', evtevent, evtfoid::regprocedure)",
        among="pg_event_trigger WHERE quote_ident(evtname) = {name_text}",
        extra="the event trigger {name} fires, and is not of the migrations",
    ),
    "operator": Kind(
        called="the operator {name}",
        subject="{name}",
        see="oprcode",
        among="pg_operator WHERE oid = to_regoperator({name_text})",
        extra="the operator {name} is not of the migrations",
    ),
    "cast": Kind(
        called="the cast of {relation} to {name}",
        subject="{relation} to {name}",
        see="castcontext, castmethod, castfunc::regprocedure",
        among="pg_cast "
        "WHERE castsource = to_regtype({relation_text}) AND casttarget = to_regtype({name_text})",
        extra="the cast of {relation} to {name} is not of the migrations",
    ),
}
"""By the word that stands in a line, in the order in which they are mended: what others need comes first."""
