"""What a card is asked about because of another one of the same person.

Within the school the other card is named to whoever may open it. Of another school a school hears one neutral sentence
and no more: neither a name nor the organisation.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.models.people import Employee, Parent, Pupil
from app.security import beyond
from app.services.engine import warnings
from app.services.engine.told import Card
from app.services.engine.warnings import Doubt
from app.services.people import elsewhere
from app.services.people.twins import CERTIFICATE, COLUMNS, Found, Ground, Known, Marks

HERE = {
    Ground.SNILS: ("snils", "Похоже, такая карточка уже есть: тот же СНИЛС."),
    Ground.CERTIFICATE: (CERTIFICATE, "Похоже, такая карточка уже есть: то же свидетельство о рождении."),
    Ground.NAME: ("last_name", "Похоже, такая карточка уже есть: те же фамилия, имя и дата рождения."),
}
UNSEEN = "Открыть её вам нельзя: обратитесь к администратору школы."
SNILS_ELSEWHERE = "СНИЛС занят карточкой другой организации, обратитесь в МОУО."


def _gather(model: Any) -> warnings.Gather:
    return lambda session, values: Known(session, model).ask(map(Marks.of, values))


for each in (Pupil, Parent, Employee):
    warnings.gathering(each, *COLUMNS, *((CERTIFICATE,) if each is Pupil else ()))(_gather(each))


def doubts(session: Session, obj: Any) -> Iterator[Doubt]:
    """Cards of the same person: in the school, and what may be said of others."""
    gathered = warnings.gathered_for(session, type(obj))
    known = gathered.found if gathered is not None else Known(session, type(obj))
    marks = Marks.of_card(obj)
    others = [each for each in known.like(marks) if each.id is None or each.id != obj.id]
    seen = beyond.within(session, type(obj), [each.id for each in others if each.id is not None])
    yield from _here(obj, marks, [each for each in others if each.school_id == obj.school_id], seen)
    away = [each for each in others if each.school_id != obj.school_id]
    if type(obj) is Pupil and away and not elsewhere.has_left(obj):
        yield from _elsewhere(session, obj, marks, away, seen)
    yield from _number_elsewhere(obj, marks, away, seen)
    if gathered is not None:
        known.meet(obj, marks, gathered.place)


def _here(obj: Any, marks: Marks, others: Sequence[Found], seen: frozenset[int]) -> Iterator[Doubt]:
    """A second card in the school."""
    for ground, (place, words) in HERE.items():
        alike = [each for each in others if marks.ground(each.marks) is ground]
        if alike:
            cards = _shown(obj, alike, seen)
            told = words if len(cards) == len(alike) else f"{words} {UNSEEN}"
            about = (ground.value, marks.name, marks.born, marks.certificate, len(alike))
            yield Doubt(f"{obj.__tablename__}-twin", told, place, about, cards)


def _elsewhere(
    session: Session, obj: Any, marks: Marks, away: Sequence[Found], seen: frozenset[int]
) -> Iterator[Doubt]:
    """A pupil who studies in another school today."""
    if words := elsewhere.words(session, obj, marks, away):
        cards = _shown(obj, elsewhere.studying(obj, marks, away), seen)
        yield Doubt("pupil-elsewhere", words + elsewhere.ADVICE, "", about(marks), cards)


def _number_elsewhere(obj: Any, marks: Marks, away: Sequence[Found], seen: frozenset[int]) -> Iterator[Doubt]:
    """A number that stands under another name or birth date: a slip, here or there."""
    alike = (each for each in away if marks.ground(each.marks) is Ground.SNILS and not each.stands)
    strange = [each for each in alike if _is_another(marks, each.marks)]
    if strange:
        yield Doubt("snils-elsewhere", SNILS_ELSEWHERE, "snils", about(marks), _shown(obj, strange, seen))


def about(marks: Marks) -> tuple[Any, ...]:
    """The card's own values alone: a digest of more could tell of the other card."""
    return marks.name, marks.born, marks.snils, marks.certificate


def _is_another(one: Marks, other: Marks) -> bool:
    """The number is the same, the name or the birth date is not."""
    return one.name != other.name or (one.born is not None and other.born is not None and one.born != other.born)


def _shown(obj: Any, others: Sequence[Found], seen: frozenset[int]) -> tuple[Card, ...]:
    """As far as whoever saves may open them."""
    return tuple(
        Card(obj.__tablename__, each.id, each.caption) for each in others if each.id is None or each.id in seen
    )
