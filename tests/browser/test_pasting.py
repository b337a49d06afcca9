"""What people paste: nothing is cut before it is cleaned, nothing is dropped without a word."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser


def paste(page: Page, field: Locator, text: str) -> None:
    """As the keyboard's paste: one input of the whole text."""
    field.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    page.keyboard.press("Tab")


@pytest.mark.parametrize(("width", "theme"), [(1366, "light"), (390, "dark")])
def test_a_card_is_pasted(open_as: Any, width: int, theme: str) -> None:
    page = open_as("secretary.65001", width=width, theme=theme)
    page.goto("/pupils/add")
    born = page.get_by_role("textbox", name="Дата рождения", exact=True)
    for typed in (" 15.03.2015", "15. 03. 2015", "15.03.15", "15 марта 2015"):
        paste(page, born, typed)
        expect(born).to_have_value("15.03.2015")
    paste(page, page.get_by_label("Фамилия"), "Вставкина\u200b")
    paste(page, page.locator("#first_name"), " Ия ")
    paste(page, page.get_by_label("СНИЛС"), "  112 - 233 - 445 95  ")
    paste(page, page.get_by_label("Свидетельство о рождении"), "Свидетельство о рождении: серия l-ФС номер 512345")
    phones = "8 914 123-45-67, 8 914 765-43-21"
    paste(page, page.get_by_label("Телефон"), phones)
    expect(page.get_by_label("Телефон")).to_have_value(phones)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Здесь телефонов – 2. Оставьте один: «8 914 123-45-67».").first).to_be_visible()
    expect(page.get_by_label("Телефон")).to_have_value(phones)
    expect(born).to_have_value("15.03.2015")
    paste(page, page.get_by_label("Телефон"), "8 914 123-45-67")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", name="Вставкина Ия")).to_be_visible()
    for shown in ("15.03.2015", "112-233-445 95", "I-ФС № 512345", "+7 914 123-45-67"):
        expect(page.get_by_text(shown).first).to_be_visible()
