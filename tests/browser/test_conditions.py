"""Conditions of a list by hand: several values, a range, «не заполнено», a chip that clears one of them."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import hands_of
from tests.browser.test_work import fits

pytestmark = pytest.mark.browser


def names(page: Page) -> Any:
    return page.locator("a.row-link")


@pytest.mark.parametrize(("kind", "theme", "width"), [("mouse", "light", 1366), ("keyboard", "dark", 390)])
def test_conditions(open_as: Any, kind: str, theme: str, width: int) -> None:
    hands = hands_of(kind, open_as("secretary.65001", width=width, theme=theme))
    page = hands.page
    page.goto("/pupils/list/")
    hands.press(page.get_by_role("button", name=re.compile("Условия")))
    hands.choose("Класс", "5А", "5\u00a0«А», 2025/26")
    hands.choose("Класс", "9А", "9\u00a0«А», 2025/26")
    hands.choose("Состояние", "обучается")
    hands.date("Дата рождения с", "01.01.2009")
    hands.date("Дата рождения по", "31.12.2013")
    hands.pick("СНИЛС: заполнено ли", "не заполнено")
    fits(page)
    hands.press(page.get_by_role("button", name="Отобрать"))
    page.wait_for_url("**snils_is=empty**")
    expect(names(page)).to_have_text(["Иванов Пётр", "Ким Александр", "Сергеева Алёна"])
    expect(page.locator(".chip")).to_have_text(
        [
            "Класс: 5\u00a0«А», 9\u00a0«А»",
            "Состояние: обучается",
            "Дата рождения: с 01.01.2009 по 31.12.2013",
            "СНИЛС: не заполнено",
        ]
    )
    fits(page)
    hands.press(page.get_by_role("link", name="Убрать условие «Класс»"))
    expect(page.locator(".chip")).to_have_count(3)
    expect(names(page)).to_have_text(["Белых Тимур", "Иванов Пётр", "Ким Александр", "Сергеева Алёна"])
    hands.press(page.get_by_role("button", name=re.compile("Условия")))
    hands.pick("СНИЛС: заполнено ли", "заполнено")
    hands.press(page.get_by_role("button", name="Отобрать"))
    expect(page.get_by_text("Ни одной записи с условием: «СНИЛС: заполнено».")).to_be_visible()
    fits(page)
