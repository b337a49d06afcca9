"""«Мониторинг движения обучающихся» as its readers get it: the extracted text, page by page."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.reports.movement.data import Annex, FormRow, ListedItem, SchoolList, Signatory
from app.reports.movement.pdf import print_movement
from tests.reports.reading import page_texts, read_lines, read_text
from tests.reports.samples import SCHOOLS, form, items, municipality_form, region_form, row, school_form, total

EMPTY = FormRow("Итого", 0, 0, 0, 0, 0, 0, None)


def test_the_head_says_what_when_and_by_whom():
    text = read_text(print_movement(municipality_form(basis="Приказ от 14.07.2022 № 3.12-34")))
    for part in (
        "Приказ от 14.07.2022 № 3.12-34",
        "Управление образования муниципального образования «Холмский городской округ»",
        "МОНИТОРИНГ ДВИЖЕНИЯ ОБУЧАЮЩИХСЯ",
        "муниципальный мониторинг",
        "(пункты 3.3.3.2, 3.3.4.4 Регламента)",
        "Период: с 01.09.2025 по 31.08.2026",
        "По состоянию на: 23.11.2026",
        "Сформировано: 23.11.2026 14:30 (UTC+11)",
        "Составил: Акимова К. С., сотрудник управления образования",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("level", "monitoring", "column"),
    [
        ("school", "самообследование (внутренний мониторинг", "По видам приказов"),
        ("municipality", "муниципальный мониторинг", "Образовательная организация"),
        ("region", "региональный мониторинг", "Муниципальное образование"),
    ],
)
def test_each_level_has_its_form_of_monitoring(level, monitoring, column):
    text = read_text(print_movement(form(level, org_rows=() if level == "school" else (row("МБОУ СОШ № 1", 1),))))
    assert monitoring in text
    assert column in text


def test_numbers_and_totals_are_in_russian_style():
    rows = (FormRow("МБОУ СОШ № 1", 1726, 1623, 63, 2, 40, 0, 0.941),)
    totals = FormRow("Итого: 1 организация", 1726, 1623, 63, 2, 40, 0, 0.941)
    text = read_text(print_movement(form("municipality", org_rows=rows, rule_rows=rows, totals=totals)))
    counts = "1 726 1 623 63 2 40 – 94,1 %"
    assert f"1 МБОУ СОШ № 1 {counts} Итого: 1 организация {counts}" in text
    assert f"Итого {counts}" in text.partition("По видам приказов")[2]
    assert "Итог: в срок внесено 94,1 %; с опозданием – 63, просрочено – 40 из 1 726 подлежащих внесению." in text


def test_every_page_has_its_number_and_says_whose_it_is():
    pages = page_texts(print_movement(region_form(schools=60, missing=20)))
    assert len(pages) > 3
    for number, text in enumerate(pages, 1):
        assert f"Страница {number} из {len(pages)}" in text
        assert "Сформировано 23.11.2026 14:30 (UTC+11), Акимова К. С." in text
        assert "Сахалинская область" in text
    assert all("01.09.2025 – 31.08.2026, на 23.11.2026" in text for text in pages[1:])


def test_a_table_repeats_its_head_and_ends_with_its_total():
    pages = page_texts(print_movement(region_form(schools=60, missing=0, late=0)))
    by_school = [text for text in pages if "Муниципальное образование, образовательная организация" in text]
    assert len(by_school) > 2
    assert all("Подлежит внесению" in text and "просрочено" in text for text in by_school)
    assert [text for text in by_school if "Итого: 60 организаций" in text] == by_school[-1:]


def test_a_subtotal_is_not_the_last_row_of_a_page():
    schools = [
        row(f"Округ {number}" if number % 2 else f"Школа {number}", number, subtotal=bool(number % 2))
        for number in range(1, 121)
    ]
    for page in page_texts(print_movement(form("region", org_rows=tuple(schools))))[:3]:
        names = [word for word in page.split() if word in ("Округ", "Школа")]
        assert names[-1] == "Школа"


def test_schools_are_numbered_through_the_municipalities():
    text = read_text(print_movement(region_form(schools=12, missing=0, late=0)))
    assert f"10 {SCHOOLS[3]}" in text
    assert f"11 {SCHOOLS[4]}" in text
    assert "Муниципальный округ № 2" in text


def listed(item: ListedItem, school: str = "МБОУ СОШ № 1", told: str = "") -> tuple[Annex, ...]:
    return (Annex("", (SchoolList(school, told, (item,)),), ()),)


def test_an_overdue_record_has_clause_and_basis():
    text = read_text(print_movement(school_form()))
    assert "Приложение 1 Не внесено на 23.11.2026: 7 записей" in text
    assert "пп. 3.3.3.2, 3.3.4.4" in text
    assert "не считались 31.12.2025 – 11.01.2026 (новогодние каникулы и выходные дни)." in text
    assert "30.12.2025 13.01.2026 не внесено 315 Приказ не внесён." in text
    assert "Основание срока" in text


def test_a_single_clause_and_an_absent_event_are_said_plainly():
    item = replace(items(1)[0], clause="3.3.4.4", event=None)
    text = read_text(print_movement(school_form(annexes=listed(item))))
    assert "п. 3.3.4.4 – 13.01.2026 не внесено 314" in text
    assert "Не внесено на 23.11.2026: 1 запись" in text


def test_what_is_missing_and_what_came_late_are_two_annexes_with_their_own_totals():
    text = read_text(print_movement(municipality_form(missing=1226, late=3)))
    contents = (
        "Приложения: 1. Не внесено на 23.11.2026: 1 226 записей; 2. Внесено с опозданием на 23.11.2026: 3 записи."
    )
    assert contents in text
    missing, late = text.partition("Приложение 2")[::2]
    assert missing.count("13.01.2026 не внесено") == 1226
    assert late.count("14.01.2026") == 3


def test_records_stand_under_their_school_with_who_answers_there():
    text = read_text(print_movement(municipality_form(missing=8)))
    assert f"{SCHOOLS[0]}: 2 Ответственные: секретарь: Пак Н. С." in text
    assert f"{SCHOOLS[1]}: 2 Ответственные" in text
    assert "Ответственные" not in read_text(print_movement(school_form()))


def test_a_school_goes_on_under_its_name_on_the_next_page():
    form = municipality_form(annexes=(Annex("", (SchoolList(SCHOOLS[0], "", items(60)),), ()),))
    pages = [text for text in page_texts(print_movement(form)) if "Обучающийся, класс" in text]
    assert len(pages) > 2
    assert all(f"{SCHOOLS[0]}: 60" in text for text in pages)


def test_a_band_is_not_the_last_row_of_a_page():
    pages = page_texts(print_movement(municipality_form(missing=90, late=0)))
    for text in pages:
        rows = text.partition("Основание срока")[2].rpartition("Сформировано")[0]
        assert not rows.rstrip().endswith("секретарь: Пак Н. С.")


def test_the_region_has_an_annex_of_each_municipality_with_both_lists():
    text = read_text(print_movement(region_form(schools=20, missing=4, late=6)))
    assert "Приложения: 1. Муниципальный округ № 1; 2. Муниципальный округ № 2." in text
    second = text.partition("Приложение 2 Муниципальный округ № 2")[2]
    assert "Не внесено на 23.11.2026: 2 записи" in second
    assert "Внесено с опозданием на 23.11.2026: 3 записи" in second


def test_a_class_is_not_parted_from_its_letter():
    lines = [line.text for page in read_lines(print_movement(municipality_form())) for line in page]
    assert not [text for text in lines if text.startswith(("«А»", "«Б»"))]


def test_the_outline_leads_to_the_sections_and_schools():
    reader = PdfReader(BytesIO(print_movement(municipality_form(missing=3, late=0))))
    titles = [each.title for each in reader.outline if not isinstance(each, list)]
    assert titles == [
        "По образовательным организациям",
        "По видам приказов",
        "Приложение 1. Не внесено на 23.11.2026: 3 записи",
    ]
    schools = reader.outline[-1]
    assert [each.title for each in schools] == [f"{school}: 1" for school in SCHOOLS[:3]]
    pages = [reader.get_destination_page_number(each) for each in schools]
    texts = [page.extract_text() for page in reader.pages]
    assert all("Приложение 1" in texts[page] for page in pages)
    assert reader.trailer["/Root"]["/Lang"] == "ru"


def test_there_is_a_place_for_date_and_number_and_an_executor():
    text = read_text(print_movement(municipality_form()))
    assert "20____ г." in text
    assert "№ ____" in text
    assert "Исполнитель: Акимова К. С., тел. +7 900 000-00-01" in text
    assert "Исправления, повлиявшие на показатели: 3; ждут подтверждения: 1." in text


def test_nothing_to_count_is_no_data_and_nothing_overdue_is_said():
    empty = form("municipality", rule_rows=(replace(EMPTY, title="Приказ о выбытии"),), totals=EMPTY)
    text = read_text(print_movement(empty))
    assert "Приказ о выбытии – – – – – – нет данных" in text
    assert "Итого – – – – – – нет данных" in text
    assert "Итог: записей, срок которых наступил, нет." in text
    assert "Не внесённых и внесённых с опозданием записей нет." in text


def test_signatures_stand_together_and_never_alone():
    signatories = tuple(map(Signatory, ("Начальник управления образования", "Исполнитель работ", "Согласовано")))
    for schools in range(1, 40):
        rows = tuple(row(f"Школа № {number}", number) for number in range(schools))
        pages = page_texts(print_movement(municipality_form(org_rows=rows, signatories=signatories)))
        signed = next(text for text in pages if "(подпись)" in text)
        assert all(each.post in signed for each in signatories)
        assert signed.count("(подпись)") == signed.count("(расшифровка подписи)") == signed.count("(дата)") == 3
        assert "Доля внесённых в срок –" in signed
        assert "Итого" in signed


def test_a_known_name_stands_where_it_would_be_written():
    assert "М. Г. Пестов" in read_text(print_movement(municipality_form()))


def test_a_form_without_signatories_ends_with_its_notes():
    text = read_text(print_movement(school_form(signatories=(), notes=("Особое прочтение срока.",))))
    assert "Особое прочтение срока." in text
    assert "(подпись)" not in text


def test_names_and_reasons_are_never_read_as_markup():
    item = replace(items(1)[0], basis="<b>a & b</b>", subject="<i>")
    text = read_text(print_movement(school_form(authority="Школа <№ 1> & Ко", annexes=listed(item))))
    assert "Школа <№ 1> & Ко" in text
    assert "<b>a & b</b>" in text


def test_a_basis_longer_than_a_page_goes_on():
    basis = " ".join(f"слово{number}" for number in range(1500))
    item = replace(items(1)[0], basis=basis)
    long = Annex("", (SchoolList(" ".join(["Школа"] * 200), "", (item,) * 3),), ())
    text = read_text(print_movement(municipality_form(annexes=(long,))))
    assert text.count("слово0 ") == text.count("слово1499") == 3


def test_a_form_is_given_a_zone():
    with pytest.raises(ValueError, match="time zone"):
        school_form(printed_at=school_form().printed_at.replace(tzinfo=None))


def test_a_zone_of_half_an_hour_is_printed_in_full():
    zone = timezone(-timedelta(hours=3, minutes=30))
    text = read_text(print_movement(school_form(printed_at=datetime(2026, 11, 23, 4, 5, tzinfo=zone))))
    assert "23.11.2026 04:05 (UTC−3:30)" in text


def test_totals_of_the_sample_add_up():
    rows = (row("а", 1), row("б", 2), row("в", 3, subtotal=True))
    assert total(rows).total == rows[0].total + rows[1].total


def test_a_sheet_of_a_school_begins_with_its_table():
    first = page_texts(print_movement(school_form()))[0]
    assert "По видам приказов" in first
    assert "Приказ о зачислении в школу" in first
