"""What several tests ask for."""

from __future__ import annotations

from uuid import uuid4

import httpx
import psycopg


async def created(client: httpx.AsyncClient, name: str = "Ada", **more: str) -> httpx.Response:
    """A new contact, under a new key."""
    key = {"Idempotency-Key": str(uuid4())}
    answer = await client.post("/contacts", json={"name": name, **more}, headers=key)
    assert answer.status_code == 201, answer.text
    return answer


def names(superuser: psycopg.Connection) -> list[str]:
    return [name for (name,) in superuser.execute("SELECT name FROM contacts ORDER BY name, id")]


async def rename(client: httpx.AsyncClient, path: str, name: str, version: str) -> httpx.Response:
    return await client.patch(path, json={"name": name}, headers={"If-Match": version})
