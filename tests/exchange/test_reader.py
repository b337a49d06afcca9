"""Tables that people fill in: what a spreadsheet keeps becomes what a person would have typed."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter

from app.exchange import reader, writer
from app.exchange.reader import Row, UnreadableTable, read_table

HEADINGS = ["Фамилия", "Дата рождения", "СНИЛС"]


def workbook(*rows: list[Any], password: bool = False) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, (date, datetime)):
                sheet.write_datetime(number, column, value, day)
            else:
                sheet.write(number, column, value)
    book.close()
    return buffer.getvalue()


def test_a_row_keeps_its_number_and_its_text() -> None:
    data = workbook(HEADINGS, ["Ким", date(2015, 3, 12), "00123"], [], ["Цой", "12.03.2015", 11223344595])
    table = read_table(data)
    assert table.headings == tuple(HEADINGS)
    assert table.rows == (
        Row(2, {"Фамилия": "Ким", "Дата рождения": "12.03.2015", "СНИЛС": "00123"}),
        Row(4, {"Фамилия": "Цой", "Дата рождения": "12.03.2015", "СНИЛС": "11223344595"}),
    )


def test_headings_may_stand_lower_and_carry_a_star() -> None:
    table = read_table(workbook([], [], ["Фамилия *", " Дата  рождения"], ["Ким", ""]))
    assert table.rows == (Row(4, {"Фамилия": "Ким", "Дата рождения": ""}),)


@pytest.mark.parametrize(
    ("cell", "typed"),
    [
        (None, ""),
        (True, "да"),
        (False, "нет"),
        (5.0, "5"),
        (2.5, "2,5"),
        (0.1 + 0.2, "0,3"),
        (datetime(2026, 8, 31), "31.08.2026"),  # noqa: DTZ001 - a cell has no zone
        (datetime(2026, 8, 31, 9, 5), "31.08.2026 09:05"),  # noqa: DTZ001
        (" Ким\u00a0", "Ким"),
        ("'+7 914 123-45-67", "+7 914 123-45-67"),
        ("О'Коннор", "О'Коннор"),
    ],
    ids=repr,
)
def test_a_cell_is_read_as_it_would_be_typed(cell: Any, typed: str) -> None:
    assert reader.as_typed(cell) == typed


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_of_any_office(encoding: str, delimiter: str) -> None:
    text = delimiter.join(HEADINGS) + "\r\n" + delimiter.join(["Ким", "12.03.2015", "00123"]) + "\r\n"
    assert read_table(text.encode(encoding)).rows[0].values["СНИЛС"] == "00123"


def test_what_we_write_we_read() -> None:
    rows = [["Ким", "12.03.2015", "+7 914 123-45-67"], ["=1+1", "", "-"]]
    table, text = io.BytesIO(), io.BytesIO()
    writer.xlsx(table, "Лист", HEADINGS, rows)
    writer.csv_text(text, HEADINGS, rows)
    for file in (table, text):
        assert [list(row.values.values()) for row in read_table(file.getvalue()).rows] == rows


def truncated() -> bytes:
    return workbook(HEADINGS, ["Ким"])[:-200]


def failed_formulas(count: int) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet, other = book.add_worksheet("Дети"), book.add_worksheet("Другой лист")
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, count + 1):
        sheet.write_row(row, 0, ["Ким"])
        sheet.write_formula(row, 1, "=1/0", None, "#DIV/0!")
    other.write_formula(0, 0, "=NA()", None, "#N/A")
    book.close()
    return buffer.getvalue()


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 1000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "ни одной заполненной строки"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "Это не таблица"),
        (b"PK\x03\x04 nothing of the kind", "повреждён"),
        (truncated(), "повреждён"),
        ('Фамилия;Имя\n"Ким;Ли'.encode(), "не закрыты кавычки"),
        (workbook(["Фамилия", "Имя", "Фамилия"]), "Столбец повторяется: «Фамилия»"),
        (workbook([f"Столбец {n}" for n in range(201)]), "Столбцов больше 200"),
        (failed_formulas(2), "ошибка формулы: B2, B3. Впишите значения"),
        (failed_formulas(12), "B10, B11 и другие"),
        (("Фамилия\n" + "я" * 32_768).encode(), "В строке 2 слишком длинный текст"),
        (("Фамилия\n" + "я" * 200_000).encode(), "В файле слишком длинный текст"),
        (";".join(f"Столбец {n}" for n in range(200_000)).encode(), "Столбцов больше 200"),
        (b"\xff\xfe\x00", "неизвестная кодировка"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "file",
)
def test_what_is_no_table_is_said_in_words(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableTable, match=words):
        read_table(data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_text_of_a_spreadsheet(encoding: str) -> None:
    """What Excel calls so begins with a mark of the order of its bytes."""
    mark = "" if encoding == "utf-16" else "\ufeff"
    table = read_table(f"{mark}Фамилия\tИмя\r\nКим\tЛи\r\n".encode(encoding))
    assert (table.headings, dict(table.rows[0].values)) == (("Фамилия", "Имя"), {"Фамилия": "Ким", "Имя": "Ли"})


def test_a_small_file_that_hides_a_huge_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST_UNPACKED", 999)
    with pytest.raises(UnreadableTable, match="слишком велик"):
        read_table(bomb())


def test_a_failed_formula_of_another_sheet_is_nobody_s_business() -> None:
    assert len(read_table(failed_formulas(0)).rows) == 0
    assert read_table(workbook(HEADINGS, ["я" * 32_767])).rows[0].values["Фамилия"] == "я" * 32_767


def test_rows_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 2)
    assert len(read_table(workbook(["Имя"], ["а"], ["б"])).rows) == 2
    with pytest.raises(UnreadableTable, match="Строк больше 2"):
        read_table(workbook(["Имя"], ["а"], ["б"], ["в"]))
