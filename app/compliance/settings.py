"""What a school sets for all at once: terms that were over when it was changed are judged by what stood before, until
the change is confirmed (deadlines.md, Entries, 2).

Working days, weeks, zone are one setting (`CalendarSetting`), a binding adds its own (`Binding.settings`). A row of
`held_setting` tells how a setting stood when a day began on which it was changed; while it `holds`, it is judged by.
This file tells what a change does; app/compliance/changed.py listens to the sessions.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from app.clock import zone as default_zone
from app.compliance import queries
from app.compliance.calendars import (
    CALENDAR,
    EVERY_GRADE,
    OfGrades,
    calendar_before,
    region_days_of,
    typed_settings,
)
from app.compliance.duties import bindings_of, rules
from app.compliance.held import Key
from app.compliance.judged_by import AsSet, held_settings
from app.compliance.mornings import FAILING, Standing
from app.compliance.readings import Readings, readings_of
from app.compliance.relations import NEXT_WORKING_DAY, due_step
from app.compliance.status import Status, Told, differing
from app.models.calendars import SchoolCalendarDay
from app.models.schools import GradeWeek, SchoolSettings
from app.regulation import CalendarRangeError, NotInForceError, WorkCalendar, load_regulation
from app.regulation.schema import TermKind


@dataclass
class Effect:
    """What a change of a setting does to the duties of its school."""

    bettered: list[Standing] = field(default_factory=list)
    """Of closed terms."""
    rules: list[str] = field(default_factory=list)
    """Those of whose closed terms some end later, whether or not somebody owes by them yet."""
    moved: int = 0
    """Open duties that are due on another day, or that come or go."""
    worse: int = 0
    """Of closed terms."""
    before: Told = field(default_factory=dict)
    after: Told = field(default_factory=dict)
    at_once: list[str] = field(default_factory=list)
    """In words, the parts of a change that waits which better nothing and act at once."""
    waiting: list[str] = field(default_factory=list)
    """The other parts; nothing where the change has one part alone."""

    @property
    def waits(self) -> bool:
        return bool(self.bettered or self.rules)

    @property
    def is_told(self) -> bool:
        return bool(self.waits or self.moved or self.worse)

    def differs(self) -> dict[str, dict[str, dict[str, int]]]:
        """As a correction keeps it."""
        return differing(rules(), self.before, self.after)


def school_of(row: Any) -> int | None:
    """Of a row that is being added with what it is a row of, that one's."""
    owners = (getattr(row, name, None) for name in ("settings", "academic_year"))
    found = (each.school_id for each in (row, *owners) if each is not None and each.school_id is not None)
    return next(found, None)


class Setting(ABC):
    """One thing that a school sets for all; the key says of what."""

    name: ClassVar[str]
    models: ClassVar[tuple[type, ...]]

    @abstractmethod
    def key_of(self, row: Any) -> int | None:
        """Of a row of the models, or of its columns alone; None: of a thing that is being added with it."""

    @abstractmethod
    def typed(self, connection: Connection, school_id: int, key: int) -> dict[str, Any] | None:
        """As the tables have it, as data; None: nothing of it stands yet."""

    @abstractmethod
    def as_set(self, connection: Connection, row: Any, on: date, stood: Mapping[str, Any] | None) -> AsSet:
        """How a school is judged if this stood as a row of `held_setting` tells, and nothing else of it had been set;
        None: as the tables have it."""

    def stored(self, connection: Connection, row: Any) -> None:
        """A row of `held_setting` is written: what else the statements want of it."""
        return

    def forgotten(self, connection: Connection, held_id: int) -> None:
        """The row goes."""
        return

    def later(self, connection: Connection, row: Any, typed: Mapping[str, Any], on: date) -> list[str]:
        """The rules of whose terms over by the day of the change some end later now."""
        return []

    def waits(self, connection: Connection, row: Any, on: date) -> bool:
        """Whether the tables, as they are now, better what was over by the day of the change."""
        typed = self.typed(connection, row.school_id, row.key)
        return bool(typed and self.later(connection, row, typed, on)) or bool(self.effect(connection, row, on).bettered)

    def effect(self, connection: Connection, row: Any, on: date) -> Effect:
        typed = self.typed(connection, row.school_id, row.key)
        found = compared(self.owed(connection, row, on, row.stood), self.owed(connection, row, on, None), row, on)
        found.rules = self.later(connection, row, typed, on) if typed else []
        return found

    def owed(self, connection: Connection, row: Any, on: date, stood: Mapping[str, Any] | None) -> Sequence[Row[Any]]:
        """What is owed in the school, as `as_set` tells how it is judged."""
        return queries.owed_as_set(connection, row.school_id, on, self.as_set(connection, row, on, stood))


def compared(before: Sequence[Row[Any]], after: Sequence[Row[Any]], row: Any, on: date) -> Effect:
    """What is owed before and after a change of the setting that a row of `held_setting` tells of."""
    found = Effect(before=_numbers(before), after=_numbers(after))
    _compare(found, _by_key(before), _by_key(after), row.since_on, on)
    return found


def _numbers(owed: Iterable[Row[Any]]) -> Told:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in owed:
        found[row.rule][row.status] += 1
    return found


def _by_key(owed: Iterable[Row[Any]]) -> dict[Key, list[tuple[str, Standing]]]:
    found: dict[Key, list[tuple[str, Standing]]] = defaultdict(list)
    for row in owed:
        standing = Standing.of_row(row)
        found[standing.key].append((row.status, standing))
    return found


