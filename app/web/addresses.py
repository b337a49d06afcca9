"""Addresses that a request brings along: followed only where they lead within the panel."""

from urllib.parse import urlsplit

from flask import request


def within(target: str) -> str | None:
    """The address as it was given if it is a path of ours, whatever browsers read into it; else None."""
    # Browsers read a backslash as a slash and drop tabs and line ends: an address of ours has none of them.
    odd = any(sign == "\\" or sign < " " for sign in target)
    if odd or not target.startswith("/") or target.startswith("//"):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target


def page_before() -> str | None:
    """The page of ours on which the link or the button was, with its query; None where it is unknown or not ours."""
    try:
        came = urlsplit(request.referrer or "")
    except ValueError:
        return None
    if came.netloc != request.host:
        return None
    return within(f"{came.path}?{came.query}" if came.query else came.path)
