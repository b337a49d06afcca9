"""The annex «Матрица прав доступа» of a school, gathered from the same matrix as the page."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.models.accounts.appointments import Appointment
from app.models.schools import RightChange, School
from app.regulation import load_regulation
from app.regulation.rights import WHOLE, Action, Resource, Scope
from app.regulation.schema import Basis
from app.reports.accounts.rights import Deviation, Holder, Part, RightsForm, print_rights
from app.russian import format_date
from app.security import office
from app.security.granted import FAMILY, of_school
from app.security.guard import person_of
from app.services.accounts import right_changes, right_words, rights
from app.services.accounts.right_rules import CLAUSE, Right

STAFF_PART, OTHERS_PART = "Сотрудники школы", "Семья, муниципалитет и регион"
SELF = "назначил(а) сам(а) себя"
DERIVED, TAKEN, BEYOND = "*", "−", "+"


def printed(session: Session, school: School, printed_at: datetime) -> bytes:
    changes = right_changes.in_force(session, school.id)
    form = RightsForm(
        school=school.full_name,
        as_of=person_of(session).today,
        printed_at=printed_at,
        printed_by=person_of(session).name,
        clause=f"3.3, {CLAUSE}",
        letters=_letters(),
        parts=_parts(rights.matrix(changes)),
        deviations=tuple(_deviations(session, school.id)),
        holders=tuple(_holders(session, school.id)),
        director=school.director_name or "",
    )
    return print_rights(form)


def _letters() -> str:
    said = ", ".join(f"{action.letters} – {action.title_ru}" for action in Action)
    return (
        f"Действия: {said}. Прочерк – прав нет. «{DERIVED}» – право прямо не названо, выведено из обязанностей роли; "
        f"«{BEYOND}» – отступление от Регламента: дано сверх него; «{TAKEN}» – отступление: изъято школой. "
        "В скобках – чьи записи, если не все записи школы (муниципалитета, региона)."
    )


def _parts(matrix: rights.Matrix) -> tuple[Part, ...]:
    staff = [role for role in matrix if role in of_school() - FAMILY]
    others = [role for role in matrix if role not in staff]
    return tuple(_part(*each, matrix) for each in ((STAFF_PART, staff), (OTHERS_PART, others)))


def _part(title: str, roles: list[str], matrix: rights.Matrix) -> Part:
    regulation, found = load_regulation(), dict[str, list[tuple[str, ...]]]()
    for resource in Resource:
        row = regulation.resources[resource]
        texts = (_text(role, resource, matrix[role].get(resource)) for role in roles)
        found.setdefault(right_words.group_of(resource), []).append((row.title, *texts))
    titles = tuple(regulation.roles[role].title for role in roles)
    return Part(title, titles, tuple((heading, tuple(rows)) for heading, rows in found.items()))


def _text(role: str, resource: Resource, cell: rights.Cell | None) -> str:
    if cell is None:
        return ""
    said = " ".join(_marked(role, resource, cell))
    narrow = [scope.title_ru for scope in Scope if scope in cell.scopes and scope not in WHOLE]
    return said + (f" ({', '.join(narrow)})" if narrow else "")


def _marked(role: str, resource: Resource, cell: rights.Cell) -> Iterator[str]:
    for action in Action:
        if action in cell.taken:
            yield TAKEN + action.letters
        elif action in cell.beyond:
            yield BEYOND + action.letters
        elif action in cell.actions:
            yield action.letters + (DERIVED if _is_derived(Right(role, resource, action)) else "")


def _is_derived(right: Right) -> bool:
    grants = load_regulation().roles[right.role].grants
    mine = [each for each in grants if each.resource == right.resource.value and right.action in each.actions]
    return all(each.basis is Basis.DERIVED for each in mine)


def _deviations(session: Session, school_id: int) -> Iterator[Deviation]:
    regulation = load_regulation()
    where = RightChange.school_id == school_id, RightChange.ended_at.is_(None)
    for row in session.scalars(select(RightChange).where(*where).order_by(RightChange.id)):
        yield Deviation(
            role=regulation.roles[row.role].title,
            resource=regulation.resources[row.resource].title,
            action=Action(row.action).title_ru,
            kind=row.kind,
            basis=row.basis,
            by=row.entered_by,
            on=row.entered_on,
        )


def _holders(session: Session, school_id: int) -> Iterator[Holder]:
    """Who has the role on signing in: an order outlives neither dismissal nor a closed account."""
    today, codes = person_of(session).today, list(load_regulation().roles)
    holding = office.accounts_of_school(session.connection(), school_id, today)
    in_force = (
        Appointment.school_id == school_id,
        Appointment.valid_from <= today,
        or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today),
    )
    found = session.scalars(select(Appointment).where(*in_force).options(joinedload(Appointment.account))).all()
    held = [each for each in found if each.account_id in holding.get(each.role, ())]
    for each in sorted(held, key=lambda one: (codes.index(one.role), str(one.account), one.id)):
        until = format_date(each.valid_to) if each.valid_to else "бессрочно"
        yield Holder(
            role=each.role_name,
            name=str(each.account),
            order=f"№ {each.order_number} от {format_date(each.order_date)}",
            term=f"с {format_date(each.valid_from)}, {f'по {until}' if each.valid_to else until}",
            note=SELF if each.entered_by_id == each.account_id else "",
        )
