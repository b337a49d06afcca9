"""A warning by the keyboard alone: it is in sight and in focus, one key ticks it, and the form goes through."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1366, 390])
def test_a_warning_is_answered_by_the_keyboard(open_as: Any, served: Any, width: int) -> None:
    page = open_as("secretary.65001", width=width)
    page.goto(f"{served.address}/pupils/add")
    for label, text in (("Фамилия", "Взрослова"), ("Имя", "Анна"), ("Дата рождения", "12.03.1980")):
        page.get_by_label(re.compile(f"^{label}")).first.focus()
        page.keyboard.type(text)
    page.keyboard.press("Enter")

    box = page.locator("#doubts")
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    tick = page.get_by_label("Всё верно, сохранить")
    expect(tick).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pupils/show/*")
    expect(page.get_by_role("main")).to_contain_text("Взрослова Анна")
