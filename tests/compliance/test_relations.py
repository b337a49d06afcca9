"""Due dates as they travel to the database: small however many calendars there are, and those of `terms`."""

import json
from datetime import date, timedelta

import pytest

from app.compliance.relations import DAY_ZERO, parameters
from app.compliance.terms import due_only
from app.regulation import Override, WorkCalendar, load_regulation

DAY = timedelta(days=1)
SCHOOLS, MOST_BYTES = 170, 200_000
DAILY = ("order-departure", "order-enrolment", "order-enrolment-1")
YEARLY = ("order-promotion", "order-repeat", "order-graduation", "order-repeat-9", "order-enrolment-10")
ANCHORS = [(rule, date(2024, 9, 1) + number * DAY) for rule in DAILY for number in range(3 * 365)]
YEAR_ENDS = [date(year, 5, 20) + number * DAY for year in (2024, 2025, 2026) for number in range(12)]
ANCHORS += [(rule, day) for rule in YEARLY for day in YEAR_ENDS]


def each_school_with_an_override_and_weeks_of_its_own() -> dict[int, WorkCalendar]:
    """Most change the week on a day of their own, some do it twice, some never."""
    common = {date(2026, 3, 2): Override(False, "Указ")}
    found = {}
    for number in range(1, SCHOOLS + 1):
        own = {date(2025, 9, 1) + 2 * number * DAY: Override(number % 3 == 0, "Приказ")}
        week, changed = 5 + number % 2, date(2025, 1, 9) + 3 * number * DAY
        changes = ((changed, 11 - week), (changed + 40 * DAY, week))[: {4: 2, 5: 0}.get(number % 10, 1)]
        found[number] = WorkCalendar(week, common | own, changes)
    return found


def test_a_calendar_of_its_own_for_every_school_is_little_to_hand_over() -> None:
    sent = parameters(each_school_with_an_override_and_weeks_of_its_own(), ANCHORS)
    assert sum(map(len, sent.values())) <= MOST_BYTES


@pytest.mark.parametrize("school", [1, 2, 3, 4, 84, 95, SCHOOLS])
def test_what_arrives_is_what_the_terms_say(school: int) -> None:
    """The school's own dates over those of its week's table."""
    calendars = each_school_with_an_override_and_weeks_of_its_own()
    sent = {name: json.loads(text) for name, text in parameters(calendars, ANCHORS).items()}
    base, own, first, changed_on = sent["calendars"][str(school)]
    for rule, anchor in ANCHORS:
        number = (anchor - DAY_ZERO).days
        usual = sent["terms"][rule][str(first if number < changed_on else base)][str(number)]
        distance = sent["own_terms"][rule].get(str(own), {}).get(str(number), usual)
        assert anchor + distance * DAY == due_only(load_regulation().rules[rule], anchor, calendars[school])


def test_what_most_have_is_no_exception() -> None:
    calendars = {number: WorkCalendar(5, {date(2026, 3, 2): Override(False, "Указ")}) for number in range(SCHOOLS)}
    sent = parameters(calendars, ANCHORS)
    assert all(dates == {} for dates in json.loads(sent["own_terms"]).values())


def test_an_anchor_without_a_term_is_left_out() -> None:
    sent = json.loads(parameters({1: WorkCalendar()}, [("order-departure", date(2014, 1, 1))])["terms"])
    assert sent == {"order-departure": {}}
