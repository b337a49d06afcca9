"""Rows of a form as a person meets them: a whole class, one value for all, a pasted list, ticks, links."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models.movement import MovementLine
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.browser.hands import MOMENT
from tests.panel.editing.crowd import crowd

SECRETARY = "secretary.65001"
pytestmark = pytest.mark.browser


@pytest.fixture
def order(open_as: Any) -> Any:
    def run(width: int = 1366, theme: str = "light") -> Page:
        page = open_as(SECRETARY, width=width, theme=theme)
        page.goto("/movement_orders/add")
        page.get_by_label("Вид приказа").select_option(label="Выбытие")
        page.get_by_label("Номер").fill("77")
        page.get_by_label("Дата приказа").fill("27.02.2026")
        return page

    return run


def add_class(page: Page, typed: str, name: str) -> None:
    place = page.locator("[data-belonging]")
    place.locator(".ts-control").click()
    page.keyboard.type(typed)
    place.locator(".ts-dropdown .option", has_text=f"{name}, 2025/26").click()
    expect(place.locator(".item")).to_contain_text(f"{name}, 2025/26")
    page.get_by_role("button", name="Добавить весь класс").click()


def rows(page: Page) -> Any:
    return page.locator("[data-row]")


def said(page: Page) -> Any:
    return page.locator("[data-rows-said]")


@pytest.mark.parametrize(("width", "theme"), [(1366, "light"), (390, "dark")])
def test_a_class_a_list_and_one_value_for_all(order: Any, served: Any, width: int, theme: str) -> None:
    page = order(width, theme)
    add_class(page, "5А", "5 «А»")
    expect(said(page)).to_have_text("Добавлены 2 строки.")
    expect(rows(page)).to_have_count(2)
    expect(page.locator("[data-shown]").first).to_have_text("5\u00a0«А»")
    add_class(page, "5А", "5 «А»")
    expect(said(page)).to_have_text("Все уже здесь: 2 строки.")

    page.get_by_role("button", name="Вставить список").click()
    page.locator("#rows-paste-text").fill("Белых Тимур\t25.02.2026\nНеизвестнов Яков\t25.02.2026")
    page.get_by_role("button", name="Разобрать").click()
    expect(page.get_by_text("разобрано 1, потребуют выбора – 1")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Добавить: 2 строки")).click()
    expect(rows(page)).to_have_count(4)
    expect(said(page).get_by_role("link")).to_contain_text("Строка 4: «Неизвестнов Яков»")

    page.get_by_label("Во все строки: Дата выбытия").fill("26.02.2026")
    page.get_by_role("button", name="Во все строки").click()
    expect(said(page)).to_contain_text("Заполнены 4 строки.")
    page.get_by_label("Оставить строку 1").uncheck()
    page.get_by_role("button", name="Добавить", exact=True).click()

    errors = page.locator("#errors")
    expect(errors).to_be_focused()
    expect(errors).to_be_in_viewport()
    errors.get_by_role("link", name="Строка 4").click()
    expect(rows(page).nth(3).locator(".ts-wrapper input").first).to_be_focused()
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    page.get_by_label("Оставить строку 4").uncheck()
    page.get_by_role("button", name="Добавить", exact=True).click()
    page.wait_for_url("**/movement_orders/**")
    expect(page.get_by_text("внесён").first).to_be_visible()
    with served.app.app_context(), acting(db.session, SYSTEM):
        assert db.session.query(MovementLine).count() == 2


def test_a_thousand_rows_are_worked_with(order: Any, served: Any) -> None:
    with served.app.app_context(), acting(db.session, SYSTEM):
        crowd(db.session, served.world, 1000)
    page = order()
    page.set_default_timeout(60_000)
    add_class(page, "5А", "5 «А»")
    expect(rows(page)).to_have_count(1002, timeout=60_000)
    assert page.locator(".ts-wrapper").count() < 200, "pickers are made as they come into sight"
    page.locator("#lines-all-event_date").fill("26.02.2026")
    page.locator("[data-fill-all]").click()
    expect(said(page)).to_contain_text("Заполнены 1002 строки.")
    page.locator(".save-bar [type=submit]").click()
    page.get_by_label("Всё верно, сохранить").check(timeout=120_000)  # a thousand promotions are owed no more
    page.locator(".save-bar [type=submit]").click()
    page.wait_for_url(re.compile(r"/movement_orders/(show|list)"), timeout=120_000)
    with served.app.app_context(), acting(db.session, SYSTEM):
        assert db.session.query(MovementLine).count() == 1002


def test_a_heading_opens_no_window(order: Any) -> None:
    page = order()
    page.locator("th[data-column=pupil]").click()
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_an_empty_class_is_said(order: Any) -> None:
    page = order()
    add_class(page, "3Б", "3 «Б»")
    expect(said(page)).to_have_text("В этом классе сейчас никто не числится.")
    expect(rows(page)).to_have_count(1)


TYPED_AND_CHOSEN = """(option) => {
  const box = option.closest('.ts-wrapper').querySelector('input');
  box.value = '5А';
  box.dispatchEvent(new Event('input', { bubbles: true }));
  option.click();
}"""


@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_a_choice_made_while_typing_does_not_open_the_list_again(order: Any, again: bool) -> None:
    """At 390 px an open list lies over the button below it."""
    page = order(390)
    place = page.locator("[data-belonging]")
    listed = place.locator(".ts-dropdown")
    for _ in range(2 if again else 1):
        place.locator(".ts-control").click()
        listed.locator(".option", has_text="5 «А», 2026/27").evaluate(TYPED_AND_CHOSEN)
        page.wait_for_timeout(2 * MOMENT)  # what was typed is read 300 ms later
        expect(place.locator(".item")).to_contain_text("5 «А», 2026/27")
        expect(listed).to_be_hidden()
