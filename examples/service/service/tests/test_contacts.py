"""Contacts over HTTP: what is created is shown, listed, changed and deleted, for who may see it."""

from __future__ import annotations

import asyncio

import httpx
import psycopg
import pytest

from service.tests.asking import created, names, rename


async def test_a_contact_from_its_creation_to_its_end(client: httpx.AsyncClient) -> None:
    made = await created(client, "Ada", phone="+5511977770000")
    path = made.headers["Location"]
    assert made.headers["ETag"] == '"1"'
    shown = await client.get(path)
    assert (shown.status_code, shown.headers["ETag"]) == (200, '"1"')
    assert shown.json() == made.json()
    assert {**shown.json(), "id": "", "created_at": "", "updated_at": ""} == {
        "id": "", "name": "Ada", "email": None, "phone": "+5511977770000", "tags": [], "created_at": "",
        "updated_at": "",
    }  # fmt: skip
    assert (await client.get(path, headers={"If-None-Match": '"1"'})).status_code == 304
    fields = {"email": "ada@acme.example", "phone": None}
    changed = await client.patch(path, json=fields, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.json()["email"], changed.json()["phone"]) == ("ada@acme.example", None)
    assert (await client.get(path, headers={"If-None-Match": '"1"'})).status_code == 200
    gone = await client.delete(path, headers={"If-Match": '"2"'})
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await client.get(path)).status_code == 404


async def test_a_change_says_which_version_it_is_made_to(
    client: httpx.AsyncClient, ventros_superuser: psycopg.Connection
) -> None:
    path = (await created(client)).headers["Location"]
    for method in ("PATCH", "DELETE"):
        missing = await client.request(method, path, json={})
        assert (missing.status_code, missing.json()["code"]) == (428, "PRECONDITION_REQUIRED")
    assert (await rename(client, path, "Alice", '"1"')).status_code == 200
    for stale in ('"1"', 'W/"2"', '"7", "1"', "2", ""):
        refused = await rename(client, path, "Bob", stale)
        assert (refused.status_code, refused.json()["code"]) == (412, "PRECONDITION_FAILED"), stale
    assert (await client.delete(path, headers={"If-Match": '"1"'})).status_code == 412
    assert names(ventros_superuser) == ["Alice"]
    assert (await rename(client, path, "Bob", '"1", "2"')).status_code == 200


async def append_each(client: httpx.AsyncClient, path: str, *, overwrite: bool) -> str:
    """Eight clients that have read the same version append a letter each; who is refused reads again."""
    all_have_read = asyncio.Barrier(8)

    async def append(letter: str) -> None:
        read = await client.get(path)
        await all_have_read.wait()
        for _ in range(20):
            name = read.json()["name"] + letter
            answer = await rename(client, path, name, "*" if overwrite else read.headers["ETag"])
            if answer.status_code == 200:
                return
            assert answer.status_code == 412, answer.text
            read = await client.get(path)
        pytest.fail("refused twenty times")

    async with asyncio.TaskGroup() as group:
        for letter in "abcdefgh":
            group.create_task(append(letter))
    name: str = (await client.get(path)).json()["name"]
    return name


async def test_no_update_is_lost(client: httpx.AsyncClient) -> None:
    path = (await created(client, "-")).headers["Location"]
    assert "".join(sorted(await append_each(client, path, overwrite=False))) == "-abcdefgh"


async def test_control_updates_of_who_overwrites_whatever_is_there_are_lost(
    client: httpx.AsyncClient,
) -> None:
    path = (await created(client, "-")).headers["Location"]
    assert len(await append_each(client, path, overwrite=True)) == 2


async def test_tags_of_many_at_once_are_all_there(client: httpx.AsyncClient) -> None:
    path = (await created(client)).headers["Location"]
    tags = [f"tag {number}" for number in range(8)]
    answers = await asyncio.gather(*(client.put(f"{path}/tags/{tag}") for tag in tags))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted((await client.get(path)).json()["tags"]) == tags


async def test_a_list_goes_page_by_page(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await created(client, f"Ada {number}")
    await created(client, "Bea")
    seen: list[str] = []
    url = "/contacts?text=ada&limit=2"
    for _ in range(3):
        answer = await client.get(url)
        seen += [item["name"] for item in answer.json()["items"]]
        url = answer.links.get("next", {}).get("url", "")
    assert (sorted(seen), url) == ([f"Ada {number}" for number in range(5)], "")
    assert answer.json()["next"] is None


async def test_nobody_sees_another_tenant(client: httpx.AsyncClient) -> None:
    path = (await created(client)).headers["Location"]
    eve = {"Authorization": "Bearer eve's token"}
    assert (await client.get(path, headers=eve)).status_code == 404
    assert (await client.get("/contacts", headers=eve)).json() == {"items": [], "next": None}
    refused = await client.delete(path, headers={**eve, "If-Match": "*"})
    assert refused.status_code == 404


async def test_what_is_stored_says_who_asked_and_by_which_request(
    client: httpx.AsyncClient, ventros_superuser: psycopg.Connection
) -> None:
    made = await created(client)
    id_ = "0190c3a4-5a2e-7d53-9b57-000000000001"
    headers = {"If-Match": '"1"', "X-Request-ID": id_}
    changed = await client.patch(made.headers["Location"], json={"name": "Alice"}, headers=headers)
    assert changed.headers["X-Request-ID"] == id_
    stored = ventros_superuser.execute(
        "SELECT event_name, correlation_id::text FROM outbox_events WHERE aggregate_type = 'contact'"
        " ORDER BY aggregate_version"
    ).fetchall()
    assert stored == [("contact.created", made.headers["X-Request-ID"]), ("contact.name_changed", id_)]
