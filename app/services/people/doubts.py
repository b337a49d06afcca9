"""What personal cards are asked about before they are saved: possible but unlikely dates, cards of the same person."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.models import computed
from app.models.people import Employee, Guardianship, Parent, Pupil, PupilStatus
from app.security.guard import person_of
from app.services.engine import warnings
from app.services.engine.warnings import Doubt
from app.services.people import kin, likely
from app.services.people.ages import PUPIL_AGES, YOUNGEST_EMPLOYEE, YOUNGEST_PARENT, age, in_years, is_over_a_year


@warnings.on(Pupil)
def _pupil(session: Any, pupil: Pupil) -> Iterator[Doubt]:
    """On the day from which he is what he is: the card of one who left long ago is not asked about for ever."""
    if pupil.id is not None:
        computed.load(session, [pupil], ["status", "status_since"], person_of(session).today)
    since = None if pupil.status is PupilStatus.NEW else pupil.status_since
    years = age(pupil.birth_date, since or person_of(session).today)
    if years not in PUPIL_AGES:
        words = f"Проверьте дату рождения: обучающемуся {in_years(years)}."
        yield Doubt("pupil-age", words, "birth_date", (pupil.birth_date,))
    yield from _near(kin.parents_born(session, pupil), pupil.birth_date)
    yield from likely.doubts(session, pupil)


@warnings.on(Parent)
def _parent(session: Any, parent: Parent) -> Iterator[Doubt]:
    if parent.birth_date is not None:
        for born in kin.children_born(session, parent):
            yield from _near([parent.birth_date], born)
    yield from likely.doubts(session, parent)


def _near(parents: list[date], born: date, place: str = "birth_date") -> Iterator[Doubt]:
    """A parent hardly older than the child; one who is not older at all is refused (kin.py)."""
    for parent in parents:
        if parent < born and age(parent, born) < YOUNGEST_PARENT:
            words = f"Проверьте даты рождения: родитель старше ребёнка на {in_years(age(parent, born))}."
            yield Doubt("parent-age", words, place, (parent, born))


@warnings.on(Employee)
def _employee(session: Any, employee: Employee) -> Iterator[Doubt]:
    yield from likely.doubts(session, employee)
    ordered = employee.hiring_order_date
    if ordered is not None and is_over_a_year(*sorted((ordered, employee.hired_on))):
        words = "Дата приказа о приёме и день приёма расходятся больше чем на год."
        yield Doubt("hiring-far", words, "hiring_order_date", (ordered, employee.hired_on))
    if employee.birth_date is None:
        return
    years = age(employee.birth_date, employee.hired_on)
    if years < YOUNGEST_EMPLOYEE:
        words = f"Проверьте даты: в день приёма сотруднику не было {YOUNGEST_EMPLOYEE} лет."
        yield Doubt("employee-age", words, "hired_on", (employee.birth_date, employee.hired_on))


@warnings.on(Guardianship)
def _guardianship(session: Any, link: Guardianship) -> Iterator[Doubt]:
    if link.parent.birth_date is not None:
        yield from _near([link.parent.birth_date], link.pupil.birth_date, "parent")
    others = kin.alike(session, link)
    if others >= kin.USUAL:
        words = f"Проверьте родство: у обучающегося уже есть записи «{link.relation.title_ru}» – {others}."
        yield Doubt("kin-many", words, "relation", (link.pupil_id, link.relation.value, others))
