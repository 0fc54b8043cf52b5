"""What a session sends beside the statements: the control of transactions, and the driver's own questions."""

from __future__ import annotations

import re
from pathlib import Path

from asyncpg import introspection

from ventros.kernel.connection.connect import PROOF_QUERY, TIMEOUTS_QUERY
from ventros.kernel.connection.log_position import POSITION_QUERY, REACHED_QUERY
from ventros.kernel.statements import Statement, columns
from ventros.kernel.transaction.joined import CALLER_SETTINGS_QUERY
from ventros.kernel.waking import CHANNEL

_LEVEL = (
    r"(?: ISOLATION LEVEL (?:READ COMMITTED|REPEATABLE READ|SERIALIZABLE))?(?: READ ONLY)?(?: DEFERRABLE)?"
)
_NUMBER = r"(?:\d+|\$\d+)"
_TEXT = r"(?:'[A-Za-z0-9_.:@-]*'|\$\d+)"  # PostgreSQL 18 puts a parameter for the value, 15 to 17 keep it

COMMANDS = {
    rf"BEGIN{_LEVEL}": "a unit of work begins",
    rf"SET LOCAL app\.[a-z_]+ = {_TEXT}": "the key that a look-up without a tenant asks by",
    rf"SET LOCAL app\.(?:tenant_id|user_id) = {_TEXT}": "for whom",
    rf"SET LOCAL app\.(?:actor|use_case) = {_TEXT}": "who does what, for the history",
    rf"SET LOCAL (?:statement_timeout|lock_timeout|idle_in_transaction_session_timeout) = {_NUMBER}": (
        "the bounds of this unit of work"
    ),
    rf'(?:LISTEN|NOTIFY) "?{CHANNEL}"?': "a relay in another process is to look at once, where asked for",
    r"COMMIT": "its end",
    r"ROLLBACK": "its other end",
    r"(?:SAVEPOINT|RELEASE SAVEPOINT|RELEASE|ROLLBACK TO SAVEPOINT|ROLLBACK TO) (?:ventros\w*|\$\d+)": (
        "a part of it that can be undone, or the whole inside a caller's transaction"
    ),
}
"""By pattern of the text, why it is sent."""


def _question(name: str, text: str, params: str, why: str) -> Statement:
    path = Path(introspection.__file__)
    return Statement(name, text, why, columns(params), rows="many", returns="", path=path, line=1)


QUESTIONS = (
    _question(
        "asyncpg.types",
        introspection.INTRO_LOOKUP_TYPES,
        "oids oid[]",
        "what an array holds: once a connection for each type of array that is a parameter",
    ),
    _question(
        "asyncpg.jit_off",
        "SELECT current_setting('jit') AS cur, set_config('jit', 'off', false) AS new",
        "",
        "before the former, which would be compiled at length",
    ),
    _question("asyncpg.jit", "SELECT set_config('jit', $1, false)", "jit text", "as it was, afterwards"),
    _question(
        "connection.caller",
        CALLER_SETTINGS_QUERY,
        "",
        "whose the caller's transaction was, and who did what in it, to be set back after a joined unit",
    ),
    _question(
        "connection.proof",
        PROOF_QUERY,
        "divisor integer",
        "when a pool opens: whether statements can share round trips on this asyncpg and this server",
    ),
    _question(
        "connection.timeouts",
        TIMEOUTS_QUERY,
        "",
        "when a pool opens: whether a pooler has kept the timeouts of the connection request to itself",
    ),
    _question(
        "connection.position", POSITION_QUERY, "", "by UnitOfWork.lsn(): behind which a replica has it"
    ),
    _question(
        "connection.reached",
        REACHED_QUERY,
        "position text",
        "until a replica has what a unit of work is to read after",
    ),
)
"""What the driver asks by itself, and what a connection of ours has to know."""


def is_command(text: str) -> bool:
    """Whether ``text``, as pg_stat_statements shows it, controls a transaction as the library does."""
    return any(re.fullmatch(pattern, text.strip().rstrip("; ")) for pattern in COMMANDS)
