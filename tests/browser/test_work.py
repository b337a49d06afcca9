"""A day's work of three people, end to end: by mouse and by keyboard alone, light and dark, wide and on a phone."""

import io
import re
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect
from pypdf import PdfReader

from tests.browser.hands import Hands, hands_of

pytestmark = pytest.mark.browser
WAYS = [("mouse", "light", 1366), ("keyboard", "dark", 390)]
OTHER_WAYS = [("keyboard", "dark", 1366), ("mouse", "light", 390)]
"""Each day is worked with both hands, in both themes and at both widths; every pair of hands and width by somebody."""


def by(ways: list[tuple[str, str, int]]) -> Any:
    return pytest.mark.parametrize("at_work", ways, indirect=True, ids=lambda way: "-".join(map(str, way)))


@pytest.fixture
def at_work(request: pytest.FixtureRequest, open_as: Any) -> Any:
    """`at_work(login)` gives the hands of somebody signed in."""
    kind, theme, width = request.param
    return lambda login: hands_of(kind, open_as(login, width=width, theme=theme, locale="en-US"))


def fits(page: Page) -> None:
    """No page is wider than its window, once it has settled.

    Asked again from here: `wait_for_function` asks again by an `eval` inside the page, and the panel's policy forbids
    it.
    """
    for _ in range(50):
        with suppress(Error):  # a page that is just being left has no width
            if page.evaluate("document.scrollingElement?.scrollWidth <= innerWidth"):
                return
        page.wait_for_timeout(100)
    pytest.fail(f"wider than its window: {page.url}")


def field(page: Page, label: str) -> Any:
    return page.get_by_role("textbox", name=re.compile(f"^{label}"))


def added(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="Запись добавлена.")).to_be_visible()


@by(WAYS)
def test_a_secretary(at_work: Any) -> None:
    """Finds a pupil, enters his departure late and reads why; mends a parent's card; keeps a list for tomorrow."""
    hands: Hands = at_work("secretary.65001")
    page = hands.page
    hands.find("иванов", "Иванов Пётр")
    expect(page.get_by_role("heading", name="Иванов Пётр")).to_be_visible()
    fits(page)
    hands.press(page.get_by_role("link", name="Приказ", exact=True))
    hands.write(field(page, "Номер"), "214-у")
    hands.date("Дата приказа", "30.12.2025")
    hands.date("Дата выбытия", "30.12.2025")
    fits(page)
    hands.press(page.get_by_role("button", name="Добавить", exact=True))
    expect(page.get_by_text("Срок 13.01.2026, опоздание")).to_be_visible()
    expect(page.get_by_text("Новогодние каникулы").first).to_be_visible()
    fits(page)

    hands.menu("Родители")
    hands.open_row("Сергеева Ольга")
    hands.press(page.get_by_role("link", name="Изменить"))
    hands.write(page.get_by_label("Телефон"), "914")
    hands.write(page.get_by_label("Место работы"), "Порт")
    hands.press(page.get_by_role("button", name="Сохранить"))
    expect(page.get_by_role("alert")).to_contain_text("Телефон")
    expect(page.get_by_label("Место работы")).to_have_value("Порт")
    hands.write(page.get_by_label("Телефон"), "9140000002")
    hands.press(page.get_by_role("button", name="Сохранить"))
    expect(page.get_by_text("Изменения сохранены.")).to_be_visible()
    expect(page.get_by_text("Порт").first).to_be_visible()

    hands.menu("Обучающиеся")
    hands.write(page.get_by_role("searchbox", name=re.compile("Поиск: Фамилия")), "сер")
    expect(page.get_by_role("link", name="Иванов Пётр")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"[?&]q="))
    hands.press(page.locator("summary", has_text="Отборы"))
    hands.write(page.get_by_label("Сохранить то, что на экране"), "На С")
    hands.press(page.locator(".saved-new").get_by_role("button", name="Сохранить"))
    expect(page.get_by_text("Отбор «На С» сохранён.")).to_be_visible()
    expect(page.get_by_role("link", name="Сергеева Алёна")).to_be_visible()


