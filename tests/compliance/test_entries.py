"""The verdict of a record is the worst of its entries; what is withdrawn is told until its day (deadlines.md)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from app.compliance import queries
from app.compliance.bindings.movement import RULES
from app.compliance.evaluate import Judgement, judge_all
from app.models.movement.kinds import OrderKind
from tests.compliance.worlds import World

DAY = timedelta(days=1)
EVENT, DUE = date(2025, 12, 30), date(2026, 1, 13)
LATE, CHANGED, TODAY = date(2026, 1, 20), date(2026, 2, 2), date(2026, 3, 1)
DECENT = date(2026, 1, 30)
"""A date by which the entry of the day of change is in time."""


class Departure:
    """One departure of one school, as entered and as changed."""

    def __init__(
        self, *entries: tuple[date, date], annulled: date | None = None, kind: OrderKind = OrderKind.DEPARTURE
    ) -> None:
        self.world = World()
        self.world.region()
        school = self.world.school()
        year = self.world.year(school, 2025)
        pupil = self.world.pupil(school)
        *earlier, (event, entered) = entries
        order = self.world.order(year, kind, annulled)
        line = self.world.line(order, pupil, self.world.school_class(year, 5), event, entered)
        untils = [day for _, day in entries[1:]]
        for (trigger, day), until in zip(earlier, untils, strict=True):
            self.world.past(line, trigger, day, until)


@pytest.fixture
def judged(connection: Connection):
    """`judged(departure, on)`: judged by SQL and in Python, which agree; None where nothing has opened."""
    stored: list[Departure] = []

    def run(departure: Departure, on: date = TODAY) -> Judgement | None:
        if departure not in stored:
            departure.world.store(connection)
            stored.append(departure)
        found = queries.records(connection, RULES, None, on)
        in_python = judge_all(connection, found, on)
        assert [(each.status, each.due) for each in found] == [(each.status, each.due) for each in in_python]
        counted = {(each.rule, each.status): each.number for each in queries.counts(connection, RULES, None, on)}
        assert counted == {(each.record.rule, each.status): 1 for each in in_python}
        return in_python[0] if in_python else None

    return run


def test_an_edit_of_the_date_does_not_better_what_was_late(judged):
    one = judged(Departure((EVENT, LATE), (DECENT, CHANGED)))
    assert (one.status.value, one.days, one.due) == ("late", 7, DUE)
    assert one.record.anchor == EVENT


def test_an_edit_that_makes_it_late_counts(judged):
    departure = Departure((EVENT, DUE), (EVENT - 30 * DAY, CHANGED))
    one = judged(departure)
    assert (one.status.value, one.record.anchor) == ("late", EVENT - 30 * DAY)
    assert judged(departure, CHANGED - DAY).status.value == "on_time"  # as it was known then


def test_a_date_moved_to_the_future_does_not_hide_it(judged):
    one = judged(Departure((EVENT, LATE), (date(2026, 12, 1), CHANGED)))
    assert (one.status.value, one.days) == ("late", 7)


def test_before_the_first_entry_the_worst_is_what_was_owed(judged):
    departure = Departure((EVENT, LATE), (DECENT, CHANGED))
    assert judged(departure, LATE - DAY).status.value == "overdue"
    assert judged(departure, EVENT).status.value == "pending"
    assert judged(departure, EVENT - DAY) is None


def test_the_worst_of_three(judged):
    departure = Departure((EVENT, DUE), (EVENT - 20 * DAY, CHANGED), (EVENT, TODAY - DAY))
    one = judged(departure)
    assert (one.status.value, one.record.anchor, one.record.evidence) == ("late", EVENT - 20 * DAY, CHANGED)


def test_lateness_that_stood_outlives_the_annulment(judged):
    departure = Departure((EVENT, LATE), annulled=CHANGED)
    one = judged(departure)
    assert (one.status.value, one.days) == ("late", 7)
    assert dict(one.lines())["Аннулирование"] == "приказ аннулирован 02.02.2026, опоздание остаётся"
    assert "опоздание остаётся" in one.in_short()
    assert judged(departure, CHANGED - DAY).days == 7


@pytest.mark.parametrize(("entered", "annulled"), [(LATE, LATE), (DUE, CHANGED)])
def test_what_was_in_time_or_of_the_day_itself_goes_with_the_annulment(entered: date, annulled: date, judged):
    departure = Departure((EVENT, entered), annulled=annulled)
    one = judged(departure)
    assert (one.status.value, one.reason) == ("not_applicable", f"приказ аннулирован {annulled:%d.%m.%Y}")


def test_an_edit_of_the_day_of_annulment_changes_nothing(judged):
    departure = Departure((EVENT, DUE), (EVENT - 30 * DAY, CHANGED), annulled=CHANGED)
    assert judged(departure).status.value == "not_applicable"
    assert judged(departure, CHANGED - DAY).status.value == "on_time"


def test_the_reason_tells_every_entry(judged):
    one = judged(Departure((EVENT, LATE), (DECENT, CHANGED)))
    told = (
        "внесено 20.01.2026 с датой 30.12.2025 (Секретарь С. С.),"
        " изменено 02.02.2026 с датой 30.01.2026 (Секретарь С. С.); состояние – по худшему"
    )
    assert dict(one.lines())["Внесения"] == told
    assert told in one.in_short()


def test_the_reason_of_an_earlier_day_knows_no_later_entry(judged):
    one = judged(Departure((EVENT, LATE), (DECENT, CHANGED)), CHANGED - DAY)
    assert "Внесения" not in dict(one.lines())


def test_an_entry_outside_the_calendar_is_better_than_any(judged):
    one = judged(Departure((date(2009, 9, 1), LATE), (EVENT, CHANGED)))
    assert (one.status.value, one.record.anchor) == ("late", EVENT)


def test_what_is_counted_from_a_day_on_goes_by_the_worst_entry(judged, connection: Connection):
    judged(Departure((EVENT, LATE), (DECENT, CHANGED)))
    assert [each.number for each in queries.counts(connection, RULES, None, TODAY, since=EVENT)] == [1]
    assert queries.counts(connection, RULES, None, TODAY, since=EVENT + DAY) == []
