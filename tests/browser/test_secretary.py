"""The secretary's hour: what is done with a few presses, on a desk and on a phone."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models.movement import MovementLine
from app.security.actor import SYSTEM
from app.security.guard import acting

pytestmark = pytest.mark.browser
SCHOOL = "65001"
WIDTHS = [1366, 390]


def save(page: Page) -> None:
    """Save, and tick what is asked about."""
    page.locator(".save-bar [type=submit]").click()
    page.wait_for_load_state()
    for tick in page.get_by_label("Всё верно, сохранить").all():
        tick.check()
    if page.get_by_label("Всё верно, сохранить").count():
        page.locator(".save-bar [type=submit]").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_class_is_moved_up_by_one_press(open_as: Any, served: Any, width: int) -> None:
    page = open_as(f"secretary.{SCHOOL}", width=width)
    page.goto(f"/classes/show/{served.world.classes[(SCHOOL, 2025, '5А')]}")
    page.get_by_role("link", name="Перевести класс").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("[data-row] td[data-column=to_class]", has_text="6\xa0«А»")).to_have_count(2)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    page.get_by_label("Номер").fill("31-у")
    page.get_by_label("Дата приказа").fill("2026-05-29")
    page.locator("[data-row] [data-tick]").nth(1).uncheck()
    save(page)
    page.wait_for_url("**/classes/show/**")
    with served.app.app_context(), acting(db.session, SYSTEM):
        assert [line.event_date for line in db.session.query(MovementLine)] == [date(2026, 5, 26)]


@pytest.mark.parametrize("width", WIDTHS)
def test_an_order_tells_its_term_and_number_while_it_is_typed(open_as: Any, width: int) -> None:
    page = open_as(f"secretary.{SCHOOL}", width=width)
    page.goto("/movement_orders/add")
    kind = page.get_by_label("Вид приказа")
    if width > 768:
        expect(kind).to_be_focused()
    expect(kind).to_have_value("")
    kind.select_option(label="Зачисление в 1 класс")
    page.get_by_label("Дата решения о зачислении").fill("2026-03-02")
    expect(page.get_by_text("срок был 05.03.2026")).to_be_visible()
    kind.select_option(label="Выбытие")
    page.get_by_label("Дата выбытия").fill("2026-11-20")
    expect(page.locator("td [data-hint]")).to_have_text("срок был 24.11.2026")
    kind.select_option(label="Перевод в другой класс")
    expect(page.locator("td [data-hint]")).to_have_count(0)
    star = page.locator("th[data-column=to_class] .need")
    expect(star).to_be_attached()
    assert star.get_attribute("hidden") is None
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
