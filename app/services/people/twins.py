"""Who may be the same person, in the school and elsewhere: what is certain and what is likely (docs/adr/0023)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, cast, exists, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from app.choices import Choice
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from app.models.values import person_key
from app.russian import format_date
from app.security import beyond
from app.security.guard import person_of

AT_ONCE = 500
"""People asked about in one query."""
COLUMNS = ("last_name", "first_name", "middle_name", "birth_date", "snils")
CERTIFICATE = "birth_certificate"
"""Of pupils alone."""


class Ground(Choice):
    """By what two cards are one person's; the first that holds is told."""

    SNILS = "snils", "СНИЛС"
    CERTIFICATE = "certificate", "свидетельство о рождении"
    NAME = "name", "фамилия, имя и дата рождения"

    @property
    def is_certain(self) -> bool:
        """A number is one person's; a name with a birth date is a likeness."""
        return self is not Ground.NAME


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
    def of_card(cls, obj: Any) -> "Marks":
        return cls.of({name: getattr(obj, name, None) for name in (*COLUMNS, CERTIFICATE)})

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Marks":
        """From the columns of a card, stored or not yet."""
        return cls(
            person_key(values.get("last_name") or "", values.get("first_name") or ""),
            person_key(values.get("middle_name") or ""),
            values.get("birth_date"),
            values.get("snils"),
            values.get(CERTIFICATE),
        )

    def ground(self, other: "Marks") -> Ground | None:
        """The surest ground on which these are one person; None: they are two."""
        if self.snils is not None and self.snils == other.snils:
            return Ground.SNILS
        if self.certificate is not None and self.certificate == other.certificate:
            return Ground.CERTIFICATE
        same = self.born is not None and (self.name, self.born) == (other.name, other.born)
        return Ground.NAME if same and (not self.middle or not other.middle or self.middle == other.middle) else None

    def ground_across(self, other: "Marks") -> Ground | None:
        """The same between two schools: who are alike by name alone are two where their numbers differ."""
        ground = self.ground(other)
        return ground if ground is None or ground.is_certain or not self._contradicts(other) else None

    def _contradicts(self, other: "Marks") -> bool:
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
        (model.birth_certificate if is_pupil else cast(null(), String)).label(CERTIFICATE),
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
