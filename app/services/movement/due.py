"""By when an order has to be entered, told while its date is still being typed (3.3.4.4)."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.compliance.bindings.movement.tables import rule_of
from app.compliance.calendars import calendars, calendars_of_grades
from app.compliance.readings import BY_CLASS, readings_of
from app.compliance.terms import due_only
from app.models.movement.kinds import OrderKind
from app.regulation import CalendarRangeError, NotInForceError, load_regulation
from app.regulation.schema import Rule
from app.russian import format_date
from app.services.movement.checks import LONGEST_TAIL

DAY = timedelta(days=1)


def words(session: Session, school_id: int, kind: OrderKind, column: str, day: date, today: date) -> str:
    """«Внести до 24.11.2026» for the date that is typed into a column of an order of this kind; empty where no term
    follows from it. `today` is the local day of who types."""
    due = due_on(session, school_id, kind, column, day)
    if due is None:
        return ""
    return f"внести до {format_date(due)}" if due >= today else f"срок был {format_date(due)}"


def due_on(session: Session, school_id: int, kind: OrderKind, column: str, day: date) -> date | None:
    """The last day of the term by the school's calendar as it is now. Where it is read that the days of the class
    count, and no class is named yet, the earliest one: whoever keeps to it is late nowhere."""
    rule = load_regulation().rules.get(rule_of(kind))
    event = _event(kind, rule, column, day) if rule is not None else None
    connection = session.connection()
    own = calendars(connection, frozenset({school_id}))
    if rule is None or event is None or not own:
        return None
    readings = readings_of(connection)
    chosen = readings.of(rule, event)
    by_class = chosen.get(BY_CLASS[0]) == BY_CLASS[1] and readings.counts_by_class(rule)
    others = calendars_of_grades(connection, own, None).values() if by_class else ()
    try:
        return min(due_only(rule, event, each, chosen) for each in (*own.values(), *others))
    except (CalendarRangeError, NotInForceError):
        return None


def _event(kind: OrderKind, rule: Rule, column: str, day: date) -> date | None:
    """The day by which the term is told: of the date that it runs from, or of a school year."""
    rules = kind.rules
    if rules.trigger is not None:
        return day if rules.trigger == column else None
    if column != "event_date":
        return None
    if rules.before_year:
        return day - DAY  # the first day of the year is the day after the term's own year
    # Soon after a year has begun an order may still be of the one that has ended: it is not known of which.
    begins = rule.year_starts
    return day if begins.school_year(day - LONGEST_TAIL) == begins.school_year(day) else None
