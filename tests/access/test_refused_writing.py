"""Naming foreign rows in a form: refused at the field in Russian, in the words for a row that does not exist."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access.expected import FAR, NEAR, SCHOOL
from tests.access.marked import CHILD, CLASSMATE, OTHER_CLASS

REFUSED = "Такой записи нет или она недоступна"
FOREIGN = pytest.mark.parametrize("school", [NEAR, FAR])


@pytest.fixture(autouse=True)
def nothing_is_saved(scope: Any) -> Iterator[None]:
    before = scope.fingerprint()
    yield
    assert scope.fingerprint() == before


def order(world: Any, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "departure",
        "number": "99",
        "order_date": "2026-02-27",
        "lines-0-pupil": world.pupils[(SCHOOL, CLASSMATE)],
        "lines-0-event_date": "2026-02-26",
    } | changes


def refuse(client: Any, address: str, data: dict[str, Any], *, says: str = REFUSED) -> None:
    response = client.post(address, data=data)
    assert response.status_code == 422, response.text
    assert says in response.text
    for word in ("Снегирь", "Журавль"):
        assert word not in response.text, "the refusal tells what the foreign row is called"


@FOREIGN
def test_an_order_names_a_foreign_pupil_or_class(visit: Any, scope: Any, school: str) -> None:
    secretary, world = visit(f"secretary.{SCHOOL}"), scope.world
    foreign = [
        {"lines-0-pupil": world.pupils[(school, CLASSMATE)]},
        {"kind": "transfer", "lines-0-to_class": world.classes[(school, 2025, "5Б")]},
    ]
    for changes in foreign:
        refuse(secretary, "/movement_orders/add", order(world, **changes))


@FOREIGN
def test_kinship_names_a_foreign_pupil_or_parent(visit: Any, scope: Any, school: str) -> None:
    secretary, world = visit(f"secretary.{SCHOOL}"), scope.world
    own = {"pupil": world.pupils[(SCHOOL, "Ким")], "parent": world.parents[SCHOOL], "relation": "mother"}
    refuse(secretary, "/guardianships/add", own | {"pupil": world.pupils[(school, CHILD)]})
    refuse(secretary, "/guardianships/add", own | {"parent": world.parents[school]})


@FOREIGN
def test_a_class_names_a_foreign_year_or_teacher(visit: Any, scope: Any, school: str) -> None:
    deputy, world = visit(f"deputy.{SCHOOL}"), scope.world
    own = {"academic_year": world.years[(SCHOOL, 2026)], "grade": "5", "letter": "Я"}
    refuse(deputy, "/classes/add", own | {"academic_year": world.years[(school, 2026)]})
    refuse(deputy, "/classes/add", own | {"class_teacher": world.employees[(school, "teacher")]})


@FOREIGN
def test_an_employee_names_a_foreign_position(visit: Any, scope: Any, school: str) -> None:
    data = {"last_name": "Новый", "first_name": "Сотрудник", "hired_on": "2026-01-12"}
    data["position"] = scope.world.rows["position"][school]
    refuse(visit(f"hr.{SCHOOL}"), "/employees/add", data)


@FOREIGN
def test_an_appointment_and_an_owner_name_a_foreign_account(visit: Any, scope: Any, school: str) -> None:
    world = scope.world
    appointment = {"role": "deputy", "order_number": "1", "order_date": "2026-02-02", "valid_from": "2026-02-02"}
    appointment["account"] = world.account(f"secretary.{school}")
    refuse(visit(f"director.{SCHOOL}"), "/appointments/add", appointment)
    owner = {"account": world.account(f"secretary.{SCHOOL}"), "employee": world.employees[(school, "secretary")]}
    refuse(visit(f"administrator.{SCHOOL}"), "/account_persons/add", owner)


@pytest.mark.parametrize("role", ["municipal", "regional", "Admin", "student"])
def test_a_director_gives_no_role_above_the_school(visit: Any, scope: Any, role: str) -> None:
    data = {"role": role, "order_number": "1", "order_date": "2026-02-02", "valid_from": "2026-02-02"}
    data |= {"account": scope.world.account(f"secretary.{SCHOOL}"), "municipality": 1, "school": ""}
    refuse(visit(f"director.{SCHOOL}"), "/appointments/add", data, says="Такого значения нет")


@FOREIGN
def test_what_is_prefilled_tells_nothing_of_a_foreign_row(visit: Any, scope: Any, school: str) -> None:
    secretary, world = visit(f"secretary.{SCHOOL}"), scope.world
    pupil, nobody = world.pupils[(school, CHILD)], 999_999
    for address in ("/movement_orders/add", "/guardianships/add"):
        answers = [secretary.get(address, query_string={"pupil": key}) for key in (pupil, nobody)]
        assert answers[0].status_code == answers[1].status_code
        assert CHILD not in answers[0].text
    of_class = {"id": world.classes[(school, 2025, "5А")]}
    answer = secretary.get("/movement_orders/rows_belonging/lines/school_class", query_string=of_class)
    assert answer.get_json()["results"] == []
    assert secretary.get("/movement_orders/row_filled/lines", query_string={"id": pupil}).status_code == 404
    pasted = secretary.post("/movement_orders/rows_pasted/lines", data={"text": CHILD}).get_json()
    assert pasted["rows"][0]["id"] == world.pupils[(SCHOOL, CHILD)], "of the namesakes only one's own is known"


def test_a_lookup_is_not_narrowed_into_a_foreign_school(visit: Any, scope: Any) -> None:
    secretary = visit(f"secretary.{SCHOOL}")
    answer = secretary.get("/pupils/lookup", query_string={"school_id": scope.world.schools[NEAR]})
    assert answer.get_json()["results"] == []


def test_a_teacher_takes_nobody_into_the_class_but_edits_who_is_there(visit: Any, scope: Any) -> None:
    """A pupil comes by an order; a card without a class would be out of the teacher's reach at once."""
    teacher = visit(f"teacher.{SCHOOL}")
    data = {"last_name": "Новый", "first_name": "Ученик", "birth_date": "2014-02-02"}
    assert teacher.post("/pupils/add", data=data).status_code == 403
    other = scope.world.pupils[(SCHOOL, OTHER_CLASS)]
    assert teacher.post(f"/pupils/edit/{other}", data=data | {"version": "1"}).status_code == 404
    kin = {"pupil": other, "parent": scope.world.parents[SCHOOL], "relation": "mother"}
    assert teacher.post("/guardianships/add", data=kin).status_code == 403


def test_a_teacher_makes_nobody_a_parent(visit: Any, scope: Any) -> None:
    """A mother of the class and another child of it: both cards are the teacher's to keep, the tie is not."""
    kin = {"pupil": scope.world.pupils[(SCHOOL, CLASSMATE)], "parent": scope.world.parents[SCHOOL]}
    answer = visit(f"teacher.{SCHOOL}").post("/guardianships/add", data=kin | {"relation": "other"})
    assert answer.status_code == 403
