"""Cases of credentials: the units of a refresh, for the call to the service between them is in none."""

from __future__ import annotations

from tests.support.constants import NOW
from tests.support.keys import OLD
from tests.support.use_cases import Work, World, case
from ventros.application.credentials.refresh_lease import (
    Lease,
    NewToken,
    release_lease,
    store_token,
    take_lease,
)
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.values import CredentialType
from ventros.kernel.ids import new_id


async def _expiring(world: World) -> Credential:
    credential = Credential.create(
        tenant_id=world.tenant,
        credential_type=CredentialType.GOOGLE_ADS,
        name="ads",
        secret="client secret",  # noqa: S106
        encryptor=OLD,
        now=NOW,
    )
    with_token = credential.set_oauth_token("access", "refresh", expires_in=60, encryptor=OLD, now=NOW)
    (stored,) = await world.add(with_token)
    assert isinstance(stored, Credential)
    return stored


async def _leased(world: World) -> Lease:
    credential = await _expiring(world)
    lease_id = new_id()
    lease = await world.run(
        lambda uow: take_lease(uow, credential.id, lease_id, seconds=60, failures=None, now=NOW)
    )
    assert isinstance(lease, Lease)
    return lease


@case("refresh_token", "takes the lease")
async def _take(world: World) -> Work:
    credential = await _expiring(world)
    return lambda uow: take_lease(uow, credential.id, new_id(), seconds=60, failures=None, now=NOW)


@case("refresh_token", "takes the lease after another failed")
async def _take_again(world: World) -> Work:
    lease = await _leased(world)
    await world.run(lambda uow: release_lease(uow, lease, failed=True))
    return lambda uow: take_lease(uow, lease.credential.id, new_id(), seconds=60, failures=None, now=NOW)


@case("refresh_token", "stores the new token")
async def _store(world: World) -> Work:
    lease = await _leased(world)
    token = NewToken(access="new access", expires_in=3600, refresh="new refresh")
    return lambda uow: store_token(uow, lease, token, encryptor=OLD, now=NOW)


@case("refresh_token", "gives the lease back after a failure", answers_others=True)
async def _release(world: World) -> Work:
    lease = await _leased(world)
    return lambda uow: release_lease(uow, lease, failed=True)
