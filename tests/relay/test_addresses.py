"""Which addresses are inside, and which URLs are none to send to."""

from __future__ import annotations

import asyncio
import ipaddress
import random
import socket
import threading
from typing import Any

import httpcore
import pytest

from tests.support.receiver import Names
from ventros.kernel.errors import ValidationError
from ventros.relay.addresses import AddressRules, CheckedBackend, SystemNames, Target, inside
from ventros.relay.publisher import PublishRefused

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16
169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1
198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1
::127.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1
64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::1 2002:a9fe:a9fe:: 3fff::1
5f00::1 fc00::1 fd00:ec2::254 fd12:3456::1 fe80::1 fec0::1 ff02::1
"""
OUTSIDE = """
1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 223.255.255.255 ::ffff:8.8.8.8 64:ff9b::8.8.8.8
2606:4700::1111 2a00:1450:4001::200e 2001:4860:4860::8888
"""
NETWORKS = ["0.0.0.0/0", "::/0", "2001::/16", "fc00::/6", "::ffff:0:0/96", "192.0.0.0/16", "198.0.0.0/8"]
"""What random addresses are drawn from."""


@pytest.mark.parametrize("address", INSIDE.split())
def test_is_inside(address: str) -> None:
    assert inside(ipaddress.ip_address(address))
    with pytest.raises(PublishRefused, match=r"h\.example is at "):
        AddressRules().check("h.example", [address])


@pytest.mark.parametrize("address", OUTSIDE.split())
def test_is_of_the_internet(address: str) -> None:
    assert inside(ipaddress.ip_address(address)) is None
    assert AddressRules().check("h.example", [address]) == [str(ipaddress.ip_address(address))]


def test_whatever_python_holds_for_private_is_inside() -> None:
    """The table is our own; Python's, of this release, is held against it, address by address."""
    generator = random.Random(16)
    networks = [ipaddress.ip_network(network) for network in NETWORKS]
    asked = private = 0
    for _ in range(20_000):
        network = generator.choice(networks)
        address = network[generator.randrange(network.num_addresses)]
        plain = getattr(address, "ipv4_mapped", None) or address
        asked += 1
        if not plain.is_global or plain.is_multicast or plain.is_reserved:
            private += 1
            assert inside(address) or address in ipaddress.ip_network("64:ff9b::/96"), address
    print(f"\n{asked} addresses, {private} of them inside by Python's table: inside by ours all")
    assert private > asked / 4


def test_one_address_inside_is_enough() -> None:
    with pytest.raises(PublishRefused):
        AddressRules().check("h.example", ["8.8.8.8", "10.0.0.1"])


def test_a_network_is_reached_when_it_is_allowed() -> None:
    rules = AddressRules(allow=["10.1.0.0/16"])
    assert rules.check("h", ["10.1.2.3", "8.8.8.8"]) == ["10.1.2.3", "8.8.8.8"]
    for address in ("10.2.0.1", "::ffff:10.1.2.3"):
        with pytest.raises(PublishRefused):
            rules.check("h", [address])
    with pytest.raises(ValidationError, match="allow: "):
        AddressRules(allow=["10.1.2.3/16"])


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://h.example/", "https://"),
        ("ftp://h.example/", "https://"),
        ("//h.example/", "https://"),
        ("https://user@h.example/", "user or password"),
        ("https://user:pass@h.example/", "user or password"),
        ("https://h.example@127.0.0.1/", "user or password"),
        ("https://", "no host"),
        ("https://h.example:0/", "no host"),
        ("https://h.example:99999/", "host or port"),
        ("https://h.example:x/", "host or port"),
        ("https://[::1/", "host or port"),
        ("https://[fe80::1%25eth0]/", "none"),
        ("https://a..b/", "host or port"),
        ("https://h ample/", "characters"),
        ("https://h.example\\.evil.example/", "characters"),
        ("https://" + "a" * 64 + ".example/", "host or port"),
    ],
)
def test_is_no_url_to_send_to(url: str, fault: str) -> None:
    with pytest.raises(PublishRefused, match=fault) as refused:
        AddressRules().target(url)
    assert "pass" not in str(refused.value).replace("password", "")


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://h.example", Target("https", "h.example", 443, "/"), "h.example"),
        ("HTTPS://H.Example:443/a?b=c#d", Target("https", "h.example", 443, "/a?b=c"), "h.example"),
        ("https://h.example:8443/ä b", Target("https", "h.example", 8443, "/%C3%A4%20b"), "h.example:8443"),
        ("https://h.example./%41", Target("https", "h.example", 443, "/%41"), "h.example"),
        (
            "https://bücher.example/",
            Target("https", "xn--bcher-kva.example", 443, "/"),
            "xn--bcher-kva.example",
        ),
        ("https://[2606:4700::1]:444/", Target("https", "2606:4700::1", 444, "/"), "[2606:4700::1]:444"),
        ("https://１２７.0.0.1/", Target("https", "127.0.0.1", 443, "/"), "127.0.0.1"),  # noqa: RUF001 - meant
    ],
)
def test_a_url_is_read_once_and_for_all(url: str, target: Target, authority: str) -> None:
    assert AddressRules().target(url) == target
    assert target.authority == authority


def test_plain_http_is_for_the_operator_to_allow() -> None:
    assert AddressRules(http=True).target("http://h.example/").port == 80


@pytest.mark.parametrize("spelling", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
async def test_the_system_reads_numbers_as_addresses(spelling: str) -> None:
    """Which is why what is checked is what the system found, and not the text."""
    names = SystemNames()
    assert await names(spelling, 443) == ["127.0.0.1"]
    names.close()


@pytest.mark.parametrize(("threads", "served"), [(64, True), (8, False)])
async def test_names_that_hang_keep_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch, threads: int, served: bool
) -> None:
    """The control has as many threads as asyncio itself, on a small machine."""
    release, real = threading.Event(), socket.getaddrinfo

    def look(host: str, *args: Any, **options: Any) -> Any:
        if host == "hangs.example":
            release.wait(10)
        return real("127.0.0.1", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look)
    names = SystemNames(threads)
    hanging = [asyncio.create_task(names("hangs.example", 443)) for _ in range(40)]
    await asyncio.sleep(0)
    done, late = await asyncio.wait([asyncio.create_task(names("good.example", 443))], timeout=1)
    release.set()
    await asyncio.gather(*hanging, *late)
    assert bool(done) is served
    names.close()


async def test_a_name_that_gives_nothing_is_a_connect_error() -> None:
    backend = CheckedBackend(AddressRules(), Names({"h.example": [[]]}))
    with pytest.raises(httpcore.ConnectError, match="has no address"):
        await backend.connect_tcp("h.example", 443)
