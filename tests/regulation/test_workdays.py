"""The working calendar: known counts, known days, and a brute-force oracle."""

import threading
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.regulation import CalendarRangeError, Override, WorkCalendar
from app.regulation.workdays import FIRST_DAY, LAST_DAY, all_days, first_unconfirmed_year

DAY = timedelta(days=1)
FIVE, SIX = WorkCalendar(5), WorkCalendar(6)
CLOSED = Override(False, "указ Губернатора")
OPENED = Override(True, "распоряжение Правительства")
# Far enough from both ends for any count below.
days = st.dates(date(2016, 1, 1), date(2039, 12, 31))
counts = st.integers(1, 40)
overrides = st.dictionaries(days, st.builds(Override, st.booleans(), st.just("указ")), max_size=30)
calendars = st.builds(WorkCalendar, st.sampled_from((5, 6)), overrides)


def year_of(calendar: WorkCalendar, year: int) -> int:
    return sum(calendar.is_working(day) for day in all_days() if day.year == year)


@pytest.mark.parametrize(("year", "five", "six"), [
    (2022, 247, 299), (2023, 247, 298), (2024, 248, 300), (2025, 247, 299), (2026, 247, 299),
])  # fmt: skip
def test_working_days_of_a_year(year, five, six):
    assert (year_of(FIVE, year), year_of(SIX, year)) == (five, six)


def test_five_day_week_is_the_published_calendar_day_by_day():
    published = holidays.country_holidays("RU", years=range(2015, first_unconfirmed_year()))
    confirmed = [day for day in all_days() if FIVE.confirmed(day)]
    assert [FIVE.is_working(day) for day in confirmed] == [published.is_working_day(day) for day in confirmed]


@pytest.mark.parametrize(("day", "five", "six"), [
    (date(2026, 10, 17), "сб", None),
    (date(2026, 10, 18), "вс", "вс"),
    (date(2026, 10, 19), None, None),
    (date(2026, 1, 4), "Новогодние каникулы", "Новогодние каникулы"),
    (date(2026, 1, 7), "Рождество Христово", "Рождество Христово"),
    (date(2026, 1, 9), "перенос с 03.01.2026", None),  # from a Saturday
    (date(2026, 12, 31), "перенос с 04.01.2026", "перенос с 04.01.2026"),  # from a Sunday
    (date(2026, 3, 9), "перенос с 08.03.2026", "перенос с 08.03.2026"),  # by the law itself, a Sunday
    (date(2026, 5, 11), "перенос с 09.05.2026", None),  # by the law itself, a Saturday
    (date(2025, 11, 1), "рабочая суббота, выходной перенесён на 03.11.2025", None),
])  # fmt: skip
def test_reasons(day, five, six):
    assert (FIVE.reason(day), SIX.reason(day)) == (five, six)


def test_working_saturday():
    assert FIVE.is_working(date(2025, 11, 1))
    assert not FIVE.is_working(date(2025, 11, 3))
    assert SIX.is_working(date(2025, 11, 1))
    assert SIX.is_working(date(2025, 11, 3))


def test_year_without_a_decree_follows_the_law_and_is_not_confirmed():
    """4 November 2028 is a Saturday: art. 112 moves it for the five-day week, no decree is needed."""
    assert first_unconfirmed_year() >= 2028
    assert FIVE.confirmed(date(2027, 12, 31))
    unconfirmed = next(d for d in all_days() if not FIVE.confirmed(d))
    assert unconfirmed == date(first_unconfirmed_year(), 1, 1)
    assert FIVE.reason(date(2028, 11, 6)) == "перенос с 04.11.2028"
    assert SIX.is_working(date(2028, 11, 6))


def test_overrides_are_stronger_and_name_their_act():
    calendar = WorkCalendar(5, {date(2026, 3, 2): CLOSED, date(2026, 3, 7): OPENED})
    assert not calendar.is_working(date(2026, 3, 2))
    assert calendar.reason(date(2026, 3, 2)) == "указ Губернатора"
    assert calendar.is_working(date(2026, 3, 7))
    assert calendar.reason(date(2026, 3, 7)) == "распоряжение Правительства"
    assert FIVE.is_working(date(2026, 3, 2))


def test_rolls():
    assert FIVE.roll_forward(date(2024, 8, 31)) == date(2024, 9, 2)
    assert FIVE.roll_back(date(2024, 8, 31)) == date(2024, 8, 30)
    assert FIVE.roll_forward(date(2024, 8, 30)) == FIVE.roll_back(date(2024, 8, 30)) == date(2024, 8, 30)


def test_equal_calendars_have_one_key():
    one = WorkCalendar(5, {date(2026, 3, 2): CLOSED, date(2026, 3, 7): OPENED})
    other = WorkCalendar(5, {date(2026, 3, 7): OPENED, date(2026, 3, 2): CLOSED})
    assert one.key == other.key
    assert {one: 1}[other] == 1
    assert len({one, FIVE, SIX, WorkCalendar()}) == 3


