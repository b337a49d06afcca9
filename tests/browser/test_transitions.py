"""A transition by its button: the reason, the closed card, many at once; warnings of many records with one tick."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.people import Employee
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.browser.hands import Hands

pytestmark = pytest.mark.browser

SCHOOL = "65001"


@pytest.fixture
def orders(served: Any) -> list[int]:
    """Two orders that act on nothing yet: their pupils stay where they are."""
    world, made = served.world, []
    with served.app.app_context(), acting(db.session, SYSTEM):
        for number, name in (("1-у", "Иванов"), ("2-у", "Белых")):
            order = MovementOrder(school_id=world.schools[SCHOOL], academic_year_id=world.years[(SCHOOL, 2025)])
            order.kind, order.number, order.order_date = OrderKind.DEPARTURE, number, date(2026, 2, 27)
            line = MovementLine(school_id=order.school_id, kind=order.kind, event_date=date(2026, 2, 26))
            line.academic_year_id, line.pupil_id = order.academic_year_id, world.pupils[(SCHOOL, name)]
            line.from_class_id = world.classes[(SCHOOL, 2025, "5А")]
            order.lines = [line]
            db.session.add(order)
            made.append(order)
        db.session.commit()
        return [order.id for order in made]


@pytest.mark.parametrize(("width", "theme"), [(1366, "light"), (390, "dark")])
def test_a_button_with_its_reason(open_as: Any, orders: list[int], width: int, theme: str) -> None:
    page = open_as(f"secretary.{SCHOOL}", width=width, theme=theme)
    page.goto(f"/movement_orders/show/{orders[0]}")
    page.get_by_role("link", name="Аннулировать", exact=True).click()
    page.get_by_role("button", name="Аннулировать").click()
    expect(page.locator("#errors")).to_be_focused()
    page.get_by_label("Причина аннулирования").fill("Ошибка в дате")
    page.get_by_role("button", name="Аннулировать").click()
    page.wait_for_url(f"**/movement_orders/show/{orders[0]}")
    expect(page.get_by_role("main")).to_contain_text("Приказ аннулирован, состояние обучающихся возвращено.")
    for name in ("Аннулировать", "Изменить", "Удалить"):
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
    page.goto(f"/movement_orders/edit/{orders[0]}")
    expect(page.get_by_role("main")).to_contain_text("Изменить или удалить это нельзя")


def perform(page: Page) -> None:
    """Once the script that does it row by row is there: pressed before, the page does without it."""
    page.wait_for_load_state()
    page.get_by_role("button", name="Выполнить для 2 записей").click()


def test_many_at_once_with_one_reason(open_as: Any, orders: list[int]) -> None:
    page = open_as(f"secretary.{SCHOOL}")
    page.goto("/movement_orders/list/")
    for key in orders:
        page.locator(f'input[name="rowid"][value="{key}"]').check()
    page.locator("#bulk").get_by_role("button", name="Аннулировать").click()
    page.get_by_label("Причина аннулирования").fill("Ошибка")
    page.get_by_role("button", name="Показать изменения").click()
    perform(page)
    expect(page.locator("[data-bulk-note]")).to_contain_text("Выполнено: 2 из 2")
    expect(page.get_by_role("button", name="Показать оставшиеся")).to_be_hidden()


def test_warnings_of_many_with_one_tick(open_as: Any, served: Any) -> None:
    """Without the tick nothing is done and the rest is offered again; with it all is."""
    with served.app.app_context(), acting(db.session, SYSTEM):
        for name in ("Олег", "Иван"):
            one = Employee(school_id=served.world.schools[SCHOOL], last_name="Юных", first_name=name)
            one.birth_date, one.hired_on = date(2012, 5, 2), date(2024, 9, 2)
            db.session.add(one)
        db.session.commit()
    page = open_as(f"hr.{SCHOOL}")
    page.goto("/employees/list/?q=Юных")
    for tick in page.locator('input[name="rowid"]').all():
        tick.check()
    page.locator("#bulk").get_by_role("button", name="Изменить: должность").click()
    Hands(page).choose("Должность", "Учитель")
    page.get_by_role("button", name="Показать изменения").click()
    expect(page.locator("#doubts")).to_contain_text("в день приёма сотруднику не было 14 лет. Таких записей: 2.")
    perform(page)
    expect(page.locator("[data-bulk-note]")).to_contain_text("Выполнено: 0 из 2")
    expect(page.locator("[data-bulk-cell]").first.locator("> *")).to_have_count(1)  # beside its label on a phone
    page.get_by_role("button", name="Показать оставшиеся").click()
    page.get_by_label("Всё верно, сохранить").check()
    perform(page)
    expect(page.locator("[data-bulk-note]")).to_contain_text("Выполнено: 2 из 2")