def _compare(found: Effect, before: Any, after: Any, changed_on: date, on: date) -> None:
    for key in before.keys() | after.keys():
        was, now = before.get(key, []), after.get(key, [])
        failed = [each for status, each in was if status in FAILING]
        fails = [each for status, each in now if status in FAILING]
        found.bettered += [
            each
            for each in failed
            if each.values["due"] < changed_on and not any(one.is_as_bad_as(each, on) for one in fails)
        ]
        found.worse += sum(not any(one.is_as_bad_as(each, on) for one in failed) for each in fails)
        found.moved += _open(was) != _open(now)


def _open(own: list[tuple[str, Standing]]) -> set[date]:
    return {each.values["due"] for status, each in own if status == Status.PENDING}


class CalendarSetting(Setting):
    """The working week of the office and of grades, the school's own days, its time zone. The key is the school."""

    name = CALENDAR
    models = (SchoolSettings, GradeWeek, SchoolCalendarDay)

    def key_of(self, row: Any) -> int | None:
        return school_of(row)

    def typed(self, connection: Connection, school_id: int, key: int) -> dict[str, Any] | None:
        return typed_settings(connection, school_id)

    def as_set(self, connection: Connection, row: Any, on: date, stood: Mapping[str, Any] | None) -> AsSet:
        told = typed_settings(connection, row.school_id) if stood is None else stood
        region_days = region_days_of(connection, row.school_id)
        calendar = calendar_before(told, region_days)

        def of_grades() -> OfGrades:
            by_grade = ((grade, calendar_before(told, region_days, grade)) for grade in EVERY_GRADE)
            return {(row.school_id, grade): each for grade, each in by_grade if each != calendar}

        held = held_settings(connection, frozenset({row.school_id}), on)
        return AsSet({row.school_id: calendar}, held, of_grades)

    def waits(self, connection: Connection, row: Any, on: date) -> bool:
        return bool(self.later(connection, row, typed_settings(connection, row.school_id), on))

    def later(self, connection: Connection, row: Any, typed: Mapping[str, Any], on: date) -> list[str]:
        if _zones_go_west(row.stood, typed, row.since_on):
            return list(rules())
        own = frozenset({row.school_id})
        first = queries.earliest_opening(connection, rules(), own, on)
        if first is None or typed == row.stood:
            return []
        region, readings = region_days_of(connection, row.school_id), readings_of(connection)
        by_the_class = _by_the_class(readings)
        days = [first + timedelta(days=number) for number in range((row.since_on - first).days)]
        found = (
            rule if rule in rules() else rules()[0]
            for grade, then, now in _calendars_of(row.stood, typed, region)
            for rule in ((*rules(), NEXT_WORKING_DAY) if grade is None else by_the_class)
            if _ends_later(due_step(rule, then, readings), due_step(rule, now, readings), days, row.since_on)
        )
        return list(dict.fromkeys(found))


def _by_the_class(readings: Readings) -> list[str]:
    """The rules whose days are those of the class: «не позднее одного дня после», and those that are read so in some
    school year."""
    found = load_regulation().rules.values()
    kinds = [rule.id for rule in found if any(value.kind is TermKind.NEXT_CALENDAR_DAY for value in rule.values)]
    return [*kinds, *(rule.id for rule in found if readings.counts_by_class(rule))]


def _calendars_of(
    stood: Mapping[str, Any], typed: Mapping[str, Any], region: Any
) -> Iterator[tuple[int | None, WorkCalendar, WorkCalendar]]:
    """(a grade, or none for the office; its calendar before; now), each pair that differs once."""
    seen = set()
    for grade in (None, *EVERY_GRADE):
        pair = calendar_before(stood, region, grade), calendar_before(typed, region, grade)
        if pair[0] != pair[1] and pair not in seen:
            seen.add(pair)
            yield grade, *pair


def _ends_later(then: Any, now: Any, days: list[date], changed_on: date) -> bool:
    for day in days:
        try:
            due = then(day)
            if due < changed_on and now(day) > due:
                return True
        except (CalendarRangeError, NotInForceError):
            continue
    return False


def _zones_go_west(stood: Mapping[str, Any], typed: Mapping[str, Any], since: date) -> bool:
    """What is entered at one instant would be of an earlier day than by the zone before, now or on a day to come."""
    changes = [date.fromisoformat(each["from"]) for told in (stood, typed) for each in told["settings"]]
    ends = [date.fromisoformat(each["to"]) for told in (stood, typed) for each in told["settings"] if each["to"]]
    days = {since, *changes, *(day + timedelta(days=1) for day in ends)}
    return any(_offset(typed, day) < _offset(stood, day) for day in days if day >= since)


def _offset(told: Mapping[str, Any], day: date) -> timedelta:
    held = (
        each["zone"]
        for each in told["settings"]
        if each["from"] <= str(day) and (each["to"] is None or str(day) <= each["to"])
    )
    name = next(held, None)
    noon = datetime.combine(day, time(12), ZoneInfo(name) if name else default_zone())
    return noon.utcoffset() or timedelta()


@cache
def settings() -> tuple[Setting, ...]:
    """The calendar's and those that the bindings add."""
    return CalendarSetting(), *(one for each in bindings_of(rules()) for one in each.settings)
