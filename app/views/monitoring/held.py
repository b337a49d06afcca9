"""On the card of a setting, or of an order, what of it waits for who controls, and which terms that would move."""

from collections.abc import Sequence
from typing import Any

from app.extensions import db
from app.models.monitoring.corrections import Correction
from app.panel.declaration import Block
from app.panel.registry import view_of
from app.services.monitoring import holding


def _of_setting(obj: Any) -> dict[str, Any] | None:
    title = "Прошедшие сроки считаются по прежним настройкам"
    return _told(title, holding.of_setting(db.session, obj))


def _of_act(obj: Any) -> dict[str, Any] | None:
    return _told("Показатели прошедших сроков стоят, как стояли", holding.of_act(db.session, obj))


def _told(title: str, found: Sequence[Correction]) -> dict[str, Any] | None:
    rows = [
        {"text": each.caption, "url": view_of(type(each)).url("show", pk=each.id), "reason": each.reason}
        | {"state": each.state.title_ru, "day": each.entered_on}
        for each in found
    ]
    return {"title": title, "rows": rows} if rows else None


HELD_BLOCK = Block("monitoring/_held.html", _of_setting)
ACT_BLOCK = Block("monitoring/_held.html", _of_act)
