"""On the card of a setting what of it waits for who controls, and which terms that would move."""

from typing import Any

from app.extensions import db
from app.panel.declaration import Block
from app.panel.registry import view_of
from app.services.monitoring import holding


def _waiting(obj: Any) -> list[dict[str, Any]] | None:
    found = holding.of_setting(db.session, obj)
    return [
        {"text": each.caption, "url": view_of(type(each)).url("show", pk=each.id), "reason": each.reason}
        | {"state": each.state.title_ru, "day": each.entered_on}
        for each in found
    ] or None


HELD_BLOCK = Block("monitoring/_held_setting.html", _waiting)
