"""Whatever is refused is said at the field that it is about, in words that say what to do."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from app.models.accounts import AccountPerson
from app.models.movement.memberships import ClassMembership
from app.models.people import Employee
from app.models.schools import SchoolSettings
from app.services.engine.errors import Conflict
from app.services.engine.transaction import transaction
from tests.panel.reading import at_fields, body
from tests.panel.test_way_back import links

SCHOOL = "65001"
HR, DEPUTY, DIRECTOR, ADMINISTRATOR, SECRETARY = (
    f"{role}.{SCHOOL}" for role in ("hr", "deputy", "director", "administrator", "secretary")
)
EMPLOYEE = {"last_name": "Новый", "first_name": "Лев", "hired_on": "2026-01-12"}
PUPIL = {"last_name": "Новых", "first_name": "Олег", "birth_date": "2015-02-03"}


@pytest.mark.parametrize(
    ("login", "route", "typed", "field", "words"),
    [
        (HR, "employees", EMPLOYEE | {"dismissed_on": "2025-12-31"}, "dismissed_on", "Увольнение раньше приёма"),
        (SECRETARY, "pupils", PUPIL | {"middle_name": "-"}, "middle_name", "Оставьте поле пустым"),
        (SECRETARY, "pupils", PUPIL | {"middle_name": "—"}, "middle_name", "Оставьте поле пустым"),
        (SECRETARY, "pupils", PUPIL | {"middle_name": "нет"}, "middle_name", "Оставьте поле пустым"),
        (HR, "employees", EMPLOYEE | {"middle_name": "--"}, "middle_name", "Оставьте поле пустым"),
        (ADMINISTRATOR, "positions", {"title": "Учитель"}, "title", "уже есть"),
    ],
)
def test_a_refusal_stands_at_its_field(
    sign_in: Any, login: str, route: str, typed: dict[str, str], field: str, words: str
) -> None:
    answer = sign_in(login).post(f"/{route}/add", data=typed)
    assert answer.status_code == 422
    assert words in at_fields(body(answer)).get(field, ""), at_fields(body(answer))


def test_a_reversed_range_is_told_at_its_end(sign_in: Any, session: Any, world: Any) -> None:
    year = world.years[(SCHOOL, 2026)]
    data = {"academic_year": year, "kind": "trimester", "number": "1"}
    data |= {"starts_on": "2026-12-01", "ends_on": "2026-10-01"}
    answer = sign_in(DEPUTY).post("/study_periods/add", data=data)
    assert answer.status_code == 422
    assert set(at_fields(body(answer))) == {"ends_on"}
    account = world.account(SECRETARY)
    order = {"account": account, "role": "secretary", "order_number": "7", "order_date": "2026-02-01"}
    period = {"valid_from": "2026-02-10", "valid_to": "2026-02-01"}
    answer = sign_in(DIRECTOR).post("/appointments/add", data=order | period)
    assert answer.status_code == 422
    assert set(at_fields(body(answer))) == {"valid_to"}


def test_a_second_class_of_one_name_is_told_at_its_letter(sign_in: Any, world: Any) -> None:
    data = {"academic_year": world.years[(SCHOOL, 2026)], "grade": "5", "letter": "А"}
    answer = sign_in(DEPUTY).post("/classes/add", data=data)
    assert answer.status_code == 422
    assert "уже есть" in at_fields(body(answer))["letter"]


def test_settings_of_a_school_hold_one_at_a_time(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    assert len(links(body(client.get("/settings/list/")), "/settings/add")) >= 1
    typed = {"work_week": "5", "time_zone": "Asia/Sakhalin", "valid_from": "2026-03-01"}
    refused = client.post("/settings/add", data=typed)
    assert refused.status_code == 422
    assert at_fields(body(refused))
    session.delete(session.query(SchoolSettings).filter_by(school_id=world.schools[SCHOOL]).one())
    session.commit()
    assert client.post("/settings/add", data=typed).status_code == 302


def test_the_operator_of_many_schools_may_still_add_one(sign_in: Any) -> None:
    assert len(links(body(sign_in("operator").get("/settings/list/")), "/settings/add")) >= 1


def _told(session: Any, change: Any) -> Conflict:
    def write() -> None:
        with transaction(session):
            change()
            session.flush()

    with pytest.raises(Conflict) as caught:
        write()
    return caught.value


def test_an_index_and_an_empty_column_have_words_too(session: Any, world: Any) -> None:
    """For every way in that no form stands before."""
    pupil = world.pupils[(SCHOOL, "Ким")]
    second = ClassMembership(school_id=world.schools[SCHOOL], pupil_id=pupil, starts_on=date(2026, 1, 1))
    second.class_id = world.classes[(SCHOOL, 2025, "9Б")]
    told = _told(session, lambda: session.add(second))
    assert "ends_on" in told.errors
    assert "без даты окончания" in str(told)
    statement = update(Employee.__table__).where(Employee.id == world.employees[(SCHOOL, "hr")])
    told = _told(session, lambda: session.connection().execute(statement.values(hired_on=None)))
    assert told.errors == {"hired_on": ["Заполните поле «Принят на работу»."]}


def test_an_account_of_nobody_is_told_at_the_choice_of_a_person(sign_in: Any, session: Any, world: Any) -> None:
    """And not of a school, which nobody was asked for."""
    answer = sign_in(ADMINISTRATOR).post("/account_persons/add", data={"account": world.account(SECRETARY)})
    assert answer.status_code == 422
    assert "Укажите одного человека" in at_fields(body(answer))["employee"]
    kept = session.query(AccountPerson).filter_by(employee_id=world.employees[(SCHOOL, "hr")]).one()
    answer = sign_in(ADMINISTRATOR).post(f"/account_persons/edit/{kept.id}", data={"version": str(kept.version)})
    assert answer.status_code == 422
    assert "Укажите одного человека" in at_fields(body(answer))["employee"]


def test_a_row_that_breaks_a_rule_of_the_database_is_told_in_its_line(sign_in: Any, session: Any, world: Any) -> None:
    """Of the database's own refusal the row is not known: it is found."""
    session.delete(session.query(SchoolSettings).filter_by(school_id=world.schools[SCHOOL]).one())
    session.commit()
    typed = {"work_week": "5", "time_zone": "Asia/Sakhalin", "valid_from": "2026-03-01", "grade_weeks-ticks": "1"}
    for number, (low, high, week) in enumerate((("1", "4", "5"), ("5", "6", "7"), ("11", "9", "6"))):
        row = {"keep": "1", "grade_from": low, "grade_to": high, "work_week": week}
        typed |= {f"grade_weeks-{number}-{name}": value for name, value in row.items()}
    page = body(sign_in(ADMINISTRATOR).post("/settings/add", data=typed))
    assert at_fields(page)["grade_weeks-1-work_week"] == "Рабочая неделя – 5 или 6 дней."
    page = body(sign_in(ADMINISTRATOR).post("/settings/add", data=typed | {"grade_weeks-1-work_week": "6"}))
    assert "первый не больше последнего" in at_fields(page)["grade_weeks-2-grade_to"]


@pytest.mark.parametrize("day", ["03.02.1801", "1.01.2526"])
def test_a_year_that_cannot_be_is_called_so(sign_in: Any, day: str) -> None:
    page = body(sign_in(SECRETARY).post("/pupils/add", data=PUPIL | {"birth_date": day}))
    assert "Год – от 1900 до 2100" in at_fields(page)["birth_date"]


def test_a_time_zone_is_called_in_russian(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    settings = session.query(SchoolSettings).filter_by(school_id=world.schools[SCHOOL]).one()
    version, typed = str(settings.version), {"work_week": "6", "time_zone": "Asia/Magadan", "valid_from": "2020-01-01"}
    assert client.post(f"/settings/edit/{settings.id}", data=typed | {"version": version}).status_code == 302
    for address in (f"show/{settings.id}", "list/"):
        page = body(client.get(f"/settings/{address}"))
        assert "Магадан (UTC+11)" in page
        assert "Asia/Magadan" not in page
    late = client.post(f"/settings/edit/{settings.id}", data=typed | {"time_zone": "Asia/Sakhalin", "version": version})
    assert late.status_code == 409
    assert 'data-label="Ваше"><span>Сахалин (UTC+11)' in body(late)
