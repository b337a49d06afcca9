"""What personal cards are asked about before they are saved: possible but unlikely dates, cards of the same person."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.models.people import Employee, Guardianship, Parent, Pupil
from app.russian import plural
from app.security.guard import person_of
from app.services.engine import warnings
from app.services.engine.errors import Refused
from app.services.engine.warnings import Doubt
from app.services.people import likely

PUPIL_AGES = range(5, 26)
YOUNGEST_EMPLOYEE = 14
YOUNGEST_PARENT = 12


def age(born: date, day: date) -> int:
    """Full years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _years(number: int) -> str:
    return f"{number} {plural(number, 'год', 'года', 'лет')}"


@warnings.on(Pupil)
def _pupil(session: Any, pupil: Pupil) -> Iterator[Doubt]:
    years = age(pupil.birth_date, person_of(session).today)
    if years not in PUPIL_AGES:
        words = f"Проверьте дату рождения: обучающемуся {_years(years)}."
        yield Doubt("pupil-age", words, "birth_date", (pupil.birth_date,))
    yield from likely.doubts(session, pupil)


@warnings.on(Parent)
def _parent(session: Any, parent: Parent) -> Iterator[Doubt]:
    yield from likely.doubts(session, parent)


@warnings.on(Employee)
def _employee(session: Any, employee: Employee) -> Iterator[Doubt]:
    yield from likely.doubts(session, employee)
    if employee.birth_date is None:
        return
    years = age(employee.birth_date, employee.hired_on)
    if years < YOUNGEST_EMPLOYEE:
        words = f"Проверьте даты: в день приёма сотруднику не было {YOUNGEST_EMPLOYEE} лет."
        yield Doubt("employee-age", words, "hired_on", (employee.birth_date, employee.hired_on))


@warnings.on(Guardianship)
def _guardianship(session: Any, link: Guardianship) -> Iterator[Doubt]:
    born, parent = link.pupil.birth_date, link.parent.birth_date
    if parent is None:
        return
    if parent >= born:
        raise Refused({"parent": ["Родитель не старше ребёнка: проверьте даты рождения."]})
    if age(parent, born) < YOUNGEST_PARENT:
        words = f"Проверьте даты рождения: родитель старше ребёнка на {_years(age(parent, born))}."
        yield Doubt("parent-age", words, "parent", (parent, born))
