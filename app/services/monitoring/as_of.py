"""The day of a report: one rule for the page, the printed form and the command line.

A day to come is no report but a forecast: what the numbers will be if nothing more is entered. It is told as one
everywhere. A day outside the calendar and a period that begins after the day are refused at their field.
"""

from datetime import date

from sqlalchemy.orm import Session

from app.compliance import duties
from app.regulation.workdays import FIRST_DAY, LAST_DAY
from app.russian import format_date
from app.security.actor import SYSTEM
from app.security.guard import actor_of
from app.security.zones import today_of
from app.services.monitoring.compliance import Question
from app.services.territory.organisations import Organisation

TITLES = {"on": "Дата отчёта", "since": "Начало периода"}


class WrongDays(ValueError):
    """Field → Russian message."""

    def __init__(self, at_fields: dict[str, str]) -> None:
        super().__init__(" ".join(at_fields.values()))
        self.at_fields = at_fields


def question_of(
    session: Session,
    organisation: Organisation,
    on: date | None,
    since: date | None,
    rules: tuple[str, ...] | None = None,
) -> Question:
    """The question as of a day, or of today where none is asked for. Raises WrongDays."""
    present = local_today(session, organisation)
    on = on or present
    faults = {name: _outside(name) for name, day in (("on", on), ("since", since)) if not _in_calendar(day)}
    if not faults and since is not None and since > on:
        faults["since"] = f"{TITLES['since']} {format_date(since)} позже даты отчёта {format_date(on)}."
    if faults:
        raise WrongDays(faults)
    asked = duties.rules() if rules is None else rules  # of nothing is an answer too: whoever sees no rule
    return Question(organisation, on, since, asked, forecast=on > present)


def local_today(session: Session, organisation: Organisation) -> date:
    """A school has the day of its own zone; a municipality and the region have the installation's."""
    if organisation.level == "school" and organisation.id is not None:
        return today_of(session.connection(), organisation.id)
    return (actor_of(session) or SYSTEM).today


def as_of(question: Question) -> str:
    """«на 31.08.2026», «прогноз на 31.08.2027»."""
    return f"{'прогноз ' if question.forecast else ''}на {format_date(question.on)}"


def _in_calendar(day: date | None) -> bool:
    return day is None or FIRST_DAY <= day <= LAST_DAY


def _outside(name: str) -> str:
    return f"{TITLES[name]}: ожидается дата с {format_date(FIRST_DAY)} по {format_date(LAST_DAY)}."
