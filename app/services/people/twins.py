"""Who may be the same person, in the school and elsewhere: what is certain and what is likely (docs/adr/0023).

Within the school the other card is named to whoever may open it. Of another school a school hears one neutral sentence
and no more: neither a name nor the organisation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, cast, exists, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from app.choices import Choice
from app.models.movement import ClassMembership
from app.models.people import Employee, Parent, Pupil, PupilStatus
from app.models.values import person_key
from app.russian import format_date
from app.security import beyond
from app.security.guard import person_of
from app.services.engine import warnings
from app.services.engine.told import Card
from app.services.engine.warnings import Doubt

AT_ONCE = 500
"""People asked about in one query."""
COLUMNS = ("last_name", "first_name", "middle_name", "birth_date", "snils")


class Ground(Choice):
    """By what two cards are one person's; the first that holds is told."""

    SNILS = "snils", "СНИЛС"
    CERTIFICATE = "certificate", "свидетельство о рождении"
    NAME = "name", "фамилия, имя и дата рождения"

    @property
    def is_certain(self) -> bool:
        """A number is one person's; a name with a birth date is a likeness."""
        return self is not Ground.NAME


HERE = {
    Ground.SNILS: ("snils", "Похоже, такая карточка уже есть: тот же СНИЛС."),
    Ground.CERTIFICATE: ("birth_certificate", "Похоже, такая карточка уже есть: то же свидетельство о рождении."),
    Ground.NAME: ("last_name", "Похоже, такая карточка уже есть: те же фамилия, имя и дата рождения."),
}
UNSEEN = "Открыть её вам нельзя: обратитесь к администратору школы."
ELSEWHERE = "Числится и в другой организации, обратитесь в МОУО."
PERHAPS_ELSEWHERE = "Похоже, числится и в другой организации, обратитесь в МОУО."
SNILS_ELSEWHERE = "СНИЛС занят карточкой другой организации, обратитесь в МОУО."
LEFT = (PupilStatus.DEPARTED, PupilStatus.GRADUATED)


@dataclass(frozen=True)
class Marks:
    """What a person is recognised by."""

    name: str
    """Folded (`values.person_key`)."""
    middle: str = ""
    born: date | None = None
    snils: str | None = None
    certificate: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Marks":
        """From the columns of a card, stored or not yet."""
        return cls(
            person_key(values.get("last_name") or "", values.get("first_name") or ""),
            person_key(values.get("middle_name") or ""),
            values.get("birth_date"),
            values.get("snils"),
            values.get("birth_certificate"),
        )

    def ground(self, other: "Marks") -> Ground | None:
        """The surest ground on which these are one person; None: they are two."""
        if self.snils is not None and self.snils == other.snils:
            return Ground.SNILS
        if self.certificate is not None and self.certificate == other.certificate:
            return Ground.CERTIFICATE
        same = self.born is not None and (self.name, self.born) == (other.name, other.born)
        return Ground.NAME if same and (not self.middle or not other.middle or self.middle == other.middle) else None

    def contradicts(self, other: "Marks") -> bool:
        """Both have a number of the same kind, and not the same one: namesakes."""
        pairs = ((self.snils, other.snils), (self.certificate, other.certificate))
        return any(here is not None and there is not None and here != there for here, there in pairs)


@dataclass(frozen=True)
class Found:
    """Another card. Without a number it is a row of the file that is being brought in."""

    id: int | None
    school_id: int
    marks: Marks
    caption: str
    stands: bool = False
    """A pupil who is in a class today."""


class Known:
    """The cards of one kind that are like somebody, in every school; asked about many people at once, or one."""

    def __init__(self, session: Session, model: Any) -> None:
        self.session, self.model = session, model
        self._asked: set[Marks] = set()
        self._found: dict[Any, list[Found]] = {}
        self._numbers: set[int] = set()

    def ask(self, wanted: Iterable[Marks]) -> "Known":
        """Read the cards like these: one query for many people."""
        new = list(dict.fromkeys(marks for marks in wanted if marks not in self._asked))
        self._asked.update(new)
        for start in range(0, len(new), AT_ONCE):
            for row in beyond.rows(self.session, _like(self.session, self.model, new[start : start + AT_ONCE])):
                if row.id not in self._numbers:
                    self._numbers.add(row.id)
                    self._keep(_found(row))
        return self

    def like(self, marks: Marks) -> list[Found]:
        self.ask([marks])
        every = {id(each): each for key in _keys(marks) for each in self._found.get(key, ())}
        return [each for each in every.values() if marks.ground(each.marks) is not None]

    def meet(self, obj: Any, marks: Marks, place: str) -> None:
        """A row of the file is about this card: rows that come after it are held against it too."""
        if place and obj.id not in self._numbers and not any(each.marks == marks for each in self.like(marks)):
            self._keep(Found(None, obj.school_id, marks, f"{place}: {obj}"))

    def _keep(self, found: Found) -> None:
        for key in _keys(found.marks):
            self._found.setdefault(key, []).append(found)


