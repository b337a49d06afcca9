"""A school's setting that would better closed terms waits as one row; those terms are judged by what stood before."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.compliance import of_records, queries
from app.compliance.bindings.movement import RULES
from app.compliance.evaluate import judge_all
from app.compliance.status import Status
from app.models.calendars import SchoolCalendarDay
from app.models.engine.held import held_setting
from app.models.monitoring import ReadingChoice
from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.models.movement import MovementOrder
from app.models.movement.memberships import ClassMembership
from app.models.schools import GradeWeek, SchoolSettings
from app.models.study import AcademicYear, StudyPeriod
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.support.locks import pressed
from tests.support.ticks import ticked

FIVE, SIX = "65001", "65002"
"""A school of five working days, and one of six."""
PUPIL = "Иванов"
AUTUMN = date(2025, 10, 24), date(2025, 11, 5)
"""The last day before the holidays, and the first one after them."""
NEXT, LATER = date(2026, 3, 3), date(2026, 3, 5)
MONTHS = [date(2026, 2, 10) + timedelta(days=number) for number in range(0, 260, 9)]


class School:
    """A school whose people act on chosen days."""

    def __init__(self, sign_in: Any, session: Any, world: Any, code: str = FIVE) -> None:
        self._sign_in, self.session, self.world, self.code = sign_in, session, world, code
        self.key, self.pupil = world.schools[code], world.pupils[(code, PUPIL)]

    @contextmanager
    def on(self, day: date, who: str = "administrator", hour: int = 11) -> Any:
        """An hour of a day on Sakhalin."""
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 11)
        with time_machine.travel(at, tick=False):
            yield self._sign_in(f"{who}.{self.code}")
        self.session.expire_all()

    def post(self, on: date, path: str, who: str = "administrator", **data: Any) -> Any:
        with self.on(on, who) as client:
            answer = pressed(client, path) if not data else ticked(client, path, data)
        assert answer.status_code == 302, (path, answer.status_code)
        return answer

    def enter(self, entered: date, event: date, hour: int = 11) -> MovementOrder:
        """An order of departure."""
        number = f"{self.session.query(MovementOrder).count() + 1}-у"
        given = {"kind": "departure", "number": number, "order_date": str(event), "lines-0-pupil": self.pupil}
        with self.on(entered, "secretary", hour) as client:
            answer = client.post("/movement_orders/add", data=given | {"lines-0-event_date": str(event)})
            assert answer.status_code == 302, answer.text
        return self.session.query(MovementOrder).order_by(MovementOrder.id.desc()).first()

    def settings(self, day: date, **changes: Any) -> None:
        row = self.session.query(SchoolSettings).filter_by(school_id=self.key).one()
        week = self.session.query(GradeWeek).filter_by(settings_id=row.id).one()
        given = {"work_week": row.work_week, "time_zone": row.time_zone, "valid_from": row.valid_from}
        weeks = {"id": week.id, "grade_from": 1, "grade_to": 4, "work_week": week.work_week}
        given |= {f"grade_weeks-0-{name}": value for name, value in weeks.items()}
        self.post(day, f"/settings/edit/{row.id}", **given | {"version": row.version} | changes)

    def day_off(self, day: date, off: date) -> int:
        act = {"act": "Приказ школы", "act_number": "9", "act_date": str(min(off, day))}
        self.post(day, "/school_calendar/add", day=str(off), **act)
        return self.session.query(SchoolCalendarDay).filter_by(school_id=self.key, day=off).one().id

    def working(self, day: date, key: int) -> None:
        """The day is told to be what it is without an act."""
        row = self.session.get(SchoolCalendarDay, key)
        act = {"act": row.act, "act_number": row.act_number, "act_date": row.act_date, "version": row.version}
        self.post(day, f"/school_calendar/edit/{key}", day=str(row.day), is_working="y", **act)

    def year(self, day: date, change: Any, who: str = "deputy") -> None:
        """The form of the school year 2025/26 with its periods, as `change` leaves their rows."""
        year = self.session.get(AcademicYear, self.world.years[(self.code, 2025)])
        rows = [{"id": each.id, "kind": each.kind.value, "number": each.number, "starts_on": each.starts_on,
                 "ends_on": each.ends_on} for each in year.periods]  # fmt: skip
        given = {"starts_on": year.starts_on, "ends_on": year.ends_on, "version": year.version}
        for place, row in enumerate(change(rows, given)):
            given |= {f"periods-{place}-{name}": value for name, value in row.items()}
        self.post(day, f"/academic_years/edit/{year.id}", who, **given)

    def end_by_hand(self, day: date, last: date) -> None:
        row = self.session.query(ClassMembership).filter_by(pupil_id=self.pupil).one()
        given = {"starts_on": row.starts_on, "ends_on": last, "version": row.version}
        self.post(day, f"/memberships/edit/{row.id}", "deputy", **given)

    def failing(self, on: date) -> dict[str, tuple[str, int]]:
        """Of the pupil: rule → (status, days), as SQL and Python tell it."""
        connection = self.session.connection()
        listed = [each for each in queries.records(connection, RULES, None, on) if each.about_id == self.pupil]
        judged = judge_all(connection, of_records.facts_about(connection, "pupil", [self.pupil], None, on, RULES), on)
        assert {each.rule: each.status for each in listed} == {each.record.rule: each.status.value for each in judged}
        failed = [each for each in judged if each.status in (Status.LATE, Status.OVERDUE)]
        return {each.record.rule: (each.status.value, each.days) for each in failed}

    def failed(self) -> list[int]:
        """Late and overdue of all schools on days over half a year."""
        counted = [queries.counts(self.session.connection(), RULES, None, day) for day in MONTHS]
        return [sum(each.number for each in found if each.status in (Status.LATE, Status.OVERDUE)) for found in counted]

    def corrections(self) -> list[Correction]:
        return list(self.session.query(Correction).order_by(Correction.id))

    def decide(self, day: date, what: str, who: str, of: int = -1, **data: Any) -> Any:
        with self.on(day, who) as client:
            return pressed(client, f"/corrections/{what}/{self.corrections()[of].id}", data=data)

    def holding(self) -> int:
        held = select(held_setting).where(held_setting.c.holds, held_setting.c.until_on.is_(None))
        return len(self.session.execute(held).all())


@pytest.fixture
def school(sign_in: Any, session: Any, world: Any) -> School:
    return School(sign_in, session, world)


@pytest.fixture
def late(school: School) -> School:
    """A departure of Monday, owed by Wednesday, was entered on Thursday the 19th."""
    school.enter(date(2026, 2, 19), date(2026, 2, 16))
    assert school.failing(NEXT) == {"order-departure": ("late", 1)}
    return school


def test_a_day_off_of_the_past_waits_and_moves_no_closed_term(late: School) -> None:
    before = late.failed()
    late.day_off(NEXT, date(2026, 2, 17))

    assert late.failed() == before
    assert late.failing(LATER) == {"order-departure": ("late", 1)}
    [correction] = late.corrections()
    assert (correction.kind, correction.state) == (CorrectionKind.BETTERING, CorrectionState.WAITING)
    assert correction.about.startswith("День календаря школы: 17.02.2026")
    assert "выбыти" in correction.reason.lower()
    assert correction.reason.endswith("– 1.")
    assert (correction.document_number, correction.document_date) == ("9", date(2026, 2, 17))
    with late.on(LATER, "deputy") as client:
        page = client.get(f"/compliance/records?status=late&on={LATER}").text
    assert "по прежним" in page


def test_confirmed_it_acts_from_that_day_on(late: School) -> None:
    late.day_off(NEXT, date(2026, 2, 17))
    assert late.decide(LATER, "confirm", "administrator").status_code == 403
    assert late.decide(LATER, "confirm", "deputy").status_code == 302
    assert late.failing(LATER) == {}
    assert late.failing(NEXT) == {"order-departure": ("late", 1)}
    effect = late.corrections()[0].effect["order-departure"]
    assert (effect["before"]["late"], effect["after"]["late"], effect["after"]["on_time"]) == (1, 0, 1)


def test_refused_it_goes_on_standing_as_it_stood(late: School) -> None:
    late.day_off(NEXT, date(2026, 2, 17))
    assert late.decide(LATER, "refuse", "deputy", refusal="Приказа нет").status_code == 302
    assert late.failing(date(2026, 5, 5)) == {"order-departure": ("late", 1)}


def test_refused_it_is_asked_for_anew_with_the_paper(late: School) -> None:
    """Whoever may not find the paper in time is not stuck: the same day off, asked for again, confirmed, acts."""
    late.day_off(NEXT, date(2026, 2, 17))
    late.decide(LATER, "refuse", "deputy", refusal="Приказа нет")
    refused = late.corrections()[0].id
    paper = {"reason": "Приказ найден", "document_number": "9", "document_date": "2026-02-16"}
    with late.on(LATER, "administrator") as client:
        assert client.post(f"/ask/correction/{refused}?kind=conditions", data=paper).status_code == 302
    assert late.failing(LATER) == {"order-departure": ("late", 1)}
    assert late.decide(LATER, "confirm", "deputy").status_code == 302
    assert (late.failing(LATER), late.holding()) == ({}, 0)
    assert late.failing(NEXT) == {"order-departure": ("late", 1)}


def test_taken_back_on_its_own_day_nothing_is_left(late: School) -> None:
    key = late.day_off(NEXT, date(2026, 2, 17))
    late.working(NEXT, key)
    assert late.corrections() == []
    assert late.holding() == 0


def test_taken_back_later_there_is_nothing_to_confirm(late: School) -> None:
    key = late.day_off(NEXT, date(2026, 2, 17))
    late.working(LATER, key)
    [correction] = late.corrections()
    assert (correction.state, late.holding()) == (CorrectionState.REFUSED, 0)
    assert late.failing(LATER) == {"order-departure": ("late", 1)}


def test_what_is_entered_under_a_waiting_setting_is_judged_by_the_one_before(school: School) -> None:
    """The day off is added first, the late order afterwards. The school lives in the panel since autumn."""
    school.enter(date(2026, 2, 10), date(2026, 2, 9))
    school.day_off(date(2026, 2, 19), date(2026, 2, 17))
    assert school.holding() == 1
    assert "пока нет" in school.corrections()[0].reason
    school.pupil = school.world.pupils[(FIVE, "Белых")]
    school.enter(date(2026, 2, 19), date(2026, 2, 16))
    assert school.failing(NEXT) == {"order-departure": ("late", 1)}


def test_a_week_made_shorter_waits_and_is_no_better_after_it_was_changed_back_and_again(
    sign_in: Any, session: Any, world: Any
) -> None:
    """Thursday, two working days of six: Saturday. Of five: Monday, the day on which it was entered."""
    school = School(sign_in, session, world, SIX)
    school.enter(date(2026, 2, 16), date(2026, 2, 12))
    before = school.failed()
    for day, week in ((NEXT, 5), (LATER, 6), (date(2026, 3, 6), 5)):
        school.settings(day, work_week=week)
        assert school.failed() == before
        assert school.failing(date(2026, 4, 1)) == {"order-departure": ("late", 2)}
    states = [each.state for each in school.corrections()]
    assert states == [CorrectionState.REFUSED, CorrectionState.WAITING]


def test_a_week_made_longer_worsens_at_once_and_is_told(sign_in: Any, session: Any, world: Any) -> None:
    school = School(sign_in, session, world)
    school.enter(date(2026, 2, 16), date(2026, 2, 12))
    assert school.failing(NEXT) == {}
    school.settings(NEXT, work_week=6)
    assert school.failing(LATER) == {"order-departure": ("late", 2)}
    [correction] = school.corrections()
    assert (correction.kind, correction.state) == (CorrectionKind.CONDITIONS, CorrectionState.CONFIRMED)
    assert "ухудшаются: 1" in correction.reason


def test_the_week_of_grades_waits_like_that_of_the_office(late: School) -> None:
    """By default no rule that is bound yet runs by it: what would be judged by it is told all the same."""
    late.settings(NEXT, **{"grade_weeks-0-work_week": "6"})
    assert late.holding() == 0
    late.settings(LATER, **{"grade_weeks-0-work_week": "5"})
    assert (late.holding(), late.corrections()[0].state) == (1, CorrectionState.WAITING)


def test_read_that_the_days_of_the_class_count_its_week_cannot_be_shortened_afterwards(
    sign_in: Any, session: Any, world: Any
) -> None:
    """Thursday, two working days of the class: Saturday, if it studies six days. The office works five."""
    school = School(sign_in, session, world)
    choice = ReadingChoice(
        start_year=2025, option="whose-working-days:class", act_number="1", act_date=date(2025, 9, 1)
    )
    with acting(session, SYSTEM):
        session.add(choice)
        session.commit()
    of_all = {"grade_weeks-0-grade_to": "11"}
    school.settings(date(2026, 2, 2), **of_all, **{"grade_weeks-0-work_week": "6"})
    school.enter(date(2026, 2, 16), date(2026, 2, 12))
    assert school.failing(NEXT) == {"order-departure": ("late", 2)}
    school.settings(NEXT, **of_all, **{"grade_weeks-0-work_week": "5"})
    assert school.failing(LATER) == {"order-departure": ("late", 2)}
    assert school.corrections()[-1].state is CorrectionState.WAITING
    assert school.decide(LATER, "confirm", "deputy").status_code == 302
    assert school.failing(LATER) == {}


def test_a_zone_further_west_makes_no_entry_a_day_earlier(late: School) -> None:
    """At two at night it is still the day before in Kaliningrad."""
    late.settings(NEXT, time_zone="Europe/Kaliningrad")
    late.pupil = late.world.pupils[(FIVE, "Белых")]
    order = late.enter(date(2026, 3, 12), date(2026, 3, 9), hour=2)
    assert order.entered_on == date(2026, 3, 12)
    assert late.corrections()[0].state is CorrectionState.WAITING
    late.decide(date(2026, 3, 13), "confirm", "deputy", of=0)
    late.pupil = late.world.pupils[(FIVE, "Сергеева")]
    assert late.enter(date(2026, 3, 16), date(2026, 3, 13), hour=2).entered_on == date(2026, 3, 15)


def shortened(rows: list[dict[str, Any]], year: dict[str, Any]) -> list[dict[str, Any]]:
    """The last period ends at the beginning of April."""
    return [*rows[:-1], rows[-1] | {"ends_on": date(2026, 4, 9)}]


def test_a_shortened_period_waits_and_its_duties_can_still_be_closed(school: School) -> None:
    """Taken out of the class on 15 April with no order: overdue, unless the year had ended by then."""
    school.end_by_hand(date(2026, 4, 15), date(2026, 4, 14))
    day = date(2026, 4, 27)
    assert school.failing(day) == {"order-departure": ("overdue", 11)}
    before = school.failed()
    school.year(day, shortened)
    assert school.failed() == before
    assert school.failing(date(2026, 4, 29)) == {"order-departure": ("overdue", 13)}
    [correction] = school.corrections()
    assert (correction.state, correction.about) == (
        CorrectionState.WAITING,
        "Учебный год: 2025/26",
    )
    school.enter(date(2026, 4, 30), date(2026, 4, 14))
    assert school.failing(date(2026, 4, 30)) == {"order-departure": ("late", 14)}


@pytest.fixture
def absent(school: School) -> School:
    """Белых was out of his class for the autumn holidays, in which nobody studies: no order is owed of that."""
    pupil = school.world.pupils[(FIVE, "Белых")]
    row = school.session.query(ClassMembership).filter_by(pupil_id=pupil).one()
    given = {"starts_on": row.starts_on, "ends_on": AUTUMN[0], "version": row.version}
    school.post(date(2025, 10, 20), f"/memberships/edit/{row.id}", "deputy", **given)
    given = {"pupil": pupil, "school_class": row.class_id, "starts_on": AUTUMN[1]}
    school.post(date(2025, 10, 20), "/memberships/add", "deputy", **given)
    return school


def owed_of(school: School, pupil: str, on: date) -> set[str]:
    about = "pupil", [school.world.pupils[(FIVE, pupil)]], None, on, RULES
    found = of_records.facts_about(school.session.connection(), *about)
    failed = judge_all(school.session.connection(), found, on)
    return {each.record.rule for each in failed if each.status in (Status.LATE, Status.OVERDUE)}


def test_what_betters_nothing_of_a_mixed_change_acts_at_once(absent: School) -> None:
    """The last period is shortened, which betters; the first one is prolonged into the holidays, which does not."""
    school = absent
    school.end_by_hand(date(2026, 4, 15), date(2026, 4, 14))
    day = date(2026, 4, 27)
    assert owed_of(school, "Белых", day) == set()

    def mixed(rows: list[dict[str, Any]], year: dict[str, Any]) -> list[dict[str, Any]]:
        return shortened([rows[0] | {"ends_on": AUTUMN[1] - timedelta(days=2)}, *rows[1:]], year)

    year = school.world.years[(FIVE, 2025)]
    school.year(day, mixed)
    [correction] = school.corrections()
    assert (correction.state, school.holding()) == (CorrectionState.WAITING, 1)
    assert "Ждёт: период 4. Подействует сразу: период 1." in correction.reason
    assert school.failing(day + timedelta(days=2)) == {"order-departure": ("overdue", 13)}, "the one waits"
    assert owed_of(school, "Белых", day) == {"order-departure", "order-enrolment"}, "the other acts"
    with school.on(day, "deputy") as client:
        card = client.get(f"/academic_years/show/{year}").text
    assert "Прошедшие сроки считаются по прежним настройкам" in card
    assert f'href="/corrections/show/{correction.id}"' in card
    assert "Улучшает показатели прошедших сроков: " in card
    school.decide(date(2026, 4, 28), "confirm", "director")
    assert school.failing(date(2026, 4, 28)) == {}
    assert owed_of(school, "Белых", date(2026, 4, 28)) == {"order-departure", "order-enrolment"}
    with school.on(date(2026, 4, 28), "deputy") as client:
        assert "по прежним настройкам" not in client.get(f"/academic_years/show/{year}").text


def test_a_later_harmless_change_acts_while_the_first_one_waits(absent: School) -> None:
    school, day = absent, date(2026, 4, 27)
    school.end_by_hand(date(2026, 4, 15), date(2026, 4, 14))
    school.year(day, shortened)
    school.year(
        day + timedelta(days=1),
        lambda rows, year: [rows[0] | {"ends_on": AUTUMN[1] - timedelta(days=2)}, *rows[1:]],
    )
    assert owed_of(school, "Белых", day + timedelta(days=2)) == {"order-departure", "order-enrolment"}
    assert school.failing(day + timedelta(days=2)) == {"order-departure": ("overdue", 13)}


def test_parts_that_depend_on_each_other_wait_together_and_it_is_said(school: School) -> None:
    """One period fewer: which of the others is which cannot be told."""
    school.end_by_hand(date(2026, 4, 15), date(2026, 4, 14))

    def fewer(rows: list[dict[str, Any]], year: dict[str, Any]) -> list[dict[str, Any]]:
        year |= {"ends_on": "2026-06-30"}
        return rows[:-1]

    school.year(date(2026, 4, 27), fewer)
    [correction] = school.corrections()
    assert "Ждёт: число периодов. Подействует сразу: начало и конец учебного года." in correction.reason


def test_who_entered_a_period_does_not_confirm_it(school: School) -> None:
    school.end_by_hand(date(2026, 4, 15), date(2026, 4, 14))
    school.year(date(2026, 4, 27), shortened)
    assert school.decide(date(2026, 4, 28), "confirm", "deputy").status_code == 409
    assert school.decide(date(2026, 4, 28), "confirm", "director").status_code == 302
    assert school.failing(date(2026, 4, 28)) == {}
    assert school.failing(date(2026, 4, 27)) == {"order-departure": ("overdue", 11)}


def test_a_year_without_periods_owes_what_it_owed(school: School) -> None:
    """Deleted after 31 August: the year ends on the region's day then, and nothing is bettered."""
    before, day = school.failed(), date(2026, 10, 5)
    assert school.failing(day) == {"order-promotion": ("overdue", 35)}
    periods = school.session.query(StudyPeriod).filter_by(academic_year_id=school.world.years[(FIVE, 2025)])
    for key in [each.id for each in periods]:
        school.post(day, f"/study_periods/delete/{key}", "deputy")
    assert periods.count() == 0
    assert school.failed() == before
    assert school.corrections() == []


