"""What the card of an official is asked about before it is saved."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.models.officials import Official
from app.models.values import person_key
from app.security import beyond
from app.security.guard import person_of
from app.services.engine import warnings
from app.services.engine.warnings import Doubt


@warnings.on(Official)
def doubts(session: Any, official: Official) -> Iterator[Doubt]:
    table, place = Official.__table__.c, official.municipality.id if official.municipality else official.municipality_id
    same = table.person_key == person_key(official.last_name, official.first_name), table.id != (official.id or 0)
    here = table.municipality_id.is_not_distinct_from(place)
    if beyond.rows(session, select(table.id).where(*same, here).limit(1)):
        words = "Похоже, такая карточка уже есть: те же фамилия, имя и орган управления."
        yield Doubt("official-again", words, "last_name", (official.last_name, official.first_name, place))
    last = official.dismissed_on
    if last is not None and last < person_of(session).today:
        words = "Последний рабочий день уже прошёл: доступ этого сотрудника закончится сразу."
        yield Doubt("official-gone", words, "dismissed_on", (last,))