def test_a_calendar_does_not_change():
    source = {date(2026, 3, 2): CLOSED}
    calendar = WorkCalendar(5, source)
    source.clear()
    assert not calendar.is_working(date(2026, 3, 2))
    with pytest.raises(AttributeError):
        calendar.week = 6
    with pytest.raises(TypeError):
        calendar.overrides[date(2026, 3, 3)] = CLOSED


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="пяти- или шестидневной"):
        WorkCalendar(7)
    with pytest.raises(ValueError, match=r"02\.03\.2026 без акта"):
        WorkCalendar(5, {date(2026, 3, 2): Override(False, " ")})
    with pytest.raises(ValueError, match="не меньше 1"):
        FIVE.nth_after(date(2026, 3, 2), 0)


@pytest.mark.parametrize("ask", [
    lambda: FIVE.is_working(date(2014, 12, 31)),
    lambda: FIVE.reason(date(2041, 1, 1)),
    lambda: FIVE.confirmed(date(1, 1, 1)),
    lambda: FIVE.nth_after(LAST_DAY, 1),
    lambda: FIVE.nth_before(date(2015, 1, 12), 1),
    lambda: FIVE.roll_back(FIRST_DAY),
    lambda: WorkCalendar(5, {date(2041, 1, 1): CLOSED}),
])  # fmt: skip
def test_outside_the_calendar(ask):
    with pytest.raises(CalendarRangeError, match="рассчитываются 2015–2040 годы"):
        ask()


def test_threads_share_one_calendar():
    found = []
    work = [
        threading.Thread(target=lambda: found.append(WorkCalendar(6, {date(2030, 3, 4): CLOSED}))) for _ in range(8)
    ]
    for one in work:
        one.start()
    for one in work:
        one.join()
    assert len(set(found)) == 1


def step(calendar: WorkCalendar, day: date, n: int, direction: timedelta) -> date:
    """The oracle: walk day by day."""
    while n:
        day += direction
        n -= calendar.is_working(day)
    return day


@given(calendars, days, counts)
def test_arrays_equal_a_walk_day_by_day(calendar, day, n):
    assert calendar.nth_after(day, n) == step(calendar, day, n, DAY)
    assert calendar.nth_before(day, n) == step(calendar, day, n, -DAY)


@given(calendars, days, days, counts)
def test_a_later_event_is_never_due_earlier(calendar, one, other, n):
    early, late = sorted((one, other))
    assert calendar.nth_after(early, n) <= calendar.nth_after(late, n)
    assert calendar.nth_before(early, n) <= calendar.nth_before(late, n)


@given(calendars, days, counts)
def test_there_and_back(calendar, day, n):
    assert calendar.nth_after(calendar.nth_before(day, n), n) == calendar.roll_forward(day)
    assert calendar.nth_before(calendar.nth_after(day, n), n) == calendar.roll_back(day)


@given(calendars, days)
def test_rolls_are_the_nearest_working_days(calendar, day):
    assert calendar.roll_forward(day) == (day if calendar.is_working(day) else step(calendar, day, 1, DAY))
    assert calendar.roll_back(day) == (day if calendar.is_working(day) else step(calendar, day, 1, -DAY))


@given(calendars, days)
def test_every_day_off_has_its_reason(calendar, day):
    assert calendar.is_working(day) or calendar.reason(day)


@given(overrides)
def test_overrides_change_their_own_days_only(changed):
    calendar = WorkCalendar(5, changed)
    for day in all_days():
        expected = changed[day].working if day in changed else FIVE.is_working(day)
        assert calendar.is_working(day) == expected


def test_a_week_that_changes() -> None:
    """Each day is as in the week that holds on it, its reason too; a count goes over the change."""
    since = date(2026, 9, 1)
    calendar = WorkCalendar(5, {date(2026, 9, 12): CLOSED}, ((since, 6),))
    for number in range((date(2027, 1, 31) - date(2026, 7, 1)).days):
        day = date(2026, 7, 1) + timedelta(days=number)
        week = FIVE if day < since else SIX
        if day != date(2026, 9, 12):
            assert (calendar.is_working(day), calendar.reason(day)) == (week.is_working(day), week.reason(day)), day
    assert not calendar.is_working(date(2026, 9, 12))
    assert calendar.nth_after(date(2026, 8, 28), 6) == date(2026, 9, 5), "31.08, then 1–5.09 with the Saturday"
    assert calendar != WorkCalendar(5, {date(2026, 9, 12): CLOSED})
    with pytest.raises(ValueError, match="«7»"):
        WorkCalendar(5, {}, ((since, 7),))
