"""Who is whose parent: a parent is older than the child, of mothers and fathers there are hardly three."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.people import Employee, Guardianship, Parent, Pupil, Relation
from app.security import beyond
from app.services.engine import coherence, warnings
from app.services.engine.coherence import Found

USUAL = 2
"""Mothers or fathers of one child who are entered without a question."""
COUNTED = frozenset({Relation.MOTHER, Relation.FATHER})
NOT_OLDER = "Родитель не старше ребёнка: проверьте даты рождения."


# What cannot be.


@coherence.among(Guardianship, "pupil", "pupil_id", "parent", "parent_id")
def _links(session: Session, written: list[Guardianship]) -> Iterator[Found]:
    yield from _not_older(session, Guardianship.id, {link.id: link for link in written}, "parent")


@coherence.among(Parent, "birth_date")
def _parents(session: Session, written: list[Parent]) -> Iterator[Found]:
    yield from _not_older(session, Parent.id, _known(session, written), "birth_date")


@coherence.among(Pupil, "birth_date")
def _pupils(session: Session, written: list[Pupil]) -> Iterator[Found]:
    yield from _not_older(session, Pupil.id, _known(session, written), "birth_date")


def _known(session: Session, written: list[Any]) -> dict[int, Any]:
    """A new card has no links but those that are new themselves."""
    return {obj.id: obj for obj in written if obj not in session.new}


def _not_older(session: Session, key: Any, written: dict[int, Any], column: str) -> Iterator[Found]:
    if not written:
        return
    joined = select(key).select_from(Guardianship).join(Guardianship.parent).join(Guardianship.pupil).distinct()
    for (number,) in beyond.rows(session, joined.where(key.in_(written), Parent.birth_date >= Pupil.birth_date)):
        yield written[number], column, NOT_OLDER


@coherence.alone(Employee, "birth_date", "hired_on")
def _employee(employee: Employee) -> Iterator[tuple[str, str]]:
    if employee.birth_date and employee.hired_on and employee.hired_on <= employee.birth_date:
        yield "hired_on", "Приём на работу раньше рождения: проверьте даты."


# What is asked about.


def parents_born(session: Session, pupil: Pupil) -> list[date]:
    """Birth dates of a child's parents."""
    return _born(session, Parent.birth_date, Guardianship.pupil_id == pupil.id)


def children_born(session: Session, parent: Parent) -> list[date]:
    return _born(session, Pupil.birth_date, Guardianship.parent_id == parent.id)


def _born(session: Session, column: Any, own: Any) -> list[date]:
    joined = select(column).select_from(Guardianship).join(Guardianship.parent).join(Guardianship.pupil)
    return sorted({born for (born,) in beyond.rows(session, joined.where(own, column.is_not(None)))})


class Kin:
    """Relations of children, read once for many links; what a file or a bulk change says before is among them."""

    def __init__(self, session: Session, pupils: Iterable[int]) -> None:
        self.session = session
        self._known: dict[int, dict[Any, Relation]] = {}
        self._read(pupils)

    def _read(self, pupils: Iterable[int]) -> None:
        wanted = set(pupils) - self._known.keys()
        self._known |= {key: {} for key in wanted}
        columns = Guardianship.id, Guardianship.pupil_id, Guardianship.relation
        if wanted:
            for row in beyond.rows(self.session, select(*columns).where(Guardianship.pupil_id.in_(wanted))):
                self._known[row.pupil_id][row.id] = row.relation

    def alike(self, link: Guardianship, place: str = "") -> int:
        """How many others are to the child what this one is; it is one of the known from then on."""
        self._read([link.pupil_id])
        known = self._known[link.pupil_id]
        known.pop(link.id, None)
        number = list(known.values()).count(link.relation)
        # The number of a row that is taken back after its check goes to the next one.
        known[place or link.id] = link.relation
        return number


@warnings.gathering(Guardianship, "pupil_id")
def _gather(session: Session, values: Any) -> Kin:
    return Kin(session, {each["pupil_id"] for each in values if each.get("pupil_id") is not None})


def alike(session: Session, link: Guardianship) -> int:
    """How many other mothers a mother's link finds; 0 for who is neither mother nor father."""
    if link.relation not in COUNTED:
        return 0
    gathered = warnings.gathered_for(session, Guardianship)
    if gathered is None:
        return Kin(session, ()).alike(link)
    found: Kin = gathered.found
    return found.alike(link, gathered.place)
