"""What the card of an official is asked about before it is saved."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.models.accounts.officials import Official
from app.models.values import person_key
from app.security.guard import person_of
from app.services.engine import warnings
from app.services.engine.warnings import Doubt


@warnings.on(Official)
def doubts(session: Any, official: Official) -> Iterator[Doubt]:
    place = official.municipality.id if official.municipality is not None else official.municipality_id
    key = person_key(official.last_name, official.first_name)
    same = Official.person_key == key, Official.id != (official.id or 0)
    here = Official.municipality_id.is_not_distinct_from(place)
    if session.scalar(select(Official.id).where(*same, here).limit(1)) is not None:
        words = "Похоже, такая карточка уже есть: те же фамилия, имя и орган управления."
        yield Doubt("official-again", words, "last_name", (official.last_name, official.first_name, place))
    last = official.dismissed_on
    if last is not None and last < person_of(session).today:
        words = "Последний рабочий день уже прошёл: доступ этого сотрудника закончится сразу."
        yield Doubt("official-gone", words, "dismissed_on", (last,))
