"""One account, several roles: rights add up, scopes do not (access.md)."""

import re
from datetime import date
from typing import Any

import pytest

from app.models.accounts import AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.movement import MovementLine
from app.models.movement.kinds import OrderKind
from app.models.people import Employee, Pupil
from app.models.study import SchoolClass
from app.services.movement import orders as movement
from app.services.movement.checks import LineDraft, OrderDraft
from tests.access.expected import FAR, NEAR, SCHOOL
from tests.access.walker import listed


@pytest.fixture
def appoint(session: Any, world: Any) -> Any:
    """Give an account one more role in a school."""

    def run(login: str, role: str, school: str) -> None:
        day = date(2025, 9, 1)
        appointment = Appointment(role=role, order_number="3", order_date=day, valid_from=day)
        appointment.account_id, appointment.school_id = world.account(login), world.schools[school]
        session.add(appointment)
        session.commit()

    return run


@pytest.fixture
def departures(session: Any, world: Any) -> None:
    """An order of each school, entered by the system: what compliance tells of."""
    for school in (SCHOOL, FAR):
        pupil = session.get(Pupil, world.pupils[(school, "Ким")])
        day = date(2026, 2, 26)
        line = LineDraft(pupil=pupil, event_date=day)
        year = pupil.school_class.academic_year
        movement.enter(session, OrderDraft(OrderKind.DEPARTURE, f"{school}-1", day, year, lines=[line]))


def pupils_of(world: Any, school: str, *names: str) -> set[int]:
    return {key for (code, name), key in world.pupils.items() if code == school and (not names or name in names)}


def test_a_teacher_here_and_director_there(sign_in: Any, world: Any, appoint: Any) -> None:
    appoint(f"teacher.{SCHOOL}", "director", FAR)
    client = sign_in(f"teacher.{SCHOOL}")
    own_class, there = pupils_of(world, SCHOOL, "Сергеева", "Иванов"), pupils_of(world, FAR)

    assert set(listed(client.get("/pupils/list/"))) == own_class | there
    # A director exports and does not edit, a teacher edits and does not export.
    assert client.get("/pupils/export?format=csv").text.count("\r\n") == 1 + len(there)
    assert {client.get(f"/pupils/edit/{key}").status_code for key in own_class} == {200}
    assert {client.get(f"/pupils/edit/{key}").status_code for key in there} == {404}
    assert client.get(f"/pupils/show/{world.pupils[(SCHOOL, 'Белых')]}").status_code == 404


def test_compliance_is_that_of_the_role_which_reaches_the_school(
    sign_in: Any, world: Any, appoint: Any, departures: None
) -> None:
    """A teacher sees no duty about orders: being a director elsewhere changes nothing here."""
    appoint(f"teacher.{SCHOOL}", "director", FAR)
    client = sign_in(f"teacher.{SCHOOL}")
    answers = {school: client.get(f"/compliance/records?org={school}") for school in (SCHOOL, FAR, NEAR)}

    assert {school: answer.status_code for school, answer in answers.items()} == {SCHOOL: 200, FAR: 200, NEAR: 404}
    assert "Ким" in answers[FAR].text
    assert "Ким" not in answers[SCHOOL].text


@pytest.mark.parametrize(("org", "status"), [(FAR, 200), (SCHOOL, 404), ("64701000", 404), ("region", 404)])
def test_the_form_is_printed_where_the_right_to_print_is(
    sign_in: Any, appoint: Any, departures: None, org: str, status: int
) -> None:
    appoint(f"administrator.{SCHOOL}", "director", FAR)
    client = sign_in(f"administrator.{SCHOOL}")
    assert client.get(f"/forms/print/movement?org={org}").status_code == status


def test_technical_staff_who_is_a_parent(sign_in: Any, world: Any, appoint: Any) -> None:
    """The card of the own child, the brief line of the others."""
    appoint(f"parent.{SCHOOL}", "technical", SCHOOL)
    client = sign_in(f"parent.{SCHOOL}")
    child, other = world.pupils[(SCHOOL, "Сергеева")], world.pupils[(SCHOOL, "Иванов")]

    assert listed(client.get("/pupils/list/")) == [child]
    assert set(listed(client.get("/pupils_brief/list/"))) == pupils_of(world, SCHOOL)
    assert client.get(f"/pupils/show/{other}").status_code == 404
    assert client.get(f"/pupils_brief/show/{other}").status_code == 200
    assert [each["id"] for each in client.get("/pupils/lookup").get_json()["results"]] == [child]
    assert client.get(f"/guardianships/list/?pupil={other}").text.count("data-href") == 0


