"""Which network addresses a request may be sent to. Pure apart from the resolver."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

# Ranges that reach something other than what they show (translation, tunnels, documentation, old site-local), and
# ranges that some Python releases count as global. RFC 6890 and the IANA special-purpose registries.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "::/96",
    )
)

# A team's own network: RFC 1918, RFC 4193, and the shared range that overlay networks hand out (RFC 6598) ...
_OWN = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
# ... without the addresses in those ranges where clouds answer with a machine's credentials.
_METADATA = frozenset(ipaddress.ip_address(text) for text in ("100.100.100.200", "192.168.169.254", "fd00:ec2::254"))


@dataclass(frozen=True)
class HostRule:
    """One host that may be reached.

    `host` is a lower-case name, `*.name` for every name below it, or an address. `port` None means 443. With
    `loopback` the host must resolve to this machine and nothing else, with `private` to the team's own network or
    this machine and nothing else; plain http is allowed to both.
    """

    host: str
    port: int | None = None
    loopback: bool = False
    private: bool = False

    @classmethod
    def configured(cls, base_url: str, *, private: bool = False) -> HostRule:
        """The rule for a target's own configured address; only an explicit loopback host:port becomes a loopback
        rule, and only a person's permission (`private`) reaches into the team's own network. Raises ValueError when
        the URL has no host or a port that is no number."""
        parts = urlsplit(base_url)
        if not parts.hostname:
            raise ValueError("the address has no host")
        loopback = parts.port is not None and _is_loopback_name(parts.hostname)
        plain = 80 if private and parts.scheme == "http" else None
        return cls(parts.hostname.lower(), parts.port or plain, loopback, private and not loopback)

    @property
    def own(self) -> bool:
        """Whether what is sent stays on the team's own machines."""
        return self.loopback or self.private

    def matches(self, host: str, port: int) -> bool:
        if port != (self.port or 443):
            return False
        if self.host.startswith("*."):
            return host.endswith(self.host[1:]) and len(host) > len(self.host) - 1
        return host == self.host


def _is_loopback_name(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, in the system's order. Raises OSError when there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def permitted(text: str, rule: HostRule) -> bool:
    """Whether a resolved address may be connected to under a rule: this machine only for a loopback rule, the team's
    own network for a private one, the public internet only for any other."""
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if rule.loopback:
        return address.is_loopback
    if rule.private:
        own = any(address in network for network in _OWN if network.version == address.version)
        return address.is_loopback or (own and address not in _METADATA)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return False
    inside = any(address in network for network in _NEVER if network.version == address.version)
    return address.is_global and not address.is_multicast and not inside
