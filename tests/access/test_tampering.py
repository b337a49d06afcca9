"""Fields that a form does not have: sent all the same, they change nothing."""

from typing import Any

from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.directories.people import Position
from app.models.movement import MovementOrder
from app.models.people import Pupil
from tests.access.expected import NEAR, SCHOOL
from tests.support.locks import confirmed

STAMPS = {"entered_by": "Никто", "entered_on": "2020-01-01", "entered_at": "2020-01-01T00:00", "id": "999"}


def test_the_school_of_a_new_record_is_the_actors(sign_in: Any, session: Any, world: Any) -> None:
    foreign = str(world.schools[NEAR])
    typed = {"title": "Логопед", "school": foreign, "school_id": foreign} | STAMPS
    assert sign_in(f"administrator.{SCHOOL}").post("/positions/add", data=typed).status_code == 302

    position = session.query(Position).filter_by(title="Логопед").one()
    assert position.school_id == world.schools[SCHOOL]
    assert position.entered_by == "Сотрудников Борис"
    assert position.entered_on.year > 2020


def test_a_record_does_not_move_to_another_school(sign_in: Any, session: Any, world: Any) -> None:
    key = world.pupils[(SCHOOL, "Иванов")]
    pupil = session.get(Pupil, key)
    typed = {"last_name": "Иванов", "first_name": "Пётр", "birth_date": "2013-04-11", "version": str(pupil.version)}
    foreign = {
        "school": str(world.schools[NEAR]),
        "school_id": str(world.schools[NEAR]),
        "class_id": "",
        "status": "new",
    }
    response = sign_in(f"secretary.{SCHOOL}").post(f"/pupils/edit/{key}", data=typed | foreign | STAMPS)

    assert response.status_code == 302, response.text
    session.expire_all()
    assert (pupil.school_id, pupil.class_id) == (world.schools[SCHOOL], world.classes[(SCHOOL, 2025, "5А")])
    assert (pupil.entered_by, pupil.status) == ("Система", "enrolled")


def test_what_is_fixed_once_stays(sign_in: Any, session: Any, world: Any) -> None:
    """The role and the account of an appointment, the login of an account."""
    appointment = session.query(Appointment).filter_by(account_id=world.account(f"secretary.{SCHOOL}")).one()
    typed = {"order_number": "12", "order_date": "2025-08-25", "valid_from": "2025-08-25", "version": "1"}
    typed |= {"role": "director", "account": str(world.account(f"hr.{SCHOOL}")), "school": str(world.schools[NEAR])}
    response = sign_in(f"director.{SCHOOL}").post(f"/appointments/edit/{appointment.id}", data=typed)
    assert response.status_code == 302, response.text

    key = world.account(f"hr.{SCHOOL}")
    typed = {"last_name": "Иная", "first_name": "Имя", "email": "a@test.invalid", "username": "root", "active": "y"}
    extra = {"roles": "1", "must_change_password": "", "session_key": "x", "password": "x", "municipality": "1"}
    response = sign_in(f"administrator.{SCHOOL}").post(f"/accounts/edit/{key}", data=typed | extra | {"version": "1"})
    assert response.status_code == 302, response.text

    session.expire_all()
    account = session.get(Account, key)
    assert (appointment.role, appointment.school_id) == ("secretary", world.schools[SCHOOL])
    assert (account.username, account.last_name) == (f"hr.{SCHOOL}", "Сотрудников"), "as the owner's card says"
    assert (account.roles, account.session_key, account.municipality_id) == ([], f"key-hr.{SCHOOL}", None)


def test_a_bulk_deletion_with_one_foreign_row_deletes_none(sign_in: Any, session: Any, world: Any) -> None:
    own = Position(school_id=world.schools[SCHOOL], title="Лишняя")
    session.add(own)
    session.commit()
    client, foreign = sign_in(f"administrator.{SCHOOL}"), world.rows["position"][NEAR]

    chosen = {"action": "delete", "confirmed": "1"}
    response = client.post("/positions/bulk", data=chosen | {"rowid": [own.id, foreign]})
    assert (response.status_code, session.query(Position).count()) == (404, 4)

    response = confirmed(client, "/positions/bulk", data=chosen | {"rowid": [own.id]})
    assert (response.status_code, session.query(Position).count()) == (200, 3)


def test_a_reading_role_writes_no_order(sign_in: Any, session: Any, world: Any) -> None:
    for login in ("municipal.64754000", "regional", f"director.{SCHOOL}", f"deputy.{SCHOOL}"):
        assert sign_in(login).post("/movement_orders/add", data={"number": "1"}).status_code == 403
    assert session.query(MovementOrder).count() == 0
