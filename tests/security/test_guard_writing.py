"""The guard at the session: a writing needs the right on the row as it was and as it becomes."""

from datetime import date
from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import delete, insert, select, update

from app.extensions import db
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.calendars import SchoolCalendarDay
from app.models.directories.people import Position
from app.models.engine.audit import AuditEvent
from app.models.people import Guardianship, Parent, Pupil
from app.models.schools import School
from app.models.study import SchoolClass
from app.models.territory import Region
from app.security.actor import SYSTEM
from app.security.guard import Denied, acting, system_step


def position(world: Any, school: str, **changes: Any) -> Position:
    return Position(school_id=world.schools[school], title="Логопед", **changes)


def pupil(session: Any, world: Any, name: str = "Иванов") -> Pupil:
    return session.get(Pupil, world.pupils[("65001", name)])


def test_without_an_actor_nothing_is_written(app: Any, world: Any) -> None:
    with app.app_context():
        db.session.add(position(world, "65001"))
        with pytest.raises(Denied, match="без входа"):
            db.session.commit()
        db.session.rollback()


def test_adding_changing_and_deleting_in_the_own_school(as_account: Any, world: Any) -> None:
    with as_account("administrator.65001") as session:
        made = position(world, "65001")
        session.add(made)
        session.commit()
        made.title = "Дефектолог"
        session.commit()
        session.delete(made)
        session.commit()


def test_adding_to_another_school(as_account: Any, world: Any) -> None:
    with as_account("administrator.65001") as session:
        session.add(position(world, "65002"))
        with pytest.raises(Denied, match="Должности"):
            session.commit()
        session.rollback()
        assert session.query(Position).count() == 1


def test_moving_a_row_out_of_the_own_school(as_account: Any, world: Any, session: Any) -> None:
    with as_account("administrator.65001") as own:
        moved = own.get(SchoolCalendarDay, world.rows["school_calendar_day"]["65001"])
        moved.school_id, moved.day = world.schools["65002"], date(2026, 2, 21)
        with pytest.raises(Denied):
            own.commit()
    assert session.query(SchoolCalendarDay).filter_by(school_id=world.schools["65001"]).count() == 1


@pytest.mark.parametrize("login", ["director.65001", "municipal.64754000", "regional", "parent.65001", "teacher.65001"])
def test_seeing_is_no_right_to_change(as_account: Any, world: Any, login: str) -> None:
    """A teacher sees the school's classes, the others the pupil's card."""
    with as_account(login) as session:
        seen = session.scalars(select(SchoolClass if login.startswith("teacher") else Pupil)).first()
        if isinstance(seen, Pupil):
            seen.address = "иной"
        else:
            seen.letter = "Я"
        with pytest.raises(Denied, match="Недостаточно прав: внесение и изменение"):
            session.commit()


def test_changing_is_no_right_to_delete(as_account: Any, world: Any) -> None:
    with as_account("secretary.65001") as session:
        session.delete(session.get(Parent, world.parents["65001"]))
        with pytest.raises(Denied, match="Недостаточно прав: удаление"):
            session.commit()


def test_a_row_seen_in_a_system_step_is_not_thereby_the_actors(as_account: Any, world: Any) -> None:
    """The identity map keeps what the step has loaded: the check asks the database, not the map."""
    with as_account("secretary.65001") as session:
        with system_step(session, "look"):
            foreign = session.get(Pupil, world.pupils[("65002", "Иванов")])
        foreign.address = "иной"
        with pytest.raises(Denied):
            session.commit()


def test_taking_a_row_from_another_school(as_account: Any, world: Any) -> None:
    """As it becomes it would be the own school's: what counts as well is whose it was."""
    with as_account("administrator.65001") as session:
        with system_step(session, "look"):
            taken = session.get(SchoolCalendarDay, world.rows["school_calendar_day"]["65002"])
        taken.school_id, taken.day = world.schools["65001"], date(2026, 2, 21)
        with pytest.raises(Denied, match="Календарь школы"):
            session.commit()


def test_what_a_record_points_to_must_be_seen(as_account: Any, world: Any) -> None:
    """An account has no foreign key to the school of the role it is given: only the guard holds it."""
    foreign = world.account("secretary.65002")
    with as_account("administrator.65001") as session:
        owner = AccountPerson(school_id=world.schools["65001"], account_id=foreign)
        owner.employee_id = world.employees[("65001", "secretary")]
        session.add(owner)
        with pytest.raises(Denied, match="Учётные записи"):
            session.commit()
    with as_account("director.65001") as session:
        day = date(2026, 2, 2)
        given = Appointment(role="deputy", order_number="1", order_date=day, valid_from=day, account_id=foreign)
        given.school_id = world.schools["65001"]
        session.add(given)
        with pytest.raises(Denied, match="Учётные записи"):
            session.commit()


def test_common_data_is_changed_by_whoever_has_the_right(as_account: Any) -> None:
    with as_account("regional") as session:
        session.get(Region, 1).name = "Область"
        session.commit()


