"""Bulk actions: a preview that changes nothing, a result for each row, all rows of a filter, one field for many."""

import re
from typing import Any

import pytest

from app.models.directories.people import Position
from app.models.engine.deleted import DeletedRecord
from app.models.movement import MovementOrder
from app.models.movement.outcomes import Outcome, YearOutcome
from app.models.people import Employee
from app.panel import bulk
from app.regulation.rights import Action
from tests.support.locks import confirmed
from tests.support.rights import withdraw

SCHOOL, NEAR = "65001", "65002"
JSON = {"Accept": "application/json"}


@pytest.fixture
def administrator(sign_in: Any) -> Any:
    return sign_in(f"administrator.{SCHOOL}")


@pytest.fixture
def positions(session: Any, world: Any) -> list[int]:
    made = [Position(school_id=world.schools[SCHOOL], title=f"Лишняя {number:03d}") for number in range(30)]
    session.add_all(made)
    session.commit()
    return [one.id for one in made]


def left(session: Any) -> int:
    session.expire_all()
    return session.query(Position).filter(Position.title.like("Лишняя%")).count()


def test_the_preview_changes_nothing(administrator: Any, session: Any, world: Any, positions: list[int]) -> None:
    used = world.rows["position"][SCHOOL]
    page = administrator.post("/positions/bulk", data={"action": "delete", "rowid": [*positions[:2], used]})
    assert page.status_code == 200
    for text in ("Удаление: 3 записи", "Выполнить для 2 записей", "сотрудники – 9 записей", "Лишняя 001"):
        assert text in page.text
    assert left(session) == 30


def test_the_result_names_each_row(administrator: Any, session: Any, world: Any, positions: list[int]) -> None:
    used = world.rows["position"][SCHOOL]
    data = {"action": "delete", "rowid": [*positions[:3], used], "confirmed": "1", "query": "q=лиш"}
    page = confirmed(administrator, "/positions/bulk", data=data).text
    assert "Выполнено: 3 из 4" in page
    assert "от неё зависят: сотрудники – 9 записей" in page
    assert f"/positions/show/{used}" in page
    assert "/positions/list/?q=%D0%BB%D0%B8%D1%88" in page
    assert left(session) == 27

    batch = session.query(DeletedRecord.batch).distinct().one()[0]
    assert f"/positions/undelete/{batch}" in page
    administrator.post(f"/positions/undelete/{batch}")
    assert left(session) == 30


def test_all_of_a_filter_across_pages(administrator: Any, session: Any, positions: list[int]) -> None:
    data = {"action": "delete", "all": "1", "query": "q=лишняя&size=25&page=1"}
    page = administrator.post("/positions/bulk", data=data).text
    assert "Выполнить для 30 записей" in page
    assert page.count('name="rowid"') == 30
    assert left(session) == 30


def test_too_many_at_once_are_refused(
    administrator: Any, session: Any, positions: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 29)
    for data in ({"all": "1", "query": "q=лишняя"}, {"rowid": positions}):
        response = administrator.post("/positions/bulk", data={"action": "delete", "confirmed": "1"} | data)
        assert response.status_code == 400
        assert "За один раз – не больше 29" in response.text
    assert left(session) == 30


@pytest.mark.parametrize(
    "data",
    [
        {"action": "export"},
        {"action": "set:title"},
        {"action": "delete", "rowid": []},
        {"action": "delete", "all": "1", "query": "order=junk"},
        {"action": "delete", "all": "1", "query": "q=никого"},
    ],
)
def test_junk_is_told(administrator: Any, positions: list[int], data: dict[str, Any]) -> None:
    assert administrator.post("/positions/bulk", data={"rowid": positions[:1]} | data).status_code == 400


def test_one_foreign_row_and_nothing_happens(
    administrator: Any, session: Any, world: Any, positions: list[int]
) -> None:
    for done in ("", "1"):
        data = {"action": "delete", "rowid": [positions[0], world.rows["position"][NEAR]], "confirmed": done}
        assert administrator.post("/positions/bulk", data=data).status_code == 404
    assert left(session) == 30


