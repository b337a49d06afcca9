"""What comes in and what goes out: kinds of files, the template, the file with its errors, how long it is kept."""

import io
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from app.models.engine.audit import AuditAction, AuditEvent
from app.panel.importing import pages
from app.services.engine import job_files
from tests.panel.importing.files import Desk, counts, refusal, told, workbook

HEAD = ["Фамилия", "Имя", "Дата рождения", "№ личного дела", "Пол"]


def sheet_of(data: bytes, number: int = 0) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(number).to_python()


def test_a_csv_of_an_office(desk: Desk, pupils: Any) -> None:
    text = "Фамилия;Имя;Дата рождения;№ личного дела\r\nАбрикосова;Анна;12.03.2015;007\r\n"
    assert counts(desk.send(text.encode("cp1251"), "список.csv"))["новая"] == 1
    desk.run()
    assert pupils("Абрикосова")[0].personal_file == "007"


def test_the_template_is_filled_in_and_sent_back(desk: Desk, session: Any, pupils: Any) -> None:
    answer = desk.client.get("/pupils/import/template", buffered=True)
    assert "attachment" in answer.headers["Content-Disposition"]
    [heads, *rest] = sheet_of(answer.data)
    assert heads[:4] == ["№ записи", "Фамилия *", "Имя *", "Отчество"]
    assert "Школа" not in heads
    assert rest == []
    notes = {row[0]: row[1] for row in sheet_of(answer.data, 1) if len(row) > 1}
    assert notes["Дата рождения"].startswith("Обязательно. Дата: дд.мм.гггг.")
    assert ["мужской"] in [row[:1] for row in sheet_of(answer.data, 2)]
    assert session.query(AuditEvent).filter_by(action=AuditAction.EXPORT).one().record.endswith("шаблон для загрузки")
    row = {"Фамилия *": "Абрикосова", "Имя *": "Анна", "Дата рождения *": date(2015, 3, 12), "Пол": "женский"}
    assert counts(desk.load(heads, [row.get(head, "") for head in heads]))["новая"] == 1
    assert pupils("Абрикосова")[0].birth_date == date(2015, 3, 12)


def test_the_file_comes_back_with_its_errors_and_is_mended(desk: Desk, pupils: Any) -> None:
    desk.send(
        workbook(
            HEAD,
            ["Абрикосова", "Анна", date(2015, 3, 12), "007", ""],
            ["=1+1", "Ян", "01.02.2014", "@SUM(1)", "мужчина"],
            ["Бобров", "", "01.02.2014", "", ""],
        )
    )
    desk.run()
    table = desk.returned()
    assert table.headings == (*HEAD, "Ошибки")
    errors = [row.values["Ошибки"] for row in table.rows]
    assert errors[0] == ""
    assert "Пол: «мужчина»: такого значения нет" in errors[1]
    assert errors[2].startswith("Не узнать, о какой записи строка. Заполните «СНИЛС» или «Фамилия», «Имя»")
    assert [row.values["Фамилия"] for row in table.rows] == ["Абрикосова", "=1+1", "Бобров"]
    assert table.rows[0].values["№ личного дела"] == "007"
    mended = [list(row.values.values()) for row in table.rows]
    mended[1][0], mended[1][4], mended[2][1] = "Белкин", "мужской", "Егор"
    done = desk.load([*HEAD, "Ошибки"], *mended)
    assert counts(done) == {"новая": 2, "изменена": 0, "без изменений": 1, "отказано": 0}
    assert (pupils("Белкин")[0].personal_file, pupils("Бобров")[0].first_name) == ("@SUM(1)", "Егор")


def test_no_cell_of_the_returned_file_is_a_formula(desk: Desk) -> None:
    import zipfile

    desk.send(workbook(HEAD, ['=HYPERLINK("http://a","b")', "+1", "-2", "@x", "=2"]))
    data = desk.client.get(f"{desk.address}/result", buffered=True).data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 nothing of the kind", "повреждён"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "Это не таблица"),
        (b"", "ни одной заполненной строки"),
    ],
    ids=["zip", "picture", "empty"],
)
def test_what_is_no_table_is_refused(desk: Desk, data: bytes, words: str) -> None:
    assert words in refusal(desk.send(data))


