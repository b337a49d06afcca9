"""Buttons of transitions: who sees them, what they ask, what is refused and in which words; many records at once."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from app.models.movement import MovementOrder
from app.models.people import Pupil, PupilStatus
from tests.panel.editing.test_saving import hidden
from tests.support.locks import confirmed, pressed

SCHOOL = "65001"
NAMES = ("Иванов", "Белых", "Попов")


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    """On the morning of 2 March."""
    with time_machine.travel(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), tick=False):
        yield sign_in(f"secretary.{SCHOOL}")


@pytest.fixture
def keys(secretary: Any, session: Any, world: Any) -> list[int]:
    """Three departures in force."""
    for number, name in enumerate(NAMES, 1):
        data = {"kind": "departure", "number": f"{number}-у", "order_date": "2026-02-27"}
        data |= {"lines-0-pupil": world.pupils[(SCHOOL, name)], "lines-0-event_date": "2026-02-26"}
        assert secretary.post("/movement_orders/add", data=data).status_code == 302
    return [key for (key,) in session.query(MovementOrder.id).order_by(MovementOrder.number)]


def annul(client: Any, key: int, **data: Any) -> Any:
    return pressed(client, f"/movement_orders/annul/{key}", data={"annulment_reason": "Ошибка"} | data)


def annulled(session: Any) -> set[str]:
    session.rollback()
    return {order.number for order in session.query(MovementOrder) if order.annulled_on is not None}


def test_the_button_stands_where_it_is_possible(secretary: Any, sign_in: Any, session: Any, keys: list[int]) -> None:
    card, button = f"/movement_orders/show/{keys[0]}", f'href="/movement_orders/annul/{keys[0]}?'
    assert button in secretary.get(card).text
    for reader in (sign_in(f"director.{SCHOOL}"), sign_in("regional")):
        assert button not in reader.get(card).text
        assert reader.get(f"/movement_orders/annul/{keys[0]}").status_code == 403
        assert annul(reader, keys[0]).status_code == 403
    assert annul(sign_in("secretary.65002"), keys[0]).status_code == 404
    assert annulled(session) == set()

    asked = secretary.get(f"/movement_orders/annul/{keys[0]}").text
    for text in ("Аннулирование: № 1-у от 27.02.2026", "Приказ останется виден", "Причина аннулирования"):
        assert text in asked
    assert annul(secretary, keys[0]).location.endswith(card)
    told = secretary.get(card).text
    for text in ("Приказ аннулирован, состояние обучающихся возвращено.", "аннулирован 02.03.2026", "Ошибка"):
        assert text in told, text
    for gone in (button, f"/movement_orders/edit/{keys[0]}", f"/movement_orders/delete/{keys[0]}"):
        assert gone not in told


def test_without_a_reason_nothing_happens(secretary: Any, session: Any, keys: list[int]) -> None:
    for reason in ("", " ", "я" * 301):
        answer = annul(secretary, keys[0], annulment_reason=reason)
        assert answer.status_code == 422
        assert 'id="annulment_reason-error"' in answer.text
    assert annulled(session) == set()


def test_a_closed_record_says_so_on_every_page(secretary: Any, session: Any, world: Any, keys: list[int]) -> None:
    opened = secretary.get(f"/movement_orders/edit/{keys[0]}")
    annul(secretary, keys[0])
    words = "«№ 1-у от 27.02.2026»: аннулирован 02.03.2026."
    for address in ("annul", "edit"):
        page = secretary.get(f"/movement_orders/{address}/{keys[0]}")
        assert (page.status_code, words in page.text) == (409, True), address
    assert annul(secretary, keys[0], annulment_reason="Ещё раз").status_code == 409
    assert words in secretary.get(f"/movement_orders/delete/{keys[0]}").text
    assert pressed(secretary, f"/movement_orders/delete/{keys[0]}").status_code == 409

    typed = {"number": "77-у", "order_date": "2026-02-27", "lines-0-event_date": "2026-02-26"}
    typed |= {"lines-0-pupil": world.pupils[(SCHOOL, "Иванов")]}
    version = str(session.get(MovementOrder, keys[0]).version)
    assert (
        secretary.post(
            f"/movement_orders/edit/{keys[0]}", data=typed | {"version": hidden(opened, "version")}
        ).status_code
        == 409
    ), "changed since it was opened"
    kept = secretary.post(f"/movement_orders/edit/{keys[0]}", data=typed | {"version": version})
    assert kept.status_code == 422
    assert words in kept.text
    assert 'value="77-у"' in kept.text, "what was typed is still there"


def test_a_record_changed_since_it_was_opened_is_looked_at_first(secretary: Any, session: Any, keys: list[int]) -> None:
    opened = hidden(secretary.get(f"/movement_orders/annul/{keys[0]}"), "version")
    session.get(MovementOrder, keys[0]).note = "уточнено"
    session.commit()
    told = annul(secretary, keys[0], version=opened, annulment_reason="Набрано")
    assert told.status_code == 409
    assert "запись изменил другой человек" in told.text
    assert "Набрано" in told.text
    assert annulled(session) == set()
    assert annul(secretary, keys[0], version=hidden(told, "version")).status_code == 302


@pytest.mark.parametrize("version", [{}, {"version": ""}, {"version": "x"}])
def test_without_its_lock_nothing_is_done(
    secretary: Any, session: Any, keys: list[int], version: dict[str, str]
) -> None:
    """A missing lock is another version: what one has not seen one does not change."""
    annulling = secretary.post(f"/movement_orders/annul/{keys[0]}", data={"annulment_reason": "Ошибка"} | version)
    deleting = secretary.post(f"/movement_orders/delete/{keys[0]}", data=version)
    wish = {"action": "move:annul", "rowid": keys, "asked": "1", "annulment_reason": "Ошибка", "confirmed": "1"}
    many = secretary.post("/movement_orders/bulk", data=wish | {"seen": f"{keys[0]}:{version.get('version', '')}"})
    for told in (annulling, deleting):
        assert told.status_code == 409
        assert "запись изменил другой человек" in told.text
    assert "Выполнено: 0 из 3" in many.text
    session.rollback()
    assert annulled(session) == set()
    assert session.query(MovementOrder).count() == 3
    assert (
        secretary.post(f"/movement_orders/delete/{keys[0]}", data={"version": hidden(deleting, "version")}).status_code
        == 302
    )


def test_the_history_tells_the_transition(secretary: Any, keys: list[int]) -> None:
    annul(secretary, keys[0], annulment_reason="Ошибка в дате")
    history = secretary.get(f"/movement_orders/show/{keys[0]}").text
    history = history[history.index("История карточки") :]
    assert re.search(r"Аннулирован.*02\.03\.2026", history, re.DOTALL)
    assert "Ошибка в дате" in history


def test_many_at_once_with_one_reason(secretary: Any, session: Any, world: Any, keys: list[int]) -> None:
    annul(secretary, keys[0])
    assert "move:annul" in secretary.get("/movement_orders/list/").text
    wish = {"action": "move:annul", "rowid": keys}
    asked = secretary.post("/movement_orders/bulk", data=wish)
    assert "Показать изменения" in asked.text
    empty = secretary.post("/movement_orders/bulk", data=wish | {"asked": "1", "annulment_reason": " "})
    assert empty.status_code == 422
    wish |= {"asked": "1", "annulment_reason": "Ошибка"}
    page = secretary.post("/movement_orders/bulk", data=wish).text
    for text in ("Аннулирование: 3 записи", "Выполнить для 2 записей", "«№ 1-у от 27.02.2026»: аннулирован", "Ошибка"):
        assert text in page, text
    assert "Станет" not in page
    assert annulled(session) == {"1-у"}
    done = confirmed(secretary, "/movement_orders/bulk", data=wish | {"confirmed": "1", "rowid": keys[1:]}).text
    assert "Выполнено: 2 из 2" in done
    assert "Отменить" not in done
    assert annulled(session) == {"1-у", "2-у", "3-у"}
    assert {session.get(Pupil, world.pupils[(SCHOOL, name)]).status for name in NAMES} == {PupilStatus.ENROLLED}


def test_the_preview_tells_what_the_effect_would_refuse(
    secretary: Any, session: Any, world: Any, keys: list[int], count_queries: list[str]
) -> None:
    """An order on which a later one stands; in as many queries for three as for two."""
    back = {"kind": "enrolment", "number": "9-у", "order_date": "2026-03-02", "lines-0-event_date": "2026-03-02"}
    back |= {"lines-0-pupil": world.pupils[(SCHOOL, "Иванов")]}
    back |= {"lines-0-to_class": world.classes[(SCHOOL, 2025, "5Б")]}
    assert secretary.post("/movement_orders/add", data=back).status_code == 302
    wish, numbers = {"action": "move:annul", "asked": "1", "annulment_reason": "Ошибка"}, []
    link = f'href="/movement_orders/show/{session.query(MovementOrder).filter_by(number="9-у").one().id}" target'
    for some in (keys[:2], keys):
        count_queries.clear()
        page = secretary.post("/movement_orders/bulk", data=wish | {"rowid": some}).text
        numbers.append(len(count_queries))
        assert "Сначала аннулируйте более поздний приказ № 9-у" in page
        assert link in page, "the order that hinders is a link"
        deletion = secretary.post("/movement_orders/bulk", data={"action": "delete", "rowid": some}).text
        assert link in deletion
    assert numbers[0] == numbers[1]
    result = confirmed(secretary, "/movement_orders/bulk", data=wish | {"rowid": keys, "confirmed": "1"}).text
    assert "Выполнено: 2 из 3" in result
    assert link in result
    assert annulled(session) == {"2-у", "3-у"}


def test_a_preview_of_which_nothing_can_be_done_promises_nothing(secretary: Any, keys: list[int]) -> None:
    annul(secretary, keys[0])
    page = secretary.post("/movement_orders/bulk", data={"action": "delete", "rowid": keys[:1]}).text
    assert "Изменить или удалить это нельзя" in page
    assert "Действие невозможно ни для одной записи" in page
    for promise in ("можно вернуть", "подтвердите", "Выполнить для"):
        assert promise not in page, promise


def test_whoever_may_not_is_offered_and_given_nothing(sign_in: Any, session: Any, keys: list[int]) -> None:
    director = sign_in(f"director.{SCHOOL}")
    assert "move:annul" not in director.get("/movement_orders/list/").text
    wish = {"action": "move:annul", "rowid": keys, "asked": "1", "annulment_reason": "Ошибка", "confirmed": "1"}
    assert director.post("/movement_orders/bulk", data=wish).status_code == 403
    assert sign_in("secretary.65002").post("/movement_orders/bulk", data=wish).status_code == 404
    assert annulled(session) == set()


def test_a_closed_record_is_passed_by_in_a_deletion(secretary: Any, session: Any, keys: list[int]) -> None:
    annul(secretary, keys[0])
    wish = {"action": "delete", "rowid": keys[:2]}
    page = secretary.post("/movement_orders/bulk", data=wish).text
    assert "Выполнить для 1 записи" in page
    assert "Изменить или удалить это нельзя" in page
    assert "Выполнено: 1 из 2" in confirmed(secretary, "/movement_orders/bulk", data=wish | {"confirmed": "1"}).text
    session.rollback()
    assert session.query(MovementOrder).count() == 2
