"""The demo's rows agree with each other as if they had been entered one by one."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import astuple, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.demo.engine.plan import LATEST, Plan
from app.demo.engine.rows import MODELS, ZONE, table_of
from app.demo.movement.ahead import LEAVES_IN
from app.demo.movement.entries import LONGEST
from app.models.monitoring.corrections import Correction, CorrectionKind
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.keeping import Span, kept_on, standing
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.people import Employee, Parent, Pupil, PupilStatus
from app.models.schools import School
from app.models.study import AcademicYear, SchoolClass, StudyPeriod
from app.models.territory import Municipality
from tests.demo.conftest import SMALL, Planted


def everything(planted: Planted) -> dict[str, list[Any]]:
    with planted.engine.connect() as connection:
        tables = [table_of(model) for model in MODELS]
        return {table.name: connection.execute(select(table).order_by(table.c.id)).all() for table in tables}


@pytest.fixture
def histories(rows: Session) -> dict[int, list[ClassMembership]]:
    found: dict[int, list[ClassMembership]] = defaultdict(list)
    loads = (selectinload(ClassMembership.closed_by), selectinload(ClassMembership.school_class))
    for row in rows.scalars(select(ClassMembership).options(*loads).order_by(ClassMembership.starts_on)):
        found[row.pupil_id].append(row)
    return found


def test_the_same_seed_gives_the_same_rows(plant_on_sqlite: Callable[[Plan], Planted]) -> None:
    assert everything(plant_on_sqlite(SMALL)) == everything(plant_on_sqlite(SMALL))


def test_another_seed_gives_other_people(plant_on_sqlite: Callable[[Plan], Planted]) -> None:
    one, other = (everything(plant_on_sqlite(replace(SMALL, seed=seed))) for seed in (1, 2))
    assert [row.snils for row in one["pupil"]] != [row.snils for row in other["pupil"]]


def test_the_loader_tells_what_it_wrote(region: Planted) -> None:
    assert region.loaded.rows == {name: len(found) for name, found in everything(region).items()}


def test_territory_years_and_classes_are_whole(rows: Session) -> None:
    count = lambda model: rows.scalar(select(func.count(model.id)))  # noqa: E731 - a word for the lines below
    assert (count(Municipality), count(School)) == (18, 3)
    assert count(AcademicYear) == 3 * 3
    assert count(StudyPeriod) == 3 * 3 * 4
    grades = rows.execute(select(SchoolClass.academic_year_id, SchoolClass.grade).distinct()).all()
    assert len(grades) == 3 * 3 * 11
    assert rows.scalar(select(func.count()).where(SchoolClass.class_teacher_id.is_(None))) == 0


def test_a_pupil_is_in_one_class_at_a_time(histories: dict[int, list[ClassMembership]]) -> None:
    for memberships in histories.values():
        for earlier, later in pairwise(memberships):
            assert earlier.ends_on is not None
            assert earlier.ends_on < later.starts_on


def test_card_history_and_sql_tell_the_same_of_every_day(
    rows: Session, histories: dict[int, list[ClassMembership]]
) -> None:
    """Of days on which somebody comes, leaves or is moved, and of those around them."""
    turns = {day for held in histories.values() for row in held for day in (row.starts_on, row.ends_on) if day}
    seen = set(sorted(turns)[:: max(1, len(turns) // 6)]) | {max(turns), max(turns) + timedelta(days=1)}
    pupils = rows.scalars(select(Pupil)).all()
    for day in sorted(seen):
        wanted = (getattr(Pupil, name).on(Pupil, day) for name in ("status", "class_id", "status_since"))
        told = {key: tuple(values) for key, *values in rows.execute(select(Pupil.id, *wanted))}
        for pupil in pupils:
            spans = [Span.of(row, row.closed_by and row.closed_by.kind) for row in histories.get(pupil.id, [])]
            state = standing(spans, day)
            assert told[pupil.id] == astuple(state)
            assert kept_on(pupil, day) in (None, state)


def test_who_left_has_no_open_membership(rows: Session) -> None:
    gone = (PupilStatus.DEPARTED, PupilStatus.GRADUATED)
    left = select(Pupil.id).where(Pupil.status.on(Pupil, date(2100, 1, 1)).in_(gone))
    assert rows.scalars(left).all()
    still_there = select(ClassMembership).where(ClassMembership.pupil_id.in_(left), ClassMembership.ends_on.is_(None))
    assert rows.scalars(still_there).all() == []


def test_lines_lead_from_the_class_the_pupil_was_in(rows: Session, histories: dict[int, list[ClassMembership]]) -> None:
    for line in rows.scalars(select(MovementLine).options(selectinload(MovementLine.order))):
        if line.kind.is_enrolment:
            assert line.from_class_id is None
        else:
            held = [row for row in histories[line.pupil_id] if row.starts_on <= line.event_date]
            assert line.from_class_id in {row.class_id for row in held}


def test_every_school_has_a_departure_to_be_entered_for_a_day_long_past(rows: Session) -> None:
    begun = (ClassMembership.starts_on == date(2025, 9, 1), ClassMembership.ends_on.is_(None))
    waiting = select(ClassMembership.school_id).where(*begun).distinct()
    assert len(rows.scalars(waiting).all()) == SMALL.schools


def test_what_an_order_did_points_back_to_it(rows: Session) -> None:
    opened = select(MovementLine).join(ClassMembership, ClassMembership.opened_by_id == MovementLine.id)
    for line in rows.scalars(opened.options(selectinload(MovementLine.order))):
        assert line.order.annulled_on is None
    unordered = select(func.count()).where(ClassMembership.opened_by_id.is_(None))
    assert rows.scalar(unordered)


def test_nothing_is_entered_on_the_day_itself_or_later(region: Planted) -> None:
    for found in everything(region).values():
        for row in found:
            if hasattr(row, "entered_on"):
                assert row.entered_on < region.loaded.plan.on
                assert row.entered_at.astimezone(ZONE).date() == row.entered_on


def test_dates_of_orders_are_in_their_natural_order(rows: Session) -> None:
    for order in rows.scalars(select(MovementOrder)):
        assert (order.decision_date or order.order_date) <= order.order_date <= order.entered_on
        assert order.annulled_on is None or order.annulled_on > order.entered_on


def test_no_entry_is_late_beyond_the_known_limit(rows: Session) -> None:
    told_late = select(Correction.subject_id).where(Correction.kind == CorrectionKind.BETTERING)
    known = MovementLine.kind == OrderKind.DEPARTURE, MovementLine.order_id.not_in(told_late)
    for line in rows.scalars(select(MovementLine).where(*known)):
        # Two working days may take two weeks at the New Year, and a date typed wrong is found within days.
        ahead = LEAVES_IN + timedelta(days=10)
        assert line.event_date - ahead <= line.entered_on <= line.event_date + timedelta(days=14 + LATEST + 2 * LONGEST)


@pytest.mark.parametrize("model", [Pupil, Parent, Employee, School], ids=lambda model: model.__tablename__)
def test_values_are_stored_in_their_normal_form(rows: Session, model: Any) -> None:
    for column in model.__table__.columns:
        normalise = column.info.get("normalise")
        for value in rows.scalars(select(column)) if normalise else ():
            assert value is None or normalise(value) == value


def test_search_finds_the_demo(rows: Session) -> None:
    for pupil in rows.scalars(select(Pupil)):
        values = {name: getattr(pupil, name) for name in Pupil.__search__}
        assert pupil.search_text == Pupil.search_text_of(values)
        assert pupil.last_name.casefold().replace("ё", "е") in pupil.search_text


def test_numbers_of_persons_are_unique(rows: Session) -> None:
    """But of who studies in two schools: one in the region, and one in each municipality that has two schools."""
    numbers = [number for model in (Parent, Employee) for number in rows.scalars(select(model.snils)) if number]
    pupils = list(rows.scalars(select(Pupil).where(Pupil.snils.is_not(None))))
    taken = Counter([*numbers, *(pupil.snils for pupil in pupils)])
    doubles = [pupil for pupil in pupils if taken[pupil.snils] > 1]
    schools = Counter(rows.scalars(select(School.municipality_id)))
    assert len(doubles) == 2 * (1 + sum(number > 1 for number in schools.values()))
    assert sum(taken.values()) - len(taken) == len(doubles) / 2
    assert {pupil.status for pupil in doubles} == {PupilStatus.ENROLLED}
    assert len({(pupil.snils, pupil.school_id) for pupil in doubles}) == len(doubles)


def test_somebody_has_two_cards_in_one_school(rows: Session) -> None:
    same = Counter((pupil.school_id, pupil.person_key, pupil.birth_date) for pupil in rows.scalars(select(Pupil)))
    assert max(same.values()) == 2


def test_the_next_record_gets_the_next_key(region: Planted) -> None:
    """Keys were given out by the loader: the database must go on after them."""
    with Session(region.engine) as session:
        last = session.scalar(select(func.max(School.id)))
        stamp = session.execute(select(School.entered_at, School.entered_on, School.entered_by)).first()
        school = School(municipality_id=1, code="NEW", name="Новая", full_name="Новая школа", **stamp._mapping)
        session.add(school)
        session.flush()
        assert school.id == last + 1
        session.rollback()
