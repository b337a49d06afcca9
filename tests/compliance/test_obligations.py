"""The eight `order-*` rules on the day before, on and after the term, and what sets a duty aside (3.3.3.2, 3.3.4.4)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from app.compliance import queries
from app.compliance.bindings.movement import RULES
from app.compliance.evaluate import Judgement, judge_all
from app.models.movement.kinds import OrderKind
from app.models.movement.outcomes import Outcome
from tests.compliance.worlds import World

DAY = timedelta(days=1)
LAST_DAY = date(2025, 5, 26)
LATER = date(2026, 3, 1)

# rule → its term in the world of `owing`; the production calendar's own cases stand in tests/regulation/cases.
DUE = {
    "order-departure": date(2026, 1, 13),  # event on Tuesday 30.12.2025, two working days after the holidays
    "order-enrolment": date(2025, 11, 5),  # event on Friday 31.10.2025, 3 and 4 November are days off
    "order-enrolment-1": date(2025, 6, 18),  # decision on 11.06.2025, 12–15 June are days off
    "order-enrolment-10": date(2025, 9, 1),  # 31.08.2025 is a Sunday
    "order-promotion": date(2025, 9, 1),
    "order-repeat": date(2025, 9, 1),
    "order-graduation": date(2025, 7, 1),
    "order-repeat-9": date(2025, 7, 1),
}
YEAR_END = {
    "order-promotion": (5, Outcome.PROMOTION, OrderKind.PROMOTION),
    "order-repeat": (5, Outcome.REPEAT, OrderKind.REPEAT),
    "order-graduation": (9, Outcome.GRADUATION, OrderKind.GRADUATION),
    "order-repeat-9": (9, Outcome.REPEAT_9, OrderKind.REPEAT_9),
}
BY_LINE = {
    "order-departure": (OrderKind.DEPARTURE, date(2025, 12, 30), None),
    "order-enrolment": (OrderKind.ENROLMENT, date(2025, 10, 31), None),
    "order-enrolment-1": (OrderKind.ENROLMENT_1, date(2025, 9, 1), date(2025, 6, 11)),
}


class Place:
    """One school with the years 2024/25 and 2025/26 and one pupil."""

    stored = False

    def __init__(self) -> None:
        self.world = World()
        self.world.region()
        self.school = self.world.school()
        self.ending = self.world.year(self.school, 2024, LAST_DAY)
        self.beginning = self.world.year(self.school, 2025)
        self.pupil = self.world.pupil(self.school)

    def member(self, grade: int, outcome: Outcome = Outcome.PROMOTION, ends: date | None = None, **values: int) -> int:
        year = self.beginning if values.pop("new", False) else self.ending
        starts = self.world.row("academic_year", year)["starts_on"]
        return self.world.member(
            self.pupil, self.world.school_class(year, grade), starts, ends, outcome=outcome, **values
        )

    def order(
        self, kind: OrderKind, event: date, entered: date, annulled: date | None = None, decision: date | None = None
    ) -> int:
        """An order on the pupil; returns its line."""
        of_new_year = kind in (OrderKind.ENROLMENT, OrderKind.ENROLMENT_1, OrderKind.ENROLMENT_10)
        year = self.beginning if of_new_year else self.ending
        order = self.world.order(year, kind, annulled, decision)
        return self.world.line(order, self.pupil, self.world.school_class(year, 1, f"Б{order}"), event, entered)


def owing(rule: str, entered: date | None) -> Place:
    """A pupil about whom this rule obliges, with the order entered on a day or not at all."""
    place = Place()
    if rule in BY_LINE:
        kind, event, decision = BY_LINE[rule]
        place.order(kind, event, entered, decision=decision)
        return place
    if rule == "order-enrolment-10":
        place.member(10, new=True)
        kind, event = OrderKind.ENROLMENT_10, date(2025, 8, 20)
    else:
        grade, outcome, kind = YEAR_END[rule]
        place.member(grade, outcome)
        event = date(2025, 8, 31)
    if entered:
        place.order(kind, event, entered)
    return place


@pytest.fixture
def judged(connection: Connection):
    """`judged(place, on)` gives what is owed on that day: listed and judged by SQL, judged again in Python."""

    def run(place: Place, on: date = LATER) -> list[Judgement]:
        if not place.stored:
            place.world.store(connection)
            place.stored = True
        found = queries.records(connection, RULES, frozenset({place.school}), on)
        in_python = judge_all(connection, found, on)
        assert [(record.status, record.due) for record in found] == [(one.status, one.due) for one in in_python]
        return in_python

    return run


def states(found: list[Judgement]) -> list[tuple[str, str, int]]:
    return [(one.record.rule, one.status.value, one.days) for one in found]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("after", "expected"), [(-1, ("on_time", 0)), (0, ("on_time", 0)), (1, ("late", 1))])
def test_entered_the_day_before_on_and_after_the_last_day(rule: str, after: int, expected: tuple[str, int], judged):
    place = owing(rule, DUE[rule] + after * DAY)
    assert states(judged(place)) == [(rule, *expected)]


@pytest.mark.parametrize("rule", RULES)
def test_not_entered_is_pending_up_to_the_last_day_and_overdue_from_the_next(rule: str, judged):
    due = DUE[rule]
    # A record of shape R is known only with hindsight: it is entered later than the days asked about.
    place = owing(rule, due + 40 * DAY if rule in BY_LINE else None)
    assert states(judged(place, due - DAY)) == [(rule, "pending", 1)]
    assert states(judged(place, due)) == [(rule, "pending", 0)]
    assert states(judged(place, due + DAY)) == [(rule, "overdue", 1)]


@pytest.mark.parametrize(
    ("rule", "opens"),
    [
        *((rule, LAST_DAY) for rule in YEAR_END),
        ("order-enrolment-10", date(2025, 8, 1)),
        ("order-departure", date(2025, 12, 30)),
        ("order-enrolment", date(2025, 10, 31)),
        ("order-enrolment-1", date(2025, 6, 11)),
    ],
)
def test_counted_nowhere_before_it_opens(rule: str, opens: date, judged, connection: Connection):
    place = owing(rule, opens)
    assert judged(place, opens - DAY) == []
    assert len(judged(place, opens)) == 1
    assert queries.counts(connection, RULES, None, LATER, since=opens + DAY) == []
    assert [count.number for count in queries.counts(connection, RULES, None, LATER, since=opens)] == [1]


def test_a_pupil_of_grade_5_whom_no_order_names_is_found_missing(judged):
    """Clause 3.3.3.2: nothing was entered, and that is what is seen."""
    place = owing("order-promotion", None)
    [one] = judged(place, date(2025, 10, 1))
    assert one.status_text == "просрочено на 30 календарных дней"
    assert (one.record.caption, one.record.group) == ("Иванов Пётр", "5 «А»")
    assert (one.record.evidence_id, one.record.author, one.recommended) == (None, None, date(2025, 8, 29))


@pytest.mark.parametrize("rule", [*YEAR_END, "order-enrolment-10"])
def test_an_annulled_order_is_no_evidence_from_the_day_of_annulment_on(rule: str, judged):
    place = owing(rule, None)
    annulled = date(2025, 12, 1)
    kind = OrderKind.ENROLMENT_10 if rule == "order-enrolment-10" else YEAR_END[rule][2]
    place.order(kind, date(2025, 6, 20), date(2025, 6, 20), annulled)
    assert states(judged(place, annulled - DAY)) == [(rule, "on_time", 0)]
    assert states(judged(place, annulled)) == [(rule, "overdue", (annulled - DUE[rule]).days)]


@pytest.mark.parametrize("rule", list(YEAR_END))
def test_a_second_order_stands_in_for_an_annulled_one_by_its_own_entry_date(rule: str, judged):
    place = owing(rule, DUE[rule] + 3 * DAY)
    place.order(YEAR_END[rule][2], date(2025, 6, 20), date(2025, 6, 20), annulled=date(2025, 12, 1))
    assert states(judged(place, date(2025, 11, 30))) == [(rule, "on_time", 0)]
    [one] = judged(place, date(2025, 12, 1))
    assert states([one]) == [(rule, "late", 3)]
    assert (one.record.evidence, one.record.author) == (DUE[rule] + 3 * DAY, "Секретарь С. С.")


@pytest.mark.parametrize("rule", list(BY_LINE))
def test_an_annulled_order_did_not_take_place(rule: str, judged):
    kind, event, decision = BY_LINE[rule]
    place, annulled = Place(), date(2026, 2, 10)
    place.order(kind, event, DUE[rule], annulled, decision)
    assert states(judged(place, annulled - DAY)) == [(rule, "on_time", 0)]
    [one] = judged(place, annulled)
    assert (one.status.value, one.reason) == ("not_applicable", "приказ аннулирован 10.02.2026")


@pytest.mark.parametrize("left", [LAST_DAY, date(2025, 7, 1)])
@pytest.mark.parametrize("rule", list(YEAR_END))
def test_who_left_before_the_terms_end_owes_nothing(rule: str, left: date, judged):
    place = owing(rule, None)
    place.order(OrderKind.DEPARTURE, left, left)
    [one] = [one for one in judged(place) if one.record.rule == rule]
    assert (one.status.value, one.reason) == ("not_applicable", f"выбыл {left:%d.%m.%Y} до окончания срока")
    [one] = [one for one in judged(place, left - DAY) if one.record.rule == rule] or [None]
    assert one is None or one.status.value == "pending"  # the departure is not entered yet


@pytest.mark.parametrize("rule", list(YEAR_END))
def test_leaving_after_the_term_or_after_the_order_changes_nothing(rule: str, judged):
    place = owing(rule, None)
    place.order(OrderKind.DEPARTURE, DUE[rule] + DAY, DUE[rule] + DAY)
    assert (rule, "overdue", (LATER - DUE[rule]).days) in states(judged(place))


def test_an_order_entered_before_the_pupil_left_counts(judged):
    place = owing("order-promotion", date(2025, 6, 2))
    place.order(OrderKind.DEPARTURE, date(2025, 7, 1), date(2025, 7, 1))
    assert ("order-promotion", "on_time", 0) in states(judged(place))


def test_an_annulled_departure_brings_the_duty_back(judged):
    place = owing("order-promotion", None)
    place.order(OrderKind.DEPARTURE, date(2025, 7, 1), date(2025, 7, 1), annulled=date(2025, 12, 1))
    before, after = judged(place, date(2025, 11, 30)), judged(place, date(2025, 12, 1))
    assert ("order-promotion", "not_applicable", 0) in states(before)
    assert ("order-promotion", "overdue", 91) in states(after)


@pytest.mark.parametrize(("starts", "ends", "owed"), [(0, 0, 1), (1, 9, 0), (-9, -1, 0), (-9, None, 1)])
def test_members_on_the_last_day_of_the_last_period_are_counted(starts: int, ends: int | None, owed: int, judged):
    place = Place()
    last = None if ends is None else LAST_DAY + ends * DAY
    grade_3 = place.world.school_class(place.ending, 3)
    place.world.member(place.pupil, grade_3, LAST_DAY + starts * DAY, last)
    assert [one.record.rule for one in judged(place)].count("order-promotion") == owed


@pytest.mark.parametrize(
    ("grade", "outcome", "rule"),
    [
        *((grade, Outcome.PROMOTION, "order-promotion") for grade in (*range(1, 9), 10)),
        (7, Outcome.CONDITIONAL, "order-promotion"),
        (7, Outcome.GRADUATION, "order-promotion"),
        (9, Outcome.GRADUATION, "order-graduation"),
        (11, Outcome.GRADUATION, "order-graduation"),
        (9, Outcome.PROMOTION, "order-graduation"),
        (3, Outcome.REPEAT, "order-repeat"),
        (11, Outcome.REPEAT, "order-repeat"),
        (9, Outcome.REPEAT, "order-repeat-9"),
        (9, Outcome.REPEAT_9, "order-repeat-9"),
    ],
)
def test_each_member_falls_under_exactly_one_year_end_rule(grade: int, outcome: Outcome, rule: str, judged):
    place = Place()
    place.member(grade, outcome, ends=date(2025, 6, 30))
    assert [one.record.rule for one in judged(place) if one.record.rule != "order-enrolment-10"] == [rule]


def test_a_class_without_pupils_owes_nothing(judged):
    place = Place()
    place.world.school_class(place.ending, 4)
    assert judged(place) == []


def test_a_repeating_pupil_of_grade_10_is_not_enrolled_anew(judged):
    place = Place()
    repeated = place.order(OrderKind.REPEAT, date(2025, 8, 31), date(2025, 8, 20))
    place.member(10, new=True, opened_by=repeated)
    [one] = judged(place, date(2025, 12, 1))
    assert (one.status.value, one.reason) == (
        "not_applicable",
        "повторное обучение: приказ о зачислении не требуется",
    )


def test_grade_10_counts_the_class_in_which_the_year_began(judged):
    place = Place()
    moved = place.order(OrderKind.TRANSFER, date(2025, 8, 28), date(2025, 8, 28))
    left, joined = (place.world.school_class(place.beginning, 10, letter) for letter in "АБ")
    place.world.member(place.pupil, left, date(2025, 8, 20), date(2025, 8, 27), closed_by=moved)
    place.world.member(place.pupil, joined, date(2025, 8, 28), opened_by=moved)
    assert [one.record.group for one in judged(place, date(2025, 9, 1))] == ["10 «Б»"]


def test_an_earlier_departure_does_not_excuse_the_enrolment_to_grade_10(judged):
    """Who left in June and came back in August is enrolled like everyone."""
    place = Place()
    place.order(OrderKind.DEPARTURE, date(2025, 6, 10), date(2025, 6, 10))
    new = place.world.school_class(place.beginning, 10)
    place.world.member(place.pupil, new, date(2025, 8, 25))
    assert ("order-enrolment-10", "overdue", 1) in states(judged(place, date(2025, 9, 2)))


def test_an_order_against_the_outcome_is_told_as_a_contradiction(judged):
    place = owing("order-repeat", None)
    place.order(OrderKind.PROMOTION, date(2025, 8, 31), date(2025, 8, 20))
    [one] = judged(place)
    assert states([one]) == [("order-repeat", "overdue", (LATER - DUE["order-repeat"]).days)]
    told = "внесён приказ «Перевод на следующий учебный год», а по итогу года ожидается «Оставление на второй год»"
    assert one.contradiction == told
    assert one.sentences()[-1] == f"Противоречие: {told}."
    assert one.in_short().endswith(f"противоречие: {told}")
    [before] = judged(place, date(2025, 8, 19))
    assert before.contradiction == ""


def test_a_late_record_says_why(judged):
    place = owing("order-departure", date(2026, 1, 20))
    [one] = judged(place)
    lines = dict(one.lines())
    assert lines["Срок"] == "13.01.2026"
    assert lines["Сосчитано"] == "12.01.2026, 13.01.2026"
    assert "Новогодние каникулы" in lines["Пропущено"]
    assert lines["Дата внесения приказа"] == "20.01.2026, Секретарь С. С."
    assert one.status_text == "с опозданием на 7 календарных дней"
    assert one.record.evidence_caption == "№ 1 от 01.09.2025"


def test_an_event_outside_the_calendar_is_counted_as_having_no_term(judged):
    place = Place()
    place.order(OrderKind.ENROLMENT, date(2009, 9, 1), date(2025, 9, 1))
    [one] = judged(place)
    assert (one.status.value, one.due) == ("not_applicable", None)
    assert one.status_text.startswith("не применимо: срок не рассчитывается: дата 01.09.2009 вне календаря")
    assert one.sentences()[0] == "Обязанность: Приказ о зачислении в школу."
    assert one.in_short() == one.reason
