"""compute_term and due_only: what the cases of tests/regulation/cases do not show."""

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compliance.terms import compute_term, due_function, due_only
from app.regulation import CalendarRangeError, NotInForceError, Override, WorkCalendar, load_regulation
from app.regulation.schema import MonthDay, Roll, TermKind

REGULATION = load_regulation()
RULES = REGULATION.rules
FIVE = WorkCalendar()
DAY = timedelta(days=1)

rules = st.sampled_from(list(RULES.values()))
events = st.dates(date(2022, 7, 14), date(2035, 12, 31))
calendars = st.builds(
    WorkCalendar,
    st.sampled_from((5, 6)),
    st.dictionaries(events, st.builds(Override, st.booleans(), st.just("указ")), max_size=20),
)
choices = st.fixed_dictionaries({}, optional={
    reading.id: st.sampled_from(list(reading.options)) for reading in REGULATION.readings.values()
})  # fmt: skip


def dated(rule, *values):
    """A rule with several dated values, made from its only one."""
    return replace(rule, values=tuple(replace(rule.values[0], **changes) for changes in values))


@given(rules, events, calendars, choices)
def test_the_fast_and_the_traced_way_are_equal(rule, event, calendar, chosen):
    term = compute_term(rule, event, calendar, chosen)
    assert due_only(rule, event, calendar, chosen) == due_function(rule, calendar, chosen)(event) == term.due


@given(rules, events, calendars, choices)
def test_the_trace_is_whole(rule, event, calendar, chosen):
    """Counted days are working, skipped ones are not, and between the ends no day is forgotten."""
    term = compute_term(rule, event, calendar, chosen)
    skipped = [one.date for one in term.skipped]
    assert all(calendar.is_working(day) for day in term.counted)
    assert not any(calendar.is_working(day) for day in skipped)
    assert all(one.reason for one in term.skipped)
    assert list(term.counted) == sorted(term.counted)
    assert skipped == sorted(skipped)
    walked = sorted({*term.counted, *skipped})
    if term.value.kind in (TermKind.WORKING_DAYS_AFTER, TermKind.WORKING_DAYS_BEFORE):
        assert walked == [walked[0] + i * DAY for i in range(len(walked))]
        assert term.due in (walked[0], walked[-1])


@given(rules, events, calendars)
def test_only_a_choice_or_a_period_end_leaves_a_term_on_a_day_off(rule, event, calendar):
    term = compute_term(rule, event, calendar)
    assert calendar.is_working(term.due) or rule.id == "period-marks"


@given(st.sampled_from([rule for rule in RULES.values() if rule.values[0].day]), events)
def test_all_days_of_a_school_year_give_one_fixed_date(rule, event):
    start = date(event.year if event.month >= 9 else event.year - 1, 9, 1)
    assert due_only(rule, event, FIVE) == due_only(rule, start, FIVE)
    assert start <= compute_term(rule, event, FIVE).nominal <= date(start.year + 1, 8, 31)


def test_a_new_value_holds_from_its_day_and_leaves_the_past_alone():
    rule = dated(
        RULES["account-student"],
        {"valid_to": date(2025, 12, 31)},
        {"valid_from": date(2026, 1, 1), "number": 5},
    )
    assert due_only(rule, date(2025, 12, 1), FIVE) == date(2025, 12, 4)
    assert due_only(rule, date(2026, 2, 2), FIVE) == date(2026, 2, 9)
    assert compute_term(rule, date(2026, 2, 2), FIVE).value is rule.values[1]


def test_a_fixed_date_is_judged_by_the_value_of_that_very_date():
    """A value from January moves the July of the same school year, whichever day of the year is asked."""
    rule = dated(
        RULES["order-graduation"],
        {"valid_to": date(2025, 12, 31)},
        {"valid_from": date(2026, 1, 1), "day": MonthDay(7, 10)},
    )
    assert {due_only(rule, date(2025, 9, 1), FIVE), due_only(rule, date(2026, 6, 1), FIVE)} == {date(2026, 7, 10)}
    assert due_only(rule, date(2025, 6, 2), FIVE) == date(2025, 7, 1)


def test_a_value_whose_date_had_passed_when_it_began_leaves_the_year_to_the_old_one():
    rule = dated(
        RULES["order-repeat"],
        {"valid_to": date(2026, 7, 15)},
        {"valid_from": date(2026, 7, 16), "day": MonthDay(7, 1)},
    )
    assert due_only(rule, date(2026, 3, 2), FIVE) == date(2026, 8, 31)
    assert due_only(rule, date(2026, 9, 1), FIVE) == date(2027, 7, 1)


def test_a_gap_between_values_is_no_term():
    rule = dated(
        RULES["account-student"],
        {"valid_to": date(2025, 12, 31)},
        {"valid_from": date(2026, 2, 1)},
    )
    with pytest.raises(NotInForceError):
        compute_term(rule, date(2026, 1, 15), FIVE)
    assert due_only(rule, date(2026, 2, 2), FIVE) == date(2026, 2, 5)


def test_a_repealed_rule_is_refused():
    rule = dated(RULES["account-student"], {"valid_to": date(2025, 12, 31)})
    for compute in (compute_term, due_only):
        with pytest.raises(NotInForceError, match=r"«account-student» не действует на 01\.01\.2026"):
            compute(rule, date(2026, 1, 1), FIVE)


def test_an_event_before_the_regulation_takes_the_first_value_and_says_so():
    term = compute_term(RULES["account-student"], date(2022, 3, 1), FIVE)
    assert term.due == date(2022, 3, 4)
    assert not term.in_force
    assert "раньше начала действия правила (14.07.2022)" in term.reading


@pytest.mark.parametrize("rule", list(RULES.values()), ids=lambda rule: rule.id)
def test_every_term_names_its_reading(rule):
    term = compute_term(rule, date(2025, 10, 1), FIVE)
    assert [one.reading for one in term.readings] == [one.id for one in rule.values[0].readings]
    assert all(one.option == REGULATION.readings[one.reading].default for one in term.readings)
    assert all(one.text in term.reading for one in term.readings)


def test_the_chosen_reading_is_named():
    term = compute_term(RULES["order-promotion"], date(2024, 3, 1), FIVE, {"fixed-date-roll": "none"})
    assert [(one.reading, one.option) for one in term.readings] == [
        ("until-date", "inclusive"),
        ("fixed-date-roll", "none"),
        ("year-end-members", "last_day"),
        ("leaving-on-due-day", "owes_nothing"),
    ]
    assert REGULATION.readings["fixed-date-roll"].options["none"].roll is Roll.NONE
    assert "дата не переносится" in term.reading


@pytest.mark.parametrize("event", [date.min, date(2014, 12, 31), date(2040, 12, 31), date.max])
def test_outside_the_calendar(event):
    with pytest.raises(CalendarRangeError):
        compute_term(RULES["account-student"], event, FIVE)


def test_tables_are_fast():
    """1100 days × 23 rules take some 20 ms; the bound leaves room for a slow machine, not for another algorithm."""
    days = [date(2023, 9, 1) + i * DAY for i in range(1100)]
    calendar = WorkCalendar(6, {date(2026, 3, 2): Override(False, "указ")})
    started = time.perf_counter()
    for rule in RULES.values():
        for day in days:
            due_only(rule, day, calendar)
    assert time.perf_counter() - started < 0.5
