"""A school is never left without a director or an administrator, an authority without its people: one is followed by
another (access.md, Authority)."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.accounts.officials import Official
from app.models.people import Employee
from app.regulation import load_regulation
from app.russian import format_date
from app.security import beyond
from app.security.guard import person_of, system_step

PLACES = {
    "director": "в школе",
    "administrator": "в школе",
    "municipal": "в муниципалитете",
    "regional": "в регионе",
}
"""Where nobody would be left. Without the first two a school can neither appoint nor give out accounts; without its
municipality's nobody decides in place of its director; the last keeps what the region owns."""
NEVER_EMPTY = frozenset(PLACES)
Term = tuple[date, date | None]
_DAY = timedelta(days=1)


def left_without(session: Session, given: Appointment, now: Term | None) -> tuple[date, str] | None:
    """(first day, words) where this appointment, once it has this term, leaves the school without one of its role."""
    if (day := first_day_without(session, given, now)) is None:
        return None
    title = load_regulation().roles[given.role].title
    return day, f"С {format_date(day)} {PLACES[given.role]} не останется роли «{title}». Сначала назначьте преемника."


def shut(session: Session, account: Account, closed_on: date | None, active: bool) -> str:
    """What closing an account or switching it off leaves a school without, in words; empty: nothing."""
    own = Appointment
    held = select(own).where(own.account_id == account.id, own.role.in_(NEVER_EMPTY))
    with system_step(session, "look for a successor"):
        given = session.scalars(held.order_by(own.valid_from)).all()
    for each in given:
        ends = min((day for day in (each.valid_to, closed_on and closed_on - _DAY) if day is not None), default=None)
        term = (each.valid_from, ends) if active and (ends is None or ends >= each.valid_from) else None
        if found := left_without(session, each, term):
            return found[1]
    return ""


def first_day_without(session: Session, given: Appointment, now: Term | None) -> date | None:
    """The first day, from today on, that this appointment covers as it is stored, and nobody once it has this term
    (None: once it is gone). Days that nobody covers anyway are not its."""
    if given.role not in NEVER_EMPTY or given.id is None:
        return None
    terms = _in_force(session, given)
    was = terms.pop(given.id, None)
    if was is None:
        return None
    left = [*terms.values(), *([now] if now is not None else [])]
    first = max(was[0], person_of(session).today)
    days = sorted({first, *(last + _DAY for _, last in left if last is not None and last >= first)})
    return next((day for day in days if _covers(was, day) and not any(_covers(term, day) for term in left)), None)


def _covers(term: Term, day: date) -> bool:
    return term[0] <= day and (term[1] is None or day <= term[1])


def _in_force(session: Session, given: Appointment) -> dict[int, Term]:
    """Number → term of every such appointment there, cut where its owner's work or its account ends."""
    own, link = Appointment, AccountPerson
    card: Any = Employee if given.school_id is not None else Official
    place = "school_id" if given.school_id is not None else "municipality_id"
    tied = link.employee_id if given.school_id is not None else link.official_id
    at_home = getattr(card, place).is_not_distinct_from(getattr(given, place))
    there = own.role == given.role, getattr(own, place).is_not_distinct_from(getattr(given, place))
    statement = (
        select(own.id, own.valid_from, own.valid_to, Account.closed_on, card.id.label("card"), card.dismissed_on)
        .join(Account, Account.id == own.account_id)
        .outerjoin(link, link.account_id == own.account_id)
        .outerjoin(card, and_(card.id == tied, at_home))
        .where(*there, Account.active.is_(True))
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in beyond.rows(session, statement):
        found[row.id].append(row)
    return {key: (rows[0].valid_from, _last_day(rows)) for key, rows in found.items()}


def _last_day(rows: list[Any]) -> date | None:
    work = [row.dismissed_on for row in rows if row.card is not None]
    closed = rows[0].closed_on and rows[0].closed_on - _DAY
    ends = [rows[0].valid_to, closed, None if None in work else max(work, default=None)]
    return min((day for day in ends if day is not None), default=None)
