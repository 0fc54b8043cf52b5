"""Every error has a status, and no answer holds what the client is not to know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

import ventros
from service import problems
from service.problems import TABLE, line_of, problem
from service.tests.asking import created, names
from ventros.kernel.errors import StaleAggregate
from ventros.kernel.outcome import CommitMarker

SECRET = "hunter2"  # noqa: S105 - what must not be seen
ID = UUID(int=1)
KEY = {"Idempotency-Key": "1"}
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "AlreadyProcessed": ("acme", ID),
    "NotFound": ("contact", ID),
    "OptimisticLockError": ("contact", ID, 1, 2),
    "OptimisticLockErrors": ([StaleAggregate("contact", ID, 1, None)],),
    "CommitInDoubt": (CommitMarker("acme", ID),),
    "CommitUnconfirmed": (CommitMarker("acme", ID),),
    "EventGap": ("accounts", f"contact {ID}", (1, 1), (2, 1)),
    "UnknownKey": ("contacts", ID, "name", "k1"),
    "DecryptionFailed": ("contacts", ID, "name", "k1"),
    "IntegrityViolation": ("contact", "contacts_phone_key", ID),
    "AlreadyExists": ("contact", "contacts_phone_key", ID),
    "ReferenceNotFound": ("contact", "contacts_project_fkey", ID, "project_id"),
    "StillReferenced": ("contact", "sessions_contact_fkey", ID, None, "sessions"),
}
"""Of those that make their text themselves; the text of all others is given."""


def kinds(kind: type[ventros.VentrosError] = ventros.VentrosError) -> Iterator[type[ventros.VentrosError]]:
    """All of Ventros and of the service."""
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ in {"ventros.kernel.errors", problems.__name__}:
            yield from kinds(child)


def raised(kind: type[ventros.VentrosError], sqlstate: str | None = None) -> ventros.VentrosError:
    """One as the library raises it: from what the driver said, which quotes a row."""
    error = kind(*ARGUMENTS.get(kind.__name__, (f"password={SECRET} in contacts.insert",)))
    error.__cause__ = ValueError(f"Key (phone)=({SECRET}) already exists.")
    error.add_note(SECRET)
    error.sqlstate, error.table = sqlstate, SECRET
    return error


EXPECTED = {
    "VentrosError": 500, "ConfigurationError": 500, "UnknownStatement": 500, "MigrationError": 500,
    "UnitOfWorkError": 500, "UndoneWrite": 500, "NotNew": 500, "ChangeWithoutEvent": 500,
    "AlreadyProcessed": 409, "DomainError": 422, "ValidationError": 422, "NumericOverflow": 422,
    "InvariantViolation": 409, "NotFound": 404, "IntegrityViolation": 409, "AlreadyExists": 409,
    "ReferenceNotFound": 422, "StillReferenced": 409, "Conflict": 503, "OptimisticLockError": 409,
    "OptimisticLockErrors": 409, "SerializationFailure": 503, "DeadlockDetected": 503, "SchemaChanged": 503,
    "MappingError": 500, "DatabaseError": 500, "ConstraintViolation": 500, "TenancyViolation": 500,
    "InsufficientPrivilege": 500, "ResultMismatch": 500, "WriteSuppressed": 500, "OperationTimeout": 503,
    "StatementTimeout": 503, "LockTimeout": 503, "LockNotAvailable": 503, "PoolExhausted": 503,
    "ConnectionLost": 503, "ServerUnreachable": 503, "ServerReadOnly": 503, "TransactionRolledBack": 500,
    "CommitInDoubt": 503, "CommitUnconfirmed": 503, "ReplicaBehind": 503, "Unauthorized": 401,
    "Malformed": 400, "PreconditionRequired": 428, "PreconditionFailed": 412, "KeyReused": 422,
    "ShuttingDown": 503, "UnknownKey": 500, "PositionOfAnotherCluster": 500, "EventGap": 503,
    "DecryptionFailed": 500,
}  # fmt: skip


def test_each_error_has_the_status_that_was_decided_for_it() -> None:
    """A new class of the library fails here, until somebody decides."""
    assert {kind.__name__: line_of(raised(kind)).status for kind in kinds()} == EXPECTED


@pytest.mark.parametrize("sqlstate", [None, "23505"])
@pytest.mark.parametrize("kind", [*kinds()])
def test_nothing_but_the_texts_for_clients_gets_out(
    kind: type[ventros.VentrosError], sqlstate: str | None
) -> None:
    error = raised(kind, sqlstate)
    line, answer = line_of(error), problem(error)
    about = json.loads(bytes(answer.body))
    assert (about["status"], about["code"]) == (answer.status_code, error.code)
    assert answer.status_code != 503 or "Retry-After" in answer.headers
    assert about.pop("detail", "") == (str(error) if line.tells and sqlstate is None else "")
    assert SECRET not in f"{about} {answer.headers}"


def test_what_is_told_is_never_of_the_server() -> None:
    """Errors of the driver, of configuration and of the library's use are for the log."""
    telling = {kind for kind, line in TABLE.items() if line.tells}
    allowed = (ventros.DomainError, ventros.OptimisticLockError, ventros.OptimisticLockErrors)
    assert all(issubclass(kind, allowed) for kind in telling)