def test_a_new_record_of_two_schools_names_its_school(sign_in: Any, session: Any, world: Any, appoint: Any) -> None:
    """Without one school of one's own the form asks which, and takes only those where the right is held."""
    appoint(f"administrator.{SCHOOL}", "technical", FAR)
    client = sign_in(f"administrator.{SCHOOL}")
    for school, status in ((FAR, (403, 422)), (NEAR, (422,)), (SCHOOL, (302,))):
        answer = client.post("/positions/add", data={"title": "Логопед", "school": world.schools[school]})
        assert answer.status_code in status, school


def test_secretary_of_two_schools_moves_nobody_between_them(
    sign_in: Any, session: Any, world: Any, appoint: Any
) -> None:
    appoint(f"secretary.{SCHOOL}", "secretary", NEAR)
    form = {
        "kind": "transfer",
        "number": "1",
        "order_date": "2026-02-27",
        "lines-0-pupil": world.pupils[(SCHOOL, "Иванов")],
        "lines-0-event_date": "2026-02-26",
        "lines-0-to_class": world.classes[(NEAR, 2025, "5Б")],
    }
    assert sign_in(f"secretary.{SCHOOL}").post("/movement_orders/add", data=form).status_code == 422
    assert session.query(MovementLine).count() == 0


def test_an_account_of_another_schools_child_reaches_that_child(sign_in: Any, session: Any, world: Any) -> None:
    """A parent with children in two schools has a card in each."""
    person = AccountPerson(school_id=world.schools[FAR], parent_id=world.parents[FAR])
    person.account_id = world.account(f"parent.{SCHOOL}")
    session.add(person)
    session.commit()

    children = {world.pupils[(school, "Сергеева")] for school in (SCHOOL, FAR)}
    assert set(listed(sign_in(f"parent.{SCHOOL}").get("/pupils/list/"))) == children


@pytest.fixture
def with_child(session: Any, world: Any) -> Any:
    """Make an account a parent of the first school too."""

    def run(login: str) -> None:
        person = AccountPerson(school_id=world.schools[SCHOOL], parent_id=world.parents[SCHOOL])
        person.account_id = world.account(login)
        session.add(person)
        session.commit()

    return run


@pytest.mark.parametrize(("login", "address"), [("regional", "/pupils/list/"), ("operator", "/employees/list/")])
def test_whoever_reaches_every_school_and_is_a_parent_still_tells_schools_apart(
    sign_in: Any, with_child: Any, login: str, address: str
) -> None:
    """Being a parent in one school does not make it the only one."""
    with_child(login)
    page = sign_in(login).get(address).text
    assert 'name="school"' in page
    assert re.search(r"<th[^>]*>\s*(<a[^>]*>)?\s*Школа", page)


def test_an_operator_who_is_a_parent_names_the_school_of_a_new_record(
    sign_in: Any, with_child: Any, world: Any
) -> None:
    with_child("operator")
    client = sign_in("operator")
    assert 'name="school"' in client.get("/employees/add").text
    data = {
        "last_name": "Новый",
        "first_name": "Пётр",
        "position": world.rows["position"][NEAR],
        "hired_on": "2026-01-12",
    }
    assert client.post("/employees/add", data=data).status_code == 422


def test_a_class_led_where_one_is_not_appointed_is_not_reached(sign_in: Any, session: Any, world: Any) -> None:
    """A card in another school, with a class to lead there, gives nothing until an appointment of that school does."""
    school = world.schools[NEAR]
    card = Employee(school_id=school, last_name="Совместитель", first_name="Олег", hired_on=date(2025, 9, 1))
    card.position_id = world.rows["position"][NEAR]
    session.add(card)
    session.flush()
    session.get(SchoolClass, world.classes[(NEAR, 2025, "5А")]).class_teacher_id = card.id
    person = AccountPerson(school_id=school, employee_id=card.id)
    person.account_id = world.account(f"teacher.{SCHOOL}")
    session.add(person)
    session.commit()

    client = sign_in(f"teacher.{SCHOOL}")
    assert set(listed(client.get("/pupils/list/"))) == pupils_of(world, SCHOOL, "Сергеева", "Иванов")
    assert client.get(f"/pupils/show/{world.pupils[(NEAR, 'Сергеева')]}").status_code == 404


@pytest.mark.parametrize("place", ["after", "before"])
def test_a_page_is_not_counted_from_a_row_of_another_right(sign_in: Any, world: Any, appoint: Any, place: str) -> None:
    """The brief line of a pupil is seen, so the guard lets the row pass: the full list must not tell its place."""
    appoint(f"parent.{SCHOOL}", "technical", SCHOOL)
    client = sign_in(f"parent.{SCHOOL}")
    other = world.pupils[(SCHOOL, "Иванов")]
    assert "Показано начало списка" in client.get(f"/pupils/list/?page=2&{place}={other}").text