def test_chunks_are_answered_in_json(administrator: Any, session: Any, world: Any, positions: list[int]) -> None:
    used, batch = world.rows["position"][SCHOOL], "0123456789abcdef" * 2
    base = {"action": "delete", "confirmed": "1", "batch": batch}
    for chunk in (positions[:2], [positions[2], used]):
        answer = confirmed(administrator, "/positions/bulk", data=base | {"rowid": chunk}, headers=JSON).get_json()
    assert [(row["id"], row["done"]) for row in answer["rows"]] == [(positions[2], True), (used, False)]
    assert "зависят" in answer["rows"][1]["reason"]
    assert {one.batch for one in session.query(DeletedRecord)} == {batch}
    administrator.post(f"/positions/undelete/{batch}")
    assert left(session) == 30


def test_without_the_right_to_delete(sign_in: Any, session: Any, world: Any) -> None:
    """The secretary changes employees, but does not delete them; the director does neither."""
    key = world.employees[(SCHOOL, "technical")]
    secretary = sign_in(f"secretary.{SCHOOL}")
    data = {"action": "delete", "rowid": [key], "confirmed": "1"}
    assert secretary.post("/employees/bulk", data=data).status_code == 403
    assert sign_in(f"director.{SCHOOL}").post("/employees/bulk", data=data).status_code == 403
    page = secretary.get("/employees/list/").text
    assert "set:position" in page
    assert 'value="delete"' not in page


def test_each_action_is_judged_by_its_own_right(sign_in: Any, session: Any, world: Any, positions: list[int]) -> None:
    """Whoever may delete and not change deletes; whoever may change and not delete changes; a reader does nothing."""
    withdraw(session, "administrator", "directories", Action.EDIT)
    erasing = {"action": "delete", "rowid": positions[:2]}
    administrator = sign_in(f"administrator.{SCHOOL}")
    assert "Выполнено: 2 из 2" in confirmed(administrator, "/positions/bulk", data=erasing).text
    assert left(session) == 28
    withdraw(session, "administrator", "directories", Action.DELETE)
    for data in (erasing, erasing | {"confirmed": "1"}):
        assert administrator.post("/positions/bulk", data=data | {"rowid": positions[2:3]}).status_code == 403
    assert 'id="bulk"' not in administrator.get("/positions/list/").text
    assert left(session) == 28

    key = world.employees[(SCHOOL, "technical")]
    setting = {"action": "set:position", "rowid": [key], "asked": "1", "position": positions[5]}
    withdraw(session, "hr", "employees", Action.DELETE)
    hr = sign_in(f"hr.{SCHOOL}")
    assert hr.post("/employees/bulk", data={"action": "delete", "rowid": [key]}).status_code == 403
    assert "Выполнено: 1 из 1" in confirmed(hr, "/employees/bulk", data=setting).text
    withdraw(session, "hr", "employees", Action.EDIT)
    assert hr.post("/employees/bulk", data=setting).status_code == 403
    withdraw(session, "hr", "employees")
    assert hr.post("/employees/bulk", data={"action": "junk", "rowid": [key]}).status_code == 403


def test_a_transition_of_another_right_needs_no_right_to_change(sign_in: Any, session: Any, world: Any) -> None:
    """Annulling by the right to delete, as a model may declare: the bar and the doing follow the transition."""
    ways = MovementOrder.__states__.transitions
    secretary = sign_in(f"secretary.{SCHOOL}")
    data = {"kind": "departure", "number": "1", "order_date": "2026-02-27", "lines-0-event_date": "2026-02-26"}
    added = secretary.post("/movement_orders/add", data=data | {"lines-0-pupil": world.pupils[(SCHOOL, "Иванов")]})
    key = int(re.search(r"/show/(\d+)", added.location)[1])
    wish = {"action": "move:annul", "rowid": [key], "asked": "1", "annulment_reason": "Ошибка"}
    withdraw(session, "secretary", "movement_orders", Action.EDIT)
    assert secretary.post("/movement_orders/bulk", data=wish).status_code == 403
    object.__setattr__(ways[0], "action", Action.DELETE)
    try:
        assert "move:annul" in secretary.get("/movement_orders/list/").text
        assert "Выполнить для 1 записи" in secretary.post("/movement_orders/bulk", data=wish).text
        withdraw(session, "secretary", "movement_orders", Action.DELETE)
        assert secretary.post("/movement_orders/bulk", data=wish).status_code == 403
    finally:
        object.__setattr__(ways[0], "action", Action.EDIT)