@by(OTHER_WAYS)
def test_a_school_administrator(at_work: Any) -> None:
    """Gives an account, deletes positions and takes it back, restores a deleted one, reads what happened."""
    hands: Hands = at_work("administrator.65001")
    page = hands.page
    hands.menu("Учётные записи")
    hands.press(page.get_by_role("link", name="Учётная запись", exact=True))
    for label, text in (("Фамилия", "Новикова"), ("Имя, отчество", "Яна Ильинична"), ("Логин", "novikova")):
        hands.write(field(page, label), text)
    hands.write(field(page, "Электронная почта"), "novikova@example.com")
    fits(page)
    hands.press(page.get_by_role("button", name="Добавить", exact=True))
    added(page)
    fits(page)

    for title in ("Лаборант", "Методист"):
        hands.menu("Должности")
        hands.press(page.get_by_role("link", name=re.compile("^Добавить|^Должность")).first)
        hands.write(field(page, "Должность"), title)
        hands.press(page.get_by_role("button", name="Добавить", exact=True))
        added(page)
    hands.menu("Должности")
    for title in ("Лаборант", "Методист"):
        hands.tick(page.get_by_role("checkbox", name=f"Выбрать: {title}"))
    expect(page.get_by_text("Выбраны 2 записи")).to_be_visible()
    hands.press(page.get_by_role("button", name="Удалить"))
    fits(page)
    page.wait_for_load_state()
    hands.press(page.get_by_role("button", name="Выполнить для 2 записей"))
    expect(page.get_by_role("button", name="Отменить")).to_be_visible()
    hands.press(page.get_by_role("button", name="Отменить"))
    hands.menu("Должности")
    expect(page.get_by_role("link", name="Лаборант")).to_be_visible()

    hands.open_row("Методист")
    hands.press(page.get_by_role("link", name="Удалить"))
    hands.press(page.get_by_role("button", name="Удалить"))
    hands.menu("Удалённые записи")
    hands.open_row("Методист")
    fits(page)
    hands.press(page.get_by_role("button", name="Восстановить"))
    ask = page.locator("#ask[open] [data-ask-yes]")
    if ask.count():
        hands.press(ask)
    expect(page.get_by_role("heading", name="Методист")).to_be_visible()
    hands.menu("Журнал действий")
    expect(page.locator("tbody").get_by_text("Восстановление").first).to_be_visible()
    fits(page)


@by(WAYS)
def test_a_municipal_employee(at_work: Any) -> None:
    """Goes from the municipality to a school's records, prints the form, takes a table of pupils away."""
    hands: Hands = at_work("municipal.64754000")
    page = hands.page
    hands.menu("Сроки и полнота")
    fits(page)
    hands.press(page.get_by_role("link", name="МБОУ СОШ № 1 г. Холмска").first)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    fits(page)
    link = page.get_by_role("link", name="Печать формы")
    hands.reach(link)
    form = page.request.get(link.get_attribute("href"))
    text = "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(form.body())).pages)
    assert "Холмск" in text

    hands.menu("Обучающиеся")
    hands.press(page.get_by_role("button", name="Условия"))
    hands.choose("Школа", "Правда")
    hands.press(page.get_by_role("button", name="Отобрать"))
    expect(page.get_by_text("Школа: МБОУ СОШ с. Правда")).to_be_visible()
    expect(page.locator(".card-foot").get_by_text("1–7 из 7")).to_be_visible()
    fits(page)
    hands.press(page.locator("summary", has_text="Выгрузить"))
    with page.expect_download() as waiting:
        hands.press(page.get_by_role("link", name="Таблица XLSX"))
    assert waiting.value.suggested_filename == "Обучающиеся.xlsx"
    hands.find("ким", "Ким Александр")
    expect(page.get_by_role("heading", name="Ким Александр")).to_be_visible()
    expect(page.get_by_role("link", name="Изменить")).to_have_count(0)
