"""Tenants choose where webhooks go, so what a name resolves to is looked at before it is connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final
from urllib.parse import quote, urlsplit

import attrs
import httpcore

from ventros.kernel.errors import ValidationError
from ventros.relay.publisher import PublishRefused

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""From host and port to addresses. Raises OSError when there is none."""

MOST_ADDRESSES: Final = 4
"""Of one name that are tried, one after the other."""

_PORTS: Final = {"https": 443, "http": 80}
_AS_THEY_ARE: Final = "%/?:@!$&'()*+,;=~[]"
"""Of a path and a query; all but these, ASCII letters, digits, ``.``, ``-`` and ``_`` is percent-encoded."""
_HOST = re.compile(r"[A-Za-z0-9_.:-]{1,253}")

# What is not reached over the internet: IANA's special-purpose registries of IPv4 and IPv6, and one address
# that a cloud serves its machines' metadata at. The table is here and not ipaddress.is_global, whose answer
# differs between releases of Python, and which holds ::127.0.0.1 and 64:ff9b::7f00:1 for global.
_INSIDE: Final[tuple[tuple[IPNetwork, str], ...]] = tuple(
    (ipaddress.ip_network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "of this host"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "of a carrier's or cloud's inside"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's metadata service"),
        ("169.254.0.0/16", "link-local, as metadata services are"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "of protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.31.196.0/24", "of protocols"),
        ("192.52.193.0/24", "of protocols"),
        ("192.88.99.0/24", "of protocols"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "of protocols"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("2001::/23", "of protocols"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "of protocols"),
        ("3fff::/20", "for documentation"),
        ("5f00::/16", "of protocols"),
    )
)
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""All that is given out of IPv6; loopback, ULA, link-local, site-local and multicast lie outside."""
_CARRY_IPV4: Final = (ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96"))
"""IPv4-mapped, and NAT64: the last four bytes are what is reached."""


def inside(address: IPAddress) -> str | None:
    """What ``address`` is when it is none of the internet, for a message; None when it is one."""
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in _CARRY_IPV4):
            address = ipaddress.IPv4Address(address.packed[-4:])
        elif address not in _UNICAST:
            return "none of the internet's"
    return next((kind for network, kind in _INSIDE if address in network), None)


@attrs.frozen
class Target:
    """A URL that was read once: nothing reads it again, so no two readers can differ. ``host`` is ASCII."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> httpcore.URL:
        """For a request."""
        return httpcore.URL(
            scheme=self.scheme.encode(), host=self.host.encode(), port=self.port, target=self.path.encode()
        )

    @property
    def authority(self) -> str:
        """For the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def _networks(networks: Iterable[str | IPNetwork]) -> tuple[IPNetwork, ...]:
    try:
        return tuple(ipaddress.ip_network(network) for network in networks)
    except ValueError as error:
        raise ValidationError(f"allow: {error}; a network is 10.1.0.0/16, say", field="allow") from None


@attrs.frozen(kw_only=True)
class AddressRules:
    """``allow`` are networks that may be reached though they are inside; ``http``: also without TLS.

    Both are for whoever runs the relay to say, never for tenants.
    """

    allow: tuple[IPNetwork, ...] = attrs.field(default=(), converter=_networks)
    http: bool = False

    def target(self, url: str) -> Target:
        """Raises PublishRefused for what is no https address, or has a user or a password in it.

        No message quotes the URL: its path or query may hold a key of the receiver.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
            host = host if ":" in host else host.encode("idna").decode().rstrip(".")
        except ValueError:  # UnicodeError is one
            raise PublishRefused("the URL is none: its host or port cannot be read") from None
        if parts.scheme != "https" and not (self.http and parts.scheme == "http"):
            raise PublishRefused(
                "the URL must begin with https://; plain http goes only where the relay allows it"
            )
        if "@" in parts.netloc:
            raise PublishRefused("the URL has a user or password in it; send a header instead")
        if not _HOST.fullmatch(host) or port == 0:
            raise PublishRefused("the URL is none: it has no host, or one with characters that none has")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(parts.scheme, host, port or _PORTS[parts.scheme], quote(path, safe=_AS_THEY_ARE))

    def check(self, host: str, addresses: Iterable[str]) -> list[str]:
        """Those to connect to. Raises PublishRefused when one of ``addresses`` of ``host`` is inside.

        One is enough: a name that leads inside and outside is not one to trust.
        """
        found = [ipaddress.ip_address(address) for address in addresses]
        for address in found:
            kind = inside(address)
            if kind is not None and not any(address in network for network in self.allow):
                raise PublishRefused(
                    f"{host} is at {address}, which is {kind}: webhooks go to the internet only, unless the "
                    "relay allows the network"
                )
        return [str(address) for address in found[:MOST_ADDRESSES]]


class SystemNames:
    """Resolves as the system does: ``2130706433`` and ``0177.1`` are 127.0.0.1 here, as to connect().

    In threads of its own, many: a lookup cannot be ended, and name servers that hang are the tenants' too.
    """

    def __init__(self, threads: int = 64) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="ventros-names")

    async def __call__(self, host: str, port: int) -> list[str]:
        """Raises OSError when there is none."""
        look = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    def close(self) -> None:
        """Nothing waits for a lookup any more, but the end of the process."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked: a name that resolves otherwise a moment later is no way in.

    What TLS and the header Host speak of stays the name.
    """

    def __init__(self, rules: AddressRules, resolve: Resolve) -> None:
        self._rules = rules
        self._resolve = resolve
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as what it overrides
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """``timeout`` is of each address, in seconds. Raises PublishRefused, ConnectError, ConnectTimeout."""
        try:
            addresses = self._rules.check(host, await self._resolve(host, port))
        except OSError as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {error}") from error
        fault: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
        raise fault


def trusted_roots() -> ssl.SSLContext:
    """The system's certificate authorities and certifi's, which a slim container may lack the first of."""
    return httpcore.default_ssl_context()
