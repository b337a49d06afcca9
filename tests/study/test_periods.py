"""Study periods lie in their year, one after another, and a year has the dates of its number: whoever writes.

Clause 3.3.3.2.
"""

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.models.engine.deleted import DeletedRecord
from app.models.study import AcademicYear, PeriodKind, StudyPeriod
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.services.engine import trash
from app.services.engine.errors import Changed, Refused
from app.services.engine.transaction import transaction
from tests.panel.reading import at_fields, body

SCHOOL = "65001"
DEPUTY = f"deputy.{SCHOOL}"
YEAR = {"start_year": "2030", "starts_on": "2030-09-01", "ends_on": "2031-05-26"}
FIRST, SECOND = ("1", "2030-09-01", "2030-10-26"), ("2", "2030-11-05", "2030-12-30")


def rows(*periods: tuple[str, ...]) -> dict[str, str]:
    data = {"periods-ticks": "1"}
    for n, (number, starts, ends, *more) in enumerate(periods):
        kind, key = (*more, "quarter", "")[:2] if more else ("quarter", "")
        data |= {f"periods-{n}-kind": kind, f"periods-{n}-number": number, f"periods-{n}-keep": "1"}
        data |= {f"periods-{n}-starts_on": starts, f"periods-{n}-ends_on": ends, f"periods-{n}-id": key}
    return data


def add_year(client: Any, *periods: tuple[str, ...], **values: str) -> Any:
    return client.post("/academic_years/add", data=YEAR | values | rows(*periods))


@pytest.mark.parametrize(
    ("starts", "ends", "wrong"),
    [
        ("2030-09-01", "2031-08-31", set()),
        ("2030-08-31", "2031-05-26", {"starts_on"}),
        ("2030-09-01", "2031-09-01", {"ends_on"}),
        ("2030-09-02", "2030-12-31", {"ends_on"}),
        ("2031-09-01", "2032-05-26", {"starts_on", "ends_on"}),
        ("2030-12-31", "2031-01-01", set()),
        ("2031-01-01", "2031-05-26", {"starts_on"}),
    ],
)
def test_a_year_has_the_dates_of_its_number(sign_in: Any, starts: str, ends: str, wrong: set[str]) -> None:
    answer = add_year(sign_in(DEPUTY), starts_on=starts, ends_on=ends)
    assert set(at_fields(body(answer))) == wrong
    assert answer.status_code == (422 if wrong else 302)


@pytest.mark.parametrize(("number", "saved"), [("2025", False), ("2023", True)])
def test_a_school_has_one_year_of_a_number(sign_in: Any, number: str, saved: bool) -> None:
    dates = {"starts_on": f"{number}-09-01", "ends_on": f"{int(number) + 1}-05-26"}
    answer = sign_in(DEPUTY).post("/academic_years/add", data={"start_year": number} | dates)
    assert (answer.status_code == 302) is saved
    if not saved:
        assert "уже есть" in at_fields(body(answer))["start_year"]


@pytest.mark.parametrize(
    ("kind", "last"), [("quarter", 4), ("trimester", 3), ("half_year", 2)], ids=["quarter", "trimester", "half_year"]
)
def test_numbers_are_those_of_the_kind(sign_in: Any, kind: str, last: int) -> None:
    deputy = sign_in(DEPUTY)
    for number, saved in ((0, False), (last, True), (last + 1, False)):
        years = {"start_year": f"{2030 + number}", "starts_on": f"{2030 + number}-09-01"}
        one = (str(number), f"{2030 + number}-09-01", f"{2030 + number}-10-01", kind)
        answer = add_year(deputy, one, **years, ends_on=f"{2031 + number}-05-26")
        assert (answer.status_code == 302) is saved, number
        if not saved:
            assert "Номер" in at_fields(body(answer))["periods-0-number"]


@pytest.mark.parametrize(
    ("second", "wrong"),
    [
        (("2", "2030-10-27", "2030-12-30"), {}),
        (("2", "2030-10-26", "2030-12-30"), {"periods-1-starts_on": "Пересекается с другим периодом: 1 четверть"}),
        (("1", "2030-10-26", "2030-12-30", "half_year"), {}),
        (("2", "2030-12-30", "2030-11-05"), {"periods-1-ends_on": "Окончание не позже начала."}),
        (("2", "2030-11-05", "2031-05-26"), {}),
        (("2", "2030-11-05", "2031-05-27"), {"periods-1-ends_on": "позже учебного года (26.05.2031)"}),
        (("2", "2030-08-31", "2030-12-30", "trimester"), {"periods-1-starts_on": "раньше учебного года (01.09.2030)"}),
    ],
)
def test_a_row_is_told_what_is_wrong_with_it(sign_in: Any, second: tuple[str, ...], wrong: dict[str, str]) -> None:
    answer = add_year(sign_in(DEPUTY), FIRST, second)
    told = at_fields(body(answer))
    assert told.keys() == wrong.keys()
    for field, words in wrong.items():
        assert words in told[field]
    assert answer.status_code == (422 if wrong else 302)