def test_a_teacher_changes_the_own_class_alone(as_account: Any, world: Any) -> None:
    with as_account("teacher.65001") as session:
        pupil(session, world).address = "ул. Новая, 1"
        session.commit()
        assert pupil(session, world, "Белых") is None
        with system_step(session, "look"):
            other = pupil(session, world, "Белых")
        other.address = "ул. Новая, 2"
        with pytest.raises(Denied):
            session.commit()


def test_cards_of_people_are_added_by_no_personal_right(as_account: Any, world: Any) -> None:
    """Though the new row would be of the own class: whoever keeps some cards is not who takes people in."""
    school, led = world.schools["65001"], world.classes[("65001", 2025, "5А")]
    added = (
        Pupil(school_id=school, last_name="Новый", first_name="Ян", birth_date=date(2014, 2, 2), class_id=led),
        Parent(school_id=school, last_name="Новая", first_name="Яна"),
    )
    for card in added:
        with as_account("teacher.65001") as session:
            session.add(card)
            with pytest.raises(Denied, match="Недостаточно прав"):
                session.commit()
            session.rollback()


def test_a_system_step_writes_beyond_and_the_stamp_is_the_actors(as_account: Any, world: Any, session: Any) -> None:
    with as_account("secretary.65001") as own:
        with system_step(own, "open a position"):
            own.add(position(world, "65001"))
        own.commit()
    made = session.query(Position).filter_by(title="Логопед").one()
    assert (made.entered_by, made.entered_by_id) == ("Сотрудников Галина", world.account("secretary.65001"))


def test_what_waits_before_a_system_step_is_written_as_the_actor(as_account: Any, world: Any) -> None:
    """A step must not carry along what the actor had prepared before it."""
    with as_account("secretary.65001") as session:
        session.add(position(world, "65001"))
        with pytest.raises(Denied), system_step(session, "anything"):
            pass


MASS = {
    "update": update(Pupil).values(address="иной"),
    "delete": delete(Guardianship),
    "insert": insert(Position).values(title="Логопед"),
}


@pytest.mark.parametrize("way", MASS)
def test_no_actor_writes_by_condition(as_account: Any, session: Any, way: str) -> None:
    """It would pass by the check of each row, the stamps and the trail."""
    with as_account("secretary.65001") as own:
        with pytest.raises(Denied, match="по одной"):
            own.execute(MASS[way])
        with pytest.raises(Denied, match="по одной"):
            own.query(Pupil).update({"address": "иной"})
    assert session.query(Pupil).filter_by(address="иной").count() == 0


def test_the_trail_is_never_changed_or_deleted(as_account: Any, session: Any) -> None:
    """Not even by the system, by object, by condition or by table."""
    for login in ("director.65001", "operator"):
        with as_account(login) as own:
            own.scalars(select(AuditEvent)).first().actor = "Никто"
            with pytest.raises(Denied, match="Журнал"):
                own.commit()
    table = AuditEvent.__table__
    for statement in (update(AuditEvent).values(actor="Никто"), delete(AuditEvent), table.delete(), table.update()):
        with pytest.raises(Denied, match="Журнал"):
            session.execute(statement)
    session.delete(session.scalars(select(AuditEvent)).first())
    with pytest.raises(Denied, match="Журнал"):
        session.flush()


def test_nobody_makes_an_operator(as_account: Any, session: Any, world: Any) -> None:
    """Flask-AppBuilder's roles hang on the account by a link that no row check sees."""
    key = world.account("secretary.65001")
    for login in ("administrator.65001", "operator"):
        with as_account(login) as own:
            account = own.get(Account, key)
            account.roles.append(own.scalar(select(Role).where(Role.name == "Admin")))
            with pytest.raises(Denied, match="оператор"):
                own.commit()
    with as_account("administrator.65001") as own:
        role = own.scalar(select(Role).where(Role.name == "Admin"))
        role.permissions = []
        with pytest.raises(Denied):
            own.commit()
    assert session.get(Account, key).roles == []


def test_what_is_no_record_of_the_panel_is_written_by_the_system_alone(as_account: Any) -> None:
    with as_account("operator") as session:
        session.add(Role(name="Хозяин"))
        with pytest.raises(Denied, match="самой системой"):
            session.commit()


def test_a_refused_writing_leaves_the_session_usable(as_account: Any, world: Any) -> None:
    with as_account("administrator.65001") as session:
        session.add(position(world, "65003"))
        with pytest.raises(Denied):
            session.commit()
        session.rollback()
        session.add(position(world, "65001"))
        session.commit()


def test_the_operator_keeps_the_schools(as_account: Any, world: Any, app: Any) -> None:
    with as_account("operator") as session:
        session.get(School, world.schools["65003"]).director_name = "Иванова А. Б."
        session.commit()
    with app.app_context(), acting(db.session, SYSTEM):
        assert db.session.get(School, world.schools["65003"]).director_name == "Иванова А. Б."
