"""What annulling, deleting and a late departure change is told before it is done (3.3.4.4)."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from app.models.movement import MovementLine, MovementOrder
from app.models.people import Pupil
from tests.support.locks import pressed
from tests.support.ticks import ticked

SCHOOL = "65001"
MORNING = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    with time_machine.travel(MORNING, tick=False):
        yield sign_in(f"secretary.{SCHOOL}")


@pytest.fixture
def enter(secretary: Any, session: Any, world: Any) -> Any:
    def run(kind: str, day: str, *pupils: str, to_class: tuple[int, str] | None = None, tick: bool = True) -> Any:
        form: dict[str, Any] = {"kind": kind, "number": f"{kind}-{day}", "order_date": day}
        for number, name in enumerate(pupils):
            form[f"lines-{number}-pupil"] = world.pupils[(SCHOOL, name)]
            form[f"lines-{number}-event_date"] = day
            if to_class is not None:
                form[f"lines-{number}-to_class"] = world.classes[(SCHOOL, *to_class)]
        if not tick:
            return secretary.post("/movement_orders/add", data=form)
        assert ticked(secretary, "/movement_orders/add", form).status_code == 302
        return session.query(MovementOrder).order_by(MovementOrder.id.desc()).first().id

    return run


def test_annulling_tells_who_returns_where(secretary: Any, session: Any, enter: Any) -> None:
    key = enter("departure", "2026-02-26", "Иванов", "Сергеева")
    page = secretary.get(f"/movement_orders/annul/{key}").text
    told = page.partition('id="foretold"')[2].partition("</ul>")[0]
    assert "Иванов\xa0П., Сергеева\xa0А.: по приказу выбыл 26.02.2026, станет в классе 5\xa0«А»." in told
    session.expire_all()
    assert session.query(MovementLine).count() == 2, "nothing was done"
    assert {str(pupil.status) for pupil in session.query(Pupil).filter_by(last_name="Иванов", school_id=1)} == {
        "departed"
    }
    again = secretary.post(f"/movement_orders/annul/{key}", data={"annulment_reason": "", "version": "1"})
    assert again.status_code == 422
    assert 'id="foretold"' in again.text
    assert pressed(secretary, f"/movement_orders/annul/{key}", data={"annulment_reason": "Ошибка"}).status_code == 302


def test_deleting_tells_the_same(secretary: Any, enter: Any) -> None:
    key = enter("transfer", "2026-02-26", "Иванов", to_class=(2025, "5Б"))
    page = secretary.get(f"/movement_orders/delete/{key}").text
    assert "Иванов\xa0П.: по приказу в классе 5\xa0«Б», станет в классе 5\xa0«А»." in page
    enter("departure", "2026-02-27", "Иванов")
    assert 'id="foretold"' not in secretary.get(f"/movement_orders/delete/{key}").text, "a later order forbids it"


def test_who_annuls_nothing_is_told_nothing(sign_in: Any, enter: Any) -> None:
    key = enter("departure", "2026-02-26", "Иванов")
    assert sign_in(f"deputy.{SCHOOL}").get(f"/movement_orders/annul/{key}").status_code == 403
    assert sign_in("secretary.65003").get(f"/movement_orders/annul/{key}").status_code == 404


def test_a_late_departure_asks_before_it_takes_back_later_moves(secretary: Any, session: Any, enter: Any) -> None:
    enter("transfer", "2026-02-20", "Иванов", to_class=(2025, "5Б"))
    asked = enter("departure", "2026-02-16", "Иванов", tick=False)
    assert asked.status_code == 422
    assert "Более поздние переводы отменятся: 5\xa0«Б» с 20.02.2026." in asked.text
    session.expire_all()
    assert session.query(MovementOrder).count() == 1
    enter("departure", "2026-02-16", "Иванов")


def test_the_history_of_an_order_tells_of_its_pupils(secretary: Any, session: Any, enter: Any, world: Any) -> None:
    key = enter("departure", "2026-02-26", "Иванов", "Сергеева")
    card = secretary.get(f"/movement_orders/show/{key}").text.partition('id="history"')[2]
    assert "Обучающийся" not in card, "who came with the order is no news"
    lines = session.query(MovementLine).filter_by(order_id=key).order_by(MovementLine.id).all()
    form = {"number": "8", "order_date": "2026-02-26", "version": 1, "lines-ticks": "1"}
    form |= {"lines-0-id": lines[0].id, "lines-0-keep": "1", "lines-0-pupil": lines[0].pupil_id}
    form |= {"lines-0-event_date": "2026-02-26", "lines-0-reason": "заявление", "lines-1-id": lines[1].id}
    assert ticked(secretary, f"/movement_orders/edit/{key}", form).status_code == 302
    card = secretary.get(f"/movement_orders/show/{key}").text.partition('id="history"')[2]
    assert "Обучающийся Иванов Пётр: изменение" in card
    assert "заявление" in card
    assert "Обучающийся Сергеева Алёна: удаление" in card


def test_the_history_of_a_card_tells_what_hangs_on_it(enter: Any, secretary: Any, sign_in: Any, world: Any) -> None:
    """Classes, orders and family of a pupil, each to whom may see it."""
    pupil, parent = world.pupils[(SCHOOL, "Белых")], world.parents[SCHOOL]
    enter("departure", "2026-02-27", "Белых")
    form = {"pupil": pupil, "parent": parent, "relation": "mother"}
    assert ticked(secretary, "/guardianships/add", form).status_code == 302
    told = secretary.get(f"/pupils/show/{pupil}").text.partition("История карточки")[2]
    for said in ("Родитель или представитель Сергеева Ольга", "Состав класса", "Приказ № departure-2026-02-27"):
        assert said in told, said
    assert "Ребёнок Белых Тимур" in secretary.get(f"/parents/show/{parent}").text
    # who sees no orders reads of none
    psychologist = sign_in(f"psychologist.{SCHOOL}").get(f"/pupils/show/{pupil}").text.partition("История карточки")[2]
    assert "Родитель или представитель Сергеева Ольга" in psychologist
    assert "departure-2026" not in psychologist


def test_many_are_told_before_they_are_annulled_or_deleted(enter: Any, secretary: Any, session: Any) -> None:
    """Each row of the preview says who returns to which class; nothing is written by telling."""
    orders = [enter("departure", f"2026-02-{day}", name) for day, name in ((26, "Белых"), (27, "Попов"))]
    for action in ("move:annul", "delete"):
        form = {"action": action, "rowid": orders, "asked": "1", "annulment_reason": "внесено по ошибке"}
        page = secretary.post("/movement_orders/bulk", data=form).text
        assert "Выполнить для 2 записей" in page, action
        for name in ("Белых", "Попов"):
            assert re.search(rf"{name}[^<]*по приказу выбыл[^<]*станет в классе", page), (action, name)
    session.expire_all()
    assert session.query(MovementOrder).filter_by(annulled_on=None).count() == 2


def test_the_moves_that_come_back_are_told_for_one_and_for_many(enter: Any, secretary: Any, session: Any) -> None:
    """A departure entered late had taken them back; each order is tried on the records as they stand."""
    orders = []
    for name, moved, left in (("Иванов", 19, 16), ("Сергеева", 20, 17)):
        enter("transfer", f"2026-02-{moved}", name, to_class=(2025, "5Б"))
        orders.append(enter("departure", f"2026-02-{left}", name))
    told = r"{}\s[А-Я]\.: по приказу выбыл 1[67]\.02\.2026, станет в классе 5\s«Б»"
    assert re.search(told.format("Иванов"), secretary.get(f"/movement_orders/annul/{orders[0]}").text)
    form = {"action": "move:annul", "rowid": orders, "asked": "1", "annulment_reason": "внесено по ошибке"}
    page = secretary.post("/movement_orders/bulk", data=form).text
    for name in ("Иванов", "Сергеева"):
        assert re.search(told.format(name), page), name
    session.expire_all()
    assert session.query(MovementOrder).filter_by(annulled_on=None).count() == 4
