"""States held by the guard: a closed record is immutable by whatever way, a state changes by its transition alone."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.security.guard import Denied, system_step
from app.security.states import Closed
from app.services.engine import states
from app.services.engine.errors import Changed, Conflict, Refused
from app.services.movement import orders

SCHOOL = "65001"
SECRETARY = f"secretary.{SCHOOL}"
ORDER, LINE = MovementOrder.__table__, MovementLine.__table__


def line(world: Any, name: str) -> MovementLine:
    made = MovementLine(school_id=world.schools[SCHOOL], kind=OrderKind.DEPARTURE, event_date=date(2026, 2, 26))
    made.academic_year_id, made.pupil_id = world.years[(SCHOOL, 2025)], world.pupils[(SCHOOL, name)]
    made.from_class_id = world.classes[(SCHOOL, 2025, "5А")]
    return made


@pytest.fixture
def key(session: Any, world: Any) -> int:
    """An order of one pupil, in force."""
    order = MovementOrder(school_id=world.schools[SCHOOL], academic_year_id=world.years[(SCHOOL, 2025)])
    order.kind, order.number, order.order_date = OrderKind.DEPARTURE, "1-у", date(2026, 2, 27)
    order.lines = [line(world, "Иванов")]
    session.add(order)
    session.commit()
    return order.id


@pytest.fixture
def annulled(session: Any, key: int) -> int:
    orders.annul(session, session.get(MovementOrder, key), "Ошибка")
    return key


def forget(order: MovementOrder) -> None:
    order.lines = []


def rewrite(order: MovementOrder) -> None:
    order.lines[0].counterpart = "г. Невельск"


def strip(order: MovementOrder) -> None:
    order.annulled_on, order.annulment_reason = None, None


def rename(order: MovementOrder) -> None:
    order.number = "2-у"


def excuse(order: MovementOrder) -> None:
    order.annulment_reason = "Другая причина"


@pytest.mark.parametrize("act", [rename, excuse, rewrite, forget])
@pytest.mark.parametrize("login", [SECRETARY, None])
def test_a_closed_record_is_immutable(
    as_account: Any, session: Any, annulled: int, login: str | None, act: Any
) -> None:
    """For the secretary and for the system itself; its rows as well."""
    if login is None:
        act(session.get(MovementOrder, annulled))
        with pytest.raises(Closed, match=r"№ 1-у от 27\.02\.2026»: аннулирован"):
            session.commit()
        session.rollback()
    else:
        with as_account(login) as own:
            act(own.get(MovementOrder, annulled))
            with pytest.raises(Closed):
                own.commit()
    session.rollback()
    order = session.get(MovementOrder, annulled)
    assert (order.number, len(order.lines), order.lines[0].counterpart) == ("1-у", 1, None)


def test_it_is_not_opened_again_by_hand(session: Any, annulled: int) -> None:
    strip(session.get(MovementOrder, annulled))
    with pytest.raises(Denied, match="состояние меняется только своей кнопкой"):
        session.commit()
    session.rollback()


def test_it_is_not_deleted(as_account: Any, session: Any, annulled: int) -> None:
    with as_account(SECRETARY) as own:
        order = own.get(MovementOrder, annulled)
        with pytest.raises(Conflict, match="аннулирован"):
            orders.delete(own, order)
        own.delete(own.get(MovementOrder, annulled))
        with pytest.raises(Closed):
            own.commit()
    session.rollback()
    session.delete(session.get(MovementLine, session.query(MovementLine.id).scalar()))
    with pytest.raises(Closed):
        session.commit()
    session.rollback()
    assert session.query(MovementLine).count() == 1


def test_no_row_is_added_to_it(session: Any, world: Any, annulled: int) -> None:
    more = line(world, "Белых")
    more.order_id = annulled
    session.add(more)
    with pytest.raises(Closed):
        session.commit()
    session.rollback()
    assert session.query(MovementLine).count() == 1


def test_no_row_is_moved_out_of_it(session: Any, world: Any, annulled: int) -> None:
    other = MovementOrder(school_id=world.schools[SCHOOL], academic_year_id=world.years[(SCHOOL, 2025)])
    other.kind, other.number, other.order_date = OrderKind.DEPARTURE, "3-у", date(2026, 2, 27)
    session.add(other)
    session.commit()
    session.query(MovementLine).one().order_id = other.id
    with pytest.raises(Closed):
        session.commit()
    session.rollback()


@pytest.mark.parametrize("table", [MovementOrder, MovementLine, ORDER, LINE])
def test_nothing_is_written_by_condition(session: Any, annulled: int, table: Any) -> None:
    """With the mapping and with the bare table, even by the system."""
    for statement in (update(table).values(note="x") if table in (MovementOrder, ORDER) else insert(table),
                      delete(table)):  # fmt: skip
        with pytest.raises(Denied, match="только по одной"):
            session.execute(statement)


def test_a_named_system_step_is_let_through(session: Any, annulled: int) -> None:
    with system_step(session, "mend what a person cannot"):
        rename(session.get(MovementOrder, annulled))
    session.commit()
    assert session.get(MovementOrder, annulled).number == "2-у"


def test_a_state_is_set_by_its_transition_alone(as_account: Any, session: Any, key: int) -> None:
    with as_account(SECRETARY) as own:
        order = own.get(MovementOrder, key)
        order.annulled_on, order.annulment_reason = date(2026, 3, 2), "Ошибка"
        with pytest.raises(Denied, match="кнопкой"):
            own.commit()
    session.rollback()
    assert session.get(MovementOrder, key).annulled_on is None


def test_nothing_begins_closed(session: Any, world: Any) -> None:
    order = MovementOrder(school_id=world.schools[SCHOOL], academic_year_id=world.years[(SCHOOL, 2025)])
    order.kind, order.number, order.order_date = OrderKind.DEPARTURE, "1-у", date(2026, 2, 27)
    order.annulled_on, order.annulment_reason = date(2026, 3, 2), "Ошибка"
    session.add(order)
    with pytest.raises(Denied, match="новая запись"):
        session.commit()
    session.rollback()


def test_the_transition_needs_its_right_its_reason_and_its_state(as_account: Any, session: Any, key: int) -> None:
    with as_account(f"director.{SCHOOL}") as own, pytest.raises(Denied, match="Недостаточно прав"):
        states.move(own, own.get(MovementOrder, key), "annul", "Ошибка")
    with as_account(SECRETARY) as own:
        for reason, words in ((" ", "Заполните поле"), ("я" * 301, "не больше 300 знаков")):
            with pytest.raises(Refused, match=words):
                states.move(own, own.get(MovementOrder, key), "annul", reason)
        order = own.get(MovementOrder, key)
        own.connection().execute(update(ORDER).values(version=5))
        with pytest.raises(Changed):
            states.move(own, order, "annul", "Ошибка")
        assert own.get(MovementOrder, key).annulled_on is None
        order = states.move(own, own.get(MovementOrder, key), "annul", " Ошибка ")
        assert order.annulment_reason == "Ошибка"
        with pytest.raises(Conflict, match="уже невозможно"):
            states.move(own, order, "annul", "Ещё раз")
