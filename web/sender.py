"""By what the sender of a request is told from others, to count their questions."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Any

from web.identity import Visitor, visitor_of

ADDRESS = "address "
"""What the key of a sender begins with of whom no more is known."""


def key_of(request: Any, caller: Visitor | None = None) -> str:  # noqa: ANN401 - as `visitor_of`
    """Return by what the sender of a request is told from others; "" where by nothing.

    Whose name is not known is known by the address that the connection comes from: what a header
    says of it can be made up. One visitor has a whole /64 network of IPv6 addresses.
    """
    if request is None:
        return ""
    visitor = caller or visitor_of(request)
    if visitor and visitor.is_known:
        return visitor.user
    try:
        address = ip_address(request.client.host)
    except (AttributeError, ValueError):  # a socket file has no address
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return f"{ADDRESS}{address.ipv4_mapped}"
        return f"{ADDRESS}{IPv6Address(int(address) >> 64 << 64)}/64"
    return f"{ADDRESS}{address}"