@pytest.mark.parametrize(
    ("grades", "wrong"),
    [
        ((("", "8"), ("9", "9")), {}),
        ((("", "9"), ("9", "")), {"periods-1-starts_on": "Пересекается с другим периодом: 1 четверть (1–9 кл.)"}),
        ((("", ""), ("9", "9")), {"periods-1-starts_on": "Пересекается"}),
        ((("10", "11"), ("9", "8")), {"periods-1-grade_to": "меньше"}),
        ((("10", "11"), ("0", "9")), {"periods-1-grade_from": "от 1 до 11"}),
    ],
)
def test_a_period_may_be_of_some_grades(sign_in: Any, grades: Any, wrong: dict[str, str]) -> None:
    """A number stands again for other grades, and no grade has it twice."""
    periods = rows(("1", "2030-09-01", "2030-10-26"), ("1", "2030-09-01", "2030-10-20"))
    for n, (first, last) in enumerate(grades):
        periods |= {f"periods-{n}-grade_from": first, f"periods-{n}-grade_to": last}
    answer = sign_in(DEPUTY).post("/academic_years/add", data=YEAR | periods)
    told = at_fields(body(answer))
    assert told.keys() == wrong.keys()
    for field, words in wrong.items():
        assert words in told[field]
    assert answer.status_code == (422 if wrong else 302)


def test_numbers_go_in_the_order_of_dates(sign_in: Any) -> None:
    answer = add_year(sign_in(DEPUTY), ("2", *FIRST[1:]), ("1", *SECOND[1:]))
    assert "порядку дат" in at_fields(body(answer))["periods-1-number"]


def entered(client: Any, session: Any) -> AcademicYear:
    answer = add_year(client, FIRST, SECOND)
    return session.get(AcademicYear, int(answer.location.rsplit("/", 1)[1]))


def test_periods_may_be_moved_together(sign_in: Any, session: Any) -> None:
    """What each row meets on the way to where it goes is no clash: only how all of them stand in the end."""
    deputy = sign_in(DEPUTY)
    year = entered(deputy, session)
    one, two = (str(each.id) for each in year.periods)
    address = f"/academic_years/edit/{year.id}"
    later = rows(("1", "2030-09-01", "2030-11-10", "quarter", one), ("2", "2030-11-15", "2030-12-30", "quarter", two))
    assert deputy.post(address, data=YEAR | later | {"version": str(year.version)}).status_code == 302
    session.expire_all()
    split = rows(("1", "2030-09-01", "2030-10-01", "quarter", one), ("2", "2030-10-05", "2030-11-01", "quarter", two))
    assert deputy.post(address, data=YEAR | split | {"version": str(year.version)}).status_code == 302
    session.expire_all()
    assert [str(each.ends_on) for each in year.periods] == ["2030-10-01", "2030-11-01"]


def test_a_row_taken_out_and_typed_anew_stays_the_row_it_was(sign_in: Any, session: Any) -> None:
    """The new line of the same number is written over the old one: the two never stand side by side."""
    deputy = sign_in(DEPUTY)
    year = entered(deputy, session)
    first, second = year.periods
    typed = rows(
        (*FIRST, "quarter", str(first.id)), (*SECOND, "quarter", str(second.id)), ("2", "2030-11-06", "2030-12-29")
    )
    del typed["periods-1-keep"]
    answer = deputy.post(f"/academic_years/edit/{year.id}", data=YEAR | typed | {"version": str(year.version)})
    assert answer.status_code == 302
    session.expire_all()
    kept = [(period.id, period.starts_on) for period in session.get(AcademicYear, year.id).periods]
    assert kept == [(first.id, date(2030, 9, 1)), (second.id, date(2030, 11, 6))]


def test_a_year_is_not_made_shorter_than_its_periods(sign_in: Any, session: Any) -> None:
    deputy = sign_in(DEPUTY)
    year = entered(deputy, session)
    change = YEAR | {"version": str(year.version), "starts_on": "2030-09-02"}
    answer = deputy.post(f"/academic_years/edit/{year.id}", data=change)
    assert answer.status_code == 422
    assert "1 четверть, 01.09.2030 – 26.10.2030" in at_fields(body(answer))["starts_on"]