async def test_what_the_driver_quotes_stays_here(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await created(client, "Ada", phone="+5511977770000")
    twice = await client.post(
        "/contacts", json={"name": "Bea", "phone": "+5511977770000"}, headers={"Idempotency-Key": "2"}
    )
    assert (twice.status_code, twice.json()["code"]) == (409, "RESOURCE_ALREADY_EXISTS")
    assert "detail" not in twice.json(), "which would name a constraint"
    assert "977770000" not in twice.text + caplog.text


async def test_a_fault_of_ours_is_told_by_its_title(
    client: httpx.AsyncClient, ventros_superuser: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    path = (await created(client, "Ada")).headers["Location"]
    ventros_superuser.execute("REVOKE ALL ON contacts FROM ventros_app")
    failed = await client.get(path)
    about = {"status": 500, "title": "The service failed", "code": "INSUFFICIENT_PRIVILEGE"}
    assert (failed.status_code, failed.json()) == (500, about)
    assert failed.headers["Content-Type"] == "application/problem+json"
    assert "INSUFFICIENT_PRIVILEGE" in caplog.text
    assert "Ada" not in caplog.text


BAD_REQUESTS: list[tuple[int, str, str, bytes, dict[str, str]]] = [
    (401, "GET", "/contacts", b"", {"Authorization": ""}),
    (401, "GET", "/contacts", b"", {"Authorization": "Bearer another"}),
    (401, "GET", "/contacts", b"", {"Authorization": "Basic ada's token"}),
    (422, "GET", "/contacts?limit=0", b"", {}),
    (422, "GET", "/contacts?limit=many", b"", {}),
    (422, "GET", "/contacts?after=nowhere", b"", {}),
    (404, "GET", "/contacts/no-id", b"", {}),
    (404, "GET", f"/contacts/{ID}", b"", {}),
    (404, "PUT", f"/contacts/{ID}/tags/vip", b"", {}),
    (404, "PATCH", f"/contacts/{ID}", b"{}", {"If-Match": '"1"'}),
    (405, "PUT", "/contacts", b"", {}),
    (400, "POST", "/contacts", b"{", KEY),
    (400, "POST", "/contacts", b"\xff", KEY),
    (422, "POST", "/contacts", b'{"name": 7}', KEY),
    (422, "POST", "/contacts", b'{"name": ""}', KEY),
    (422, "POST", "/contacts", b'{"nam": "Ada"}', KEY),
    (422, "POST", "/contacts", b'{"name": "Ada", "email": "none"}', KEY),
    (422, "POST", "/contacts", b'{"name": "a\\u0000b"}', KEY),
]


async def test_what_cannot_be_is_refused(
    client: httpx.AsyncClient, ventros_superuser: psycopg.Connection
) -> None:
    for status, method, path, content, headers in BAD_REQUESTS:
        refused = await client.request(method, path, content=content, headers=headers)
        assert (refused.status_code, refused.json()["status"]) == (status, status), refused.text
        assert refused.headers["X-Request-ID"]
    assert names(ventros_superuser) == []
