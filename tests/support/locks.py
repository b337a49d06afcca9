"""Pressing a button as a browser does: with what its page was opened with."""

import re
from typing import Any

from tests.support.ticks import ticked


def opened(client: Any, address: str) -> dict[str, str]:
    """The version that the page of a deletion or of a transition carries; nothing where there is no such page."""
    found = re.search(r'name="version"[^>]* value="([^"]*)"', client.get(address).text)
    return {"version": found[1]} if found else {}


def pressed(client: Any, address: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
    """What it asks before it acts is answered with «Всё верно»."""
    return ticked(client, address, opened(client, address) | (data or {}), **more)


def confirmed(client: Any, address: str, data: dict[str, Any], **more: Any) -> Any:
    """Many at once: the preview, then the action with what the preview showed."""
    preview = client.post(address, data=data | {"confirmed": ""}).text
    seen = re.findall(r'name="seen" value="([^"]*)"', preview)
    return client.post(address, data={"seen": seen} | data | {"confirmed": "1"}, **more)
