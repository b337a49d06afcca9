"""The cards opened last: pairs of table and number in the signed cookie, no names; a GET writes nothing."""

from typing import Any

MOST = 12
KEPT = "recent"


def recent(session: Any) -> list[tuple[str, int]]:
    """(table, number), the latest first."""
    return [(entity, key) for entity, key in session.get(KEPT, ())]


def note(session: Any, entity: str, key: int) -> None:
    """This card has been opened. The same card again only moves to the front."""
    opened = (entity, key)
    session[KEPT] = [opened, *(pair for pair in recent(session) if pair != opened)][:MOST]
