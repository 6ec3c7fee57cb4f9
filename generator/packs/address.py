"""Where packs may be fetched from: TLS, or this very machine."""

from __future__ import annotations

from ipaddress import ip_address


def loopback(host: str) -> bool:
    """Whether the host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def acceptable(scheme: str, host: str, start: str | None = None) -> bool:
    """Whether an address may be asked.

    Args:
        scheme: As in the address.
        host: As in the address; IPv6 without brackets.
        start: The host that redirected there: a stranger may not send us to our own ports.
    """
    if not host or (start is not None and loopback(host) and not loopback(start)):
        return False
    return scheme == "https" or (scheme == "http" and loopback(host))