def test_a_year_that_begins_later_keeps_what_was_owed_in_autumn(school: School) -> None:
    def later(rows: list[dict[str, Any]], year: dict[str, Any]) -> list[dict[str, Any]]:
        year |= {"starts_on": "2025-12-01"}
        return rows[2:]

    school.end_by_hand(date(2026, 3, 2), date(2025, 11, 3))
    failing = school.failing(NEXT)
    assert failing == {"order-departure": ("overdue", 117)}
    school.year(NEXT, later)
    assert school.failing(NEXT) == failing
    assert school.holding() == 1


def test_an_open_duty_that_moves_is_listed(school: School) -> None:
    """Nothing is over: the order of a departure of Monday is owed by Thursday instead of Wednesday."""
    school.end_by_hand(date(2026, 3, 16), date(2026, 3, 13))
    school.day_off(date(2026, 3, 16), date(2026, 3, 17))
    [correction] = school.corrections()
    assert (correction.kind, correction.state) == (CorrectionKind.CONDITIONS, CorrectionState.CONFIRMED)
    assert correction.reason == "Сдвигает сроки открытых обязанностей: 1."
    assert school.holding() == 0


def test_what_was_told_of_a_day_is_told_anew(school: School) -> None:
    """Moved, and on the same day moved back: there is nothing to tell."""
    school.end_by_hand(date(2026, 3, 16), date(2026, 3, 13))
    key = school.day_off(date(2026, 3, 16), date(2026, 3, 17))
    assert len(school.corrections()) == 1
    school.working(date(2026, 3, 16), key)
    assert school.corrections() == []
