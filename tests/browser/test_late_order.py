"""The whole path by clicking: a secretary enters an order late, the МОУО sees it and prints the form."""

import io
import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from app.clock import local_date, utc_now

DUE = date(2026, 1, 13)
pytestmark = pytest.mark.browser


def choose(page: Page, label: str, typed: str) -> None:
    """Pick a record in a remote select as a person does: type, wait, press the found one."""
    page.locator(".field", has_text=label).locator(".ts-control").first.click()
    page.keyboard.type(typed, delay=20)
    page.locator(".ts-dropdown .option", has_text=typed).first.click()


def enter_departure(page: Page) -> None:
    page.get_by_role("link", name="Приказы о движении").first.click()
    page.get_by_role("link", name="Приказ", exact=True).first.click()
    page.get_by_label("Вид приказа").select_option(label="Выбытие")
    page.get_by_label("Номер").fill("214-у")
    page.get_by_label("Дата приказа").fill("2025-12-30")
    choose(page, "Обучающийся", "Иванов")
    page.get_by_label("Дата выбытия").fill("2025-12-30")
    page.get_by_role("button", name="Добавить", exact=True).click()


def test_a_late_departure_is_seen_explained_and_printed(open_as: Any) -> None:
    late = (local_date(utc_now()) - DUE).days
    secretary = open_as("secretary.65001")
    enter_departure(secretary)

    expect(secretary.get_by_text(f"Срок 13.01.2026, опоздание – {late} дн.")).to_be_visible()
    expect(secretary.get_by_text("Новогодние каникулы").first).to_be_visible()
    expect(secretary.get_by_text("перенос с 03.01.2026").first).to_be_visible()

    municipal = open_as("municipal.64754000")
    municipal.get_by_role("link", name="Сроки и полнота").first.click()
    municipal.get_by_role("link", name="Всё время").click()
    municipal.get_by_role("link", name="МБОУ СОШ № 1 г. Холмска").first.click()
    row = municipal.get_by_role("row", name=re.compile("Приказ о выбытии"))
    row.get_by_role("link", name="1", exact=True).last.click()
    expect(municipal.get_by_text("Иванов Пётр")).to_be_visible()
    expect(municipal.get_by_text(f"с опозданием, {late} дн.")).to_be_visible()

    municipal.get_by_role("link", name="МБОУ СОШ № 1 г. Холмска").first.click()
    address = municipal.get_by_role("link", name="Печать формы").get_attribute("href")
    form = municipal.request.get(address)
    assert form.status == 200, form.text()
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(form.body())).pages)
    assert "Иванов" in text
    assert "13.01.2026" in text

    stranger = open_as("municipal.64701000")
    assert stranger.goto("/compliance/?org=65001").status == 404
    stranger.goto("/schools/list/")
    expect(stranger.get_by_text("Гимназия № 2").first).to_be_visible()
    expect(stranger.get_by_text("СОШ № 1")).to_have_count(0)


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1366, "light")])
def test_no_page_scrolls_sideways(open_as: Any, width: int, theme: str) -> None:
    page = open_as("secretary.65001", width=width, theme=theme)
    for path in ("/", "/pupils/list/", "/pupils/show/1", "/pupils/add", "/movement_orders/add", "/compliance/"):
        assert page.goto(path).status == 200
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width, path
