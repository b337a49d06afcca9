"""Working days of Russia for a five- or six-day week, with the overrides of a region or a school.

Everything is computed once into arrays, so a due date costs two look-ups. The production calendar (holidays, transfers
by the government's decrees, working Saturdays) comes from the `holidays` package.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

import holidays

# Before 2015 the package lacks some transfers; after 2040 nothing needs a term.
FIRST_DAY, LAST_DAY = date(2015, 1, 1), date(2040, 12, 31)
WEEKS = (5, 6)
_ORIGIN = FIRST_DAY.toordinal()
_SIZE = LAST_DAY.toordinal() - _ORIGIN + 1
_SATURDAY, _SUNDAY = 5, 6
_ONE_DAY = timedelta(days=1)
_WEEKEND = {_SATURDAY: "сб", _SUNDAY: "вс"}
_TRANSFER = re.compile(r"\(перенесено с (\d\d)\.(\d\d)\.(\d{4})\)")
_OBSERVED = " (выходной)"
# Labour Code art. 112: days off that fall on these holidays move by the government's decree only.
_NEW_YEAR_HOLIDAYS = range(1, 9)


class CalendarRangeError(ValueError):
    """A date, or a count from it, lies outside the years that can be computed."""

    def __init__(self, when: date | None = None) -> None:
        asked = "срок" if when is None else f"дата {when:%d.%m.%Y}"
        super().__init__(f"{asked} вне календаря: рассчитываются {FIRST_DAY.year}–{LAST_DAY.year} годы")


class Override(NamedTuple):
    """A day made working or non-working by an act (its title, number and date in Russian)."""

    working: bool
    act: str


class _Table(NamedTuple):
    """`before[i]`: how many working days precede the i-th day; `days`: all of them; `named`: odd days' reasons."""

    before: list[int]
    days: list[date]
    named: Mapping[date, str]


_Weeks = tuple[tuple[date, int], ...]
"""From which day on the working week is another one, in order."""
_Key = tuple[int, _Weeks, tuple[tuple[date, bool, str], ...]]
"""A working week, its changes and its overrides in order: calendars with the same key are one."""


class Earlier(NamedTuple):
    """A calendar that stood before, and the day of the change: terms that were over by then are judged by it."""

    changed_on: date
    calendar: "WorkCalendar"


