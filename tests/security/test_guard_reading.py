"""The guard at the session: whatever way a query takes, it gives the actor's rows; without an actor, none."""

from collections.abc import Callable
from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import exists, func, select, union
from sqlalchemy.orm import Session, aliased, joinedload, lazyload, selectinload

from app.extensions import db
from app.models.accounts import Account
from app.models.engine.audit import AuditEvent
from app.models.movement import MovementOrder
from app.models.people import Guardianship, Parent, Pupil
from app.models.schools import School
from app.security.actor import SYSTEM
from app.security.guard import acting, system_step
from app.security.resources import RESOURCES

OWN = 7
"""Pupils of one school of the small world."""

Count = Callable[[Session], int]
COUNTS: dict[str, Count] = {
    "entities": lambda s: len(s.scalars(select(Pupil)).all()),
    "columns": lambda s: len(s.execute(select(Pupil.id, Pupil.last_name)).all()),
    "count": lambda s: s.scalar(select(func.count()).select_from(Pupil)),
    "count of a subquery": lambda s: s.scalar(select(func.count()).select_from(select(Pupil.id).subquery())),
    "scalar subquery": lambda s: s.scalar(select(select(func.count(Pupil.id)).scalar_subquery())),
    "common table expression": lambda s: len(s.execute(select(select(Pupil.id).cte())).all()),
    "union": lambda s: len(s.execute(union(select(Pupil.id), select(Pupil.id + 1000))).all()) // 2,
    "alias": lambda s: len(s.scalars(select(aliased(Pupil))).all()),
    "legacy query": lambda s: s.query(Pupil).count(),
    "join": lambda s: len(s.execute(select(School.id, Pupil.id).join(Pupil, Pupil.school_id == School.id)).all()),
    "grouped": lambda s: sum(s.scalars(select(func.count(Pupil.id)).group_by(Pupil.school_id)).all()),
}


@pytest.mark.parametrize("way", COUNTS)
def test_every_way_of_asking_is_scoped(as_account: Any, app: Any, way: str) -> None:
    with as_account("psychologist.65001") as session:
        assert COUNTS[way](session) == OWN
    with as_account("nobody") as session:
        assert COUNTS[way](session) == 0
    with app.app_context():
        assert COUNTS[way](db.session) == 0, "no actor, no rows"
        with acting(db.session, SYSTEM):
            assert COUNTS[way](db.session) == 3 * OWN


@pytest.mark.parametrize("model", RESOURCES, ids=lambda model: model.__name__)
def test_without_an_actor_there_is_nothing(app: Any, model: Any) -> None:
    with app.app_context():
        assert db.session.scalars(select(model)).all() == []
        assert db.session.get(model, 1) is None


def test_a_condition_on_foreign_rows_holds_for_none_of_them(as_account: Any) -> None:
    with as_account("psychologist.65001") as session:
        with_pupils = select(School.id).where(exists().where(Pupil.school_id == School.id))
        assert len(session.scalars(with_pupils).all()) == 1
        by_pupil = select(Parent.id).where(Parent.school_id.in_(select(Pupil.school_id)))
        assert len(session.scalars(by_pupil).all()) == 1


def test_flask_appbuilders_own_user_is_the_same_table(as_account: Any) -> None:
    for login, number in (("psychologist.65001", 0), ("technical.65001", 11), ("operator", 38)):
        with as_account(login) as session:
            for entity in (Account, User, aliased(User)):
                assert len(session.scalars(select(entity)).all()) == number


@pytest.mark.parametrize("load", [lazyload, joinedload, selectinload])
def test_relations_are_scoped_however_they_load(as_account: Any, world: Any, load: Any) -> None:
    """A psychologist sees the school's card, a parent does not."""
    statement = select(Pupil).where(Pupil.id == world.pupils[("65001", "Сергеева")]).options(load(Pupil.school))
    with as_account("psychologist.65001") as session:
        assert session.scalar(statement).school is not None
    with as_account("parent.65001") as session:
        assert session.scalar(statement).school is None


def test_a_lazy_collection_is_scoped(as_account: Any, session: Any, world: Any) -> None:
    pupil = world.pupils[("65001", "Сергеева")]
    father = Parent(school_id=world.schools["65001"], last_name="Сергеев", first_name="Олег")
    session.add(father)
    session.flush()
    kin = Guardianship(school_id=father.school_id, pupil_id=pupil, parent_id=father.id, relation="father")
    session.add(kin)
    session.commit()

    with as_account("secretary.65001") as secretary:
        assert len(secretary.get(Pupil, pupil).guardianships) == 2
    with as_account("parent.65001") as mother:
        assert [each.parent_id for each in mother.get(Pupil, pupil).guardianships] == [world.parents["65001"]]


def test_get_does_not_go_round_the_scope(as_account: Any, world: Any) -> None:
    with as_account("secretary.65001") as session:
        assert session.get(Pupil, world.pupils[("65002", "Иванов")]) is None
        assert session.get(Pupil, world.pupils[("65001", "Иванов")]) is not None


def test_a_seen_row_refreshes(as_account: Any, world: Any) -> None:
    """Column loads are not filtered: an expired object must not vanish under the page that shows it."""
    with as_account("secretary.65001") as session:
        pupil = session.get(Pupil, world.pupils[("65001", "Иванов")])
        session.expire_all()
        assert pupil.last_name == "Иванов"
        session.refresh(pupil)


def test_a_system_step_reads_beyond_and_ends(as_account: Any) -> None:
    with as_account("secretary.65001") as session:
        with system_step(session, "look"):
            assert session.query(Pupil.id).count() == 3 * OWN
            with system_step(session, "look again"):
                assert session.query(Pupil.id).count() == 3 * OWN
            assert session.query(Pupil.id).count() == 3 * OWN
        assert session.query(Pupil.id).count() == OWN


def test_a_system_step_ends_with_an_error_too(as_account: Any) -> None:
    with as_account("secretary.65001") as session:
        with pytest.raises(ZeroDivisionError), system_step(session, "fail"):
            _ = 1 / 0
        assert session.query(Pupil.id).count() == OWN


def test_the_actor_changes_with_the_block(as_account: Any, app: Any) -> None:
    with as_account("secretary.65001") as session:
        with acting(session, None):
            assert session.query(Pupil.id).count() == 0
        assert session.query(Pupil.id).count() == OWN
        with acting(session, SYSTEM):
            assert session.query(Pupil.id).count() == 3 * OWN
        assert session.query(Pupil.id).count() == OWN


def test_a_request_leaves_its_actor_to_nobody(app: Any, sign_in: Any) -> None:
    assert sign_in("regional").get("/pupils/list/").status_code == 200
    with app.app_context():
        assert db.session.query(Pupil).count() == 0


def test_roles_reach_their_rows(as_account: Any) -> None:
    reached = {"municipal.64754000": 14, "regional": 21, "operator": 0, "teacher.65001": 2, "parent.65001": 1}
    for login, number in reached.items():
        with as_account(login) as session:
            assert session.query(Pupil.id).count() == number, login


def test_the_trail_is_for_its_readers(as_account: Any, world: Any) -> None:
    with as_account("director.65001") as session:
        assert set(session.scalars(select(AuditEvent.school_id).distinct())) == {world.schools["65001"]}
    with as_account("secretary.65001") as session:
        assert session.query(AuditEvent).count() == 0
        assert session.query(MovementOrder).count() == 0
