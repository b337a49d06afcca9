"""What no appointment may do (3.3.1; access.md, Authority over people's access). Clause 3.3.2.1."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from app.clock import today
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.people import Employee
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.panel.reading import at_fields
from tests.support.locks import pressed
from tests.support.ticks import ticked

DIRECTOR, SCHOOL, DAY = "director.65001", "65001", timedelta(days=1)


def order(world: Any, login: str, role: str, **more: Any) -> dict[str, Any]:
    day = today().isoformat()
    given = {"account": str(world.account(login)), "role": role, "order_number": "40", "order_date": day}
    return given | {"valid_from": day} | {name: str(value) for name, value in more.items()}


@pytest.fixture
def director(sign_in: Any) -> Any:
    return sign_in(DIRECTOR)


def of(session: Any, world: Any, login: str, role: str) -> int:
    session.rollback()
    return session.query(Appointment.id).filter_by(account_id=world.account(login), role=role).scalar()


REFUSED = {
    "a pupil": (("student.65001", "teacher"), {}, "account", "работает в этой школе"),
    "a parent": (("parent.65001", "deputy"), {}, "account", "работает в этой школе"),
    "an order to come": (("hr.65001", "deputy"), {"order_date": 1, "valid_from": 1}, "order_date", "ещё не наступила"),
    "before its order": (("hr.65001", "deputy"), {"valid_from": -1}, "valid_from", "не действует раньше приказа"),
    "the same again": (("hr.65001", "hr"), {}, "valid_from", "уже есть: приказ № 12"),
    "before it begins": (("hr.65001", "deputy"), {"valid_to": -1}, "valid_to", "Окончание раньше начала"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_an_appointment_that_cannot_be(director: Any, session: Any, world: Any, why: str) -> None:
    who, shifted, field, says = REFUSED[why]
    before = session.query(Appointment).count()
    answer = director.post(
        "/appointments/add", data=order(world, *who, **{name: today() + days * DAY for name, days in shifted.items()})
    )
    assert answer.status_code == 422
    assert says in at_fields(answer.text)[field]
    session.rollback()
    assert session.query(Appointment).count() == before


@pytest.mark.parametrize(("days", "status"), [(-1, 422), (0, 302), (1, 302)])
def test_whoever_works_there_on_the_first_day(director: Any, session: Any, world: Any, days: int, status: int) -> None:
    """The day before dismissal ends, on it, after it."""
    with acting(session, SYSTEM):
        session.get(Employee, world.employees[(SCHOOL, "hr")]).dismissed_on = today() + days * DAY
        session.commit()
    assert director.post("/appointments/add", data=order(world, "hr.65001", "deputy")).status_code == status


def test_of_another_school_nobody(sign_in: Any, world: Any) -> None:
    """The operator sees both schools, and appoints across them no more than a director."""
    answer = sign_in("operator").post(
        "/appointments/add", data=order(world, "hr.65001", "deputy", school=world.schools["65003"])
    )
    assert answer.status_code == 422
    assert "работает в этой школе" in at_fields(answer.text)["account"]


def test_who_is_no_official_gets_no_role_above_schools(sign_in: Any, world: Any) -> None:
    for login in ("parent.65001", "director.65001", "nobody"):
        answer = sign_in("operator").post("/appointments/add", data=order(world, login, "regional"))
        assert answer.status_code == 422
        assert "работает в органе управления региона" in at_fields(answer.text)["account"]


def test_who_appoints_himself_is_asked_and_it_is_told(director: Any, session: Any, world: Any) -> None:
    typed = order(world, DIRECTOR, "deputy")
    asked = director.post("/appointments/add", data=typed)
    assert asked.status_code == 422
    assert "самого себя" in asked.text
    assert ticked(director, "/appointments/add", typed).status_code == 302
    key = of(session, world, DIRECTOR, "deputy")
    assert "Вы назначаете на роль самого себя" in director.get(f"/appointments/show/{key}").text


@pytest.mark.parametrize("role", ["director", "administrator"])
def test_the_last_one_goes_when_another_is_named(
    sign_in: Any, director: Any, session: Any, world: Any, role: str
) -> None:
    """Ended, deleted by one or in bulk: refused, the operator too, until a successor acts from the next day on."""
    login = f"{role}.{SCHOOL}"
    key, day = of(session, world, login, role), date(2025, 8, 25).isoformat()
    ended = {"order_number": "12", "order_date": day, "valid_from": day, "valid_to": today().isoformat()}
    for client in (director, sign_in("operator")):
        answer = client.post(f"/appointments/edit/{key}", data=ended | {"version": "1"})
        assert answer.status_code == 422
        assert "Сначала назначьте преемника" in at_fields(answer.text)["valid_to"]
        assert pressed(client, f"/appointments/delete/{key}").status_code == 409
    late = order(world, "hr.65001", role, valid_from=today() + 2 * DAY)
    assert ticked(director, "/appointments/add", late).status_code == 302
    assert director.post(f"/appointments/edit/{key}", data=ended | {"version": "1"}).status_code == 422, "a day without"
    ended["valid_to"] = (today() + DAY).isoformat()
    assert director.post(f"/appointments/edit/{key}", data=ended | {"version": "1"}).status_code == 302


@pytest.mark.parametrize("change", [{"active": ""}, {"closed_on": today().isoformat(), "closed_reason": "Так"}])
def test_nobody_shuts_himself_out(sign_in: Any, session: Any, world: Any, change: dict[str, str]) -> None:
    key = world.account("administrator.65001")
    form = {"email": "a@test.invalid", "active": "y", "version": "1"} | change
    answer = sign_in("administrator.65001").post(f"/accounts/edit/{key}", data=form)
    assert answer.status_code == 422
    assert "Свою учётную запись не закрывают" in at_fields(answer.text)["closed_on"]


@pytest.mark.parametrize(("days", "opens"), [(-1, False), (0, True), (1, True)])
def test_dismissal_ends_the_roles_after_the_last_day(
    sign_in: Any, session: Any, world: Any, days: int, opens: bool
) -> None:
    """At the next request of a session that is open, by itself; a second school goes on."""
    client = sign_in("hr.65001")
    assert client.get("/employees/list/").status_code == 200
    with acting(session, SYSTEM):
        session.get(Employee, world.employees[(SCHOOL, "hr")]).dismissed_on = today() + days * DAY
        session.commit()
    assert client.get("/employees/list/").status_code == (200 if opens else 403)


def test_coming_back_needs_a_new_card_or_the_old_one_open(sign_in: Any, session: Any, world: Any) -> None:
    """Dismissed and taken on again under another card of the same account: the roles of today's work hold."""
    with acting(session, SYSTEM):
        old = session.get(Employee, world.employees[(SCHOOL, "hr")])
        old.dismissed_on = today() - DAY
        again = Employee(school_id=old.school_id, last_name=old.last_name, first_name=old.first_name)
        again.position_id, again.hired_on = old.position_id, today()
        session.add(again)
        session.flush()
        account = session.get(Account, world.account("hr.65001"))
        session.add(AccountPerson(school_id=old.school_id, account=account, employee=again))
        session.commit()
    assert sign_in("hr.65001").get("/employees/list/").status_code == 200


