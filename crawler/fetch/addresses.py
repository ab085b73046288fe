"""Which hosts and IP addresses a crawler may touch: those of the public internet, and what the operator allowed. Pure.

Names are judged twice: as written (``Allowed.refusal``) and by the address that they lead to when a connection is
made (``Allowed.permits``), because a name says nothing of where it leads, and may lead elsewhere a second later.
"""

from __future__ import annotations

import ipaddress
import socket
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: What is not the public internet, by IANA's special-purpose registries, and the one metadata service that has an
#: ordinary address. Python's own ``is_global`` changed its mind between patch releases, and says nothing of why.
_NOT_PUBLIC: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "an address of this machine"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "an address inside a provider's network"),
        ("127.0.0.0/8", "a loopback address"),
        ("169.254.169.254/32", "a metadata service"),
        ("169.254.0.0/16", "a link-local address"),
        ("168.63.129.16/32", "a metadata service"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "an address for documentation"),
        ("192.88.99.0/24", "a reserved address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "an address for benchmarks"),
        ("198.51.100.0/24", "an address for documentation"),
        ("203.0.113.0/24", "an address for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("::/128", "an address of this machine"),
        ("::1/128", "a loopback address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a private address"),
        ("ff00::/8", "a multicast address"),
        ("2001::/23", "a reserved address"),  # Teredo, ORCHID, benchmarks: no web site is there
        ("2001:db8::/32", "an address for documentation"),
        ("3fff::/20", "an address for documentation"),
    )
)
#: The only part of IPv6 that is given out; all else is reserved.
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
#: Top-level names that exist inside a network only (RFC 6761, 6762, 8375; ICANN 2024), and what resolvers add.
_INSIDE = ("localhost", "localdomain", "local", "internal", "home.arpa")


def meant(address: Address) -> Address:
    """The address that a packet ends at: the IPv4 address inside an IPv4-mapped, NAT64 or 6to4 one, else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def not_public(address: str | Address) -> str | None:
    """Why an IP address is not one of the public internet, in a few words; None: it is one.

    Raises ValueError for what is no IP address.
    """
    end = meant(ipaddress.ip_address(address) if isinstance(address, str) else address)
    for network, what in _NOT_PUBLIC:
        if end in network:
            return what
    if isinstance(end, ipaddress.IPv6Address) and end not in _GIVEN_OUT:
        return "a reserved address"
    return None


def is_public(address: str | Address) -> bool:
    """True for an IP address of the public internet. Raises ValueError for what is no IP address."""
    return not_public(address) is None


def spelt(host: str) -> Address | None:
    """The IP address that a URL's host spells, also as ``0x7f.1``, ``0177.0.0.1``, ``2130706433`` or with full-width
    digits, which every C library and many proxies read; None for a name.
    """
    text = _plain(host)
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError, UnicodeError):
        return None


def _plain(host: str) -> str:
    """A host as a resolver would understand it: decoded, in ASCII forms, lower case, without brackets and last dot."""
    text = unicodedata.normalize("NFKC", unquote(host)).replace("\u3002", ".")
    return text.strip().strip("[]").rstrip(".").lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The public internet, and what the operator added to it. The default adds nothing."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str]) -> Self:
        """From names of hosts, IP addresses and networks in CIDR notation, as ``[crawl] allow`` has them."""
        hosts, networks = set(), []
        for entry in entries:
            try:
                networks.append(ipaddress.ip_network(entry.strip("[]")))
            except ValueError:
                hosts.add(_plain(entry))
        return cls(hosts=frozenset(hosts), networks=tuple(networks))

    def refusal(self, host: str) -> str | None:
        """Why the host of a URL, as written there, may not be asked; None: it may, as far as its name tells."""
        name = _plain(host)
        if name in self.hosts:
            return None
        address = spelt(name)
        if address is not None:
            return self.refused_address(name, address)
        if "." not in name or name.endswith(tuple(f".{zone}" for zone in _INSIDE)):
            return f"{name[:80]} is a name inside a network"
        return None

    def refused_address(self, host: str, address: str | Address) -> str | None:
        """Why no connection may be made to an IP address under the name of ``host``; None: it may."""
        end = ipaddress.ip_address(address) if isinstance(address, str) else address
        what = not_public(end)
        if what is None or _plain(host) in self.hosts:
            return None
        if any(end in network or meant(end) in network for network in self.networks):
            return None
        return f"{host[:80]} is {what}" if str(end) == host else f"{host[:80]} is at {end}, {what}"

    def permits(self, host: str, address: str | Address) -> bool:
        """True if a connection may be made to an IP address under the name of ``host``."""
        return self.refused_address(host, address) is None