def _keys(marks: Marks) -> Iterator[tuple[Any, ...]]:
    if marks.born is not None:
        yield "name", marks.name, marks.born
    if marks.snils is not None:
        yield "snils", marks.snils
    if marks.certificate is not None:
        yield "certificate", marks.certificate


def _like(session: Session, model: Any, wanted: Sequence[Marks]) -> Any:
    """By one index each; a pair of a name and another's birth date that comes along is held against nobody."""
    named = [marks for marks in wanted if marks.born is not None]
    by_name = model.person_key.in_({each.name for each in named}), model.birth_date.in_({each.born for each in named})
    parts = [_cards(session, model).where(*by_name)]
    parts.append(_cards(session, model).where(model.snils.in_({each.snils for each in wanted if each.snils})))
    if model is Pupil:
        numbers = {each.certificate for each in wanted if each.certificate}
        parts.append(_cards(session, model).where(model.birth_certificate.in_(numbers)))
    return union_all(*parts)


def _cards(session: Session, model: Any) -> Any:
    is_pupil = model is Pupil
    return select(
        model.id,
        model.school_id,
        *(getattr(model, name) for name in COLUMNS),
        (model.birth_certificate if is_pupil else cast(null(), String)).label("birth_certificate"),
        (standing(model.id, person_of(session).today) if is_pupil else literal(False)).label("stands"),
    )


def standing(pupil_id: Any, today: date) -> Any:
    """Whether a pupil is in a class on that day."""
    held = or_(ClassMembership.ends_on.is_(None), ClassMembership.ends_on >= today)
    return exists().where(ClassMembership.pupil_id == pupil_id, ClassMembership.starts_on <= today, held)


def _found(row: Any) -> Found:
    names = " ".join(part for part in (row.last_name, row.first_name, row.middle_name) if part)
    caption = f"{names}, {format_date(row.birth_date)}" if row.birth_date else names
    return Found(row.id, row.school_id, Marks.of(row._mapping), caption, bool(row.stands))


# What a person who saves a card is asked.


def _gather(model: Any) -> warnings.Gather:
    return lambda session, values: Known(session, model).ask(map(Marks.of, values))


for each in (Pupil, Parent, Employee):
    warnings.gathering(each, *COLUMNS, *(("birth_certificate",) if each is Pupil else ()))(_gather(each))


def doubts(session: Session, obj: Any) -> Iterator[Doubt]:
    """What a card is asked about because of another one."""
    gathered = warnings.gathered_for(session, type(obj))
    known = gathered.found if gathered is not None else Known(session, type(obj))
    marks = Marks.of({name: getattr(obj, name, None) for name in (*COLUMNS, "birth_certificate")})
    others = [each for each in known.like(marks) if each.id is None or each.id != obj.id]
    seen = beyond.within(session, type(obj), [each.id for each in others if each.id is not None])
    yield from _here(obj, marks, [each for each in others if each.school_id == obj.school_id], seen)
    yield from _elsewhere(obj, marks, [each for each in others if each.school_id != obj.school_id], seen)
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


def _elsewhere(obj: Any, marks: Marks, others: Sequence[Found], seen: frozenset[int]) -> Iterator[Doubt]:
    """A card in another school: of pupils one who studies there today; a number under another name is a slip."""
    about = (marks.name, marks.born, marks.snils, marks.certificate)
    studying = [each for each in others if each.stands and _is_one(marks, each.marks)]
    if studying and obj.status not in LEFT:
        certain = any(_sure(marks, each.marks) for each in studying)
        words = ELSEWHERE if certain else PERHAPS_ELSEWHERE
        yield Doubt("pupil-elsewhere", words, "", about, _shown(obj, studying, seen))
    strange = [
        each
        for each in others
        if each not in studying and marks.ground(each.marks) is Ground.SNILS and _is_another(marks, each.marks)
    ]
    if strange:
        yield Doubt("snils-elsewhere", SNILS_ELSEWHERE, "snils", about, _shown(obj, strange, seen))


def _is_one(one: Marks, other: Marks) -> bool:
    ground = one.ground(other)
    return ground is not None and (ground.is_certain or not one.contradicts(other))


def _sure(one: Marks, other: Marks) -> bool:
    ground = one.ground(other)
    return ground is not None and ground.is_certain


def _is_another(one: Marks, other: Marks) -> bool:
    """The number is the same, the name or the birth date is not."""
    return one.name != other.name or (one.born is not None and other.born is not None and one.born != other.born)


def _shown(obj: Any, others: Sequence[Found], seen: frozenset[int]) -> tuple[Card, ...]:
    """As far as whoever saves may open them."""
    return tuple(
        Card(obj.__tablename__, each.id, each.caption) for each in others if each.id is None or each.id in seen
    )
