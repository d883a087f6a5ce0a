"""Who counts as one when it comes to trying passwords: not an address but the network around it, which one person may have."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

_UNKNOWN = "unknown"


def network_of(address: str | None) -> str:
    """The /24 of an IPv4 address, the /64 of an IPv6 one; all that is no address is in one and the same network."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return _UNKNOWN
    if not isinstance(found, IPv4Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if isinstance(found, IPv4Address):
        return str(IPv4Network((int(found), 24), strict=False))
    return str(IPv6Network((int(found), 64), strict=False))
