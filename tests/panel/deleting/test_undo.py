"""Deleting, taking it back, and the bin of the school's Administrator: who may, who may not, what comes back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.models.directories.people import Position
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.engine.deleted import DeletedRecord
from app.models.movement import MovementOrder
from app.models.movement.memberships import ClassMembership
from app.models.people import Employee, Pupil
from tests.support.locks import pressed

SCHOOL, NEAR = "65001", "65002"
NEW = {"last_name": "Лишний", "first_name": "Лев", "hired_on": "2026-01-12", "snils": "112-233-445 95"}


@pytest.fixture
def hr(sign_in: Any) -> Any:
    return sign_in(f"hr.{SCHOOL}")


@pytest.fixture
def administrator(sign_in: Any) -> Any:
    return sign_in(f"administrator.{SCHOOL}")


@pytest.fixture
def employee(hr: Any) -> int:
    added = hr.post("/employees/add", data=NEW)
    return int(added.location.rsplit("/", 1)[1])


def in_bin(session: Any, **where: Any) -> list[DeletedRecord]:
    session.expire_all()
    return session.query(DeletedRecord).filter_by(**where).order_by(DeletedRecord.id).all()


def delete(client: Any, route: str, key: int, session: Any) -> DeletedRecord:
    response = pressed(client, f"/{route}/delete/{key}")
    assert response.status_code == 302, response.text
    return in_bin(session, record_id=key, restored_at=None)[-1]


def columns(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def test_who_deleted_takes_it_back_as_it_was(hr: Any, employee: int, session: Any) -> None:
    before = columns(session.get(Employee, employee))
    deleted = delete(hr, "employees", employee, session)
    assert session.get(Employee, employee) is None
    page = hr.get("/employees/list/").text
    assert f"/employees/undelete/{deleted.batch}" in page
    assert "Запись удалена." in page

    response = hr.post(f"/employees/undelete/{deleted.batch}")
    assert (response.status_code, response.location) == (302, f"/employees/show/{employee}")
    session.expire_all()
    assert columns(session.get(Employee, employee)) == before
    assert "Восстановлена 1 запись" in hr.get("/employees/list/?q=лишний").text
    assert f"/employees/show/{employee}" in hr.get("/employees/list/?q=лишний").text
    assert hr.post(f"/employees/undelete/{deleted.batch}").status_code == 404


def test_the_trail_tells_of_deleting_and_restoring(hr: Any, employee: int, session: Any) -> None:
    hr.post(f"/employees/undelete/{delete(hr, 'employees', employee, session).batch}")
    trail = session.query(AuditEvent).filter_by(entity="employee", record_id=employee).order_by(AuditEvent.id)
    assert [event.action for event in trail] == [AuditAction.CREATE, AuditAction.DELETE, AuditAction.RESTORE]
    assert session.query(AuditEvent).filter_by(entity="deleted_record").count() == 0


def test_nobody_else_takes_it_back(hr: Any, sign_in: Any, employee: int, session: Any) -> None:
    deleted = delete(hr, "employees", employee, session)
    assert sign_in(f"hr.{NEAR}").post(f"/employees/undelete/{deleted.batch}").status_code == 404
    assert sign_in(f"secretary.{SCHOOL}").post(f"/employees/undelete/{deleted.batch}").status_code == 403
    assert session.get(Employee, employee) is None


def test_after_a_day_the_administrator_is_asked(hr: Any, employee: int, sign_in: Any, session: Any) -> None:
    deleted = delete(hr, "employees", employee, session)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        response = sign_in(f"hr.{SCHOOL}").post(f"/employees/undelete/{deleted.batch}")
    assert response.status_code == 409
    assert "администратор школы" in response.text
    assert session.get(Employee, employee) is None


def test_the_administrator_restores(hr: Any, administrator: Any, employee: int, session: Any) -> None:
    deleted = delete(hr, "employees", employee, session)
    listed = administrator.get("/deleted/list/?q=лишний").text
    card = administrator.get(f"/deleted/show/{deleted.id}").text
    assert "Лишний Лев" in listed
    for text in ("Сотрудник: как было", "112-233-445 95", "12.01.2026", "Восстановить"):
        assert text in card

    response = administrator.post(f"/deleted/restore/{deleted.id}")
    assert (response.status_code, response.location) == (302, f"/employees/show/{employee}")
    assert session.get(Employee, employee).entered_by == "Сотрудников Дмитрий"
    assert administrator.get(f"/deleted/show/{deleted.id}").status_code == 404
    assert "Лишний" not in administrator.get("/deleted/list/").text


def test_others_do_not_see_the_bin(hr: Any, sign_in: Any, employee: int, session: Any) -> None:
    deleted = delete(hr, "employees", employee, session)
    for login in (f"secretary.{SCHOOL}", f"hr.{SCHOOL}", f"director.{SCHOOL}", "regional"):
        client = sign_in(login)
        assert client.get("/deleted/list/").status_code == 403
        assert client.post(f"/deleted/restore/{deleted.id}").status_code == 403
    other = sign_in(f"administrator.{NEAR}")
    assert other.get(f"/deleted/show/{deleted.id}").status_code == 404
    assert other.post(f"/deleted/restore/{deleted.id}").status_code == 404
    assert "Лишний" not in other.get("/deleted/list/").text
    assert session.get(Employee, employee) is None


def test_the_bin_tells_no_names_of_what_one_may_not_see(sign_in: Any, session: Any, world: Any) -> None:
    """The operator keeps every bin, but sees no movement order."""
    secretary = sign_in(f"secretary.{SCHOOL}")
    order = enter(secretary, world, "77-тайна")
    deleted = delete(secretary, "movement_orders", order, session)
    operator = sign_in("operator")
    pages = [operator.get(path).text for path in ("/deleted/list/", f"/deleted/show/{deleted.id}")]
    assert all(f"Приказ о движении № {order}" in page for page in pages)
    assert not [page for page in pages if "77-тайна" in page or "Иванов" in page]
    assert "Приказ о движении №" not in operator.get("/deleted/list/?q=77-тайна").text
    assert operator.post(f"/deleted/restore/{deleted.id}").status_code == 302
    assert session.get(MovementOrder, order) is not None


def enter(secretary: Any, world: Any, number: str, pupil: str = "Иванов", **more: Any) -> int:
    form = {"kind": "departure", "number": number, "order_date": "2026-02-27"} | more
    form |= {"lines-0-pupil": world.pupils[(SCHOOL, pupil)], "lines-0-event_date": "2026-02-26"}
    response = secretary.post("/movement_orders/add", data=form)
    assert response.status_code == 302, response.text
    return int(response.location.rsplit("/", 1)[1])


def test_a_restored_order_acts_again(sign_in: Any, session: Any, world: Any) -> None:
    secretary, key = sign_in(f"secretary.{SCHOOL}"), world.pupils[(SCHOOL, "Иванов")]
    order = enter(secretary, world, "5")
    stamps = [(line.id, line.entered_at) for line in session.get(MovementOrder, order).lines]
    deleted = delete(secretary, "movement_orders", order, session)
    assert session.get(Pupil, key).status == "enrolled"

    secretary.post(f"/movement_orders/undelete/{deleted.batch}")
    session.expire_all()
    assert session.get(Pupil, key).status == "departed"
    assert [(line.id, line.entered_at) for line in session.get(MovementOrder, order).lines] == stamps
    closed = session.query(ClassMembership).filter_by(pupil_id=key).one()
    assert (closed.closed_by.order_id, str(closed.ends_on)) == (order, "2026-02-26")


def test_an_order_that_no_longer_fits_stays_in_the_bin(sign_in: Any, session: Any, world: Any) -> None:
    secretary, key = sign_in(f"secretary.{SCHOOL}"), world.pupils[(SCHOOL, "Иванов")]
    deleted = delete(secretary, "movement_orders", enter(secretary, world, "5"), session)
    other = enter(secretary, world, "6")
    secretary.post(f"/movement_orders/undelete/{deleted.batch}")

    assert "не числится в школе" in secretary.get("/movement_orders/list/").text
    assert [order.id for order in session.scalars(select(MovementOrder))] == [other]
    assert in_bin(session, id=deleted.id)[0].restored_at is None
    assert session.query(ClassMembership).filter_by(pupil_id=key).one().closed_by.order_id == other


def test_a_hand_made_membership_comes_back_with_its_effect(sign_in: Any, session: Any, world: Any) -> None:
    deputy, key = sign_in(f"deputy.{SCHOOL}"), world.pupils[(SCHOOL, "Иванов")]
    membership = session.query(ClassMembership).filter_by(pupil_id=key).one().id
    deleted = delete(deputy, "memberships", membership, session)
    assert session.get(Pupil, key).status == "new"
    deputy.post(f"/memberships/undelete/{deleted.batch}")
    session.expire_all()
    pupil = session.get(Pupil, key)
    assert (pupil.status, pupil.class_id) == ("enrolled", world.classes[(SCHOOL, 2025, "5А")])


def test_a_name_taken_meanwhile_is_told(administrator: Any, session: Any, world: Any) -> None:
    first = Position(school_id=world.schools[SCHOOL], title="Логопед")
    session.add(first)
    session.commit()
    deleted = delete(administrator, "positions", first.id, session)
    administrator.post("/positions/add", data={"title": "Логопед"})
    response = administrator.post(f"/deleted/restore/{deleted.id}", follow_redirects=True)
    assert "повторяется «Должность»" in response.text
    assert session.query(Position).filter_by(title="Логопед").count() == 1


def test_a_number_given_to_another_row_meanwhile(administrator: Any, session: Any, world: Any) -> None:
    """SQLite gives the number of the last deleted row again: the restored one takes a new number then."""
    first = Position(school_id=world.schools[SCHOOL], title="Логопед")
    session.add(first)
    session.commit()
    deleted = delete(administrator, "positions", first.id, session)
    administrator.post("/positions/add", data={"title": "Психолог"})
    administrator.post(f"/deleted/restore/{deleted.id}")
    assert session.query(Position).filter(Position.title.in_(("Логопед", "Психолог"))).count() == 2


def test_what_a_record_leads_to_must_be_there(hr: Any, administrator: Any, session: Any, world: Any) -> None:
    position = Position(school_id=world.schools[SCHOOL], title="Логопед")
    session.add(position)
    session.commit()
    added = hr.post("/employees/add", data=NEW | {"position": position.id})
    person = delete(hr, "employees", int(added.location.rsplit("/", 1)[1]), session)
    gone = delete(administrator, "positions", position.id, session)

    assert (
        "нет записи, на которую она ссылается («Должность»"
        in hr.post(f"/employees/undelete/{person.batch}", follow_redirects=True).text
    )
    administrator.post(f"/deleted/restore/{gone.id}")
    assert hr.post(f"/employees/undelete/{person.batch}").location == f"/employees/show/{person.record_id}"


def test_restoring_twice_restores_once(hr: Any, administrator: Any, employee: int, session: Any) -> None:
    deleted = delete(hr, "employees", employee, session)
    assert administrator.post(f"/deleted/restore/{deleted.id}").status_code == 302
    assert administrator.post(f"/deleted/restore/{deleted.id}").status_code == 404
    assert hr.post(f"/employees/undelete/{deleted.batch}").status_code == 404


def test_what_depends_on_a_record_is_listed(hr: Any, session: Any, world: Any) -> None:
    page = hr.get(f"/employees/delete/{world.employees[(SCHOOL, 'teacher')]}").text
    assert "классы – 1 запись" in page
    assert "владельцы учётных записей – 1 запись" in page
    assert in_bin(session) == []


def test_a_transfer_is_deleted_and_acts_again(sign_in: Any, session: Any, world: Any) -> None:
    secretary, key = sign_in(f"secretary.{SCHOOL}"), world.pupils[(SCHOOL, "Иванов")]
    other = world.classes[(SCHOOL, 2025, "5Б")]
    order = enter(secretary, world, "9", kind="transfer", **{"lines-0-to_class": other})
    deleted = delete(secretary, "movement_orders", order, session)
    assert session.get(Pupil, key).class_id == world.classes[(SCHOOL, 2025, "5А")]
    secretary.post(f"/movement_orders/undelete/{deleted.batch}")
    session.expire_all()
    assert session.get(Pupil, key).class_id == other


def test_a_role_is_restored_only_by_who_may_give_it(sign_in: Any, administrator: Any, session: Any, world: Any) -> None:
    director, day = sign_in(f"director.{SCHOOL}"), "2026-01-12"
    data = {"account": world.account(f"administrator.{SCHOOL}"), "role": "deputy", "order_number": "1"}
    added = director.post("/appointments/add", data=data | {"order_date": day, "valid_from": day})
    deleted = delete(director, "appointments", int(added.location.rsplit("/", 1)[1]), session)
    assert administrator.post(f"/deleted/restore/{deleted.id}").status_code == 403
    assert administrator.get(added.location).status_code == 404
    assert director.post(f"/appointments/undelete/{deleted.batch}").status_code == 302
    assert director.get(added.location).status_code == 200


def test_the_history_of_a_former_record_of_the_same_number_is_not_told(
    hr: Any, sign_in: Any, employee: int, session: Any
) -> None:
    delete(hr, "employees", employee, session)
    other = sign_in("hr.65003")
    added = other.post("/employees/add", data=NEW | {"last_name": "Новый"})
    card = other.get(added.location).get_data(as_text=True)
    assert "Удаление" not in card
    assert card.count("Создание") == 1
