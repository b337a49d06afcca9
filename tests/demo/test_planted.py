"""What the demo planted is what compliance reports: two ways to the same numbers, neither knowing of the other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from app.compliance.duties import rules
from app.compliance.queries import counts
from app.compliance.status import Status
from app.demo.engine.plan import Plan
from app.models.calendars import RegionCalendarDay, SchoolCalendarDay
from app.models.engine.held import held_fact
from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.models.movement import MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.schools import GradeWeek, School
from tests.demo.conftest import SMALL, Planted

MIDDLE = Plan(on=SMALL.on, schools=8, pupils=1000, seed=7)
LARGE = replace(MIDDLE, schools=20, pupils=6000)
# In and around each term of a school year, when orders are on their way.
DAYS = (
    date(2024, 9, 2),
    date(2025, 3, 10),
    date(2025, 5, 27),
    date(2025, 6, 25),
    date(2025, 7, 1),
    date(2025, 7, 2),
    date(2025, 8, 31),
    date(2025, 9, 1),
    date(2025, 9, 12),
    date(2026, 7, 20),
    date(2026, 8, 20),
    date(2027, 4, 30),
)


def reported(planted: Planted) -> dict[tuple[str, str, str], int]:
    with planted.engine.connect() as connection:
        codes = {row.id: row.code for row in connection.execute(select(School.id, School.code))}
        found = counts(connection, rules(), None, planted.loaded.plan.on)
    return {(codes[one.group], one.rule, one.status.value): one.number for one in found}


def known(planted: Planted) -> dict[tuple[str, str, str], int]:
    return {
        (school, rule, status): number
        for (school, rule), statuses in planted.loaded.planted.items()
        for status, number in statuses.items()
    }


def test_compliance_reports_exactly_what_was_planted(region: Planted) -> None:
    assert reported(region) == known(region)


@pytest.mark.parametrize("on", DAYS, ids=date.isoformat)
def test_on_any_day_the_planted_counts_are_reported(on: date, plant_on_sqlite: Callable[[Plan], Planted]) -> None:
    planted = plant_on_sqlite(replace(MIDDLE, on=on))
    assert reported(planted) == known(planted)


@pytest.mark.parametrize("seed", range(2, 5))
def test_whatever_the_seed(seed: int, plant_on_sqlite: Callable[[Plan], Planted]) -> None:
    planted = plant_on_sqlite(replace(MIDDLE, seed=seed))
    assert reported(planted) == known(planted)


def test_every_kind_and_every_rule_has_its_share_of_good_and_bad(plant_on_sqlite: Callable[[Plan], Planted]) -> None:
    planted = plant_on_sqlite(LARGE)
    with planted.engine.connect() as connection:
        assert set(connection.scalars(select(MovementOrder.kind).distinct())) == set(OrderKind)
    totals = planted.loaded.totals
    assert set(totals) == set(rules())
    for rule in ("order-promotion", "order-graduation", "order-enrolment-10"):
        assert all(totals[rule].get(status) for status in (Status.ON_TIME, Status.LATE, Status.OVERDUE)), rule
    for rule in ("order-departure", "order-enrolment", "order-enrolment-1"):
        assert all(totals[rule].get(status) for status in (Status.ON_TIME, Status.LATE, Status.NOT_APPLICABLE)), rule
    assert planted.loaded.rows["past_entry"] > 10, "dates corrected on another day"
    assert planted.loaded.rows["correction"] > 10
    with planted.engine.connect() as connection:
        kinds = connection.execute(select(Correction.kind, Correction.state).distinct()).all()
        week = connection.execute(select(GradeWeek.grade_from, GradeWeek.grade_to, GradeWeek.work_week).distinct())
        assert week.all() == [(1, 4, 5)]
        assert connection.scalar(select(func.count(RegionCalendarDay.id))) == 3
        assert connection.scalar(select(func.count(SchoolCalendarDay.id))) == 2
        ended = connection.scalars(select(held_fact.c.until_on.is_not(None)).distinct())
        assert set(ended) == {True, False}, "held facts: some wait, some were confirmed"
    asked = (CorrectionKind.DATE, CorrectionKind.BETTERING)
    assert set(map(tuple, kinds)) == {(kind, state) for kind in asked for state in CorrectionState}
    promotion = totals["order-promotion"]
    assert 0.7 < promotion[Status.ON_TIME] / sum(promotion.values()) < 0.98