def test_a_field_is_changed_for_many(sign_in: Any, session: Any, world: Any, positions: list[int]) -> None:
    client = sign_in(f"hr.{SCHOOL}")
    keys = [world.employees[(SCHOOL, role)] for role in ("technical", "medical")]
    base = {"action": "set:position", "rowid": keys}
    assert "Показать изменения" in client.post("/employees/bulk", data=base).text

    foreign = client.post("/employees/bulk", data=base | {"asked": "1", "position": world.rows["position"][NEAR]})
    assert foreign.status_code == 422
    assert "недоступна" in foreign.text

    typed = base | {"asked": "1", "position": positions[0]}
    page = client.post("/employees/bulk", data=typed).text
    for text in ("Изменить: должность: 2 записи", "Учитель", "<ins>Лишняя 000</ins>", "Выполнить для 2 записей"):
        assert text in page
    session.expire_all()
    assert session.get(Employee, keys[0]).position.title == "Учитель"

    assert "Выполнено: 2 из 2" in confirmed(client, "/employees/bulk", data=typed | {"confirmed": "1"}).text
    session.expire_all()
    assert {session.get(Employee, key).position_id for key in keys} == {positions[0]}
    assert "Значение уже такое" in client.post("/employees/bulk", data=typed).text


def test_the_outcome_of_a_class_in_one_go(sign_in: Any, session: Any, world: Any) -> None:
    deputy = sign_in(f"deputy.{SCHOOL}")
    rows = session.query(YearOutcome).filter_by(class_id=world.classes[(SCHOOL, 2025, "5А")]).all()
    data = {"action": "set:outcome", "all": "1", "query": f"school_class={world.classes[(SCHOOL, 2025, '5А')]}"}
    typed = data | {"asked": "1", "outcome": "conditional"}
    assert f"Выполнить для {len(rows)} записей" in deputy.post("/outcomes/bulk", data=typed).text
    confirmed(deputy, "/outcomes/bulk", data=typed | {"confirmed": "1"})
    session.expire_all()
    assert {row.outcome for row in rows} == {Outcome.CONDITIONAL}


def test_accounts_are_never_deleted(sign_in: Any, world: Any) -> None:
    key = world.account(f"hr.{SCHOOL}")
    page = sign_in("operator").post("/accounts/bulk", data={"action": "delete", "rowid": [key]}).text
    assert "не удаляется: закройте её" in page
    assert "Выполнить для" not in page


def test_a_preview_asks_a_fixed_number_of_queries(
    administrator: Any, positions: list[int], count_queries: list[str]
) -> None:
    numbers = []
    for some in (positions[:2], positions):
        count_queries.clear()
        administrator.post("/positions/bulk", data={"action": "delete", "rowid": some})
        numbers.append(len(count_queries))
    assert numbers[0] == numbers[1] <= 20


def test_a_row_changed_after_the_preview_is_left_alone(sign_in: Any, session: Any, world: Any) -> None:
    hr, key = sign_in(f"hr.{SCHOOL}"), world.employees[(SCHOOL, "teacher")]
    mine, theirs = (Position(school_id=world.schools[SCHOOL], title=title) for title in ("Завуч", "Логопед"))
    session.add_all([mine, theirs])
    session.commit()
    wish = {"action": "set:position", "rowid": key, "asked": "1", "position": mine.id}
    preview = hr.post("/employees/bulk", data=wish).get_data(as_text=True)
    seen = re.findall(r'name="seen" value="([^"]+)"', preview)
    session.get(Employee, key).position_id = theirs.id
    session.commit()
    result = hr.post("/employees/bulk", data=wish | {"seen": seen, "confirmed": "1"}).get_data(as_text=True)
    assert "тем временем изменил другой человек" in result
    session.expire_all()
    assert session.get(Employee, key).position_id == theirs.id


def test_conditions_too_long_to_be_kept_choose_nothing(sign_in: Any) -> None:
    query = "&".join(["cols=phone"] * 300)
    answer = sign_in(f"hr.{SCHOOL}").post("/employees/bulk", data={"action": "delete", "all": "1", "query": query})
    assert answer.status_code == 400