def test_sizes_have_a_limit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGEST", 1024)
    assert "Разделите его на части." in refusal(desk.send(b" " * 1025))
    assert "Файл не выбран" in refusal(desk.client.post("/pupils/import", data={}))


def test_a_file_with_too_many_rows(desk: Desk, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.panel.importing.declaration import Imports
    from app.views.people import PupilView

    monkeypatch.setattr(PupilView, "imports", Imports(PupilView.imports.keys, most_rows=1))
    row = ["Абрикосова", "Анна", "12.03.2015", "", ""]
    assert "Строк 2, за один раз – не больше 1" in refusal(desk.send(workbook(HEAD, row, row)))


def test_what_was_sent_lies_sealed_and_goes(desk: Desk, app: Any) -> None:
    desk.send(workbook(HEAD, ["Абрикосова", "Анна", "12.03.2015", "", ""]))
    kept = [path for path in Path(app.config["SGO_JOBS"]).rglob("upload-*") if path.name.endswith(desk.address[-32:])]
    assert len(kept) == 1
    assert "Абрикосова".encode() not in kept[0].read_bytes()
    assert kept[0].parent.stat().st_mode & 0o777 == 0o700
    with app.app_context():
        job_files.sweep(set())
        assert kept[0].exists()
        os.utime(kept[0], (0, 0))
        job_files.sweep(set())
    assert not kept[0].exists(), "after a day nobody has it"
    desk.send(workbook(HEAD, ["Абрикосова", "Анна", "12.03.2015", "", ""]))
    kept = list(Path(app.config["SGO_JOBS"]).rglob(f"upload-{desk.address[-32:]}"))
    assert desk.client.post(f"{desk.address}/discard").status_code == 302
    assert not kept[0].exists()
    assert desk.client.get(desk.address).status_code == 404


def test_what_cannot_be_read_of_a_cell_is_said_at_its_row(desk: Desk) -> None:
    said = told(desk.send(workbook(HEAD, ["Абрикосова", "Анна", "позавчера", "1" * 31, ""])))
    assert "Дата рождения: «позавчера» – не дата. Ожидается дд.мм.гггг" in said[2]
    assert "№ личного дела: Слишком длинно: не больше 30 знаков." in said[2]


def test_records_are_taken_out_mended_and_sent_back(desk: Desk, session: Any, pupils: Any) -> None:
    """As they came they change nothing; one cell that is mended is one change."""
    heads, *rows = desk.records("?q=ким")
    assert [row[1:3] for row in rows] == [["Ким", "Александр"]]
    heads, *rows = desk.records()
    assert len(rows) == 7
    assert session.query(AuditEvent).filter_by(action=AuditAction.EXPORT).count() == 2
    page = desk.send(workbook(heads, *rows))
    assert counts(page) == {"новая": 0, "изменена": 0, "без изменений": 7, "отказано": 0}, told(page)
    kim = next(row for row in rows if row[1] == "Ким")
    kim[1], kim[heads.index("Телефон")] = "Кимов", "8 (42433) 2-12-34"
    done = desk.load(heads, *rows)
    assert counts(done)["изменена"] == 1
    assert pupils("Кимов")[0].phone == "+7 424 332-12-34"
    kin = Desk(desk.client, "guardianships")
    heads, *rows = kin.records()
    assert rows == [[rows[0][0], "Сергеева Алёна", "Сергеева Ольга", "мать", ""]]
    assert counts(kin.send(workbook(heads, *rows)))["без изменений"] == 1


def test_records_have_a_limit_and_a_right_of_their_own(
    desk: Desk, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.panel.importing.declaration import Imports
    from app.views.people import PupilView

    assert "Таблица для правки" in desk.client.get("/pupils/import").text
    teacher = sign_in("teacher.65001")
    assert "Таблица для правки" not in teacher.get("/pupils/import").text
    assert teacher.get("/pupils/import/records").status_code == 403
    monkeypatch.setattr(PupilView, "imports", Imports(PupilView.imports.keys, most_rows=1))
    answer = desk.client.get("/pupils/import/records")
    assert answer.status_code == 400
    assert "Записей 7, за один раз – не больше 1. Отберите нужные в списке." in answer.text
