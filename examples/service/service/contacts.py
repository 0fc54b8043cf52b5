"""Contacts as resources: created, read, listed, changed, tagged, deleted."""

from __future__ import annotations

from typing import Final, TypeVar
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.answers import Answer
from service.application import UnitOfWork
from service.callers import authenticate
from service.once import perform
from service.preconditions import IfMatch, etag, is_unchanged
from service.problems import Malformed
from ventros import InvariantViolation, ValidationError
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.list_query import ContactFilter

T = TypeVar("T")


class NewContact(msgspec.Struct, forbid_unknown_fields=True):
    """What a client says of a contact that is to be made."""

    name: str
    email: str | None = None
    phone: str | None = None


class Changes(msgspec.Struct, forbid_unknown_fields=True):
    """What a client says of a contact that is there; null takes away, what is left out stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType | None = msgspec.UNSET
    phone: str | msgspec.UnsetType | None = msgspec.UNSET


async def create(request: Request) -> Response:
    new = await read(request, NewContact)

    async def create_contact(uow: UnitOfWork) -> Answer:
        project = await uow.projects.find_by_tenant()
        if project is None:
            raise InvariantViolation("the tenant has no project to put contacts in")
        contact = Contact.create(
            project_id=project.id, tenant_id=uow.tenant, name=new.name, now=uow.started_at
        )
        if new.email is not None:
            contact = contact.set_email(new.email, now=uow.started_at)
        if new.phone is not None:
            contact = contact.set_phone(new.phone, now=uow.started_at)
        return answer(await uow.contacts.add(contact), 201)

    return await perform(request, create_contact)


async def change(request: Request) -> Response:
    id_, expected, wanted = id_of(request), IfMatch.of(request), await read(request, Changes)

    async def change_contact(uow: UnitOfWork) -> Answer:
        contact = await uow.contacts.get(id_)
        expected.check(contact)
        if wanted.name is not msgspec.UNSET:
            contact = contact.rename(wanted.name, now=uow.started_at)
        if wanted.email is None:
            contact = contact.clear_email(now=uow.started_at)
        elif wanted.email is not msgspec.UNSET:
            contact = contact.set_email(wanted.email, now=uow.started_at)
        if wanted.phone is None:
            contact = contact.clear_phone(now=uow.started_at)
        elif wanted.phone is not msgspec.UNSET:
            contact = contact.set_phone(wanted.phone, now=uow.started_at)
        return answer(await uow.contacts.save(contact))

    return await perform(request, change_contact)


async def tag(request: Request) -> Response:
    """No If-Match: with whatever else is changed meanwhile, the tag is there in the end."""
    id_, name = id_of(request), request.path_params["tag"]

    async def tag_contact(uow: UnitOfWork) -> Answer:
        contact = await uow.contacts.get(id_)
        return answer(await uow.contacts.save(contact.add_tag(name, now=uow.started_at)))

    return await perform(request, tag_contact)


async def delete(request: Request) -> Response:
    id_, expected = id_of(request), IfMatch.of(request)

    async def delete_contact(uow: UnitOfWork) -> Answer:
        contact = await uow.contacts.get(id_)
        expected.check(contact)
        await uow.contacts.save(contact.delete(now=uow.started_at))
        return Answer(204)

    return await perform(request, delete_contact)


async def show(request: Request) -> Response:
    caller = authenticate(request)
    async with request.state.db.unit_of_work(caller.tenant, read_only=True) as uow:
        contact = await uow.contacts.get(id_of(request))
    if is_unchanged(request, contact):
        return Response(status_code=304, headers={"ETag": etag(contact)})
    return answer(contact).response()


async def index(request: Request) -> Response:
    """A page; the next one is behind the Link with rel="next", and its cursor in the body."""
    caller, query = authenticate(request), request.query_params
    limit = query.get("limit", "20")
    if not limit.isascii() or not limit.isdigit():
        raise ValidationError("limit must be a whole number", field="limit")
    wanted = ContactFilter(text=query.get("text"), tags=query.getlist("tag") or None)
    async with request.state.db.unit_of_work(caller.tenant, read_only=True) as uow:
        page = await uow.contacts.page(wanted, limit=int(limit), after=query.get("after"))
    body = {"items": [shown(contact) for contact in page.items], "next": page.next}
    links = {}
    if page.next:
        links["Link"] = f'<{request.url.include_query_params(after=page.next)}>; rel="next"'
    return Response(msgspec.json.encode(body), headers=links, media_type="application/json")


async def read(request: Request, kind: type[T]) -> T:
    """The body. Raises Malformed for what is no JSON, ValidationError for what is not of that kind."""
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.ValidationError as error:  # which names places and types, and quotes no value
        raise ValidationError(str(error), field="body") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed("the body is no JSON") from None


def id_of(request: Request) -> UUID:
    id_: UUID = request.path_params["id"]
    return id_


def shown(contact: Contact) -> dict[str, object]:
    return {
        "id": contact.id,
        "name": contact.name,
        "email": contact.email and contact.email.value,
        "phone": contact.phone and contact.phone.value,
        "tags": contact.tags,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
    }


def answer(contact: Contact, status: int = 200) -> Answer:
    headers = {"Content-Type": "application/json", "ETag": etag(contact)}
    if status == 201:
        headers["Location"] = f"/contacts/{contact.id}"
    return Answer(status, msgspec.json.encode(shown(contact)).decode(), headers)


ROUTES: Final = [
    Route("/contacts", index, methods=["GET"]),
    Route("/contacts", create, methods=["POST"]),
    Route("/contacts/{id:uuid}", show, methods=["GET"]),
    Route("/contacts/{id:uuid}", change, methods=["PATCH"]),
    Route("/contacts/{id:uuid}", delete, methods=["DELETE"]),
    Route("/contacts/{id:uuid}/tags/{tag}", tag, methods=["PUT"]),
]
