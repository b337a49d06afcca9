"""A school's own changes of its roles' rights (3.3.2.2): planned, shown before they are made, made, undone."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models import papers, values
from app.models.schools import LONGEST_NUMBER, RightChange
from app.regulation.rights import Action, Resource
from app.security.guard import Denied, person_of
from app.services.accounts import right_rules as rules
from app.services.accounts.right_rules import Changes, InForce, Right
from app.services.engine.errors import Refused
from app.services.engine.transaction import transaction


class Wish(StrEnum):
    TAKE = "take"
    GIVE = "give"


class Becomes(StrEnum):
    TAKEN = "изымается"
    GIVEN = "даётся сверх Регламента"
    BACK = "возвращается к Регламенту"


@dataclass(frozen=True)
class Step:
    """What becomes of one right."""

    right: Right
    becomes: Becomes

    @property
    def gives(self) -> bool:
        """Whether the role may do it afterwards."""
        regulated = rules.is_regulated(self.right)
        return regulated if self.becomes is Becomes.BACK else self.becomes is Becomes.GIVEN


@dataclass(frozen=True)
class Basis:
    """The document that a change rests on."""

    number: str = ""
    day: date | None = None


NO_BASIS = Basis()


def in_force(session: Session, school_id: int) -> Changes:
    """What a school has changed: one query."""
    statement = select(RightChange).where(RightChange.school_id == school_id, RightChange.ended_at.is_(None))
    return as_changes(session.scalars(statement))


def as_changes(rows: Iterable[Any]) -> Changes:
    """Of records, or of rows of their columns."""
    return {right_of(row): InForce(row.id, row.granted, getattr(row, "basis", "")) for row in rows}


def right_of(row: Any) -> Right:
    return Right(row.role, Resource(row.resource), Action(row.action))


def planned(right: Right, wish: Wish, changes: Changes) -> list[Step]:
    """What has to be done for a wish; nothing where it is so already."""
    if wish is Wish.TAKE:
        return [
            _taken(each, changes) for each in rules.with_what_rests_on_it(right, changes) if rules.has(each, changes)
        ]
    wanted = rules.with_what_it_rests_on(right, changes)
    return [_given(each) for each in wanted if not rules.has(each, changes)]


def _taken(right: Right, changes: Changes) -> Step:
    return Step(right, Becomes.BACK if right in changes else Becomes.TAKEN)


def _given(right: Right) -> Step:
    return Step(right, Becomes.BACK if rules.is_regulated(right) else Becomes.GIVEN)


def of_cell(role: str, resource: Resource, changes: Changes) -> list[Step]:
    """What brings a cell back to the regulation."""
    return [Step(each, Becomes.BACK) for each in changes if (each.role, each.resource) == (role, resource)]


def refusals(steps: Iterable[Step]) -> list[str]:
    """Why these steps may not be done. To go back to the regulation is always free."""
    asked = {Becomes.TAKEN: rules.why_not_taken, Becomes.GIVEN: rules.why_not_given}
    found = (asked[step.becomes](step.right) for step in steps if step.becomes in asked)
    return list(dict.fromkeys(words for words in found if words))


def needs_basis(steps: Iterable[Step]) -> bool:
    return any(step.becomes is Becomes.GIVEN for step in steps)


def change(session: Session, school_id: int, steps: Sequence[Step], basis: Basis = NO_BASIS) -> str:
    """Make a school's change of rights and name the act, by which it can be undone. Raises Refused, Denied."""
    _require_reached(session, school_id)
    errors = {"": said} if (said := refusals(steps)) else _wrong_basis(session, steps, basis)
    if errors:
        raise Refused(errors)
    act = secrets.token_hex(16)
    forbidden = "Это право только что изменил другой администратор. Откройте его снова."
    with transaction(session, forbidden=forbidden):
        _end(session, school_id, [step.right for step in steps if step.becomes is Becomes.BACK], act)
        session.flush()
        for step in steps:
            if step.becomes is not Becomes.BACK:
                session.add(_row(school_id, step.right, step.becomes is Becomes.GIVEN, basis, act))
    return act


