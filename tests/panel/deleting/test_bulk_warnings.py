"""Warnings of many records at once: listed by kind, one tick a kind, the answer belongs to rows and values."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update

from app.models.directories.people import Position
from app.models.people import Employee, Guardianship, Parent, Relation
from tests.support.locks import confirmed

SCHOOL = "65001"
NAMES = ("Олег", "Иван", "Пётр", "Фома")
WORDS = "в день приёма сотруднику не было 14 лет"


@pytest.fixture
def young(session: Any, world: Any) -> list[Employee]:
    """Three hired as children, whom nobody was asked about, and one hired as an adult."""
    school = world.schools[SCHOOL]
    rows = [Employee(school_id=school, last_name="Юных", first_name=name) for name in NAMES]
    for n, one in enumerate(rows):
        one.birth_date, one.hired_on = date(2012 if n < 3 else 1990, 5, 2 + n), date(2024, 9, 2)
        one.position_id = world.rows["position"][SCHOOL]
    session.add_all([*rows, Position(school_id=school, title="Логопед")])
    session.commit()
    return rows


@pytest.fixture
def wish(session: Any, young: list[Employee]) -> dict[str, Any]:
    position = session.query(Position).filter_by(title="Логопед").one()
    return {"action": "set:position", "rowid": [one.id for one in young], "asked": "1", "position": position.id}


def ticks(page: Any) -> list[str]:
    return [unescape(value) for value in re.findall(r'id="confirm-\d+" name="confirm" value="([^"]+)"', page.text)]


def seen(page: Any) -> list[str]:
    return re.findall(r'name="seen" value="([^"]+)"', page.text)


def moved(session: Any) -> set[str]:
    session.rollback()
    return {one.first_name for one in session.query(Employee).join(Position).filter(Position.title == "Логопед")}


def test_listed_once_for_all_and_one_tick_answers(
    sign_in: Any, session: Any, young: list[Employee], wish: dict[str, Any]
) -> None:
    client = sign_in(f"hr.{SCHOOL}")
    page = client.post("/employees/bulk", data=wish)
    assert page.status_code == 200
    assert len(ticks(page)) == 1
    for text in ("Таких записей: 3", f"Юных Пётр: Проверьте даты: {WORDS}", "нужно подтвердить", "для 4 записей"):
        assert text in page.text
    assert f"Юных Фома: Проверьте даты: {WORDS}" not in page.text
    assert moved(session) == set()

    done = client.post("/employees/bulk", data=wish | {"confirmed": "1", "seen": seen(page), "confirm": ticks(page)})
    assert "Выполнено: 4 из 4" in done.text
    assert len(moved(session)) == 4
    card = client.get(f"/employees/show/{young[0].id}").text
    assert "Подтверждено" in card
    assert WORDS in card
    assert not ticks(client.post("/employees/bulk", data=wish)), "answered for these values"


def test_what_is_not_ticked_stays_and_is_offered_again(sign_in: Any, session: Any, wish: dict[str, Any]) -> None:
    client = sign_in(f"hr.{SCHOOL}")
    result = confirmed(client, "/employees/bulk", data=wish | {"confirmed": "1"})
    assert "Выполнено: 1 из 4" in result.text
    assert result.text.count("Не подтверждено:") == 3
    assert moved(session) == {"Фома"}
    again = re.search(r"<form[^>]*data-bulk-again.*?</form>", result.text, re.DOTALL)[0]
    left = wish | {"rowid": re.findall(r'name="rowid" value="(\d+)"', again)}
    assert len(left["rowid"]) == 3
    page = client.post("/employees/bulk", data=left)
    assert "Выполнить для 3 записей" in page.text
    assert len(ticks(page)) == 1


def test_the_answer_belongs_to_the_rows_and_values_listed(
    sign_in: Any, session: Any, young: list[Employee], wish: dict[str, Any]
) -> None:
    """Another row with the very values of a listed one, and a listed row that changed since, are not answered for."""
    client = sign_in(f"hr.{SCHOOL}")
    page = client.post("/employees/bulk", data=wish | {"rowid": [one.id for one in young[:2]]})
    young[2].birth_date = young[1].birth_date
    young[0].birth_date = date(2013, 1, 1)
    session.commit()
    bare = [key.partition("/")[2] for key in ticks(page)[0].split()]
    given = wish | {"confirm": [*ticks(page), *bare]}
    result = confirmed(client, "/employees/bulk", data=given).text
    assert "Выполнено: 2 из 4" in result
    assert moved(session) == {"Иван", "Фома"}


def test_a_row_changed_since_the_preview_is_asked_anew(
    sign_in: Any, session: Any, young: list[Employee], wish: dict[str, Any]
) -> None:
    client = sign_in(f"hr.{SCHOOL}")
    page = client.post("/employees/bulk", data=wish)
    young[0].phone = "+7 914 123-45-67"
    session.commit()
    given = wish | {"confirmed": "1", "seen": seen(page), "confirm": ticks(page)}
    result = client.post("/employees/bulk", data=given).text
    assert "Выполнено: 3 из 4" in result
    assert "тем временем изменил другой человек" in result
    fresh = client.post("/employees/bulk", data=wish | {"rowid": young[0].id})
    assert len(ticks(fresh)) == 1


def test_what_was_wrong_before_is_not_asked_of_another_field(sign_in: Any, session: Any, world: Any) -> None:
    """A parent younger than the child, from before this was refused: not refused for another field."""
    link = session.query(Guardianship).join(Parent).filter(Parent.school_id == world.schools[SCHOOL]).first()
    session.execute(update(Parent.__table__).where(Parent.id == link.parent_id).values(birth_date=date(2020, 1, 1)))
    session.commit()
    data = {"action": "set:relation", "rowid": link.id, "asked": "1", "relation": "guardian"}
    client = sign_in(f"secretary.{SCHOOL}")
    answer = confirmed(client, "/guardianships/bulk", data)
    assert "Выполнено: 1 из 1." in answer.text
    session.expire_all()
    assert session.get(Guardianship, link.id).relation is Relation.GUARDIAN


def test_the_preview_asks_a_fixed_number_of_queries(
    sign_in: Any, session: Any, wish: dict[str, Any], count_queries: list[str]
) -> None:
    client, numbers = sign_in(f"hr.{SCHOOL}"), []
    for some in (wish["rowid"][:1], wish["rowid"]):
        count_queries.clear()
        client.post("/employees/bulk", data=wish | {"rowid": some})
        numbers.append(len(count_queries))
    assert numbers[0] == numbers[1]
