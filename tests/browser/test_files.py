"""Records from a file, as a secretary brings them in: template, filling, errors, mending, saving."""

import io
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.exchange.reader import Table, read_table
from tests.panel.importing.files import workbook

pytestmark = pytest.mark.browser


def fetched(page: Page, link: str) -> Table:
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    return read_table(Path(download.value.path()).read_bytes())


def send(page: Page, *rows: list[Any]) -> None:
    file = {"name": "список.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(*rows)}
    page.get_by_label("Таблица XLSX").set_input_files(files=[file])
    page.get_by_role("button", name="Проверить файл").click()


@pytest.mark.parametrize(("width", "theme"), [(1366, "light"), (390, "dark")])
def test_template_errors_mending_saving(open_as: Any, width: int, theme: str) -> None:
    page = open_as("secretary.65001", width=width, theme=theme)
    page.goto("/pupils/list/")
    page.get_by_role("link", name="Загрузить из файла").click()
    blank = page.request.get("/pupils/import/template").body()
    heads = ["№ записи", "Фамилия", "Имя", "Дата рождения", "Пол", "СНИЛС"]
    assert io.BytesIO(blank).getbuffer().nbytes > 5_000
    assert fetched(page, "Таблица для правки").headings[:4] == ("№ записи", "Фамилия", "Имя", "Отчество")

    send(page, ["Фамилия", "Класс"], ["Ким", "5А"])
    expect(page.get_by_role("alert")).to_contain_text("Такого столбца в форме нет: «Класс»")
    expect(page.get_by_role("alert")).to_be_focused()

    send(
        page, heads, ["", "Абрикосова", "Анна", "12.03.2015", "жен", "112-233-445 95"], ["", "Ёлкин", "Ян", "1.2.1990"]
    )
    expect(page.get_by_text("Ничего ещё не изменено.")).to_be_visible()
    expect(page.get_by_role("row", name="Абрикосова")).to_contain_text("«жен»: такого значения нет")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Всё верно, сохранить").check()
    page.get_by_role("button", name="Сохранить остальные").click()
    expect(page.get_by_text("Строки с ошибками не сохранены.")).to_be_visible()
    expect(page.get_by_role("link", name="Ёлкин Ян")).to_be_visible()

    back = fetched(page, "Файл с ошибками")
    rows = [list(row.values.values()) for row in back.rows]
    assert rows[0][-1].startswith("Пол: «жен»")
    rows[0][4] = "женский"
    page.get_by_role("link", name="Другой файл").click()
    send(page, list(back.headings), *rows)
    expect(page.get_by_text("Ошибок нет.")).to_be_visible()
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Загружено.")).to_be_visible()
    page.get_by_role("link", name="Абрикосова Анна").click()
    expect(page.get_by_text("112-233-445 95")).to_be_visible()