@pytest.mark.parametrize(("days", "opens"), [(-1, False), (0, True), (1, True)])
def test_departure_ends_the_familys_access_after_the_last_day(
    sign_in: Any, session: Any, world: Any, days: int, opens: bool
) -> None:
    """The day of the order is the last one: on the next neither the pupil nor the parent has a role."""
    event = today() + days * DAY
    departs = {"kind": "departure", "number": "7-у", "order_date": today().isoformat(), "lines-0-event_date": event}
    departs |= {"lines-0-pupil": str(world.pupils[(SCHOOL, "Сергеева")])}
    assert ticked(sign_in("secretary.65001"), "/movement_orders/add", departs).status_code == 302
    for login in ("student.65001", "parent.65001"):
        page = sign_in(login).get("/").text
        assert ("У вас пока нет роли" not in page) == opens, login


SHUT = [{"active": ""}, {"closed_on": (today() + 5 * DAY).isoformat(), "closed_reason": "Так"}]


@pytest.mark.parametrize("who", ["administrator.65001", "operator"])
@pytest.mark.parametrize("change", SHUT)
def test_the_last_director_s_account_is_not_shut(
    sign_in: Any, session: Any, world: Any, who: str, change: dict[str, str]
) -> None:
    """Before a successor is appointed: without a director nobody appoints."""
    key, director = world.account("director.65001"), sign_in("director.65001")
    form = {"email": "a@test.invalid", "active": "y", "version": "1"} | change
    client = sign_in(who)
    answer = client.post(f"/accounts/edit/{key}", data=form)
    assert answer.status_code == 422
    assert "Сначала назначьте преемника" in at_fields(answer.text)["closed_on"]
    session.expire_all()
    assert session.get(Account, key).active
    for successor, start, code in (("hr", 6, 422), ("deputy", 0, 302)):  # a day without one, and none
        late = order(world, f"{successor}.65001", "director", valid_from=today() + start * DAY)
        assert ticked(director, "/appointments/add", late).status_code == 302
        assert client.post(f"/accounts/edit/{key}", data=form).status_code == code, start


def test_a_teacher_s_account_is_shut_at_once(sign_in: Any, world: Any) -> None:
    form = {"email": "a@test.invalid", "active": "", "version": "1"}
    client = sign_in("administrator.65001")
    assert client.post(f"/accounts/edit/{world.account('teacher.65001')}", data=form).status_code == 302


def test_a_role_is_chosen_and_never_proposed(sign_in: Any) -> None:
    """A wrong default would make somebody a director."""
    page = sign_in(f"director.{SCHOOL}").get("/appointments/add").text
    first = re.search(r'<select[^>]*name="role"[^>]*>\s*<option[^>]*>', page)
    assert first is not None
    assert 'value=""' in first[0].rpartition("<option")[2]