def test_a_period_by_itself_is_told_at_its_field(sign_in: Any, session: Any) -> None:
    deputy = sign_in(DEPUTY)
    year = entered(deputy, session)
    data = {"academic_year": year.id, "kind": "quarter", "number": "3", "starts_on": "2030-12-30"}
    answer = deputy.post("/study_periods/add", data=data | {"ends_on": "2031-03-20"})
    assert answer.status_code == 422
    assert "2 четверть" in at_fields(body(answer))["starts_on"]
    answer = deputy.post("/study_periods/add", data=data | {"starts_on": "2031-01-10", "ends_on": "2031-05-27"})
    assert set(at_fields(body(answer))) == {"ends_on"}
    assert deputy.post("/study_periods/add", data=data | {"starts_on": "2031-01-10", "ends_on": "2031-05-26"}).location


def test_the_session_itself_is_held(session: Any, world: Any) -> None:
    """Whatever code writes, and the system too."""
    year = session.get(AcademicYear, world.years[(SCHOOL, 2026)])
    first, second, *_ = year.periods
    first.ends_on = second.starts_on
    with pytest.raises(Refused, match="Пересекается"):
        session.flush()
    session.rollback()
    session.add(StudyPeriod(academic_year=year, school_id=year.school_id, kind=PeriodKind.HALF_YEAR, number=1))
    half = next(iter(session.new))
    half.starts_on, half.ends_on = date(2026, 8, 31), date(2026, 12, 30)
    with pytest.raises(Refused, match="раньше учебного года"):
        session.flush()
    session.rollback()
    year.ends_on = date(2027, 9, 1)
    with pytest.raises(Refused, match="31 августа"):
        session.flush()


def test_what_comes_back_from_the_bin_is_held(sign_in: Any, session: Any, world: Any) -> None:
    deputy, year = sign_in(DEPUTY), session.get(AcademicYear, world.years[(SCHOOL, 2026)])
    first, second, *_ = year.periods
    assert deputy.post(f"/study_periods/delete/{second.id}", data={"version": second.version}).status_code == 302
    session.expire_all()
    with transaction(session):
        first.ends_on = date(2026, 12, 1)
    deleted = session.scalar(select(DeletedRecord).where(DeletedRecord.entity == "study_period"))
    with pytest.raises(Refused, match="Пересекается"):
        trash.restore(session, deleted)


def test_of_two_that_meet_at_once_one_is_saved(app: Any, world: Any) -> None:
    together, outcomes = threading.Barrier(2), []
    key, school = world.years[(SCHOOL, 2026)], world.schools[SCHOOL]

    def write(number: int) -> None:
        with app.app_context(), acting(db.session, SYSTEM):
            dates = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 12, 30)}
            kind = PeriodKind.TRIMESTER
            one = StudyPeriod(academic_year_id=key, school_id=school, kind=kind, number=number, **dates)
            together.wait()
            try:
                with transaction(db.session):
                    db.session.add(one)
                outcomes.append("saved")
            except (Refused, Changed, DBAPIError):
                outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with app.app_context(), acting(db.session, SYSTEM):
        own = StudyPeriod.academic_year_id == key, StudyPeriod.kind == PeriodKind.TRIMESTER
        assert db.session.scalar(select(func.count(StudyPeriod.id)).where(*own)) == 1
    assert sorted(outcomes) == ["refused", "saved"]


def test_tables_written_past_the_session_are_held_on_the_big_database(session: Any, world: Any) -> None:
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("one writer at a time, whom the session holds")
    period, own = StudyPeriod.__table__, StudyPeriod.academic_year_id == world.years[(SCHOOL, 2026)]
    connection = session.connection()
    connection.execute(period.update().where(own, period.c.number == 1).values(ends_on=date(2026, 11, 20)))
    with pytest.raises(DBAPIError, match="ex_study_period_period"):
        session.commit()


@pytest.mark.parametrize(
    ("table", "values", "name"),
    [
        (AcademicYear, {"starts_on": date(2026, 8, 31)}, "ck_academic_year_dates"),
        (AcademicYear, {"ends_on": date(2027, 9, 1)}, "ck_academic_year_dates"),
        (StudyPeriod, {"number": 5}, "ck_study_period_number"),
        (StudyPeriod, {"kind": "trimester", "number": 4}, "ck_study_period_number"),
    ],
)
def test_the_tables_hold_it_too(session: Any, world: Any, table: Any, values: dict[str, Any], name: str) -> None:
    columns = table.__table__.c
    key = columns.id if table is AcademicYear else columns.academic_year_id
    change = table.__table__.update().where(key == world.years[(SCHOOL, 2026)]).values(**values)
    with pytest.raises(DBAPIError, match=name):
        session.connection().execute(change)
    session.rollback()
