"""A request that has an Idempotency-Key is done once, and its first answer is given again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid5

import httpx
import psycopg

from service.application import UnitOfWork
from service.once import COMMANDS
from service.tests.asking import created, names, rename
from service.tests.conftest import Serve
from service.tests.cutting import Cutting
from ventros import Database, Settings

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
HASTY = Settings(max_size=2, connect_timeout=1.0, acquire_timeout=1.0)


def same(first: httpx.Response, again: httpx.Response) -> bool:
    """But for what is of the request and not of its effect."""
    apart = {"x-request-id", "idempotency-replayed"}
    headers = [
        {name: answer.headers[name] for name in answer.headers if name not in apart}
        for answer in (first, again)
    ]
    return (first.status_code, first.content) == (again.status_code, again.content) and headers[0] == headers[
        1
    ]


async def test_the_first_answer_is_given_again(
    client: httpx.AsyncClient, ventros_superuser: psycopg.Connection
) -> None:
    first = await client.post("/contacts", json={"name": "Ada"}, headers=KEY)
    path = first.headers["Location"]
    assert (await rename(client, path, "Alice", '"1"')).status_code == 200
    again = await client.post("/contacts", json={"name": "Ada"}, headers=KEY)
    assert same(first, again)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert names(ventros_superuser) == ["Alice"]


async def test_many_at_once_with_one_key_make_one_contact(
    client: httpx.AsyncClient, ventros_superuser: psycopg.Connection
) -> None:
    answers = await asyncio.gather(
        *(client.post("/contacts", json={"name": "Ada"}, headers=KEY) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert all(same(answers[0], answer) for answer in answers)
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert names(ventros_superuser) == ["Ada"]


async def test_who_waits_for_the_first_too_long_comes_again(
    serve: Serve, holder: psycopg.Connection, ventros_superuser: psycopg.Connection
) -> None:
    command_id = uuid5(COMMANDS, f"user:ada {KEY['Idempotency-Key']}")
    holder.execute("INSERT INTO processed_events VALUES ('acme', 'command', %s, now())", [command_id])
    async with serve(settings=Settings(lock_timeout=0.2)) as client:
        waited = await client.post("/contacts", json={"name": "Ada"}, headers=KEY)
        assert (waited.status_code, waited.headers["Retry-After"]) == (503, "1")
        holder.rollback()
        assert (await client.post("/contacts", json={"name": "Ada"}, headers=KEY)).status_code == 201
    assert names(ventros_superuser) == ["Ada"]


async def test_control_with_a_key_each_they_make_as_many(
    client: httpx.AsyncClient, ventros_superuser: psycopg.Connection
) -> None:
    await asyncio.gather(*(created(client) for _ in range(8)))
    assert names(ventros_superuser) == ["Ada"] * 8


async def test_another_request_with_the_key_is_refused(
    client: httpx.AsyncClient, ventros_superuser: psycopg.Connection
) -> None:
    first = await client.post("/contacts", json={"name": "Ada"}, headers=KEY)
    path = first.headers["Location"]
    for method, url, body in (("POST", "/contacts", {"name": "Bea"}), ("PATCH", path, {"name": "Ada"})):
        other = await client.request(method, url, json=body, headers={**KEY, "If-Match": "*"})
        assert (other.status_code, other.json()["code"]) == (422, "KEY_REUSED")
    bobs = await client.post(
        "/contacts", json={"name": "Bea"}, headers={**KEY, "Authorization": "Bearer bob's token"}
    )
    assert (bobs.status_code, bobs.json()["name"]) == (201, "Bea")
    assert names(ventros_superuser) == ["Ada", "Bea"]


async def test_a_change_that_comes_again_is_not_stale(client: httpx.AsyncClient) -> None:
    path = (await created(client)).headers["Location"]
    headers = {**KEY, "If-Match": '"1"'}
    first = await client.patch(path, json={"name": "Alice"}, headers=headers)
    again = await client.patch(path, json={"name": "Alice"}, headers=headers)
    assert first.status_code == 200
    assert same(first, again)
    without = await client.patch(path, json={"name": "Alice"}, headers={"If-Match": '"1"'})
    assert without.status_code == 412


async def test_a_refusal_is_not_kept(client: httpx.AsyncClient) -> None:
    refused = await client.post("/contacts", json={"name": ""}, headers=KEY)
    assert refused.status_code == 422
    assert (await client.post("/contacts", json={"name": "Ada"}, headers=KEY)).status_code == 201


async def test_a_post_needs_a_key(client: httpx.AsyncClient) -> None:
    for headers in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 300}):
        refused = await client.post("/contacts", json={"name": "Ada"}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "MALFORMED")


async def test_an_answer_that_is_no_longer_kept(
    client: httpx.AsyncClient, ventros_database: Database[UnitOfWork]
) -> None:
    await client.post("/contacts", json={"name": "Ada"}, headers=KEY)
    now = datetime.now(UTC)
    assert await ventros_database.run("acme", lambda uow: uow.answers.prune(now - timedelta(days=1))) == 0
    assert await ventros_database.run("acme", lambda uow: uow.answers.prune(now + timedelta(days=1))) == 1
    again = await client.post("/contacts", json={"name": "Ada"}, headers=KEY)
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_PROCESSED")


async def test_a_lost_answer_to_commit_is_found_out(
    serve: Serve, ventros_dsn: str, ventros_superuser: psycopg.Connection
) -> None:
    async with Cutting(ventros_dsn) as way, serve(way.dsn, settings=HASTY) as client:
        way.cut_commits = 1
        first = await client.post("/contacts", json={"name": "Ada"}, headers=KEY)
        assert (first.status_code, way.cut_commits) == (201, 0)
        again = await client.post("/contacts", json={"name": "Ada"}, headers=KEY)
        assert same(first, again)
    assert names(ventros_superuser) == ["Ada"]


async def test_what_stays_in_doubt_is_sent_again(
    serve: Serve, ventros_dsn: str, ventros_superuser: psycopg.Connection
) -> None:
    async with Cutting(ventros_dsn) as way, serve(way.dsn, settings=HASTY) as client:
        way.cut_commits, way.refuses_after_cut = 1, True
        doubtful = await client.post("/contacts", json={"name": "Ada"}, headers=KEY)
        assert (doubtful.status_code, doubtful.json()["code"]) == (503, "COMMIT_IN_DOUBT")
        assert doubtful.headers["Retry-After"]
        way.refuses = False
        again = await client.post("/contacts", json={"name": "Ada"}, headers=KEY)
        assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
        assert names(ventros_superuser) == ["Ada"]
        other = await created(client)  # the control: under another key it is another contact
        assert other.status_code == 201
    assert names(ventros_superuser) == ["Ada", "Ada"]
