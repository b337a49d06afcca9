"""Tables that are taken away: what a spreadsheet shows of them is what the panel shows."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from app.exchange import writer


def booked(headers: list[str], rows: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    writer.xlsx(file, "Список", headers, rows)
    return file.getvalue()


def written(values: list[str]) -> list[str]:
    """The cells of a CSV of one column."""
    text = b"".join(writer.csv_parts(["Столбец"], [[value] for value in values])).decode("utf-8-sig")
    return text.split("\r\n")[1:-1]


def test_a_book_has_filters_a_frozen_header_and_fitting_columns() -> None:
    data = booked(["ФИО", "Рождён"], [["Константинопольская Александра Владимировна", date(2015, 2, 3)], ["Ю", ""]])
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert '<autoFilter ref="A1:B3"/>' in sheet
    assert 'ySplit="1"' in sheet
    assert 'state="frozen"' in sheet
    assert 'min="1" max="1" width="44.7' in sheet
    assert 'min="2" max="2" width="11.7' in sheet


def test_dates_and_numbers_are_dates_and_numbers() -> None:
    data = booked(["День", "Число", "Текст"], [[date(2026, 3, 2), 7, "007"]])
    cells = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[1]
    assert cells == [date(2026, 3, 2), 7.0, "007"]


def test_an_empty_book_is_a_book() -> None:
    assert (
        '<autoFilter ref="A1"/>'
        in zipfile.ZipFile(io.BytesIO(booked(["ФИО"], []))).read("xl/worksheets/sheet1.xml").decode()
    )


@pytest.mark.parametrize("phone", ["+7 914 123-45-67", "+7 4242 12-34-56 доб. 123", "+375 29 123-45-67"])
def test_a_phone_in_a_csv_stays_as_it_is(phone: str) -> None:
    assert written([phone]) == [phone]


@pytest.mark.parametrize("value", ["=1+1", "+1+1", "+7-914", "-5", "@SUM(A1)", "+996 555 123 456", "+7 914=1", "+7 A1"])
def test_what_a_spreadsheet_would_reckon_is_marked_as_text(value: str) -> None:
    assert written([value]) == [f"'{value}"]
