"""Selects that depend on one another: the page narrows the choice, the server tells what does not belong together."""

import re
from datetime import date
from typing import Any

import pytest

from app.models.accounts.appointments import Appointment
from app.models.directories.people import Position
from app.models.people import Employee
from app.models.study import SchoolClass

SCHOOL, OTHER = "65001", "65002"
HR, DEPUTY = f"hr.{SCHOOL}", f"deputy.{SCHOOL}"


@pytest.fixture
def two_schools(session: Any, world: Any) -> None:
    """The specialist and the deputy work in a second school too: their forms ask which one."""
    for role in ("hr", "deputy"):
        account = world.account(f"{role}.{SCHOOL}")
        day = date(2025, 8, 25)
        where = {"school_id": world.schools[OTHER], "order_number": "13", "order_date": day, "valid_from": day}
        session.add(Appointment(account_id=account, role=role, **where))
    session.commit()


def select_of(page: Any, name: str) -> str:
    return re.search(rf'<select[^>]*\bname="{name}"[^>]*>', page.text)[0]


def position_of(session: Any, school_id: int) -> int:
    return session.query(Position).filter_by(school_id=school_id).first().id


def test_the_select_says_what_narrows_it(two_schools: None, sign_in: Any) -> None:
    page = sign_in(HR).get("/employees/add")
    assert 'data-depends="school:school_id"' in select_of(page, "position")
    assert "data-depends" not in select_of(page, "school")


def test_conditions_of_a_list_narrow_too(sign_in: Any) -> None:
    page = sign_in("municipal.64754000").get("/pupils/list/")
    if page.status_code == 200:
        assert 'data-depends="school:school_id"' in select_of(page, "school_class")
    page = sign_in("municipal.64754000").get("/classes/list/")
    assert 'data-depends="school:school_id"' in select_of(page, "academic_year")


def test_the_look_up_is_narrowed_by_the_school(two_schools: None, sign_in: Any, world: Any) -> None:
    client = sign_in(HR)
    both = client.get("/positions/lookup").json["results"]
    one = client.get("/positions/lookup", query_string={"school_id": world.schools[OTHER]}).json["results"]
    assert (len(both), len(one)) == (2, 1)


def test_a_position_of_another_school_is_told_at_its_field(
    two_schools: None, sign_in: Any, session: Any, world: Any
) -> None:
    here, there = world.schools[SCHOOL], world.schools[OTHER]
    data = {
        "last_name": "Новых",
        "first_name": "Олег",
        "hired_on": "2020-09-01",
        "school": here,
        "position": position_of(session, there),
    }
    client = sign_in(HR)
    refused = client.post("/employees/add", data=data)
    assert refused.status_code == 422
    assert 'id="position-error"' in refused.text
    assert "Это запись другой школы" in refused.text
    assert session.query(Employee).filter_by(last_name="Новых").count() == 0
    assert client.post("/employees/add", data=data | {"position": position_of(session, here)}).status_code == 302


def test_also_when_changing(two_schools: None, sign_in: Any, session: Any, world: Any) -> None:
    employee = session.get(Employee, world.employees[(SCHOOL, "teacher")])
    data = {"last_name": employee.last_name, "first_name": employee.first_name, "version": employee.version}
    data["position"] = position_of(session, world.schools[OTHER])
    refused = sign_in(HR).post(f"/employees/edit/{employee.id}", data=data)
    assert refused.status_code == 422
    assert 'id="position-error"' in refused.text


def test_where_no_school_is_asked_the_first_choice_settles_it(
    two_schools: None, sign_in: Any, session: Any, world: Any
) -> None:
    data = {"academic_year": world.years[(SCHOOL, 2025)], "grade": "5", "letter": "Я"}
    client = sign_in(DEPUTY)
    wrong = client.post("/classes/add", data=data | {"class_teacher": world.employees[(OTHER, "teacher")]})
    assert wrong.status_code == 422
    assert 'id="class_teacher-error"' in wrong.text
    right = client.post("/classes/add", data=data | {"class_teacher": world.employees[(SCHOOL, "teacher")]})
    assert right.status_code == 302
    assert session.query(SchoolClass).filter_by(letter="Я").one().school_id == world.schools[SCHOOL]
