"""What a new installation, or a school that has just begun, still lacks; told to whoever can do a part of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.compliance.status import Status
from app.extensions import db
from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.calendars import RegionCalendarDay
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from app.models.schools import School, SchoolSettings
from app.models.study import AcademicYear, SchoolClass
from app.models.territory import Municipality
from app.panel.registry import view_of
from app.panel.start import Block, Row, starts_with
from app.regulation.rights import Action
from app.security.actor import Actor, is_whole
from app.services.monitoring.periods import first_day

HEADS = ("administrator", "director")


@dataclass(frozen=True)
class Step:
    title: str
    hint: str
    model: Any
    """Where it is done: the list of its view."""
    is_done: Callable[[Any, date], ColumnElement[bool]]
    """(the school, or None for the whole installation; today) → whether there is nothing left to do."""
    is_needed: bool = True


def _any(model: Any) -> Callable[[Any, date], ColumnElement[bool]]:
    return lambda school, today: exists(select(model.id))


def _of_school(model: Any) -> Callable[[Any, date], ColumnElement[bool]]:
    return lambda school, today: exists(select(model.id).where(model.school_id == school))


def _appointed(today: date, *roles: str) -> Any:
    held = or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today)
    return select(Appointment.id).where(Appointment.role.in_(roles), held)


def _schools_have(role: str) -> Callable[[Any, date], ColumnElement[bool]]:
    """Every school has somebody in the role, and there is a school."""

    def done(school: Any, today: date) -> ColumnElement[bool]:
        without = select(School.id).where(~exists(_appointed(today, role).where(Appointment.school_id == School.id)))
        return and_(exists(select(School.id)), ~exists(without))

    return done


def _authorities(school: Any, today: date) -> ColumnElement[bool]:
    """Every municipality that has a school has somebody of its authority."""
    appointed = _appointed(today, "municipal").where(Appointment.municipality_id == School.municipality_id)
    return and_(exists(select(School.id)), ~exists(select(School.id).where(~exists(appointed))))


def _staff(school: Any, today: date) -> ColumnElement[bool]:
    """An account beside those that the operator has made."""
    heads = _appointed(today, *HEADS).with_only_columns(Appointment.account_id)
    return exists(select(Account.id).where(Account.school_id == school, Account.id.not_in(heads)))


def _those_who_enter(school: Any, today: date) -> ColumnElement[bool]:
    each = (exists(_appointed(today, role).where(Appointment.school_id == school)) for role in ("deputy", "secretary"))
    return and_(*each)


def _this_year(school: Any, today: date) -> ColumnElement[bool]:
    year = first_day(today).year
    return exists(select(AcademicYear.id).where(AcademicYear.school_id == school, AcademicYear.start_year == year))


OF_INSTALLATION = (
    Step("Регион и муниципалитеты", "Наименования органов и руководители – для печатных форм", Municipality,
         _any(Municipality)),
    Step("Школы", "Код и муниципалитет потом не изменить", School, _any(School)),
    Step("Администраторы школ", "В каждой школе: сотрудник, учётная запись, назначение", Appointment,
         _schools_have("administrator")),
    Step("Директора школ", "В каждой школе: назначают остальных", Appointment, _schools_have("director")),
    Step("Сотрудники УО", "В каждом муниципалитете со школой: карточка, учётная запись, назначение", Appointment,
         _authorities),
    Step("Региональный специалист", "Карточка, учётная запись, назначение", Appointment,
         lambda school, today: exists(_appointed(today, "regional"))),
    Step("Календарь региона", "Нерабочие дни по актам области, если они есть", RegionCalendarDay,
         _any(RegionCalendarDay), is_needed=False),
)  # fmt: skip
OF_SCHOOL = (
    Step("Настройки школы", "Учебная неделя и часовой пояс: проверьте", SchoolSettings, _of_school(SchoolSettings)),
    Step("Учётные записи сотрудников", "Вносит администратор", Account, _staff),
    Step("Завуч и секретарь назначены", "Назначает директор", Appointment, _those_who_enter),
    Step("Учебный год и его периоды", "Вносит завуч", AcademicYear, _this_year),
    Step("Классы", "Вносит завуч", SchoolClass, _of_school(SchoolClass)),
    Step("Обучающиеся", "Вносит секретарь, по одному или файлом", Pupil, _of_school(Pupil)),
    Step("Составы классов", "Вносит секретарь, приказами или первоначальной загрузкой", ClassMembership,
         _of_school(ClassMembership)),
)  # fmt: skip


@starts_with(order=1)
def first_steps(actor: Actor) -> Block | None:
    """Shown until all that is needed is there; asked of the database in one query."""
    school = actor.default_school_id
    steps = [each for each in (OF_SCHOOL if school else OF_INSTALLATION) if actor.may(Action.VIEW, _resource(each))]
    if not any(_does(actor, each) for each in steps):
        return None
    done = db.session.execute(select(*(each.is_done(school, actor.today) for each in steps))).one()
    if all(is_done or not each.is_needed for each, is_done in zip(steps, done, strict=True)):
        return None
    return Block(
        "С чего начать", tuple(_row(actor, each, bool(is_done)) for each, is_done in zip(steps, done, strict=True))
    )


def _resource(step: Step) -> Any:
    return view_of(step.model).resource


def _does(actor: Actor, step: Step) -> bool:
    """Whether it is the actor's own work: not for a class or for oneself alone."""
    resource = _resource(step)
    return any(is_whole(held, resource, Action.EDIT) for held in actor.holding(resource, Action.EDIT))


def _row(actor: Actor, step: Step, is_done: bool) -> Row:
    view = view_of(step.model)
    if is_done:
        return Row(step.title, view.url("list"), step.hint, Status.ON_TIME.value, "сделано")
    status, told = (Status.PENDING, "не сделано") if step.is_needed else (Status.NOT_APPLICABLE, "по необходимости")
    act = ("Внести", view.url("add")) if _does(actor, step) and view.may_add(actor) else None
    return Row(step.title, view.url("list"), step.hint, status.value, told, act)
