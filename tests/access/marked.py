"""The small world with a mark on every row: a word that tells at sight whose school a row, or a part of it, is from."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.calendars import SchoolCalendarDay
from app.models.directories.people import Position
from app.models.monitoring.corrections import Correction, CorrectionKind
from app.models.movement.double_study import LawfulStudy
from app.models.movement.kinds import OrderKind
from app.models.people import Employee, Guardianship, Parent, Pupil, Relation
from app.models.schools import School
from app.models.study import AcademicYear
from app.services.movement import orders as movement
from app.services.movement.checks import LineDraft, OrderDraft
from tests.support.world import World

MARKS = {"65001": "Ландыш", "65002": "Снегирь", "65003": "Журавль"}
CLASSMATE, OTHER_CLASS, CHILD = "Иванов", "Белых", "Сергеева"
"""Of 5А, of 5Б, and the pupil of 5А who has an account and a mother with an account."""
LEFT = "Попов"
"""The pupil whose departure an order tells of."""
FAR = "Журавль"
SNILS = {CHILD: "112-233-445 95", CLASSMATE: "087-654-303 00"}
"""Of both schools of one municipality: two pupils who study in two schools."""


@dataclass
class Marked:
    """The world and what was added to it, by school."""

    world: World
    parents: dict[tuple[str, str], int] = field(default_factory=dict)
    """(school, pupil's surname) → the parent."""
    orders: dict[str, int] = field(default_factory=dict)


def mark(session: Session, world: World) -> Marked:
    """Rename and add rows. The caller acts as the system and commits."""
    marked = Marked(world)
    session.add(Position(title="Тьютор", code="tutor"))
    for code, word in MARKS.items():
        _rename(session, world.schools[code], word)
        _families(session, marked, code, word)
        _order(session, marked, code, word)
        _correction(session, marked, code, word)
    _lawful_study(session, world)
    return marked


def _rename(session: Session, school_id: int, word: str) -> None:
    session.get(School, school_id).name = f"Школа «{word}»"
    for model in (Pupil, Employee, Parent):
        for person in _of(session, model, school_id):
            person.middle_name, person.phone = f"{word}евич", f"+7 914 {school_id:03d}-{person.id % 100:02d}-01"
    for account in _of(session, Account, school_id):
        account.first_name = f"Имя {word}евич"
    for position in _of(session, Position, school_id):
        position.title = f"Учитель {word}"
    for day in _of(session, SchoolCalendarDay, school_id):
        day.act = f"Приказ {word}"
    for appointment in _of(session, Appointment, school_id):
        appointment.order_number = f"{word}-12"
    for pupil in _of(session, Pupil, school_id):
        pupil.snils = SNILS.get(pupil.last_name) if word != FAR else None


def _of(session: Session, model: Any, school_id: int) -> Any:
    return session.scalars(select(model).where(model.school_id == school_id)).all()


def _families(session: Session, marked: Marked, code: str, word: str) -> None:
    """A parent of a classmate and one of the other class, besides the one with an account."""
    marked.parents[(code, CHILD)] = marked.world.parents[code]
    for surname in (CLASSMATE, OTHER_CLASS):
        parent = Parent(school_id=marked.world.schools[code], last_name=f"{surname}ский", first_name="Роман")
        parent.middle_name = f"{word}евич"
        session.add(parent)
        session.flush()
        kin = Guardianship(school_id=parent.school_id, parent_id=parent.id, relation=Relation.FATHER)
        kin.pupil_id = marked.world.pupils[(code, surname)]
        session.add(kin)
        marked.parents[(code, surname)] = parent.id
    session.flush()


def _order(session: Session, marked: Marked, code: str, word: str) -> None:
    world, day = marked.world, date(2026, 2, 26)
    pupil = session.get(Pupil, world.pupils[(code, LEFT)])
    draft = OrderDraft(
        kind=OrderKind.DEPARTURE,
        number=f"{word}-7",
        order_date=day,
        academic_year=session.get(AcademicYear, world.years[(code, 2025)]),
        lines=[LineDraft(pupil=pupil, event_date=day, counterpart=f"г. {word}")],
    )
    order = movement.enter(session, draft)
    marked.orders[code] = order.id
    for table, obj in (("movement_order", order), ("movement_line", order.lines[0])):
        world.rows.setdefault(table, {})[code] = obj.id


def _correction(session: Session, marked: Marked, code: str, word: str) -> None:
    asked = Correction(school_id=marked.world.schools[code], kind=CorrectionKind.MOVED, reason=f"{word}: ошибка")
    asked.subject, asked.subject_id = "movement_line", marked.world.rows["movement_line"][code]
    asked.about = f"Выбытие, {word}"
    session.add(asked)
    session.flush()
    marked.world.rows.setdefault("correction", {})[code] = asked.id


def _lawful_study(session: Session, world: World) -> None:
    """Of two schools of one municipality: another school's pages may show neither."""
    first, second = (session.get(Pupil, world.pupils[(code, CLASSMATE)]) for code in ("65001", "65002"))
    made = LawfulStudy(first_id=first.id, second_id=second.id, decided_on=date(2026, 2, 2), reason="Договор № 1")
    made.first_school_id, made.second_school_id = first.school_id, second.school_id
    session.add(made)
    session.flush()
    world.rows.setdefault("lawful_study", {})["65001"] = made.id