@dataclass(frozen=True, slots=True, eq=False)
class WorkCalendar:
    """Immutable calendar of a working week; calendars with the same `key` and the same earlier ones are equal.

    `week` is 5 or 6 days; `changes` say from which day on it is another one. `overrides` are stronger than the
    production calendar. Days off that an override moves are not guessed: each moved day is an override of its own.
    `earlier` are those of changes that wait for a confirmation: due dates look at them, nothing here does.
    Raises ValueError on a wrong week or an override without its act, CalendarRangeError (a ValueError) on dates
    outside 2015–2040.
    """

    week: int = 5
    overrides: Mapping[date, Override] = field(default_factory=dict)
    changes: _Weeks = ()
    earlier: tuple[Earlier, ...] = ()
    key: _Key = field(init=False)
    _hash: int = field(init=False, repr=False)
    _table: _Table = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for week in (self.week, *(week for _, week in self.changes)):
            if week not in WEEKS:
                raise ValueError(f"учебная неделя бывает пяти- или шестидневной, а не «{week}»")
        fixed = {day: Override(bool(working), act.strip()) for day, (working, act) in sorted(self.overrides.items())}
        for day, override in fixed.items():
            _index(day)
            if not override.act:
                raise ValueError(f"изменение календаря на {day:%d.%m.%Y} без акта-основания")
        key = (self.week, tuple(sorted(self.changes)), tuple((day, *override) for day, override in fixed.items()))
        derived = {
            "overrides": MappingProxyType(fixed),
            "key": key,
            "_hash": hash((key, self.earlier)),
            "_table": _table(key),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WorkCalendar):
            return NotImplemented
        return self is other or (self.key == other.key and self.earlier == other.earlier)

    def __hash__(self) -> int:
        return self._hash

    def is_working(self, day: date) -> bool:
        i, before = _index(day), self._table.before
        return before[i + 1] > before[i]

    def reason(self, day: date) -> str | None:
        """Why a day is off («сб», «перенос с 04.01.2026», an act), or works against the rule; None for a plain one."""
        i, table = _index(day), self._table
        if day in table.named:
            return table.named[day]
        return None if table.before[i + 1] > table.before[i] else _WEEKEND[day.weekday()]

    def confirmed(self, day: date) -> bool:
        """False from the first year for which the government's decree on transfers is not known."""
        _index(day)
        return day.year < first_unconfirmed_year()

    def nth_after(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which itself does not count."""
        _positive(n)
        return self._at(self._table.before[_index(day) + 1] + n - 1)

    def nth_before(self, day: date, n: int) -> date:
        """The n-th working day before `day`, which itself does not count."""
        _positive(n)
        return self._at(self._table.before[_index(day)] - n)

    def roll_forward(self, day: date) -> date:
        """`day` itself when it is working, else the nearest working day after it."""
        return self._at(self._table.before[_index(day)])

    def roll_back(self, day: date) -> date:
        """`day` itself when it is working, else the nearest working day before it."""
        return self._at(self._table.before[_index(day) + 1] - 1)

    def _at(self, position: int) -> date:
        if not 0 <= position < len(self._table.days):
            raise CalendarRangeError
        return self._table.days[position]


def _positive(n: int) -> None:
    if n < 1:
        raise ValueError(f"число рабочих дней должно быть не меньше 1, а не {n}")


def _index(day: date) -> int:
    i = day.toordinal() - _ORIGIN
    if not 0 <= i < _SIZE:
        raise CalendarRangeError(day)
    return i


@cache
def all_days() -> tuple[date, ...]:
    """Every day that can be computed; one set of objects for all calendars."""
    return tuple(date.fromordinal(_ORIGIN + i) for i in range(_SIZE))


@lru_cache(maxsize=1024)  # a region has some 170 schools, each perhaps with overrides of its own
def _table(key: _Key) -> _Table:
    week, changes, overrides = key
    closed, named = _production(week)
    for since, later in changes:
        closed, named = _from_day(since, (closed, named), _production(later))
    changed = {day: working for day, working, _ in overrides}
    closed = (closed - {day for day, working in changed.items() if working}) | {
        day for day, working in changed.items() if not working
    }
    before, days = [0], []
    for day in all_days():
        if day not in closed:
            days.append(day)
        before.append(len(days))
    return _Table(before, days, MappingProxyType(named | {day: act for day, _, act in overrides}))


_Days = tuple[frozenset[date], dict[date, str]]
"""Days off, and the odd days' reasons."""


def _from_day(since: date, before: _Days, after: _Days) -> _Days:
    """The days of one week until a day, those of another from it on."""
    closed = frozenset(day for day in before[0] if day < since) | {day for day in after[0] if day >= since}
    named = {day: why for day, why in before[1].items() if day < since}
    return closed, named | {day: why for day, why in after[1].items() if day >= since}


@cache
def _production(week: int) -> _Days:
    """Non-working days of the country for a working week, and the reasons of holidays, transfers, working Saturdays."""
    weekend = {_SUNDAY} if week == 6 else {_SATURDAY, _SUNDAY}
    named = dict(_holidays())
    working: dict[date, str] = {}
    for day, origin in _transfers(weekend).items():
        # Art. 112: on a six-day week Saturday is no day off, so nothing moves from it.
        if origin.weekday() not in weekend:
            continue
        named[day] = f"перенос с {origin:%d.%m.%Y}"
        if origin not in _holidays():
            working[origin] = f"рабочая суббота, выходной перенесён на {day:%d.%m.%Y}"
    closed = frozenset(day for day in all_days() if day.weekday() in weekend or day in named) - working.keys()
    return closed, named | working


@cache
def _published() -> Mapping[date, str]:
    return dict(holidays.country_holidays("RU", years=range(FIRST_DAY.year, LAST_DAY.year + 1), language="ru"))


@cache
def _holidays() -> Mapping[date, str]:
    """The holidays of Labour Code art. 112 themselves, without the days off moved because of them."""
    return {
        day: name for day, name in _published().items() if not _TRANSFER.search(name) and not name.endswith(_OBSERVED)
    }


@cache
def first_unconfirmed_year() -> int:
    """A year is confirmed when the package carries at least one transfer made by the government's decree for it."""
    return max(day.year for day, name in _published().items() if _TRANSFER.search(name)) + 1


def _transfers(weekend: set[int]) -> dict[date, date]:
    """Day off → the day it moved from: by decree and by the law as published, then by the law alone."""
    found: dict[date, date] = {}
    for day, name in _published().items():
        if match := _TRANSFER.search(name):
            found[day] = date(*(int(part) for part in reversed(match.groups())))
        elif name.endswith(_OBSERVED):
            found[day] = _last_named(name.removesuffix(_OBSERVED), day)
    return found | _by_law_alone(weekend)


def _last_named(name: str, before: date) -> date:
    """The holiday whose coincidence with a day off made `before` a day off."""
    return max(day for day, title in _holidays().items() if title == name and day < before)


def _by_law_alone(weekend: set[int]) -> dict[date, date]:
    """Years without a decree: a day off on a holiday moves to the next working day (art. 112), 1–8 January apart."""
    found: dict[date, date] = {}
    for day in sorted(_holidays()):
        new_year = day.month == 1 and day.day in _NEW_YEAR_HOLIDAYS
        if day.year < first_unconfirmed_year() or new_year or day.weekday() not in weekend:
            continue
        moved = day + _ONE_DAY
        while moved.weekday() in weekend or moved in _holidays() or moved in found:
            moved += _ONE_DAY
        found[moved] = day
    return found
