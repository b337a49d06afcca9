"""From a rule and an event to a due date: the fast way for tables and the traced way for one record.

Both go through `due_function`, so they cannot differ. The module holds no number of days and no date: they are in
app/regulation/deadlines.yaml.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache, partial
from typing import NamedTuple

from app.regulation.errors import NotInForceError
from app.regulation.schema import Governs, Option, Reading, Roll, Rule, RuleValue, TermKind
from app.regulation.workdays import WorkCalendar
from app.russian import format_date

Choices = Mapping[str, str]
NOTHING: Mapping[str, str] = {}
_DAY = timedelta(days=1)
_AFTER, _BEFORE = TermKind.WORKING_DAYS_AFTER, TermKind.WORKING_DAYS_BEFORE


class SkippedDay(NamedTuple):
    date: date
    reason: str


class ChosenReading(NamedTuple):
    """Ids of a reading and of its option taken, the Russian text of both, and what it rests on."""

    reading: str
    option: str
    text: str
    basis: str
    decision: str = ""
    """By which act it was chosen and who entered it; empty: the default holds."""


@dataclass(frozen=True, slots=True)
class Term:
    """A due date with everything it follows from.

    `nominal` is the day the text names, before any move off a day off. `recommended` is the working day before it,
    when a fixed date had to move forward. `counted` are the working days counted, `skipped` the days off passed over,
    both in order of the calendar. `confirmed` is False when a day counted lies in a year without the government's
    decree. `in_force` is False for an event before the rule's first value: that value is used, and `reading` says so.
    """

    rule: str
    clause: str
    event: date
    due: date
    nominal: date
    recommended: date | None
    counted: tuple[date, ...]
    skipped: tuple[SkippedDay, ...]
    readings: tuple[ChosenReading, ...]
    confirmed: bool
    in_force: bool
    value: RuleValue
    settings_changed_on: date | None = None
    """The term was over on that day, and the change of the school's settings is not confirmed: it is counted by those
    before."""

    @property
    def reading(self) -> str:
        parts = [f"{one.text} ({one.decision})" if one.decision else one.text for one in self.readings]
        if not self.in_force:
            parts.append(
                f"дата раньше начала действия правила ({format_date(self.value.valid_from)}), взято первое значение"
            )
        return "; ".join(parts)


_Step = Callable[[date], date]


def due_only(rule: Rule, event: date, calendar: WorkCalendar, choices: Choices | None = None) -> date:
    """The due date alone; errors as in `compute_term`."""
    return due_function(rule, calendar, choices)(event)


def due_function(rule: Rule, calendar: WorkCalendar, choices: Choices | None = None) -> _Step:
    """A function from event to due date, for the many events of one rule in one calendar."""
    chosen = frozenset(choices.items()) if choices else None
    due_on = _compiled(rule, calendar, chosen)
    return due_on if not calendar.earlier else or_earlier(due_on, calendar, partial(_compiled, rule, chosen=chosen))


def or_earlier(now: _Step, calendar: WorkCalendar, step: Callable[[WorkCalendar], _Step]) -> _Step:
    """The day by the calendar as it is, or an earlier one by those before: of a term that was over when the settings
    of its school were changed, until the change is confirmed (deadlines.md, Entries, 2)."""
    earlier = [(changed_on, step(before)) for changed_on, before in calendar.earlier]

    def due(event: date) -> date:
        days = ((changed_on, by_it(event)) for changed_on, by_it in earlier)
        return min(now(event), *(day for changed_on, day in days if day < changed_on), date.max)

    return due


def _judging(
    rule: Rule, event: date, calendar: WorkCalendar, choices: Choices | None
) -> tuple[WorkCalendar, date | None]:
    """The calendar by which the due date falls, and the day on which it was changed, where it is an earlier one."""
    chosen = frozenset(choices.items()) if choices else None
    due = _compiled(rule, calendar, chosen)(event)
    found: tuple[WorkCalendar, date | None] = calendar, None
    for changed_on, before in calendar.earlier:
        day = _compiled(rule, before, chosen)(event)
        if day < changed_on and day < due:
            due, found = day, (before, changed_on)
    return found


def compute_term(
    rule: Rule,
    event: date,
    calendar: WorkCalendar,
    choices: Choices | None = None,
    decisions: Mapping[str, str] = NOTHING,
) -> Term:
    """The due date of `event` under `rule` with its trace.

    `event` is the trigger's date; for a fixed date, any day of the school year that the duty closes. `choices` maps
    reading ids to option ids (other readings keep their default), `decisions` says by which act. Raises
    NotInForceError (a LookupError) after the rule's last value ended, LookupError for an option that does not exist,
    CalendarRangeError outside the calendar.
    """
    calendar.confirmed(event)  # refuses an event outside the calendar before any arithmetic on it
    value, in_force = value_for(rule, event)
    calendar, changed_on = _judging(rule, event, calendar, choices)
    name_day, roll = _steps(rule, value, calendar, choices)
    nominal = name_day(event)
    due = roll(nominal) if roll else nominal
    first = event if _boundary(value, choices).event_day else event + _DAY
    walked = _walked(_AFTER if _boundary(value, choices).working_days else value.kind, event, nominal, due, first)
    working = [day for day in walked if calendar.is_working(day)]
    counting = value.kind in (_AFTER, _BEFORE, TermKind.NEXT_CALENDAR_DAY)
    rolled = value.kind is TermKind.FIXED_DATE and due > nominal
    return Term(
        rule=rule.id,
        clause=", ".join(value.clauses),
        event=event,
        due=due,
        nominal=nominal,
        recommended=calendar.roll_back(nominal) if rolled else None,
        counted=tuple(working) if counting else (),
        skipped=tuple(SkippedDay(day, calendar.reason(day) or "") for day in walked if not calendar.is_working(day)),
        readings=tuple(chosen_reading(reading, choices, decisions) for reading in value.readings),
        confirmed=all(calendar.confirmed(day) for day in (nominal, due, *walked[:1], *walked[-1:])),
        in_force=in_force,
        value=value,
        settings_changed_on=changed_on,
    )


def value_for(rule: Rule, event: date) -> tuple[RuleValue, bool]:
    """The value an event falls under, and whether it was in force already (else it is the first one).

    A fixed date is judged by the value in force on that very date, so that all days of a school year give one answer;
    when the next value puts the date so early that it had passed before that value began, the year keeps the old one.
    """
    following: RuleValue | None = None
    for value in reversed(rule.values):
        judged_on = _judged_on(rule, value, event)
        if value.covers(judged_on) or (value.valid_from <= judged_on and _continued(value, following)):
            return value, True
        following = value
    first = rule.values[0]
    if _judged_on(rule, first, event) < first.valid_from:
        return first, False
    raise NotInForceError(f"Правило «{rule.id}» не действует на {format_date(event)}")


def _continued(value: RuleValue, following: RuleValue | None) -> bool:
    return bool(following and value.valid_to and following.valid_from - value.valid_to == _DAY)


def _judged_on(rule: Rule, value: RuleValue, event: date) -> date:
    if value.day is None:
        return event
    return value.day.within(rule.year_starts.school_year(event), rule.year_starts)


@lru_cache(maxsize=8192)  # 23 rules for each of some hundreds of calendars
def _compiled(rule: Rule, calendar: WorkCalendar, chosen: frozenset[tuple[str, str]] | None) -> _Step:
    choices = dict(chosen) if chosen else None
    by_value = {value: _due(rule, value, calendar, choices) for value in rule.values}
    first, last = rule.values[0], rule.values[-1]
    if first is last and last.valid_to is None:
        return by_value[first]
    return lambda event: by_value[value_for(rule, event)[0]](event)


def _due(rule: Rule, value: RuleValue, calendar: WorkCalendar, choices: Choices | None) -> _Step:
    nominal, roll = _steps(rule, value, calendar, choices)
    return (lambda event: roll(nominal(event))) if roll else nominal


def _steps(rule: Rule, value: RuleValue, calendar: WorkCalendar, choices: Choices | None) -> tuple[_Step, _Step | None]:
    """From the event to the day the text names, and from that day to the due date (None: they are the same)."""
    boundary = _boundary(value, choices)
    if value.kind in (_AFTER, _BEFORE) or boundary.working_days:
        return _working_days(value, calendar, boundary), None
    rolls = {Roll.FORWARD: calendar.roll_forward, Roll.BACK: calendar.roll_back, Roll.NONE: None}
    roll = _roll(value, choices)
    if roll is not Roll.NONE and boundary.day_off is not Roll.NONE:
        roll = boundary.day_off
    return _nominal(rule, value, boundary.shift), rolls[roll]


def _working_days(value: RuleValue, calendar: WorkCalendar, boundary: Option) -> _Step:
    if value.kind is _BEFORE:
        before = value.number - boundary.shift
        return lambda event: calendar.nth_before(event, before)
    n = value.number + boundary.shift
    if boundary.event_day:
        return lambda event: _with_its_own_day(event, n, calendar)
    return lambda event: calendar.nth_after(event, n)


def _with_its_own_day(event: date, n: int, calendar: WorkCalendar) -> date:
    """The n-th working day from the event on, its own day counted."""
    left = n - calendar.is_working(event)
    return calendar.nth_after(event, left) if left else event


def _nominal(rule: Rule, value: RuleValue, shift: int) -> _Step:
    starts, day = rule.year_starts, value.day
    if day is not None:
        by_year = cache(lambda year: day.within(year, starts) + shift * _DAY)
        return lambda event: by_year(starts.school_year(event))
    weeks = -value.number if value.kind is TermKind.WEEKS_BEFORE else 0
    days = value.number if value.kind is TermKind.NEXT_CALENDAR_DAY else 0  # the same day otherwise
    distance = timedelta(weeks=weeks, days=days + shift)
    return lambda event: event + distance


def _option(value: RuleValue, governs: Governs, choices: Choices | None) -> Option | None:
    return next((one.chosen(choices) for one in value.readings if one.governs is governs), None)


def _boundary(value: RuleValue, choices: Choices | None) -> Option:
    return _option(value, Governs.BOUNDARY, choices) or Option("", "")


def _roll(value: RuleValue, choices: Choices | None) -> Roll:
    option = _option(value, Governs.ROLL, choices)
    return option.roll if option else Roll.NONE


def chosen_reading(reading: Reading, choices: Choices | None, decisions: Mapping[str, str]) -> ChosenReading:
    """The option taken of a reading."""
    option = reading.chosen(choices)
    text = f"{reading.title}: {option.title}"
    return ChosenReading(reading.id, option.id, text, reading.basis, decisions.get(reading.id, ""))


def _walked(kind: TermKind, event: date, nominal: date, due: date, begins: date) -> list[date]:
    """The days passed over on the way to the due date, in order of the calendar; a count after an event `begins` on
    the day after it, or on its own day."""
    if kind is _AFTER:
        first, last = begins, due
    elif kind is _BEFORE:
        first, last = due, event - _DAY
    else:
        first, last = min(nominal, due), max(nominal, due)
    return [first + i * _DAY for i in range((last - first).days + 1)]
