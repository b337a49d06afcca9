"""Each rule that warns: where it begins, what it refuses outright; nothing passes it unasked."""

from datetime import date
from typing import Any

import pytest

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.people import Employee, Guardianship, Parent
from app.services.engine import warnings
from app.services.engine.warnings import Doubt, Unconfirmed
from tests.panel.editing.test_warnings import keys
from tests.support.locks import pressed

SCHOOL = "65001"
YOUNG = {"last_name": "Юных", "first_name": "Олег", "birth_date": "2010-05-02"}


@pytest.mark.parametrize(("hired", "asked"), [("2024-05-01", 1), ("2024-05-02", 0)])
def test_an_employee_hired_before_14(sign_in: Any, session: Any, world: Any, hired: str, asked: int) -> None:
    client = sign_in(f"hr.{SCHOOL}")
    data = YOUNG | {"hired_on": hired, "position": world.rows["position"][SCHOOL]}
    page = client.post("/employees/add", data=data)
    assert (page.status_code, len(keys(page))) == ((422, 1) if asked else (302, 0))
    if asked:
        assert "в день приёма сотруднику не было 14 лет" in page.text
        assert session.query(Employee).filter_by(last_name="Юных").count() == 0
        assert client.post("/employees/add", data=data | {"confirm": keys(page)}).status_code == 302


@pytest.mark.parametrize(
    ("born", "code", "words"),
    [
        ("2013-04-11", 422, "Родитель не старше ребёнка"),
        ("2015-01-01", 422, "Родитель не старше ребёнка"),
        ("2001-04-12", 422, "родитель старше ребёнка на 11 лет"),
        ("2001-04-11", 302, ""),
    ],
)
def test_a_parent_of_a_child(sign_in: Any, session: Any, world: Any, born: str, code: int, words: str) -> None:
    parent = Parent(school_id=world.schools[SCHOOL], last_name="Роднова", first_name="Ольга")
    parent.birth_date = date.fromisoformat(born)
    session.add(parent)
    session.commit()
    data = {"pupil": world.pupils[(SCHOOL, "Иванов")], "parent": parent.id, "relation": "mother"}
    client = sign_in(f"secretary.{SCHOOL}")
    page = client.post("/guardianships/add", data=data)
    assert page.status_code == code
    assert words in page.text
    assert len(keys(page)) == (1 if "на 11" in words else 0)
    forged = client.post("/guardianships/add", data=data | {"confirm": keys(page)})
    session.rollback()
    made = session.query(Guardianship).filter_by(parent_id=parent.id).count()
    assert made == (0 if "не старше" in words else 1), forged.status_code


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("2025-03-01", "2026-03-01", False),
        ("2025-03-01", "2026-03-02", True),
        ("2024-02-29", "2025-02-28", False),
        ("2024-02-29", "2025-03-01", True),
        ("2023-02-28", "2024-02-28", False),
        ("2023-02-28", "2024-02-29", True),
        ("2023-03-01", "2024-02-29", False),
        ("2023-12-31", "2025-01-01", True),
    ],
)
def test_more_than_a_year_between_order_and_event(one: str, other: str, far: bool) -> None:
    for ordered, happened in ((one, other), (other, one)):
        order = MovementOrder(kind=OrderKind.DEPARTURE, order_date=date.fromisoformat(ordered))
        order.lines = [MovementLine(event_date=date.fromisoformat(happened))]
        found = warnings.of(None, order)  # type: ignore[arg-type]  # the rule asks no database
        assert [doubt.field for doubt in found] == (["lines-0-event_date"] if far else [])


def two_far_lines(world: Any) -> dict[str, Any]:
    """A departure of two pupils long after the order: two events, two questions."""
    data = {"kind": "departure", "academic_year": world.years[(SCHOOL, 2025)], "number": "1-у"}
    data |= {"order_date": "2024-09-02"}
    for number, (name, day) in enumerate((("Иванов", "2025-09-10"), ("Белых", "2025-09-11"))):
        data |= {f"lines-{number}-pupil": world.pupils[(SCHOOL, name)], f"lines-{number}-event_date": day}
    return data


def test_of_two_one_is_ticked(sign_in: Any, session: Any, world: Any) -> None:
    client, data = sign_in(f"secretary.{SCHOOL}"), two_far_lines(world)
    first = client.post("/movement_orders/add", data=data)
    assert first.status_code == 422
    assert len(keys(first)) == 2
    half = client.post("/movement_orders/add", data=data | {"confirm": keys(first)[:1]})
    assert half.status_code == 422
    assert half.text.count(" checked><span>Всё верно") == 1, "the tick stays"
    assert session.query(MovementOrder).count() == 0
    assert client.post("/movement_orders/add", data=data | {"confirm": keys(half)}).status_code == 302
    order = session.query(MovementOrder).one()
    assert pressed(client, f"/movement_orders/annul/{order.id}", data={"annulment_reason": "Ошибка"}).status_code == 302


def test_what_was_confirmed_comes_back_from_the_bin(sign_in: Any, session: Any, world: Any) -> None:
    client, data = sign_in(f"secretary.{SCHOOL}"), two_far_lines(world)
    client.post("/movement_orders/add", data=data | {"confirm": keys(client.post("/movement_orders/add", data=data))})
    order = session.query(MovementOrder).one().id
    page = pressed(client, f"/movement_orders/delete/{order}", follow_redirects=True)
    session.rollback()
    assert session.query(MovementOrder).count() == 0
    batch = page.text.partition("/movement_orders/undelete/")[2][:32]
    assert client.post(f"/movement_orders/undelete/{batch}").status_code == 302
    session.rollback()
    assert session.query(MovementOrder).count() == 1


def test_no_unanswered_question_is_a_fault(app: Any) -> None:
    with app.test_request_context("/pupils/", headers={"Accept": "application/json"}):
        told, code = app.handle_user_exception(Unconfirmed([Doubt("code", "Проверьте дату.")]))
    assert (told, code) == ({"error": "Проверьте дату. Откройте запись и подтвердите."}, 422)