def undo(session: Session, school_id: int, act: str) -> int:
    """Take an act back, as far as nobody has changed the same rights since; how many rights. Raises Refused, Denied."""
    _require_reached(session, school_id)
    own = RightChange.school_id == school_id
    made = session.scalars(select(RightChange).where(own, RightChange.act == act, RightChange.ended_at.is_(None))).all()
    ended = session.scalars(select(RightChange).where(own, RightChange.ended_act == act)).all()
    changes = in_force(session, school_id)
    again = [each for each in ended if right_of(each) not in changes]
    if said := refusals(Step(right_of(each), Becomes.GIVEN if each.granted else Becomes.TAKEN) for each in again):
        raise Refused({"": said})
    new = secrets.token_hex(16)
    with transaction(session):
        _end(session, school_id, [right_of(each) for each in made], new)
        for each in again:
            basis = Basis(each.basis_number or "", each.basis_date)
            session.add(_row(school_id, right_of(each), each.granted, basis, new))
    return len(made) + len(again)


def _require_reached(session: Session, school_id: int) -> None:
    """A school's administrator changes the rights of the own school alone."""
    reached = person_of(session).school_ids(Resource.RIGHTS, Action.EDIT)
    if reached is not None and school_id not in reached:
        raise Denied(f"Права изменяет администратор своей школы (п. {rules.CLAUSE}).")


def _wrong_basis(session: Session, steps: Sequence[Step], basis: Basis) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if basis.number:
        _tried(errors, "number", lambda: papers.normalise_document_number(basis.number))
        if len(basis.number) > LONGEST_NUMBER:
            errors["number"] = [f"Номер документа длиннее {LONGEST_NUMBER} знаков."]
    elif needs_basis(steps):
        errors["number"] = ["Право сверх Регламента дают по документу: укажите его номер."]
    if (day := basis.day) is not None:
        _tried(errors, "day", lambda: values.check_document_date(day, person_of(session).today))
    elif needs_basis(steps) or basis.number:
        errors["day"] = ["Укажите дату документа."]
    return errors


def _tried(errors: dict[str, list[str]], name: str, check: Callable[[], object]) -> None:
    try:
        check()
    except ValueError as error:
        errors[name] = [str(error)]


def _row(school_id: int, right: Right, granted: bool, basis: Basis, act: str) -> RightChange:
    row = RightChange(school_id=school_id, role=right.role, resource=right.resource.value, action=right.action.value)
    row.granted, row.act = granted, act
    row.basis_number, row.basis_date = basis.number or None, basis.day
    return row


def _end(session: Session, school_id: int, rights: Sequence[Right], act: str) -> None:
    """The rows stay: what was is the history."""
    changes = in_force(session, school_id)
    keys = [changes[right].key for right in rights if right in changes]
    now, who = utc_now(), person_of(session).name
    for row in session.scalars(select(RightChange).where(RightChange.id.in_(keys))):
        row.ended_at, row.ended_by, row.ended_act = now, who, act


@dataclass(frozen=True)
class Told:
    """A line of the history of a cell."""

    at: datetime
    who: str
    words: str


def history(session: Session, school_id: int, role: str, resource: Resource) -> list[Told]:
    """What was done to a cell, the last first: one query."""
    of_cell = RightChange.school_id == school_id, RightChange.role == role, RightChange.resource == resource.value
    rows = session.scalars(select(RightChange).where(*of_cell).order_by(RightChange.id)).all()
    found = [each for row in rows for each in _told(row)]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _told(row: RightChange) -> list[Told]:
    title = Action(row.action).title_ru
    basis = f", документ {row.basis}" if row.basis else ""
    begun = Told(row.entered_at, row.entered_by, f"{title}: {row.kind}{basis}")
    if row.ended_at is None:
        return [begun]
    return [begun, Told(row.ended_at, row.ended_by or "", f"{title}: возвращено к Регламенту")]
